#pragma once

/// Ensembles of reverse particles on a ladder of time grids, each with twice the steps of the one
/// before, all on the same Brownian paths. Of each motion, by level l = 0 (coarsest), 1, ...:
///
///     F_l = E f(z_l),   D_l = E[f(z_l) - f(z_l+1)],   f(z) = |z - mu|^2 / n,   mu = E y
///
/// The differences D_l have far smaller standard errors than the F_l, as the paths are the same.
/// With the order p of the scheme, D_l / D_l+1 -> 2^p and R_l = F_l+1 - D_l/(2^p - 1) has no error
/// of leading order.

#include <functional>
#include <string>
#include <vector>

#include "discretisation/petsc.hpp"
#include "solvers/estimate.hpp"
#include "solvers/reverse_particles.hpp"

namespace feller {

struct NamedMotion {
  std::string name;   ///< "lambda_0.5", "printed_0.5"
  std::string words;  ///< "lambda = 0.5"
  double lambda = 0;
  bool printed = false;
  ReverseMotion motion;
};

/// The corrected motions of these lambda, and those printed that differ from them.
std::vector<NamedMotion> motions_of(const std::vector<double>& lambdas);

struct LadderPlan {
  std::vector<double> times;  ///< the finest grid
  int levels = 1;
  ReverseScheme scheme = ReverseScheme::euler_maruyama;
  bool exact_start = true;
  std::int64_t particles = 0;

  int strides(int level) const { return 1 << (levels - 1 - level); }
  int steps(int level) const { return static_cast<int>(times.size() - 1) / strides(level); }
};

/// What came of one motion.
struct LadderResult {
  std::vector<Estimate> second;      ///< F_l
  std::vector<Estimate> difference;  ///< D_l, one less
  Estimate first;                    ///< mean of z_a - mu_a over particles and axes, finest level

  /// log2(D_l / D_l+1); its error by those of the differences.
  Estimate order(int level) const;
  /// R_l of the finest two levels; the error is the statistical one.
  Estimate extrapolated(int order) const;
  /// |R_l - R_l-1|: how far the extrapolation itself can be off. Needs three levels.
  double remainder(int order) const;
};

/// The particles of a block at the end of the finest grid, component a of particle p at
/// [a * count + p]: motion, values, count.
using Harvest =
    std::function<void(std::size_t motion, const std::vector<double>& z, std::size_t count)>;

/// Collective. `tell` hears the part that this rank has done.
std::vector<LadderResult> run_ladder(MPI_Comm comm, ReverseParticles& particles,
                                     const std::vector<NamedMotion>& motions,
                                     const LadderPlan& plan, const Harvest& harvest,
                                     const std::function<void(double)>& tell);

}  // namespace feller

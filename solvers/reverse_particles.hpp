#pragma once

/// Particles of the reverse processes of z(t) = y + sqrt(t) eps, from t = T down to t_0:
///
///     z(t - dt) = z(t) + (1 + lambda)/2 s_t(z) dt + sqrt(lambda) dW,      lambda >= 0
///
/// which has the densities p_t of the forward process at every t if it starts from p_T. lambda = 0
/// is the probability-flow equation, McAllester's (22); lambda = 1 is his (8). His (23) has the
/// noise lambda in place of sqrt(lambda), which is right for lambda = 0 and 1 alone.
///
/// Schemes, with g = (1 + lambda)/2 and dW = sqrt(dt) G:
///
///     euler_maruyama   z' = z + g s_t(z) dt + sqrt(lambda) dW                          order 1
///     heun             z* as above,  z' = z + g (s_t(z) + s_t'(z*))/2 dt + sqrt(lambda) dW
///
/// Heun's is of order 2 in law, as the noise does not depend on z (Kloeden & Platen 1992,
/// (15.1.4)); with lambda = 0 it is the Runge-Kutta method of order 2. Noise is keyed by particle
/// and step of the finest grid: coarser steps take the sum of its increments, so that particles on
/// coarse and fine grids follow the same Brownian path, and any number of ranks gives the same
/// bits.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "solvers/cluster_score.hpp"
#include "solvers/time_grids.hpp"

namespace feller {

/// dz = drift s_t dt + noise dW, backwards in t.
struct ReverseMotion {
  double drift = 1;
  double noise = 1;
};

/// The family with the noise sqrt(lambda), and as McAllester's (23) prints it, lambda.
ReverseMotion reverse_motion(double lambda);
ReverseMotion printed_motion(double lambda);

enum class ReverseScheme { euler_maruyama, heun };

/// "euler_maruyama" or "heun"; throws std::invalid_argument.
ReverseScheme reverse_scheme(const std::string& name);
int order(ReverseScheme scheme);

/// What happens to particles after a step to times[next] = t.
using AfterStep = std::function<void(std::size_t next, double t, std::vector<double>& z)>;

/// Particles of one population.
class ReverseParticles {
 public:
  ReverseParticles(Clusters clusters, std::uint64_t seed);

  const Clusters& clusters() const { return score_.clusters(); }

  /// Particles first .. first + count of p_T, or of N(0, T I), component a of particle p at
  /// [a * count + p]. `first` must be a multiple of the same number at every call.
  std::vector<double> start_exact(double T, std::uint64_t first, std::size_t count) const;
  std::vector<double> start_normal(double T, std::uint64_t first, std::size_t count) const;

  /// Carries them down `times`, from > ... > to > 0, every stride-th of which is a step.
  void carry(std::vector<double>& z, std::uint64_t first, const Times& times, std::size_t stride,
             const ReverseMotion& motion, ReverseScheme scheme, const AfterStep& after = {});

 private:
  void draw(std::uint64_t first, const Times& times, std::size_t begin, std::size_t end,
            double amplitude);

  ClusterScore score_;
  std::uint64_t seed_;
  std::vector<double> cumulated_;  ///< of the clusters' shares
  std::vector<double> slope_, second_, noise_, fresh_, predicted_;
};

}  // namespace feller

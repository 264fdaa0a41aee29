#pragma once

/// Minimises the energy of fusion in turns:
///
///     u   exactly: (-A + gamma v alpha) u = gamma v alpha f, A the generator of osmosis with
///         guidance v; a steady state with killing and sources
///     v   a few steps of a quasi-Newton method with bounds and line search (PETSc TAO, BLMVM)
///
/// After a turn u is the minimum that belongs to v. Neither can raise the energy. v stays above
/// half of the least value of its data. The energy is not convex in v: what is found is a
/// stationary point.

#include "solvers/fusion_energy.hpp"
#include "solvers/linear_solver.hpp"

namespace feller {

class FusionSolver {
 public:
  /// f, g and alpha, positive with offsets, must outlive it. Starts from v = g
  /// and its u. Collective; throws SolverError.
  FusionSolver(const Field& foreground, const Field& mixture, const Field& alpha,
               const FusionWeights& weights, const SolverOptions& options);
  FusionSolver(const FusionSolver&) = delete;

  /// One turn; the energy after it. Collective; throws SolverError.
  double iterate();

  const Field& u() const { return u_; }
  const Field& v() const { return v_; }
  double energy() const { return energy_(u_, v_); }
  const FusionEnergy& functional() const { return energy_; }

 private:
  void minimise_u();
  void minimise_v();

  const Field& f_;
  const Field& alpha_;
  FusionWeights weights_;
  FusionEnergy energy_;
  SolverOptions options_;
  Field u_, v_;
  double least_;
};

}  // namespace feller

#pragma once

/// One evolution by several methods side by side, step by step: what they share must agree.
///
///     implicit Euler    (I - tau A) u' = u     BiCGSTAB; CG on the symmetrised system; Cholesky
///     exact             u' = e^(tau A) u       Chebyshev; uniformization; Krylov subspaces (SLEPc)
///
/// Each family is compared with its own: implicit methods with the factorisation, exponentials with
/// Krylov subspaces, which share no code with the others.

#include <memory>
#include <string>
#include <vector>

#include "solvers/propagator.hpp"
#include "studies/options.hpp"

namespace feller {

/// One method on its way.
struct Runner {
  std::string name;     ///< "bicgstab_ilu"
  std::string meaning;  ///< for a table
  bool implicit;
  std::unique_ptr<Propagator> propagator;
  Field masses;
  double difference = 0;  ///< largest max|u - u_ref| so far
};

/// The extremes over all methods and steps.
struct Extremes {
  double mass_defect = 0;  ///< |M_n / M_0 - 1|
  double least = 0;        ///< smallest value
  double lyapunov = 0;     ///< largest L
  double decrease = 0;     ///< largest L_n - L_{n+1}
};

class OsmosisMethods {
 public:
  /// At time 0, from an image >= 0; `log_w` is ln of the steady state. The generator must outlive
  /// it. Collective; throws MethodError.
  OsmosisMethods(const Generator& generator, const Field& initial, const Field& log_w,
                 const Schedule& schedule, const SolverOptions& options);

  /// One step of all. Collective; throws SolverError.
  void advance(int n);

  const std::vector<Runner>& runners() const { return runners_; }
  const Runner& euler() const { return runners_[2]; }  ///< the factorised one
  const Runner& exact() const { return runners_[5]; }
  double lyapunov_of(const Runner& runner) const;
  const Extremes& extremes() const { return extremes_; }

 private:
  void look();

  Field log_w_;
  std::vector<Runner> runners_;
  std::vector<double> before_;  ///< L of each at the step before
  double mass_;
  Extremes extremes_;
};

}  // namespace feller

#include "studies/osmosis/osmosis_methods.hpp"

#include <cmath>
#include <limits>

#include "io/check.hpp"
#include "solvers/functionals.hpp"

namespace feller {

OsmosisMethods::OsmosisMethods(const Generator& generator, const Field& initial, const Field& log_w,
                               const Schedule& schedule, const SolverOptions& options)
    : log_w_{log_w}, mass_{mass(initial)} {
  const auto add = [&](const std::string& name, const std::string& meaning,
                       const std::string& method, bool implicit) {
    SolverOptions own = options;
    own.solves = schedule.steps;
    own.keep_positive = true;
    if (implicit) own.method = name;
    auto propagator = make_propagator(method, generator, schedule.step, own);
    propagator->start_from(masses_of(initial));
    runners_.push_back({name, meaning, implicit, std::move(propagator), masses_of(initial)});
  };
  add("bicgstab_ilu", "implicit Euler, BiCGSTAB", "implicit_euler", true);
  add("cg_icc", "implicit Euler, CG on the symmetrised system", "implicit_euler", true);
  add("direct", "implicit Euler, Cholesky", "implicit_euler", true);
  add("chebyshev", "exponential, Chebyshev", "chebyshev", false);
  add("uniformization", "exponential, uniformization", "uniformization", false);
  add("mfn", "exponential, Krylov subspaces", "mfn", false);
  extremes_.least = std::numeric_limits<double>::infinity();
  extremes_.lyapunov = extremes_.decrease = -extremes_.least;
  look();
}

double OsmosisMethods::lyapunov_of(const Runner& runner) const {
  return lyapunov(densities_of(runner.masses), log_w_);
}

void OsmosisMethods::advance(int n) {
  for (auto& runner : runners_) runner.propagator->advance(runner.masses, n);
  look();
}

void OsmosisMethods::look() {
  std::vector<double> now;
  for (auto& runner : runners_) {
    const Field u = densities_of(runner.masses);
    const Field other = densities_of((runner.implicit ? euler() : exact()).masses);
    raise(runner.difference, linf_distance(u, other));
    raise(extremes_.mass_defect, std::abs(mass(u) / mass_ - 1));
    lower(extremes_.least, least(u));
    now.push_back(lyapunov(u, log_w_));
    raise(extremes_.lyapunov, now.back());
    if (!before_.empty()) raise(extremes_.decrease, before_[now.size() - 1] - now.back());
  }
  before_ = std::move(now);
}

}  // namespace feller

#include "solvers/fusion.hpp"

#include <fmt/format.h>
#include <petsctao.h>

#include <cmath>

#include "solvers/steady_state.hpp"

namespace feller {
namespace {

constexpr int newton_steps = 8;  ///< of v before u follows

using TaoHandle = Handle<Tao, TaoDestroy>;

/// What TAO asks for, at a given u.
struct AtGuidance {
  const FusionEnergy& energy;
  const Field& u;
  Field v;
};

PetscErrorCode evaluate(Tao, Vec point, PetscReal* value, Vec gradient, void* context) {
  auto& at = *static_cast<AtGuidance*>(context);
  PetscCall(VecCopy(point, at.v.vector()));
  *value = at.energy(at.u, at.v);
  PetscCall(VecCopy(at.energy.gradient_in_v(at.u, at.v).vector(), gradient));
  return 0;
}

double least_value(const Field& field) {
  double least = 0;
  check(VecMin(field.vector(), nullptr, &least));
  return least;
}

/// Rates of osmosis with guidance v, killed at gamma v alpha and supplied with that times f.
Generator held(const Field& v, const Field& f, const Field& alpha, double gamma) {
  JumpRates rates{v.grid()};
  const Ghosted w{v};
  set_crossings(rates, [&](const Index& k, const Index& l, int) -> Crossing {
    const double both = w[k] + w[l];
    return {2 * w[l] / both, 2 * w[k] / both};
  });
  auto killing = rates.killing().values().begin(), source = rates.source().values().begin();
  auto a = alpha.values().begin(), target = f.values().begin();
  for (const double level : v.values()) {
    *killing = gamma * level * *a++;
    *source++ = *killing++ * *target++;
  }
  return Generator{std::move(rates), transformed(v, [](double x) { return std::log(x); })};
}

}  // namespace

FusionSolver::FusionSolver(const Field& foreground, const Field& mixture, const Field& alpha,
                           const FusionWeights& weights, const SolverOptions& options)
    : f_{foreground},
      alpha_{alpha},
      weights_{weights},
      energy_{foreground, mixture, alpha, weights},
      options_{options},
      u_{mixture},
      v_{mixture},
      least_{least_value(mixture) / 2} {
  minimise_u();
}

double FusionSolver::iterate() {
  minimise_v();
  minimise_u();
  return energy();
}

void FusionSolver::minimise_u() {
  u_ = null_vector(held(v_, f_, alpha_, weights_.foreground), u_, options_).state.density;
}

void FusionSolver::minimise_v() {
  AtGuidance at{energy_, u_, v_};
  const Field low{v_.grid(), least_}, high{v_.grid(), PETSC_INFINITY};
  TaoHandle tao;
  check(TaoCreate(v_.grid().comm(), tao.put()));
  check(TaoSetType(tao.get(), TAOBLMVM));
  check(TaoSetSolution(tao.get(), v_.vector()));
  check(TaoSetObjectiveAndGradient(tao.get(), nullptr, evaluate, &at));
  check(TaoSetVariableBounds(tao.get(), low.vector(), high.vector()));
  check(TaoSetMaximumIterations(tao.get(), newton_steps));
  check(TaoSetTolerances(tao.get(), 0, 1e-12, 0));
  check(TaoSetFromOptions(tao.get()));
  check(TaoSolve(tao.get()));
  TaoConvergedReason reason = TAO_CONTINUE_ITERATING;
  check(TaoGetConvergedReason(tao.get(), &reason));
  // The budget of steps is meant to run out, and near the minimum a line search finds no descent.
  if (reason < 0 && reason != TAO_DIVERGED_MAXITS && reason != TAO_DIVERGED_LS_FAILURE) {
    throw SolverError(fmt::format("fusion: the minimisation over v failed (TAO reason {})",
                                  static_cast<int>(reason)));
  }
}

}  // namespace feller

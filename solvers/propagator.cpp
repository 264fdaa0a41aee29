#include "solvers/propagator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "solvers/chebyshev.hpp"
#include "solvers/choose_propagator.hpp"
#include "solvers/implicit_euler.hpp"
#include "solvers/matrix_function.hpp"
#include "solvers/second_order.hpp"
#include "solvers/sourced_propagator.hpp"
#include "solvers/uniformization.hpp"

namespace feller {
namespace {

template <class Kind>
std::unique_ptr<Propagator> make(const Generator& generator, double tau,
                                 const SolverOptions& options) {
  return std::make_unique<Kind>(generator, tau, options);
}

constexpr std::array entries{
    PropagatorEntry{"implicit_euler",
                    "order 1; keeps positivity, mass, steady state and entropy decay for every "
                    "step; one solve a step",
                    make<ImplicitEuler>},
    PropagatorEntry{"crank_nicolson",
                    "order 2; damped start (Rannacher: 4 half steps of implicit Euler); positive "
                    "for tau max|a_ii| <= 2; one solve a step",
                    make<CrankNicolson>},
    PropagatorEntry{"crank_nicolson_plain",
                    "the same without the damped start: a negative control on rough data",
                    make<PlainCrankNicolson>},
    PropagatorEntry{
        "sdirk2", "order 2, L-stable; positive for tau max|a_ii| <= 1 + sqrt 2; two solves a step",
        make<Sdirk2>},
    PropagatorEntry{
        "bdf2",
        "order 2, L-stable, implicit Euler start; positivity not guaranteed; one solve a "
        "step",
        make<Bdf2>},
    PropagatorEntry{"uniformization",
                    "exact; keeps positivity, mass, steady state and entropy decay for every step; "
                    "about tau max|a_ii| products a step",
                    make<Uniformization>, true},
    PropagatorEntry{"chebyshev",
                    "exact to round-off, positive to round-off; detailed balance only, and states "
                    "that do not reach where the steady state has hardly any mass; about 8 "
                    "sqrt(tau max|a_ii|) products a step where that is large",
                    make<Chebyshev>, true},
    PropagatorEntry{"mfn",
                    "exact to its tolerance for any generator, positive to it; Krylov subspaces "
                    "(SLEPc): the cross-check of both others, and slower",
                    make<MatrixFunction>, true},
};

}  // namespace

std::span<const PropagatorEntry> propagators() {
  return entries;
}

std::unique_ptr<Propagator> make_propagator(std::string_view name, const Generator& generator,
                                            double tau, const SolverOptions& options) {
  if (name == "auto") {
    const Choice choice = choose_propagator(generator, tau, options, false);
    auto chosen = make_propagator(choice.method, generator, tau, options);
    chosen->set_reason(choice.reason);
    return chosen;
  }
  const auto* found = std::ranges::find(entries, name, &PropagatorEntry::name);
  if (found == entries.end()) throw std::invalid_argument("no such propagator");
  auto propagator = found->make(generator, tau, options);
  if (!generator.has_source()) return propagator;
  return std::make_unique<SourcedPropagator>(std::move(propagator), generator, options);
}

double restore_mass(Field& m, double wanted) {
  double size = 0;
  check(VecNorm(m.vector(), NORM_1, &size));
  if (size == 0) return 0;
  const double found = total(m);
  if (std::abs(wanted) > 0.5 * size) check(VecScale(m.vector(), wanted / found));
  return std::abs(found - wanted) / size;
}

SolveReport operator+(const SolveReport& a, const SolveReport& b) {
  return {.iterations = a.iterations + b.iterations,
          .mass_defect = a.mass_defect + b.mass_defect,
          .residual = a.residual + b.residual,
          .worst = std::max(a.worst, b.worst),
          .residual_chi = a.residual_chi + b.residual_chi};
}

}  // namespace feller

#include "studies/chain/entropy_examples.hpp"

#include <fmt/format.h>

#include <cmath>

#include "problems/process_problem.hpp"
#include "problems/processes/mixture.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "studies/flow/reversed_drift.hpp"

namespace feller {
namespace {

/// N(mean e_x, variance I).
Mixture normal_law(int dimension, double mean, double variance) {
  const double sd = std::sqrt(variance);
  return {dimension, {Component{.along = {Spread{mean, mean, sd}, {0, 0, sd}, {0, 0, sd}}}}};
}

double condition_10(int n) {
  return std::pow(2 * std::acos(-1.0) * std::exp(1.0), -n);
}

}  // namespace

/// One step of the chain from N(mean e_x, variance I), on the grid and exactly.
struct EntropyExamples::Step {
  Field before, after;
  double change;  ///< of H, on the grid
  double exact;   ///< change of H
  double error;   ///< what discretisation may do to it

  Check against_law(const char* name, const char* law, double beta) const {
    return {
        .name = name,
        .claim = fmt::format("change of H by a step of beta = {:g} from {}, {:.9f}: its distance "
                             "from the exact one",
                             beta, law, change),
        .measured = std::abs(change - exact),
        .bound = error,
        .statement = "V3"};
  }
};

EntropyExamples::EntropyExamples(const Problem& problem, const ChainEntropies& entropies)
    : problem_{problem},
      entropies_{entropies},
      n_{problem.grid().dimension()},
      h2_{entropies.square_width()} {}

bool EntropyExamples::fits(double mean, double variance, const std::string& example) const {
  const auto law = normal_law(n_, mean, variance);
  if (law.mass_outside(region_of(problem_.grid())) <= 1e-14) return true;
  left_out_.push_back(fmt::format("{}: the box is too small", example));
  return false;
}

std::optional<EntropyExamples::Step> EntropyExamples::step(double mean, double variance,
                                                           double beta) const {
  const Grid& grid = problem_.grid();
  const std::string example = fmt::format("N({:g}, {:g}) with beta = {:g}", mean, variance, beta);
  if (!fits(mean, variance, example)) return std::nullopt;
  if (!ChainKernel::resolves(grid, std::log1p(-beta))) {
    left_out_.push_back(fmt::format("{}: the cells are too wide", example));
    return std::nullopt;
  }
  Field before = cell_means(normal_law(n_, mean, variance), grid);
  Field after = ChainKernel{grid, std::log1p(-beta)}.forward(before);
  const double next = (1 - beta) * variance + beta;
  const double change = differential_entropy(after) - differential_entropy(before);
  const double fisher = n_ / std::min(variance, next);
  return Step{std::move(before), std::move(after), change, n_ * std::log(next / variance) / 2,
              1.5 * h2_ / 24 * fisher + 1e-13};
}

Checks EntropyExamples::checks() const {
  Checks checks;
  falling(checks);
  rising(checks);
  interchanged(checks);
  additive(checks);
  conditional(checks);
  translates(checks);
  return checks;
}

void EntropyExamples::falling(Checks& checks) const {
  constexpr double beta = 0.1;
  const auto one = step(0, 4, beta);
  if (!one) return;
  checks.push_back(one->against_law("example_wide", "N(0, 4 I)", beta));
  checks.push_back(
      {.name = "control_10_not_sufficient",
       .claim = fmt::format("(10) holds, beta (1 - beta) = {:g} >= (2 pi e)^-n = {:.4g}, so that H "
                            "were to rise; from N(0, 4 I) it falls by",
                            beta * (1 - beta), condition_10(n_)),
       .measured = -one->change,
       .relation = Relation::greater,
       .bound = 10 * one->error,
       .is_control = true,
       .statement = "V3",
       .misprint = "Peter 2023, (10)"});
}

void EntropyExamples::rising(Checks& checks) const {
  constexpr double beta = 0.02;
  if (beta * (1 - beta) >= condition_10(n_)) return;  // n > 1: the condition holds
  const auto one = step(0, 0.25, beta);
  if (!one) return;
  checks.push_back(one->against_law("example_narrow", "N(0, 0.25)", beta));
  checks.push_back(
      {.name = "control_10_not_necessary",
       .claim = fmt::format("(10) does not hold, beta (1 - beta) = {:g} < 1/(2 pi e) = {:.4g}; "
                            "from N(0, 0.25) H rises nevertheless by",
                            beta * (1 - beta), condition_10(n_)),
       .measured = one->change,
       .relation = Relation::greater,
       .bound = 10 * one->error,
       .is_control = true,
       .statement = "V3",
       .misprint = "Peter 2023, (10)"});
}

void EntropyExamples::interchanged(Checks& checks) const {
  constexpr double beta = 0.02;
  const auto one = step(0, 0.25, beta);
  if (!one) return;
  const double before = entropy_power(differential_entropy(one->before), n_);
  const double after = entropy_power(differential_entropy(one->after), n_);
  checks.push_back({.name = "control_weights",
                    .claim = fmt::format("Theorem A with its weights interchanged, N(U_1) >= beta "
                                         "N(U_0) + 1 - beta: from N(0, I/4), beta = {:g}, N(U_1) = "
                                         "{:.6f} falls short of that by",
                                         beta, after),
                    .measured = beta * before + 1 - beta - after,
                    .relation = Relation::greater,
                    .bound = 10 * one->error,
                    .is_control = true,
                    .statement = "V3"});
}

void EntropyExamples::additive(Checks& checks) const {
  constexpr double beta = 0.1;
  const auto one = step(0, 1, beta);
  if (!one) return;
  const double left = differential_entropy(one->after);
  const double right = differential_entropy(one->before) + normal_entropy(n_, 1) +
                       std::log(std::sqrt(beta * (1 - beta)));
  checks.push_back({.name = "control_12_additive",
                    .claim = fmt::format("(12) as printed, entropies of independent variables add: "
                                         "from N(0, I), beta = {:g}, left {:.9f}, right {:.9f}, "
                                         "apart by",
                                         beta, left, right),
                    .measured = std::abs(right - left),
                    .relation = Relation::greater,
                    .bound = 10 * one->error,
                    .is_control = true,
                    .statement = "V3",
                    .misprint = "Peter 2023, (12)"});
}

void EntropyExamples::conditional(Checks& checks) const {
  const Grid& grid = problem_.grid();
  constexpr double beta = 0.02;
  if (!ChainKernel::resolves(grid, std::log1p(-beta))) return;
  // A column of the kernel: the law of U_1 when U_0 lies in a given cell.
  const auto middle =
      static_cast<double>(grid.natural({grid.axis(0).cells / 2, n_ > 1 ? grid.axis(1).cells / 2 : 0,
                                        n_ > 2 ? grid.axis(2).cells / 2 : 0}));
  const Field start = fill(grid, [&](const Index& cell) {
    return static_cast<double>(grid.natural(cell)) == middle ? 1 / grid.volume(cell) : 0;
  });
  const double found = differential_entropy(ChainKernel{grid, std::log1p(-beta)}.forward(start));
  const double exact = normal_entropy(n_, beta), printed = 2 * exact;
  const double error = 1.5 * n_ * h2_ / 24;  // (1 - a)(1 + h^2/12) in place of 1 - a
  checks.push_back({.name = "conditional_entropy_kernel",
                    .claim = fmt::format("entropy of the kernel's column for beta = {:g}, {:.9f}, "
                                         "against n/2 ln(2 pi e beta) = {:.9f}",
                                         beta, found, exact),
                    .measured = std::abs(found - exact),
                    .bound = error,
                    .statement = "V5"});
  checks.push_back({.name = "control_18_factor",
                    .claim = fmt::format("(18) as printed, without the factor 1/2: {:.9f}, from "
                                         "what is found by",
                                         printed),
                    .measured = std::abs(printed - found),
                    .relation = Relation::greater,
                    .bound = 10 * error,
                    .is_control = true,
                    .statement = "V5",
                    .misprint = "Peter 2023, (18)"});
}

void EntropyExamples::translates(Checks& checks) const {
  constexpr double m = 3, time = 0.1;
  if (!fits(m, 1, "N(3, 1)") ||
      !fits(m * std::exp(time), 1.5, "N(3, 1) under the reversed drift")) {
    return;
  }
  const Grid& grid = problem_.grid();
  const Field start = cell_means(normal_law(n_, m, 1), grid);
  const double at_start = entropies_.divergence(start);
  const Field moved = ChainKernel{grid, -2 * time}.forward(start);
  const double found = entropies_.divergence(moved), rate = std::log(at_start / found) / time;
  // Means over cells make N(m, 1 + h^2/12) of N(m, 1), beside N(0, 1 + h^2/12): the same rate.
  checks.push_back({.name = "translate_rate",
                    .claim = fmt::format("KL(N({:g}, I)) falls to {:.9f} at t = {:g}: its rate is "
                                         "2, distance",
                                         m, found, time),
                    .measured = std::abs(rate - 2),
                    .bound = 1e-10 / time,
                    .statement = "V4"});
  checks.push_back({.name = "control_rate_4",
                    .claim = "KL falls as e^(-4t): for this translate it exceeds that by",
                    .measured = found / (at_start * std::exp(-4 * time)) - 1,
                    .relation = Relation::greater,
                    .bound = 1e-9,
                    .is_control = true,
                    .statement = "V4"});
  const Generator reversed = with_drift_reversed(problem_.generator(0));
  const auto propagator = make_propagator("implicit_euler", reversed, time / 50, {.solves = 50});
  Field masses = masses_of(start);
  for (int n = 0; n < 50; ++n) propagator->advance(masses, n);
  checks.push_back({.name = "control_drift_reversed",
                    .claim = fmt::format("with the drift's sign reversed, as in (24), KL of this "
                                         "translate rises by t = {:g}, by",
                                         time),
                    .measured = entropies_.divergence(densities_of(std::move(masses))) - at_start,
                    .relation = Relation::greater,
                    .bound = 1e-9,
                    .is_control = true,
                    .statement = "V4",
                    .misprint = "Peter 2023, (24)"});
}

}  // namespace feller

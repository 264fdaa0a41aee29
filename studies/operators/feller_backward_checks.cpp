#include <fmt/format.h>

#include <cmath>

#include "studies/flow/orders.hpp"
#include "studies/operators/feller_checks.hpp"

namespace feller {
namespace {

void add_grid_checks(Experiment& experiment, const std::vector<Residuals>& residuals) {
  std::vector<double> widths, corrected;
  for (const auto& r : residuals) {
    widths.push_back(r.h);
    corrected.push_back(r.corrected);
  }
  const Order order = observed_order(widths, corrected);
  experiment.add(
      {.name = "backward_order",
       .claim = fmt::format("(25) corrected on three grids, A^T p - dp/ds: order {:.4f}, "
                            "its distance from 2",
                            order.value),
       .measured = std::abs(order.value - 2),
       .bound = 0.1,
       .statement = "V10"});
  experiment.add({.name = "control_backward_grid",
                  .claim =
                      "(25) as printed on the finest grid: residual over that of the corrected "
                      "equation on the coarsest",
                  .measured = residuals.front().printed / residuals.back().corrected,
                  .relation = Relation::greater,
                  .bound = 10,
                  .is_control = true,
                  .statement = "V10",
                  .misprint = "Peter 2023, (25)"});
}

/// A density that solves (24), N(mean, variance) at the time s, has no earlier argument: put into
/// (25) with its only one, -dp/ds = D p'' - theta y p'. What is left of that.
double forward_solution_in_25(const OrnsteinUhlenbeckTransition& transition,
                              const FellerPoint& where) {
  const double theta = transition.theta, diffusion = transition.diffusion, y = where.later;
  const double variance = transition.variance(where.time);
  const double away = (y - transition.mean(where.earlier, where.time)) / variance;
  const double p = transition.density(y, where.time, where.earlier).value;
  const double slope = -away * p, bend = (away * away - 1 / variance) * p;
  const double in_time = theta * (p + y * slope) + diffusion * bend;  // (24)
  return -in_time - (diffusion * bend - theta * y * slope);
}

}  // namespace

void add_duality_check(Experiment& experiment, const Generator& generator,
                       const std::string& method, const Schedule& schedule) {
  // Without symmetries that would hide a wrong operator.
  const Grid& grid = generator.grid();
  const Field terminal = fill(grid, [&](const Index& cell) {
    const double x = grid.centre(cell)[0];
    return x * x - x;
  });
  experiment.add({.name = "duality",
                  .claim = "|<g, P p> - <P^T g, p>| / sum |g P p|, g = x^2 - x, P^T the discrete "
                           "transpose",
                  .measured = duality_defect(generator, experiment.problem().initial(0), terminal,
                                             method, schedule),
                  .bound = 1e-12,
                  .statement = "V10"});
}

void add_backward_checks(Experiment& experiment, const OrnsteinUhlenbeckTransition& transition,
                         const FellerPoint& where, const std::vector<Residuals>& residuals) {
  const auto p = transition.density(where.later, where.time, where.earlier);
  constexpr double round_off = 1e-14;
  experiment.add(
      {.name = "backward_residual",
       .claim = fmt::format("(25) corrected, -dp/dtau = L p, for p({:g}, {:g} | {:g}) in "
                            "closed form: |residual|",
                            where.later, where.time, where.earlier),
       .measured = std::abs(p.in_time - p.generator),
       .bound = round_off,
       .statement = "V10"});
  experiment.add({.name = "control_backward_sign",
                  .claim = "(25) as printed, dp/dtau = L p: |residual| at the same point",
                  .measured = std::abs(-p.in_time - p.generator),
                  .relation = Relation::greater,
                  .bound = 10 * round_off,
                  .is_control = true,
                  .statement = "V10",
                  .misprint = "Peter 2023, (25)"});
  experiment.add(
      {.name = "control_forward_solution",
       .claim = fmt::format("\"if a solution to (24) exists, it also solves (25)\": "
                            "p({:g}, {:g} | {:g}) in its later argument, |residual| of (25)",
                            where.later, where.time, where.earlier),
       .measured = std::abs(forward_solution_in_25(transition, where)),
       .relation = Relation::greater,
       .bound = 10 * round_off,
       .is_control = true,
       .statement = "V10",
       .misprint = "Peter 2023, section 3.2 (a solution of (24) also solves (25))"});
  add_grid_checks(experiment, residuals);
}

void add_sampler_checks(Experiment& experiment, const OrnsteinUhlenbeckTransition& transition,
                        double growth, double time) {
  // Rows of A sum to 0, its columns under x' = -theta x to theta: exactly so on equal cells.
  constexpr double tolerance = 1e-9;
  const double law = std::exp(transition.theta * time);
  experiment.add({.name = "adjoint_mass",
                  .claim = fmt::format("the backward equation multiplies mass by e^(theta s) = "
                                       "{:.6f} at s = {:g}; relative distance",
                                       law, time),
                  .measured = std::abs(growth / law - 1),
                  .bound = tolerance,
                  .statement = "V10"});
  experiment.add(
      {.name = "control_sampler",
       .claim = fmt::format("a density as terminal data of (25), taken for the "
                            "generative reversal: mass {:.6f}; |mass - 1|",
                            growth),
       .measured = std::abs(growth - 1),
       .relation = Relation::greater,
       .bound = 10 * tolerance,
       .is_control = true,
       .statement = "V10",
       .misprint = "Peter 2023, section 3.2 (backward equation as generative reversal)"});
}

}  // namespace feller

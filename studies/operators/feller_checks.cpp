#include "studies/operators/feller_checks.hpp"

#include <fmt/format.h>

#include <cmath>

#include "problems/processes/process.hpp"
#include "solvers/propagator.hpp"
#include "studies/flow/orders.hpp"
#include "studies/flow/reversed_drift.hpp"
#include "studies/operators/weighted_fit.hpp"

namespace feller {
namespace {

constexpr double four_errors = 4;

double worst_deviation(const std::vector<PathMoments>& all, int k) {
  double worst = 0;
  for (const auto& m : all) raise(worst, m.deviation(k, m.exact[static_cast<std::size_t>(k - 1)]));
  return worst;
}

/// The moment as a parabola in h: of the paths, and of the exact values, which tells what a
/// parabola leaves out.
void add_limit_checks(Experiment& experiment, const std::vector<PathMoments>& all, int k) {
  const auto i = static_cast<std::size_t>(k - 1);
  std::vector<double> h, estimates, exact, errors;
  for (const auto& m : all) {
    h.push_back(m.h);
    estimates.push_back(m.estimate[i]);
    exact.push_back(m.exact[i]);
    errors.push_back(m.error[i]);
  }
  const Parabola paths = fit_parabola(h, estimates, errors);
  const Parabola truth = fit_parabola(h, exact, errors);
  const double limit = all.front().limit[i];
  experiment.add({.name = fmt::format("limit_{}", k),
                  .claim = fmt::format("paths extrapolated to h = 0: m_{} = {:.5f}, its distance "
                                       "from {:.6g}; bound 4 standard errors",
                                       k, paths.coefficients[0], limit),
                  .measured = std::abs(paths.coefficients[0] - limit),
                  .bound = four_errors * paths.errors[0] + std::abs(truth.coefficients[0] - limit),
                  .statement = "V9"});
  experiment.add(
      {.name = fmt::format("bias_{}", k),
       .claim = fmt::format("bias of m_{}(h) is O(h): slope {:.4f} of the paths, its distance from "
                            "{:.4f} of the exact moments; bound 4 standard errors",
                            k, paths.coefficients[1], truth.coefficients[1]),
       .measured = std::abs(paths.coefficients[1] - truth.coefficients[1]),
       .bound = four_errors * paths.errors[1],
       .statement = "V9"});
}

/// Section 4.1 takes m_2 for the diffusivity D of osmosis; it is 2 D.
void add_identification_control(Experiment& experiment, const std::vector<PathMoments>& all,
                                double diffusion) {
  std::vector<double> h, estimates, errors;
  for (const auto& m : all) {
    h.push_back(m.h);
    estimates.push_back(m.estimate[1]);
    errors.push_back(m.error[1]);
  }
  const Parabola paths = fit_parabola(h, estimates, errors);
  experiment.add({.name = "control_identification",
                  .claim = fmt::format("m_2 identified with the diffusivity {:g} of osmosis: the "
                                       "paths give {:.5f}, apart by",
                                       diffusion, paths.coefficients[0]),
                  .measured = std::abs(paths.coefficients[0] - diffusion),
                  .relation = Relation::greater,
                  .bound = 10 * four_errors * paths.errors[0],
                  .is_control = true,
                  .statement = "V9",
                  .misprint = "Peter 2023, section 4.1 (identification of the moments)"});
}

double worst_variance(const ForwardMoments& run, const LinearDriftLaw& law) {
  double worst = 0;
  for (std::size_t n = 0; n < run.times.size(); ++n) {
    raise(worst, std::abs(run.variance[n] - law.variance(run.times[n])));
  }
  return worst;
}

double predicted_bias(const ForwardMoments& run, const LinearDriftLaw& law, double width) {
  double most = 0;
  for (const double time : run.times) {
    most = std::max(most, std::abs(law.variance_bias(time, width)));
  }
  return most;
}

/// The equation as printed, which must be resolved for its control to say anything.
void add_printed_checks(Experiment& experiment, const ForwardPair& pair, double bias) {
  const double end = pair.printed.times.back();
  experiment.add(
      {.name = "printed_law",
       .claim = "(24) as printed, resolved on the grid: largest |variance - (s^2 + 1) e^2t + 1|; "
                "bound 1.5 times the predicted h^2 error",
       .measured = worst_variance(pair.printed, pair.printed_law),
       .bound = 1.5 * predicted_bias(pair.printed, pair.printed_law, pair.width),
       .statement = "V9"});
  experiment.add({.name = "control_forward_sign",
                  .claim = fmt::format("(24) as printed: variance {:.4f} at t = {:g} (its law "
                                       "{:.4f}) in place of {:.6f}; largest distance from that",
                                       pair.printed.variance.back(), end,
                                       pair.printed_law.variance(end), pair.law.variance(end)),
                  .measured = worst_variance(pair.printed, pair.law),
                  .relation = Relation::greater,
                  .bound = 10 * 1.5 * bias,
                  .is_control = true,
                  .statement = "V9",
                  .misprint = "Peter 2023, (24)"});
}

void require_known_error(const Experiment& experiment) {
  for (const auto& [key, value] : experiment.parameters().resolved()) {
    if (key != "scheme.flux" || value == Value{"scharfetter_gummel"}) continue;
    throw experiment.parameters().blame(
        key, "must be scharfetter_gummel, whose error in the variance is predicted");
  }
}

}  // namespace

FellerGrids::FellerGrids(const Experiment& experiment) : problem{experiment.problem()} {
  const Grid& grid = problem.grid();
  require_known_error(experiment);
  if (!grid.is_uniform() || !grid.is_closed() || grid.axis(0).is_periodic()) {
    throw experiment.parameters().blame("grid.boundary",
                                        "must be reflecting, and cells must be equal");
  }
  if (grid.axis(0).cells % 2 != 0) {
    throw experiment.parameters().blame("grid.cells",
                                        "must be even: a grid of half as many is "
                                        "taken, too");
  }
  coarse = experiment.coarser_problem();
  fine = experiment.refined_problem(2);
}

void try_methods(const Problem& problem, const std::string& method, const Schedule& schedule) {
  const Generator generator = problem.generator(0);
  const Generator reversed = with_drift_reversed(generator);
  for (const Generator* each : {&generator, &reversed}) {
    make_propagator(method, *each, schedule.step, {.solves = schedule.steps})
        ->start_from(masses_of(problem.initial(0)));
  }
}

ForwardPair forward_pair(const FellerGrids& grids, const OrnsteinUhlenbeckTransition& transition,
                         const std::string& method, const Schedule& schedule) {
  const Problem& problem = grids.problem;
  const Generator generator = problem.generator(0);
  const Generator reversed = with_drift_reversed(generator);
  const Field initial = problem.initial(0);
  const Moments start = problem.process()->law(0)->moments();
  return {forward_moments(generator, initial, method, schedule),
          forward_moments(reversed, initial, method, schedule),
          forward_moments(grids.coarse->generator(0), grids.coarse->initial(0), method, schedule),
          {transition, start, -1},
          {transition, start, +1},
          problem.grid().axis(0).width(0)};
}

double residual_reach(const OrnsteinUhlenbeckTransition& transition) {
  return 3 * std::sqrt(transition.diffusion / transition.theta);
}

std::vector<Residuals> grid_residuals(const FellerGrids& grids,
                                      const OrnsteinUhlenbeckTransition& transition,
                                      const FellerPoint& where) {
  const double reach = residual_reach(transition);
  std::vector<Residuals> all;
  for (const Problem* problem :
       std::initializer_list<const Problem*>{&*grids.fine, &grids.problem, &*grids.coarse}) {
    all.push_back(
        transition_residuals(problem->generator(0), transition, where.later, where.time, reach));
  }
  return all;
}

void add_moment_checks(Experiment& experiment, const std::vector<PathMoments>& all, double x,
                       double density) {
  for (int k = 1; k <= 2; ++k) {
    experiment.add({.name = fmt::format("moment_{}", k),
                    .claim = fmt::format("(1/h) E[(X_t+h - x)^{} | X_t = x], x = {:g}, from paths: "
                                         "largest distance from the exact value, in standard "
                                         "errors",
                                         k, x),
                    .measured = worst_deviation(all, k),
                    .bound = four_errors,
                    .statement = "V9"});
    add_limit_checks(experiment, all, k);
  }
  add_identification_control(experiment, all, all.front().limit[1] / 2);
  const PathMoments& last = all.back();
  experiment.add(
      {.name = "control_joint",
       .claim = fmt::format("(23) as printed, joint density: m_1({:g}) = {:.5f} in place "
                            "of {:.5f}, limit {:.6f} in place of {:.6g}; in standard "
                            "errors",
                            last.h, density * last.estimate[0], last.exact[0],
                            density * last.limit[0], last.limit[0]),
       .measured = std::abs(density * last.estimate[0] - last.exact[0]) / last.error[0],
       .relation = Relation::greater,
       .bound = control_errors,
       .is_control = true,
       .statement = "V9",
       .misprint = "Peter 2023, (23)"});
  experiment.add({.name = "control_no_bias",
                  .claim = fmt::format("m_1({:g}) of the paths taken for its limit {:.6g}: off by "
                                       "that many standard errors",
                                       last.h, last.limit[0]),
                  .measured = last.deviation(1, last.limit[0]),
                  .relation = Relation::greater,
                  .bound = control_errors,
                  .is_control = true,
                  .statement = "V9"});
}

void add_forward_checks(Experiment& experiment, const ForwardPair& pair) {
  const double bias = predicted_bias(pair.corrected, pair.law, pair.width);
  const double error = worst_variance(pair.corrected, pair.law);
  const double end = pair.corrected.times.back();
  experiment.add({.name = "forward_variance",
                  .claim = "(24) corrected: largest |variance - law|; bound 1.5 times the scheme's "
                           "predicted h^2 error",
                  .measured = error,
                  .bound = 1.5 * bias,
                  .statement = "V9"});
  const double order = pairwise_order(2, 1, pair.coarse.variance.back() - pair.law.variance(end),
                                      pair.corrected.variance.back() - pair.law.variance(end));
  experiment.add({.name = "forward_order",
                  .claim = fmt::format("order of the variance's error at t = {:g} in the width of "
                                       "cells: {:.4f}, its distance from 2",
                                       end, order),
                  .measured = std::abs(order - 2),
                  .bound = 0.1,
                  .statement = "V9"});
  double mean = 0;
  for (std::size_t n = 0; n < pair.corrected.times.size(); ++n) {
    raise(mean, std::abs(pair.corrected.mean[n] - pair.law.mean(pair.corrected.times[n])));
  }
  // m_0 h^2/6 t e^-t <= m_0 h^2 / (6 e), in units of length; mean and variance share the bound.
  experiment.add(
      {.name = "forward_mean",
       .claim = "(24) corrected: largest |mean - law|",
       .measured = mean,
       .bound = 1.5 * std::max(bias, std::abs(pair.law.mean(0)) * pair.width * pair.width / 6),
       .statement = "V9"});
  add_printed_checks(experiment, pair, bias);
}

}  // namespace feller

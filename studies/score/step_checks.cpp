#include "studies/score/step_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/flow/orders.hpp"
#include "studies/score/normal_divergence.hpp"

namespace feller {
namespace {

constexpr double quadrature_bound = 1e-12;
/// What is smaller at its leading order drowns in the quadrature's errors, or in the next order.
constexpr double visible = 1e-8;

Check refuted(std::string name, std::string claim, double measured, std::string misprint) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = measured,
          .relation = Relation::greater,
          .bound = 10 * quadrature_bound,
          .is_control = true,
          .statement = "V14",
          .misprint = std::move(misprint)};
}

void add_moments(Experiment& experiment, const Halvings& h) {
  double mass = 0, mean = 0, variance = 0;
  for (std::size_t k = 0; k < h.dt.size(); ++k) {
    raise(mass, std::abs(h.steps[k].mass - 1));
    raise(mean, std::abs(h.steps[k].mean));
    raise(variance, std::abs(h.steps[k].variance - 1 - h.dt[k] * h.curvature));
  }
  experiment.add({.name = "step_mass",
                  .claim = "largest |1 - integral of p(x|z)|, by quadrature",
                  .measured = mass,
                  .bound = quadrature_bound,
                  .statement = "V14"});
  experiment.add({.name = "step_mean",
                  .claim = "(7): its mean is exact at every dt: largest distance, over sqrt(dt)",
                  .measured = mean,
                  .bound = quadrature_bound,
                  .statement = "V14"});
  experiment.add({.name = "step_variance",
                  .claim = "variance = dt + dt^2 (ln p_t)'' at every dt: largest distance over dt",
                  .measured = variance,
                  .bound = quadrature_bound,
                  .statement = "V14"});
  if (std::abs(h.dt.front() * h.curvature) < visible) {
    experiment.say("control_variance: left out, (ln p_t)'' is 0 at z(t)");
    return;
  }
  experiment.add(refuted("control_variance",
                         fmt::format("(7) taken for exact, variance dt: distance over dt at dt = "
                                     "{:g}",
                                     h.dt.front()),
                         std::abs(h.steps.front().variance - 1), "McAllester, (7)"));
}

void add_leading(Experiment& experiment, const Halvings& h) {
  const double leading = h.curvature * h.curvature / 4;
  const Limit limit = richardson(h.ratio, 2, 1);
  experiment.add({.name = "step_divergence",
                  .claim = fmt::format(
                      "KL of the step from (7) over dt^2, extrapolated to dt = 0: {:.8f}; "
                      "((ln p_t)'')^2/4 = {:.8f}: distance, at most that of the extrapolation "
                      "one halving before",
                      limit.value, leading),
                  .measured = std::abs(limit.value - leading),
                  .bound = limit.remaining,
                  .statement = "V14"});
  if (leading * h.dt.back() * h.dt.back() < visible * visible) {
    experiment.say("step_order, control_normal: left out, (ln p_t)'' is 0 at z(t)");
    return;
  }
  const std::size_t n = h.dt.size();
  experiment.add(
      {.name = "step_order",
       .claim = "order in dt of KL from (7), by the two smallest steps: distance from 2, "
                "at most twice the share of the next order",
       .measured = std::abs(std::log2(h.steps[n - 2].divergence / h.steps[n - 1].divergence) - 2),
       .bound = 2 * std::abs(h.ratio[n - 2] / leading - 1),
       .statement = "V14"});
  experiment.add(refuted("control_normal",
                         fmt::format("(7) taken for exact: KL from it at dt = {:g}", h.dt.front()),
                         h.steps.front().divergence, "McAllester, (7)"));
}

void add_skewness(Experiment& experiment, const Halvings& h) {
  const auto leading = [&](double dt) {
    return h.posterior.third * std::pow(std::sqrt(dt) / h.time, 3);
  };
  const std::size_t n = h.dt.size();
  if (std::abs(leading(h.dt.back())) < visible) {
    experiment.say("skewness: left out, y given z(t) has none to speak of");
    return;
  }
  experiment.add(
      {.name = "skewness",
       .claim = fmt::format("skewness of the step, {:.4g} at dt = {:g} (leading order "
                            "dt^(3/2) kappa_3(y|t,z)/t^3 = {:.4g}): order by the two smallest "
                            "steps, distance from 3/2, at most twice the share of the next order",
                            h.steps.back().skewness, h.dt.back(), leading(h.dt.back())),
       .measured = std::abs(std::log2(h.steps[n - 2].skewness / h.steps[n - 1].skewness) - 1.5),
       .bound = 2 * std::abs(h.steps[n - 2].skewness / leading(h.dt[n - 2]) - 1),
       .statement = "V14"});
  experiment.add(refuted("control_mixture",
                         fmt::format("a mixture over y taken for normal: size of its skewness at "
                                     "dt = {:g}",
                                     h.dt.front()),
                         std::abs(h.steps.front().skewness),
                         "McAllester, section 2.2 (a mixture over y is Gaussian)"));
}

void add_bridge(Experiment& experiment, const Halvings& h) {
  // What one y leads to; its place is of no importance.
  const Noised point{Mixture{1, {Component{.along = {Spread{h.at - 1, h.at - 1, 0}}}}}};
  double worst = 0;
  for (const double dt : h.dt) {
    const double found = one_step(point, h.time, h.at, dt).divergence;
    raise(worst, std::abs(found - bridge_divergence(dt / h.time)));
  }
  experiment.add({.name = "bridge",
                  .claim = "KL of the step given z(t) and y from (6) is (r - 1 - ln r)/2, r = 1 - "
                           "dt/t: largest distance",
                  .measured = worst,
                  .bound = quadrature_bound,
                  .statement = "V14"});
  experiment.add(refuted("control_bridge", "(6) taken for exact: KL from it at dt = t/4",
                         one_step(point, h.time, h.at, h.time / 4).divergence, "McAllester, (6)"));
}

void add_times(Experiment& experiment, const Noised& noised, const Halvings& h) {
  const double dt = h.time / 4, earlier = h.time - dt;
  const double exact = dt * noised.law(h.time).score(0, {h.at, 0, 0});
  if (std::abs(exact) < 1e-9 * std::sqrt(dt)) {
    experiment.say("control_times: left out, the score is 0 at z(t)");
    return;
  }
  const double printed = dt * (noised.posterior(earlier, h.at).mean - h.at) / earlier;
  experiment.add(refuted("control_times",
                         fmt::format("section 2.2, E[y|t, z(t + dt)] and 1/t with the time before "
                                     "the step, as printed: distance of the mean from the exact "
                                     "one over sqrt(dt), t + dt = {:g}, dt = {:g}",
                                     h.time, dt),
                         std::abs(printed - exact) / std::sqrt(dt),
                         "McAllester, section 2.2 (level of the expectation)"));
}

}  // namespace

double bridge_divergence(double relative_step) {
  return variance_divergence(-relative_step);
}

void add_step_checks(Experiment& experiment, const Noised& noised, const Halvings& halvings) {
  add_moments(experiment, halvings);
  add_leading(experiment, halvings);
  add_skewness(experiment, halvings);
  add_bridge(experiment, halvings);
  add_times(experiment, noised, halvings);
}

}  // namespace feller

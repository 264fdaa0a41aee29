/// What becomes of the terms of McAllester's (4), read as a diffusion, as dt -> 0 and T -> inf:
/// the first falls like |y - E y|^2/(2 T), each step tends to (9), the last diverges like ln(dt)/2,
/// and the sum of (9) is right from a level t_0 > 0 on. Summed from dt on, it falls short by
/// (1 - gamma)/2 = 0.2114 however small dt is (gamma is Euler's constant): hence t_0 in (10).
///
/// Controls: (9) taken for exact, the sum from dt on taken for right, and a uniform law at its end,
/// where p(y|z(dt)) is no Gaussian and the last term is lower by 1.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "studies/flow/orders.hpp"
#include "studies/score/path_terms.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr double quadrature_bound = 1e-10;
constexpr int halvings = 7;

struct Ladder {
  std::vector<double> at, found;

  /// A ladder that leaves more than `most` has not come near its limit, whatever that is.
  Limit limit(double most) const {
    Limit extrapolated = richardson(found, 2, 1);
    extrapolated.remaining = std::min(extrapolated.remaining, most);
    return extrapolated;
  }
};

class LikelihoodTerms : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment) const;
  /// The noise below which p is smooth about y.
  double scale(const Experiment& experiment, const Noised& noised) const;
  void look_at_first(Experiment& experiment, Recorder& recorder, const Noised& noised) const;
  void look_at_steps(Experiment& experiment, Recorder& recorder, const Noised& noised) const;
  void look_at_last(Experiment& experiment, Recorder& recorder, const Noised& noised,
                    double scale) const;
  void look_at_sum(Experiment& experiment, Recorder& recorder, const Noised& noised,
                   double scale) const;

  double value_ = 0;
};

Check within(std::string name, std::string claim, double measured, double bound) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = measured,
          .bound = bound + quadrature_bound,
          .statement = "V15"};
}

Check refuted(std::string name, std::string claim, double apart, double bound) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = apart,
          .relation = Relation::greater,
          .bound = 10 * (bound + quadrature_bound),
          .is_control = true,
          .statement = "V15"};
}

void LikelihoodTerms::declare(Parameters& p) {
  p.add("likelihood_terms.value", value_,
        {.meaning = "y, of which -ln p(y) is", .unit = "L", .required = true});
}

Table curves(std::string name, std::string title, Labels axis, std::vector<Labels> columns) {
  return {.name = std::move(name),
          .title = std::move(title),
          .axis = std::move(axis),
          .columns = std::move(columns),
          .log_axis = true,
          .log_signal = true,
          .together = true};
}

FileLayout LikelihoodTerms::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("first");
  const Labels step{"step", "step dt", "L^2"};
  layout.tables.push_back(
      curves("first", "first term of (4) [nat]", {"end", "end T of the chain", "L^2"},
             {{"first", "KL(p(z(T)|y) | p(z(T)))", "1"}, {"leading", "(y - E y)^2/(2T)", "1"}}));
  layout.tables.push_back(curves("steps", "a step of (4) over dt [nat/L^2]", step,
                                 {{"divergence", "KL of the step over dt", "1/L^2"},
                                  {"rate", "(9) over dt", "1/L^2"},
                                  {"apart", "how far apart", "1/L^2"}}));
  Table last = curves("last", "last term of (4), less ln(2 pi e dt)/2 [nat]", step,
                      {{"here", "at y", "1"},
                       {"inside", "uniform law, in the middle", "1"},
                       {"edge", "uniform law, at its end", "1"}});
  last.log_signal = false;
  layout.tables.push_back(last);
  layout.tables.push_back(curves("sum", "by how much the sum of (9) falls short [nat]", step,
                                 {{"from_level", "from a fixed t_0 on", "1"},
                                  {"from_step", "from t = dt on", "1"},
                                  {"euler", "(1 - gamma)/2", "1"}}));
  return layout;
}

double LikelihoodTerms::scale(const Experiment& experiment, const Noised& noised) const {
  double least = HUGE_VAL;
  for (const auto& component : noised.population().components()) {
    const Spread& spread = component.along[0];
    if (!spread.normal() || spread.sd == 0) {
      throw experiment.parameters().blame(
          "problem.kind", "must start from a mixture of normal laws for likelihood_terms");
    }
    least = std::min(least, spread.sd * spread.sd);
  }
  const double slope = noised.population().score(0, {value_, 0, 0});
  if (!(std::abs(slope) * std::sqrt(least) < 10)) {
    throw experiment.parameters().blame(
        "likelihood_terms.value", "must be among the data, where -ln p(y) is known to many digits");
  }
  // Between clusters p is small and bends up.
  const double h = 1e-3 * std::sqrt(least);
  const auto score = [&](double y) { return noised.population().score(0, {y, 0, 0}); };
  const double bend = (score(value_ + h) - score(value_ - h)) / (2 * h);
  return 1 / (1 / least + slope * slope + std::abs(bend));
}

void LikelihoodTerms::look_at_first(Experiment& experiment, Recorder& recorder,
                                    const Noised& noised) const {
  const PathTerms terms{noised, value_};
  const double off = (value_ - noised.mean()) * (value_ - noised.mean());
  Ladder ladder;
  for (int k = 0; k < halvings; ++k) {
    const double T = std::ldexp(noised.variance() + off, 2 + k), found = terms.first(T);
    recorder.row("first", {T, found, off / (2 * T)});
    ladder.found.push_back(T * found);
  }
  const Limit limit = ladder.limit(0.01 * (noised.variance() + off));
  experiment.add(within("first_term",
                        fmt::format("T KL(p(z(T)|y) | p(z(T))), the first term of (4), as T grows: "
                                    "{:.8f}; (y - E y)^2/2 = {:.8f}: distance",
                                    limit.value, off / 2),
                        std::abs(limit.value - off / 2), limit.remaining));
  if (off < 40 * (limit.remaining + quadrature_bound)) {
    experiment.say("control_first: left out, y is too near the mean for it");
    return;
  }
  experiment.add(refuted("control_first", "the same with the factor 1/2 dropped: distance",
                         std::abs(limit.value - off), limit.remaining));
}

void LikelihoodTerms::look_at_steps(Experiment& experiment, Recorder& recorder,
                                    const Noised& noised) const {
  const PathTerms terms{noised, value_};
  const double t = noised.variance(), rate = terms.rate(t);
  Ladder ladder;
  double apart = 0;
  for (int k = 0; k < halvings; ++k) {
    const double dt = std::ldexp(t, -1 - k), step = terms.step(t, dt);
    raise(apart, std::abs(step - (terms.first(t - dt) - terms.first(t))));
    ladder.at.push_back(dt);
    ladder.found.push_back(step / dt);
  }
  for (std::size_t k = ladder.at.size(); k-- > 0;) {
    recorder.row("steps", {ladder.at[k], ladder.found[k], rate, std::abs(ladder.found[k] - rate)});
  }
  experiment.add(within("chain_rule",
                        "a step of (4) by its own two quadratures against the first term's change "
                        "from t to t - dt: largest distance",
                        apart, 0));
  const Limit limit = ladder.limit(0.01 * rate);
  experiment.add(within("step_rate",
                        fmt::format("(9): KL of a step over dt as dt -> 0 at t = {:.4g}: {:.8f}; "
                                    "E|y - E[y|t,z]|^2/(2 t^2) = {:.8f}: distance",
                                    t, limit.value, rate),
                        std::abs(limit.value - rate), limit.remaining));
  experiment.add(refuted("control_step", "(9) taken for exact at dt = t/2: distance over dt",
                         std::abs(ladder.found.front() - rate), limit.remaining));
}

/// E[1 - P], P the part of N(z(dt), dt) inside a unit interval, for y at this distance from its
/// ends.
double outside(double distance, double dt) {
  return std::erfc(distance / (2 * std::sqrt(dt)));
}

void LikelihoodTerms::look_at_last(Experiment& experiment, Recorder& recorder, const Noised& noised,
                                   double scale) const {
  const Noised uniform{Mixture{1, {Component{.along = {Spread{0, 1, 0}}}}}};
  const PathTerms here{noised, value_}, inside{uniform, 0.5}, edge{uniform, 0};
  Ladder ladder;
  for (int k = 0; k < halvings; ++k) {
    ladder.at.push_back(std::ldexp(scale, -2 - k));
    ladder.found.push_back(here.last_excess(ladder.at.back()));
  }
  for (std::size_t k = ladder.at.size(); k-- > 0;) {
    const double dt = ladder.at[k];
    recorder.row("last", {dt, ladder.found[k], inside.last_excess(dt), edge.last_excess(dt)});
  }
  const Limit limit = ladder.limit(0.01);
  experiment.add(within("last_term",
                        "the last term of (4) less ln(2 pi e dt)/2, to which it diverges, as dt -> "
                        "0: distance from 0",
                        std::abs(limit.value), limit.remaining));
  const double dt = 1.0 / 1024;
  experiment.add(within("uniform_inside",
                        "the same of a uniform law on [0, 1] at y = 1/2, dt = 1/1024; twice what "
                        "lies outside",
                        std::abs(inside.last_excess(dt)), 2 * outside(0.5, dt)));
  experiment.add(within("uniform_edge",
                        "at y = 0, where p(y|z(dt)) is a Gaussian cut off, the same tends to -1: "
                        "distance",
                        std::abs(edge.last_excess(dt) + 1), 2 * outside(1, dt)));
  Check control = refuted("control_edge", "p(y|z(dt)) at y = 0 taken for a Gaussian: distance",
                          std::abs(edge.last_excess(dt)), 2 * outside(0.5, dt));
  control.misprint = "McAllester, section 2 (uniform law)";
  experiment.add(control);
}

void LikelihoodTerms::look_at_sum(Experiment& experiment, Recorder& recorder, const Noised& noised,
                                  double scale) const {
  const PathTerms terms{noised, value_};
  const double T = 16 * scale, level = scale;
  const double exact = terms.first(level) - terms.first(T), euler = (1 - std::numbers::egamma) / 2;
  Ladder fixed, moving;
  for (int n = 64; n <= 1024; n *= 2) {
    const double dt = T / n;
    fixed.at.push_back(dt);
    fixed.found.push_back(exact - terms.steps_by_rate(level, T, n - n / 16));
    moving.found.push_back(terms.first(dt) - terms.first(T) - terms.steps_by_rate(dt, T, n - 1));
  }
  for (std::size_t k = fixed.at.size(); k-- > 0;) {
    recorder.row("sum", {fixed.at[k], std::abs(fixed.found[k]), moving.found[k], euler});
  }
  const Limit right = fixed.limit(0.01), short_of = moving.limit(0.01);
  experiment.add(within("sum_from_level",
                        "steps of (4) from a fixed t_0 to T, less their sum by (9), as dt -> 0: "
                        "distance from 0",
                        std::abs(right.value), right.remaining));
  experiment.add(within("sum_from_step",
                        fmt::format("the same from t = dt on falls short by {:.8f}; (1 - gamma)/2 "
                                    "= {:.8f}: distance",
                                    short_of.value, euler),
                        std::abs(short_of.value - euler), short_of.remaining));
  experiment.add(refuted("control_sum", "the sum of (9) from t = dt on taken for right as dt -> 0",
                         std::abs(short_of.value), short_of.remaining));
}

void LikelihoodTerms::run(Experiment& experiment) const {
  const Noised noised = require_noised(experiment);
  const double smooth = scale(experiment, noised);
  Recorder& recorder = experiment.open(layout(experiment), {});
  look_at_first(experiment, recorder, noised);
  look_at_steps(experiment, recorder, noised);
  look_at_last(experiment, recorder, noised, smooth);
  look_at_sum(experiment, recorder, noised, smooth);
}

}  // namespace

std::unique_ptr<Study> likelihood_terms() {
  return std::make_unique<LikelihoodTerms>();
}

}  // namespace feller

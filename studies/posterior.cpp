/// One step backward: the law of z(t - dt) given z(t), of which McAllester's (6) and (7) are the
/// leading order. Relative entropy to (7) falls like dt^2/4 ((ln p_t)'')^2, skewness like dt^(3/2).
/// Controls: (6) and (7) taken for exact.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/score/one_step.hpp"
#include "studies/score/step_checks.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class PosteriorStudy : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment) const;
  Halvings look(const Noised& noised) const;
  void record(Recorder& recorder, const Halvings& halvings) const;

  double time_ = 1;
  double at_ = 0;
  int halvings_ = 8;
};

void PosteriorStudy::declare(Parameters& p) {
  p.add("posterior.time", time_,
        {.meaning = "level t of noise from which the step goes back",
         .unit = "L^2",
         .range = {.low = 1e-4, .high = 1000}});
  p.add("posterior.at", at_, {.meaning = "z(t)", .unit = "L", .required = true});
  p.add("posterior.halvings", halvings_,
        {.meaning = "steps dt = t/4, t/8, ...: how many", .range = {.low = 4, .high = 12}});
}

FileLayout PosteriorStudy::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("divergence");
  const Labels step{"step", "step dt", "L^2"};
  layout.tables.push_back({.name = "divergence",
                           .title = "relative entropy of one step from (7), over dt^2",
                           .axis = step,
                           .columns = {{"ratio", "KL/dt^2", "1"},
                                       {"extrapolated", "extrapolated from two steps", "1"},
                                       {"leading", "((ln p_t)'')^2/4", "1"},
                                       {"divergence", "KL", "1"}},
                           .log_axis = true,
                           .together = true,
                           .signals = 3});
  layout.tables.push_back({.name = "shape",
                           .title = "how far one step is from (7)",
                           .axis = step,
                           .columns = {{"skewness", "size of the skewness", "1"},
                                       {"leading", "its leading order", "1"},
                                       {"variance", "distance of the variance over dt from 1", "1"},
                                       {"bridge", "KL of the exact bridge from (6)", "1"}},
                           .log_axis = true,
                           .log_signal = true,
                           .together = true});
  return layout;
}

Halvings PosteriorStudy::look(const Noised& noised) const {
  Halvings found{.time = time_,
                 .at = at_,
                 .curvature = log_curvature(noised, time_, at_),
                 .posterior = noised.posterior(time_, at_)};
  for (int k = 0; k < halvings_; ++k) {
    const double dt = std::ldexp(time_, -2 - k);
    found.dt.push_back(dt);
    found.steps.push_back(one_step(noised, time_, at_, dt));
    found.ratio.push_back(found.steps.back().divergence / (dt * dt));
  }
  return found;
}

void PosteriorStudy::record(Recorder& recorder, const Halvings& h) const {
  const double leading = h.curvature * h.curvature / 4;
  for (std::size_t k = h.dt.size(); k-- > 0;) {
    const double dt = h.dt[k];
    const double extrapolated = k == 0 ? std::nan("") : 2 * h.ratio[k] - h.ratio[k - 1];
    recorder.row("divergence", {dt, h.ratio[k], extrapolated, leading, h.steps[k].divergence});
    recorder.row("shape", {dt, std::abs(h.steps[k].skewness),
                           std::abs(h.posterior.third) * std::pow(std::sqrt(dt) / time_, 3),
                           std::abs(h.steps[k].variance - 1), bridge_divergence(dt / time_)});
  }
}

void PosteriorStudy::run(Experiment& experiment) const {
  const Noised noised = require_noised(experiment);
  if (!(noised.law(time_).density({at_, 0, 0}) > 1e-100)) {
    throw experiment.parameters().blame("posterior.at", "is a place where z(t) never comes");
  }
  Recorder& recorder = experiment.open(layout(experiment), {});
  const Halvings halvings = look(noised);
  record(recorder, halvings);
  add_step_checks(experiment, noised, halvings);
}

}  // namespace

std::unique_ptr<Study> posterior_study() {
  return std::make_unique<PosteriorStudy>();
}

}  // namespace feller

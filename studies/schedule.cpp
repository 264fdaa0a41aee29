/// Time grids for reverse steps: how the relative entropy of the path, and that of where it ends,
/// depend on where the N steps (7) of McAllester are put (score/step_cost.hpp):
///
///     path   KL ~ sum c(t) h^2,   c = E |Hess ln p_t|_F^2 / 4,   least with density ~ sqrt c:
///            (int sqrt c dt)^2 / N
///     end    KL ~ 1/N^2
///
/// exactly for any population on a line: the path's KL from entropies and Fisher informations; the
/// end's for a normal one.
///
/// Controls: a grid uniform in ln t is not the best one, nor one uniform in t; the path's KL does
/// not fall like that of the end.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "studies/score/exploding.hpp"
#include "studies/score/schedule_checks.hpp"
#include "studies/score/step_cost.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class ScheduleStudy : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  const Process& process(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment, bool is_normal) const;
  std::vector<Rung> climb(const StepCost& cost, std::optional<double> variance) const;
  void record_density(Recorder& record, const StepCost& cost) const;

  double first_ = 0.01;
  double last_ = 100;
  int steps_ = 256;
};

void ScheduleStudy::declare(Parameters& p) {
  p.add("schedule.first", first_,
        {.meaning = "t_0 > 0 at which the steps end", .unit = "T", .range = range::positive});
  p.add("schedule.last", last_,
        {.meaning = "T at which they start", .unit = "T", .range = range::positive});
  p.add("schedule.steps", steps_,
        {.meaning = "N; N/4, N/2, 2 N and 4 N are taken, too", .range = {.low = 16, .high = 1e5}});
}

const Process& ScheduleStudy::process(const Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  const Process& found = exploding_process(experiment);
  if (!(first_ < last_)) throw parameters.blame("schedule.last", "must be beyond schedule.first");
  const auto law = found.law(first_);
  const bool is_mixture = dynamic_cast<const Mixture*>(law.get()) != nullptr;
  if (!is_mixture || !law->fisher_information() || !law->entropy()) {
    throw parameters.blame("schedule.first", "is where the law has no Fisher information");
  }
  return found;
}

FileLayout ScheduleStudy::layout(const Experiment& experiment, bool is_normal) const {
  FileLayout layout = experiment.layout("divergence");
  Table table{.name = "divergence",
              .title = "relative entropy of N reverse steps (7)",
              .axis = {"steps", "number of steps N", "1"},
              .columns = {{"uniform", "path, uniform in t", "nat"},
                          {"logarithmic", "path, uniform in ln t", "nat"},
                          {"optimal", "path, optimal", "nat"},
                          {"asymptote", "(int sqrt c dt)^2 / N", "nat"}},
              .log_axis = true,
              .log_signal = true,
              .together = true};
  if (is_normal) {
    table.columns.push_back({"end_logarithmic", "end, uniform in ln t", "nat"});
    table.columns.push_back({"end_optimal", "end, optimal", "nat"});
  }
  layout.tables = {table,
                   {.name = "density",
                    .title = "where the steps are",
                    .axis = {"t", "t", "T"},
                    .columns = {{"optimal", "optimal", "1"},
                                {"logarithmic", "uniform in ln t", "1"},
                                {"uniform", "uniform in t", "1"}},
                    .log_axis = true,
                    .together = true}};
  return layout;
}

std::vector<Rung> ScheduleStudy::climb(const StepCost& cost, std::optional<double> variance) const {
  std::vector<Rung> ladder;
  for (const int n : {steps_ / 4, steps_ / 2, steps_, 2 * steps_, 4 * steps_}) {
    const Times even = uniform_times(first_, last_, n), logarithmic = log_times(first_, last_, n);
    const Times optimal = cost.optimal_times(n);
    Rung rung{n, cost.path_divergence(even), cost.path_divergence(logarithmic),
              cost.path_divergence(optimal)};
    if (variance) {
      rung.end_logarithmic = gaussian_end_divergence(*variance, logarithmic);
      rung.end_optimal = gaussian_end_divergence(*variance, optimal);
    }
    ladder.push_back(rung);
  }
  return ladder;
}

/// Steps per unit of ln t, over N.
void ScheduleStudy::record_density(Recorder& record, const StepCost& cost) const {
  for (const double t : log_times(first_, last_, 200)) {
    record.row("density", {t, t * std::sqrt(cost.curvature(t)) / cost.length(),
                           1 / std::log(last_ / first_), t / (last_ - first_)});
  }
}

void ScheduleStudy::run(Experiment& experiment) const {
  const Process& walked = process(experiment);
  const auto variance = normal_variance(walked, first_);
  Recorder& record = experiment.open(layout(experiment, variance.has_value()), {});
  const StepCost cost{walked, first_, last_};
  const auto ladder = climb(cost, variance);
  for (const Rung& rung : ladder) {
    std::vector<double> row{static_cast<double>(rung.steps), rung.uniform, rung.logarithmic,
                            rung.optimal, cost.length() * cost.length() / rung.steps};
    if (variance) row.insert(row.end(), {rung.end_logarithmic, rung.end_optimal});
    record.row("divergence", row);
  }
  record_density(record, cost);
  for (const auto& check : schedule_checks(cost, ladder)) experiment.add(check);
  experiment.add(curvature_check(cost, first_, last_));
  if (variance) {
    for (const auto& check : normal_checks(cost, *variance, first_, last_, ladder)) {
      experiment.add(check);
    }
  }
  const auto controls = schedule_controls(cost, ladder);
  for (const auto& check : controls) experiment.add(check);
  for (const std::string name : {"control_log", "control_uniform", "control_order"}) {
    if (std::ranges::find(controls, name, &Check::name) == controls.end()) {
      experiment.say(name + ": left out, these steps could not tell");
    }
  }
}

}  // namespace

std::unique_ptr<Study> schedule_study() {
  return std::make_unique<ScheduleStudy>();
}

}  // namespace feller

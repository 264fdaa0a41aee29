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
#include "studies/score/step_cost.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

/// How far an observed order may be from that of theory: a next term of relative size x spoils it
/// by about x, and steps of the ladder are below a tenth of t.
constexpr double order_bound = 0.05;

/// Path and end by the number of steps.
struct Rung {
  int steps;
  double uniform, logarithmic, optimal;
  double end_logarithmic = 0, end_optimal = 0;  ///< of a normal population
};

class ScheduleStudy : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  const Process& process(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment, bool is_normal) const;
  std::vector<Rung> climb(const StepCost& cost, std::optional<double> variance) const;
  void add_checks(Experiment& experiment, const StepCost& cost,
                  const std::vector<Rung>& ladder) const;
  void add_normal_checks(Experiment& experiment, const StepCost& cost, double variance,
                         const std::vector<Rung>& ladder) const;
  void add_controls(Experiment& experiment, const StepCost& cost,
                    const std::vector<Rung>& ladder) const;
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
  if (!law->fisher_information() || !law->entropy()) {
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

double order_of(const std::vector<Rung>& ladder, double Rung::*value) {
  const Rung &coarse = ladder[ladder.size() - 2], &fine = ladder.back();
  return std::log2(coarse.*value / (fine.*value));
}

void add_order(Experiment& experiment, const std::string& name, const std::string& of,
               const std::vector<Rung>& ladder, double Rung::*value, int order) {
  const double found = order_of(ladder, value);
  experiment.add({.name = name,
                  .claim = fmt::format("order {:.4f} of the KL of {} in 1/N, its distance from {}",
                                       found, of, order),
                  .measured = std::abs(found - order),
                  .bound = order_bound,
                  .statement = "V14"});
}

/// N KL for N to infinity, from these rungs, if it has an expansion in 1/N.
double extrapolated(const std::vector<Rung>& ladder, std::size_t fine) {
  const Rung &a = ladder[fine - 1], &b = ladder[fine];
  return 2 * b.steps * b.optimal - a.steps * a.optimal;
}

/// What the claim of the optimum's value is granted: the last change, and the error of c.
double value_bound(const StepCost& cost, const std::vector<Rung>& ladder) {
  const std::size_t last = ladder.size() - 1;
  return std::abs(extrapolated(ladder, last) - extrapolated(ladder, last - 1)) +
         1e-5 * cost.length() * cost.length();
}

void ScheduleStudy::add_checks(Experiment& experiment, const StepCost& cost,
                               const std::vector<Rung>& ladder) const {
  const double limit = cost.length() * cost.length();
  const double found = extrapolated(ladder, ladder.size() - 1);
  experiment.add({.name = "optimal_value",
                  .claim = fmt::format("N KL of the path on the optimal grid, extrapolated to "
                                       "{:.6f}: |distance from (int sqrt c dt)^2 = {:.6f}|; bound "
                                       "its last change, and 1e-5 of it",
                                       found, limit),
                  .measured = std::abs(found - limit),
                  .bound = value_bound(cost, ladder),
                  .statement = "V14"});
  add_order(experiment, "order_path_optimal", "the path, optimal grid,", ladder, &Rung::optimal, 1);
  add_order(experiment, "order_path_log", "the path, uniform in ln t,", ladder, &Rung::logarithmic,
            1);
  const Rung& rung = ladder[2];
  experiment.add({.name = "optimal_is_least",
                  .claim = fmt::format(
                      "KL of the path, {} steps: optimal {:.5f}, uniform in ln t {:.5f}, in t "
                      "{:.5f}; the first over the smaller of the others",
                      rung.steps, rung.optimal, rung.logarithmic, rung.uniform),
                  .measured = rung.optimal / std::min(rung.logarithmic, rung.uniform),
                  .relation = Relation::less,
                  .bound = 1,
                  .statement = "V14"});
}

void ScheduleStudy::add_normal_checks(Experiment& experiment, const StepCost& cost, double variance,
                                      const std::vector<Rung>& ladder) const {
  double worst = 0;
  for (const Rung& rung : ladder) {
    const Times times = log_times(first_, last_, rung.steps);
    raise(worst, std::abs(rung.logarithmic - gaussian_path_divergence(variance, times)));
  }
  experiment.add({.name = "normal_steps",
                  .claim = "a normal population: |KL of the path by entropies - sum of (r - 1 - ln "
                           "r) / 2|, uniform in ln t",
                  .measured = worst,
                  .bound = 1e-10,
                  .statement = "V14"});
  const double ratio = (variance + last_) / (variance + first_);
  experiment.add({.name = "normal_length",
                  .claim = fmt::format("a normal population: int sqrt c dt = {:.7f} over ln(a_T / "
                                       "a_0) / 2, |ratio - 1|; c by differences of 1e-3",
                                       cost.length()),
                  .measured = std::abs(cost.length() / (std::log(ratio) / 2) - 1),
                  .bound = 1e-5,
                  .statement = "V14"});
  add_order(experiment, "order_end_optimal", "the end, optimal grid,", ladder, &Rung::end_optimal,
            2);
  add_order(experiment, "order_end_log", "the end, uniform in ln t,", ladder,
            &Rung::end_logarithmic, 2);
}

void ScheduleStudy::add_controls(Experiment& experiment, const StepCost& cost,
                                 const std::vector<Rung>& ladder) const {
  const Rung& rung = ladder.back();
  const double limit = cost.length() * cost.length();
  const double tolerance = value_bound(cost, ladder);
  experiment.add({.name = "control_log",
                  .claim = fmt::format("uniform in ln t taken for the best: N KL = {:.5f} with {} "
                                       "steps, the optimum {:.5f}; apart by",
                                       rung.steps * rung.logarithmic, rung.steps, limit),
                  .measured = rung.steps * rung.logarithmic - limit,
                  .relation = Relation::greater,
                  .bound = 10 * tolerance,
                  .is_control = true,
                  .statement = "V14"});
  experiment.add({.name = "control_uniform",
                  .claim = fmt::format("uniform in t taken for the best: N KL = {:.4f}; apart by",
                                       rung.steps * rung.uniform),
                  .measured = rung.steps * rung.uniform - limit,
                  .relation = Relation::greater,
                  .bound = 10 * tolerance,
                  .is_control = true,
                  .statement = "V14"});
  const double order = order_of(ladder, &Rung::optimal);
  experiment.add({.name = "control_order",
                  .claim = fmt::format("the path's KL taken for the end's, which falls like 1/N^2: "
                                       "order {:.4f}, its distance from 2",
                                       order),
                  .measured = std::abs(order - 2),
                  .relation = Relation::greater,
                  .bound = 10 * order_bound,
                  .is_control = true,
                  .statement = "V14"});
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
  add_checks(experiment, cost, ladder);
  if (variance) add_normal_checks(experiment, cost, *variance, ladder);
  add_controls(experiment, cost, ladder);
}

}  // namespace

std::unique_ptr<Study> schedule_study() {
  return std::make_unique<ScheduleStudy>();
}

}  // namespace feller

/// What a noisy variable z(t) = y + sqrt(t) G tells of y, by the least mean squared error with
/// which y can be told from it (McAllester, (11), (12); I-MMSE: Guo, Shamai & Verdu 2005):
///
///     I(y; z(t)) = int_t^inf mmse(s)/(2 s^2) ds,    mmse(s) = E|y - E[y|s,z(s)]|^2
///
/// by quadrature, by Monte Carlo and on a grid, against H(z(t)) - H(z(t)|y); and how many levels of
/// noise the integral needs, with nodes uniform in t, in ln t and in snr = 1/t, and with the normal
/// law as control variate. Controls: (11) as printed in both its readings, the factor 1/2 dropped,
/// nodes uniform in t.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/score/grid_information.hpp"
#include "studies/score/information_checks.hpp"
#include "studies/score/information_readings.hpp"
#include "studies/score/information_tables.hpp"
#include "studies/score/node_rules.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class Information : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  std::vector<double> sorted_times(const Parameters& parameters) const;
  std::vector<InformationRow> look(const Noised& noised, const std::vector<double>& times,
                                   MPI_Comm comm) const;
  static void record(Recorder& recorder, const Noised& noised,
                     const std::vector<InformationRow>& rows);
  void record_curves(Recorder& recorder, const Noised& noised, double first) const;
  void compare_nodes(Experiment& experiment, Recorder& recorder, const Noised& noised,
                     const InformationRow& row) const;
  void compare_grids(Experiment& experiment, const Noised& noised,
                     const std::vector<double>& times) const;

  std::vector<double> times_{0.01, 0.1, 1, 10};
  int nodes_ = 256;
  std::int64_t samples_ = 100000;
  std::int64_t seed_ = 1;
};

void Information::declare(Parameters& p) {
  p.add("information.times", times_,
        {.meaning = "levels of noise t at which I(y; z(t)) is found",
         .unit = "L^2",
         .range = range::positive});
  p.add("information.nodes", nodes_,
        {.meaning = "most nodes of the rules that are compared, a power of 2",
         .range = {.low = 8, .high = 4096}});
  p.add("information.samples", samples_,
        {.meaning = "draws of (y, G, t) of the Monte Carlo estimates", .range = {.low = 4000}});
  p.add("information.seed", seed_, {.meaning = "of the draws", .range = range::not_negative});
}

std::vector<double> Information::sorted_times(const Parameters& parameters) const {
  if (times_.empty()) throw parameters.blame("information.times", "must have an entry");
  if ((nodes_ & (nodes_ - 1)) != 0) {
    throw parameters.blame("information.nodes", "must be a power of 2");
  }
  auto times = times_;
  std::ranges::sort(times);
  if (std::ranges::adjacent_find(times) != times.end()) {
    throw parameters.blame("information.times", "names a level twice");
  }
  if (times.front() < 1e-6 || times.back() > 1e3) {
    throw parameters.blame("information.times", "must be in [1e-6, 1000]");
  }
  return times;
}

std::vector<InformationRow> Information::look(const Noised& noised,
                                              const std::vector<double>& times,
                                              MPI_Comm comm) const {
  const double far = far_noise(noised);
  auto levels = times;
  levels.push_back(far);
  const auto by_mmse = information_by_mmse(noised, levels);
  std::vector<InformationRow> rows;
  for (std::size_t k = 0; k < times.size(); ++k) {
    const double t = times[k];
    const NoiseSampler sampler{
        noised,
        {.seed = static_cast<std::uint64_t>(seed_), .stream = static_cast<std::uint32_t>(k)},
        samples_};
    rows.push_back({.t = t,
                    .by_mmse = by_mmse[k],
                    .by_entropy = information_by_entropy(noised, t),
                    .reading_a = reading_a(noised, t),
                    .reading_b = reading_b(noised, t),
                    .sampled = sampler.integral(t, far, comm)});
    rows.back().sampled.plain.value += by_mmse.back();
    rows.back().sampled.controlled.value += by_mmse.back();
  }
  return rows;
}

void Information::record_curves(Recorder& recorder, const Noised& noised, double first) const {
  constexpr int points = 161;
  const double v = noised.variance(), last = 100 * std::max(1.0, v);
  for (int i = 0; i < points; ++i) {
    const double t = first * std::pow(last / first, i / (points - 1.0));
    const double found = noised.relative_mmse(t), gauss = noised.relative_gauss_mmse(t);
    recorder.row("mmse", {t, found * t / v, gauss * t / v});
    recorder.row("rate", {t, found / 2, gauss / 2});
  }
}

void Information::compare_nodes(Experiment& experiment, Recorder& recorder, const Noised& noised,
                                const InformationRow& row) const {
  const double far = std::max(far_noise(noised), 100 * row.t);
  const NodeRules rules{noised, row.t, far, row.by_mmse};
  NodeErrors errors;
  for (int n = 4; n <= nodes_; n *= 2) {
    errors = rules.errors(n);
    std::vector<double> values{static_cast<double>(n)};
    std::ranges::copy(errors.plain, std::back_inserter(values));
    std::ranges::copy(errors.controlled, std::back_inserter(values));
    recorder.row("nodes", values);
  }
  for (auto& check : node_checks(rules, errors, row.t)) experiment.add(check);
}

void Information::compare_grids(Experiment& experiment, const Noised& noised,
                                const std::vector<double>& times) const {
  const auto compared = compared_nodes(experiment, noised, times, "information on the grid");
  if (!compared) return;
  const LogNodes& nodes = compared->nodes;
  const double first = first_noise(experiment), exact = exact_information(noised, nodes);
  const double coarse = grid_information(*compared->coarser, first, nodes) - exact;
  const double fine = grid_information(experiment.problem(), first, nodes) - exact;
  experiment.add(
      {.name = "information_on_grid",
       .claim = fmt::format("(12) between t = {:g} and {:g} with the Fisher information of the "
                            "density on the grid: order in h of its error, here {:.3g}, "
                            "2 less the size of the next order",
                            nodes.from, nodes.to, std::abs(fine)),
       .measured = std::log2(std::abs(coarse / fine)),
       .relation = Relation::at_least,
       .bound = 2 - compared->next_order,
       .statement = "V15"});
}

void Information::record(Recorder& recorder, const Noised& noised,
                         const std::vector<InformationRow>& rows) {
  for (const auto& row : rows) {
    const auto& [plain, controlled] = row.sampled;
    std::vector<double> values{row.t, row.by_mmse, std::log1p(noised.variance() / row.t) / 2,
                               row.reading_a, row.reading_b};
    if (noised.discrete()) {
      const double entropy = noised.discrete_law().entropy();
      values.insert(values.end(), {entropy, entropy / 2});
    }
    values.insert(values.end(),
                  {row.by_entropy, plain.value, plain.error, controlled.value, controlled.error});
    recorder.row("information", values);
  }
}

void Information::run(Experiment& experiment) const {
  const Noised noised = require_noised(experiment);
  if (noised.variance() == 0) {
    throw experiment.parameters().blame("problem.means", "must be more than one point");
  }
  const auto times = sorted_times(experiment.parameters());
  FileLayout layout = experiment.layout("mmse");
  add_line_tables(layout, noised.discrete());
  Recorder& recorder = experiment.open(layout, {});
  record_curves(recorder, noised, times.front());
  const auto rows = look(noised, times, experiment.problem().grid().comm());
  record(recorder, noised, rows);
  for (auto& check : side_checks(rows)) experiment.add(check);
  for (auto& check : limit_checks(noised, rows)) experiment.add(check);
  for (auto& check : threshold_checks(noised)) experiment.add(check);
  experiment.add(sampled_check(rows));
  compare_nodes(experiment, recorder, noised, rows.front());
  compare_grids(experiment, noised, times);
  for (auto& check : reading_checks()) experiment.add(check);
}

}  // namespace

std::unique_ptr<Study> information_study() {
  return std::make_unique<Information>();
}

}  // namespace feller

#include "studies/score/score_error_record.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace feller {

std::vector<double> lambda_powers() {
  std::vector<double> found;
  for (int k = -12; k <= 20; ++k) found.push_back(std::pow(2.0, k / 2.0));
  return found;
}

namespace {

/// The powers, and the lambdas of the particles.
std::vector<double> curve(const std::vector<WrongRun>& runs) {
  std::vector<double> all = lambda_powers();
  for (const WrongRun& run : runs) all.push_back(run.lambda);
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

}  // namespace

FileLayout score_error_layout(const Experiment& experiment, bool is_known) {
  FileLayout layout = experiment.layout("divergence");
  const Labels lambda{"lambda", "noise lambda", "1"};
  Table divergence{.name = "divergence",
                   .title = "relative entropy by a wrong score",
                   .axis = lambda,
                   .columns = {{"path_particles", "path: mean of ln dQ/dP of the particles", "nat"},
                               {"end_particles", "end: cells of the particles", "nat"},
                               {"bound", "path: Girsanov's formula", "nat"}},
                   .log_axis = true,
                   .log_signal = true,
                   .together = true,
                   .signals = is_known ? 4u : 3u,
                   .points = 2};
  if (is_known) divergence.columns.push_back({"end", "end: law", "nat"});
  divergence.columns.push_back({"path_error", "standard error of the path's", "nat"});
  divergence.columns.push_back({"end_error", "standard error of the end's", "nat"});
  Table shift{.name = "shift",
              .title = "mean of the end by a wrong score",
              .axis = lambda,
              .columns = {{"particles", "particles", "L"}},
              .log_axis = true,
              .together = true,
              .signals = is_known ? 2u : 1u,
              .points = 1};
  if (is_known) shift.columns.push_back({"law", "law", "L"});
  shift.columns.push_back({"error", "standard error of the particles", "L"});
  layout.tables = {divergence, shift};
  return layout;
}

void record_runs(Recorder& record, const std::optional<WrongScore>& model,
                 const std::vector<WrongRun>& runs) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  for (const double lambda : curve(runs)) {
    const auto run = std::ranges::find(runs, lambda, &WrongRun::lambda);
    const bool walked = run != runs.end();
    if (!walked && !model) continue;
    std::vector<double> divergence{lambda, walked ? run->found.log_ratio.value : none,
                                   walked ? run->end.value : none};
    std::vector<double> shift{lambda, walked ? run->found.mean : none};
    if (model) {
      const auto end = model->end(lambda);
      divergence.push_back(model->by_equations(lambda, 20'000).path);
      divergence.push_back(model->divergence(end));
      shift.push_back(end.mean);
    } else {
      divergence.push_back(run->girsanov);
    }
    divergence.push_back(walked ? run->found.log_ratio.error : none);
    divergence.push_back(walked ? run->end.error : none);
    const double count = walked ? run->particles : 1;
    shift.push_back(walked ? std::sqrt(run->found.variance / count) : none);
    record.row("divergence", divergence);
    record.row("shift", shift);
  }
}

}  // namespace feller

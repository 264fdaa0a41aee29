#include "studies/score/image_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/distribute.hpp"
#include "studies/score/image_population.hpp"

namespace feller {
namespace {

void show(Experiment& experiment, Recorder& record, const std::string& name,
          const std::vector<double>& picture) {
  const Problem& problem = experiment.problem();
  const double offset = problem.quantity().offsets.front();
  auto levels = picture;
  for (double& u : levels) u = 127.5 * (u + 1) + offset;
  std::string label = name;
  std::ranges::replace(label, '_', ' ');
  record.picture(name, label, {scatter(problem.grid(), levels)});
}

}  // namespace

std::vector<std::string> names_of_pictures() {
  std::vector<std::string> names{"known", "whole"};
  for (int i = 1; i <= shown_pictures; ++i) {
    names.push_back(fmt::format("sample_{}", i));
    if (i == shown_pictures) break;
    names.push_back(fmt::format("completed_{}", i));
    names.push_back(fmt::format("replaced_{}", i));
  }
  return names;
}

FileLayout image_layout(const Experiment& experiment) {
  FileLayout layout = experiment.layout("chosen");
  const Labels picture{"picture", "number of the picture", "1"};
  layout.tables.push_back(
      {.name = "chosen",
       .title = "how often each picture comes out",
       .axis = picture,
       .columns = {{"expected", "expected by its weight", "1"}, {"found", "found", "1"}},
       .together = true,
       .points = 2});
  layout.tables.push_back({.name = "completed",
                           .title = "how often each picture comes out, left half known",
                           .axis = picture,
                           .columns = {{"expected", "expected by its exact weight", "1"},
                                       {"found", "exact conditional score", "1"},
                                       {"replaced", "replacement method", "1"}},
                           .together = true,
                           .points = 3});
  layout.tables.push_back({.name = "conditional",
                           .title = "KL of completed choices to the exact conditional law",
                           .axis = {"steps", "steps from T to t_0", "1"},
                           .columns = {{"exact", "exact conditional score", "1"},
                                       {"replaced", "replacement method", "1"},
                                       {"chance", "mean of what sampling makes", "1"}},
                           .log_axis = true,
                           .log_signal = true,
                           .together = true});
  return layout;
}

void record_choices(Recorder& record, const Clusters& all, const KnownPixels& known,
                    const ImageRuns& runs) {
  const auto share = all.shares(), given = exact_choice(all, known);
  const double samples = runs.plan.samples;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto number = static_cast<double>(k + 1);
    record.row("chosen", {number, share[k] * samples, runs.free.back().counts[k]});
    record.row("completed", {number, given[k] * samples, runs.completed.back().counts[k],
                             runs.replaced.back().counts[k]});
  }
  const auto possible = std::ranges::count_if(given, [&](double w) { return w * samples > 1; });
  for (std::size_t l = 0; l < runs.completed.size(); ++l) {
    record.row("conditional",
               {static_cast<double>(runs.plan.steps >> (runs.completed.size() - 1 - l)),
                choice_entropy(runs.completed[l].counts, given),
                choice_entropy(runs.replaced[l].counts, given),
                (static_cast<double>(possible) - 1) / (2 * samples)});
  }
}

void show_pictures(Experiment& experiment, Recorder& record, const Clusters& all, std::size_t which,
                   const KnownPixels& known, const ImageRuns& runs) {
  const bool root = rank_of(experiment.problem().grid().comm()) == 0;
  std::vector<double> half, whole;
  if (root) {
    half.assign(all.dimension, 0);
    for (std::size_t i = 0; i < known.pixels.size(); ++i) half[known.pixels[i]] = known.values[i];
    const auto begin = all.means.begin() + static_cast<std::ptrdiff_t>(which * all.dimension);
    whole.assign(begin, begin + static_cast<std::ptrdiff_t>(all.dimension));
  }
  const auto row = [&](const std::string& name, const ImageOutcome& outcome, std::size_t number) {
    for (std::size_t i = 0; i < number; ++i) {
      show(experiment, record, fmt::format("{}_{}", name, i + 1),
           root ? outcome.first[i] : std::vector<double>{});
    }
  };
  row("sample", runs.free.back(), shown_pictures);
  show(experiment, record, "known", half);
  row("completed", runs.completed.back(), shown_pictures - 1);
  show(experiment, record, "whole", whole);
  row("replaced", runs.replaced.back(), shown_pictures - 1);
}

}  // namespace feller

#include "studies/osmosis/osmosis_steady.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/osmosis/steady_channel.hpp"

namespace feller {
namespace {

void say_regions(const Experiment& experiment, const Regions& regions) {
  if (regions.single_cells > 0) {
    experiment.say(fmt::format("{} pixels keep their value: no drift or diffusion leads to them",
                               regions.single_cells));
  }
  if (regions.list.size() < 2) return;
  experiment.say(
      fmt::format("{} disconnected regions, each with its own mass:", regions.list.size()));
  constexpr std::size_t shown = 10;
  for (std::size_t r = 0; r < std::min(shown, regions.list.size()); ++r) {
    const ConnectedRegion& region = regions.list[r];
    experiment.say(fmt::format("  from pixel ({}, {}) on: {} pixels{}", region.first_cell[0],
                               region.first_cell[1], region.cells,
                               region.open ? ", held at its border" : ""));
  }
  if (regions.list.size() > shown) {
    experiment.say(fmt::format("  and {} more", regions.list.size() - shown));
  }
}

/// Rates that lead nowhere or are no numbers.
void refuse_unusable(const Experiment& experiment, int channel) {
  const Problem& problem = experiment.problem();
  const std::string& name = problem.channels()[static_cast<std::size_t>(channel)];
  const Generator generator = problem.generator(channel);
  const auto blame = [&](const std::string& words) {
    return experiment.parameters().blame("problem.offset",
                                         name.empty() ? words : words + " (" + name + ")");
  };
  if (!std::isfinite(generator.largest_outflow())) throw blame("makes rates that are not finite");
  const OneWay found = one_way(generator.rates());
  if (found.faces == 0) return;
  throw blame(
      fmt::format("leaves {} faces that are crossed one way only, and {} pixels with no "
                  "way in, the first ({}, {}): take a larger one",
                  found.faces, found.cells, found.first_cell[0], found.first_cell[1]));
}

using History = std::vector<std::vector<SteadySolve>>;  ///< of each channel

Table residual_table(const std::vector<std::string>& channels) {
  Table table{.name = "residuals",
              .title = "|A u + s|_inf / |u|_inf after each solve",
              .axis = {"solve", "number of the solve", "1"},
              .log_signal = true,
              .together = true,
              .signals = channels.size()};
  const auto add = [&](const std::string& name, const std::string& meaning,
                       const std::string& unit) {
    for (const auto& channel : channels) {
      table.columns.push_back({channel.empty() ? name : name + "_" + channel,
                               channel.empty() ? meaning : meaning + ", " + channel, unit});
    }
  };
  add("residual", "residual", "1/T");
  add("iterations", "iterations of the linear solver", "1");
  add("tau", "time step of the solve", "T");
  return table;
}

void record_history(Recorder& record, const History& history) {
  std::size_t most = 0;
  for (const auto& solves : history) most = std::max(most, solves.size());
  for (std::size_t n = 0; n < most; ++n) {
    std::vector<double> row{static_cast<double>(n + 1)};
    const auto add = [&](auto&& value) {
      for (const auto& solves : history) row.push_back(n < solves.size() ? value(solves[n]) : NAN);
    };
    add([](const SteadySolve& s) { return s.residual; });
    add([](const SteadySolve& s) { return static_cast<double>(s.iterations); });
    add([](const SteadySolve& s) { return s.tau; });
    record.row("residuals", row);
  }
}

}  // namespace

void OsmosisSteady::declare(Parameters& p) {
  p.add("osmosis.second_start", second_start,
        {.meaning = "solve again from the mean of the image, to see that the steady state is the "
                    "same"});
  p.add("osmosis.published_stopping", published_stopping,
        {.meaning = "control: also stop where published codes do, after 11 steps of 1000"});
}

void OsmosisSteady::run(Experiment& experiment, const OsmosisOutput& output,
                        SolverOptions solver) const {
  const Problem& problem = experiment.problem();
  const auto& channels = problem.channels();
  for (int c = 0; c < static_cast<int>(channels.size()); ++c) {
    refuse_unusable(experiment, c);
  }
  FileLayout layout = experiment.layout("result");
  output.add_to(layout);
  layout.tables.insert(layout.tables.begin(), residual_table(channels));
  Recorder& record = experiment.open(layout, output.pictures());

  History history;
  std::vector<Field> result;
  solver.solves = 4;
  for (int c = 0; c < static_cast<int>(channels.size()); ++c) {
    SteadyChannel channel{problem, c};
    if (c == 0) say_regions(experiment, channel.regions());
    channel.solve(solver);
    experiment.say(channels[static_cast<std::size_t>(c)] + (channels.size() > 1 ? ": " : "") +
                   channel.how());
    channel.add_checks(experiment);
    if (second_start) channel.add_uniqueness(experiment, solver);
    if (published_stopping) channel.add_control(experiment, solver);
    history.push_back(channel.history());
    result.push_back(channel.result());
  }
  record_history(record, history);
  output.write(record, result);
  for (auto& check : problem.osmosis()->checks(result)) experiment.add(check);
}

}  // namespace feller

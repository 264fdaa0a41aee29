#include "studies/osmosis/osmosis_fusion.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "problems/osmosis/fusion_model.hpp"
#include "solvers/functionals.hpp"
#include "solvers/fusion.hpp"

namespace feller {
namespace {

constexpr double settled = 1e-6;  ///< relative fall of the energy at which it ends
constexpr double rounding = 1e-14;

Table energy_table() {
  return {.name = "energy",
          .title = "energy of the fusion, all channels",
          .axis = {"iteration", "number of the iteration", "1"},
          .columns = {{"energy", "energy", "grey level^2"},
                      {"steepness", "largest derivative by a value of v", "grey level"},
                      {"minimum", "smallest value of u", "grey level"},
                      {"maximum", "largest value of u", "grey level"}}};
}

/// One channel, and how its energy went.
class FusedChannel {
 public:
  FusedChannel(const FusionModel& model, std::size_t channel, const SolverOptions& options)
      : solver_{model.foreground[channel],
                model.mixture[channel],
                model.alpha,
                {.tv = model.tv_weight,
                 .huber = model.huber,
                 .guidance = model.guidance_weight,
                 .foreground = model.foreground_weight},
                options},
        energy_{solver_.energy()},
        rounding_{rounding * rounding * model.guidance_weight * squares(model.mixture[channel])} {}
  FusedChannel(const FusedChannel&) = delete;

  /// How much of itself the energy lost; below what its terms are rounded to there is nothing to
  /// lose.
  double iterate() {
    const double before = energy_;
    energy_ = solver_.iterate();
    const double change = (energy_ - before) / (before + rounding_);
    raise(rise_, change);
    return -change;
  }

  const FusionSolver& solver() const { return solver_; }
  double energy() const { return energy_; }
  double rise() const { return rise_; }
  double steepness() const {
    double size = 0;
    const Field gradient = solver_.functional().gradient_in_v(solver_.u(), solver_.v());
    check(VecNorm(gradient.vector(), NORM_INFINITY, &size));
    return size;
  }

 private:
  static double squares(const Field& field) {
    double norm = 0;
    check(VecNorm(field.vector(), NORM_2, &norm));
    return norm * norm;
  }

  FusionSolver solver_;
  double energy_;
  double rounding_;
  double rise_ = -std::numeric_limits<double>::infinity();
};

using FusedChannels = std::vector<std::unique_ptr<FusedChannel>>;

std::vector<double> row_of(int n, const FusedChannels& channels) {
  double energy = 0, steepness = 0, low = HUGE_VAL, high = 0;
  for (const auto& channel : channels) {
    energy += channel->energy();
    raise(steepness, channel->steepness());
    lower(low, least(channel->solver().u()));
    raise(high, largest(channel->solver().u()));
  }
  return {static_cast<double>(n), energy, steepness, low, high};
}

Recorder& open(Experiment& experiment, const OsmosisOutput& output) {
  const std::string unit = experiment.problem().quantity().unit;
  FileLayout layout = experiment.layout("result");
  layout.groups.push_back(
      experiment.group("guidance", "guidance", {{"v", "guidance found", unit}}));
  layout.groups.back().time.reset();
  layout.tables.push_back(energy_table());
  output.add_to(layout);
  return experiment.open(layout, output.pictures());
}

/// Until no channel loses as much as `settled` any more; says so if it does not come to that.
void minimise(Experiment& experiment, Recorder& record, const FusedChannels& channels,
              int most_iterations) {
  record.row("energy", row_of(0, channels));
  double lost = 1;
  int n = 0;
  while (lost >= settled && n < most_iterations) {
    ++n;
    lost = 0;
    for (const auto& channel : channels) raise(lost, channel->iterate());
    const auto row = row_of(n, channels);
    record.row("energy", row);
    if (n % 10 == 0) experiment.say(fmt::format("iteration {:>4}: energy {:.8g}", n, row[1]));
  }
  experiment.say(fmt::format("energy {:.8g} after {} iterations{}", row_of(n, channels)[1], n,
                             lost < settled ? "" : ": not settled, give osmosis.iterations more"));
}

void add_checks(Experiment& experiment, const FusedChannels& channels) {
  double rise = -std::numeric_limits<double>::infinity(), low = HUGE_VAL;
  for (const auto& channel : channels) {
    raise(rise, channel->rise());
    lower(low, least(channel->solver().u()));
  }
  experiment.add({.name = "energy",
                  .claim = "largest relative change of a channel's energy by one iteration: it "
                           "falls, up to rounding",
                  .measured = rise,
                  .bound = rounding});
  experiment.add({.name = "positivity",
                  .claim = "smallest value of the image",
                  .measured = low,
                  .relation = Relation::greater,
                  .bound = 0});
}

}  // namespace

void run_fusion(Experiment& experiment, const OsmosisOutput& output, const SolverOptions& options,
                int most_iterations) {
  const FusionModel& model = *experiment.problem().osmosis()->fusion();
  Recorder& record = open(experiment, output);
  FusedChannels channels;
  for (std::size_t c = 0; c < model.foreground.size(); ++c) {
    channels.push_back(std::make_unique<FusedChannel>(model, c, options));
  }
  minimise(experiment, record, channels, most_iterations);
  std::vector<Field> u, v;
  for (const auto& channel : channels) {
    u.push_back(channel->solver().u());
    v.push_back(channel->solver().v());
  }
  record.constant("guidance", {v});
  output.write(record, u, v);
  add_checks(experiment, channels);
}

}  // namespace feller

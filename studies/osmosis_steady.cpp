#include "studies/osmosis_steady.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "discretisation/noise.hpp"
#include "solvers/functionals.hpp"
#include "solvers/implicit_euler.hpp"
#include "solvers/kept_mass.hpp"
#include "solvers/steady_state.hpp"

namespace feller {
namespace {

constexpr double stationary = 1e-11;  ///< of |A u + s|_inf / (max|a_ii| |u|_inf)
constexpr int published_steps = 11;
constexpr double published_step = 1000;

double largest_value(const Field& u) {
  double size = 0;
  check(VecNorm(u.vector(), NORM_INFINITY, &size));
  return size;
}

/// |A u + s|_inf / (max|a_ii| |u|_inf): free of units. Of pixels with diffusion 1 max|a_ii| <= 8.
double residual(const Generator& generator, const Field& u) {
  Field change = generator.apply(u);
  if (generator.has_source()) check(VecAXPY(change.vector(), 1, generator.source().vector()));
  const double rate = generator.largest_outflow();
  return rate == 0 ? 0 : largest_value(change) / (rate * largest_value(u));
}

/// Noise with the mass of each region; cells alone keep their value.
Field noise_like(const KeptMass& kept, const Field& u) {
  const Grid& grid = u.grid();
  const Regions& regions = kept.regions();
  Field noise = fill(grid, [&](const Index& k) {
    const auto cell = static_cast<std::uint64_t>(grid.natural(k));
    return std::exp(0.5 * standard_normal({.seed = 4}, cell));
  });
  const auto wanted = kept.sums(u), found = kept.sums(noise);
  auto value = noise.values().begin();
  auto before = u.values().begin();
  for (const double label : regions.label.values()) {
    const auto r = static_cast<std::size_t>(std::max(label, 0.0));
    *value = label == Regions::alone ? *before : *value * static_cast<double>(wanted[r] / found[r]);
    ++value;
    ++before;
  }
  return noise;
}

/// Largest relative change of the mass of a region that none leaves.
double mass_defect(const KeptMass& kept, const Field& before, const Field& after) {
  const auto first = kept.sums(before), last = kept.sums(after);
  double worst = 0;
  for (std::size_t r = 0; r < first.size(); ++r) {
    if (kept.regions().list[r].open) continue;
    raise(worst, std::abs(static_cast<double>(last[r] / first[r] - 1)));
  }
  return worst;
}

bool all_open(const Regions& regions) {
  return std::ranges::all_of(regions.list, &ConnectedRegion::open);
}

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

/// One channel on its way to the checks.
class Channel {
 public:
  Channel(const Problem& problem, int channel)
      : name_{problem.channels()[static_cast<std::size_t>(channel)]},
        initial_{problem.initial(channel)},
        generator_{problem.generator(channel)},
        kept_{generator_, initial_} {}
  Channel(const Channel&) = delete;

  const Regions& regions() const { return kept_.regions(); }
  const std::vector<SteadySolve>& history() const { return found_->history; }
  const Field& result() const { return closed_ ? closed_->density : found_->state.density; }
  std::string how() const { return found_->state.how; }

  void solve(const SolverOptions& options) {
    found_ = null_vector(generator_, initial_, options);
    if (generator_.reversible() && generator_.conserves_mass()) {
      closed_ = closed_form(generator_, initial_);
    }
  }

  void add_checks(Experiment& experiment) const {
    experiment.add({.name = named("stationarity"),
                    .claim = "|A u + s|_inf / (max|a_ii| |u|_inf)",
                    .measured = residual(generator_, result()),
                    .bound = closed_ ? 1e-13 : stationary});
    if (!all_open(regions())) {
      experiment.add({.name = named("mean"),
                      .claim = "relative change of the mean (of each region that none leaves)",
                      .measured = mass_defect(kept_, initial_, result()),
                      .bound = 1e-12});
    }
    experiment.add({.name = named("positivity"),
                    .claim = "smallest value of the steady state",
                    .measured = least(result()),
                    .relation = Relation::greater,
                    .bound = 0});
    if (!closed_) return;
    experiment.add({.name = named("closed_form"),
                    .claim = "largest distance of the solver's steady state to the scaled "
                             "guidance, relative to the largest value",
                    .measured = distance(found_->state.density),
                    .bound = 1e-8});
  }

  void add_uniqueness(Experiment& experiment, const SolverOptions& options) const {
    const NullVector other = null_vector(generator_, noise_like(kept_, initial_), options);
    experiment.add({.name = named("uniqueness"),
                    .claim = "largest distance of the steady states from the initial image and "
                             "from noise of the same mass, relative to the largest value",
                    .measured = distance(other.state.density),
                    .bound = 1e-8});
  }

  void add_control(Experiment& experiment, SolverOptions options) const {
    options.solves = published_steps;
    ImplicitEuler euler{generator_, published_step, options};
    Field u{initial_};
    for (int n = 0; n < published_steps; ++n) euler.advance(u, n);
    const double reached = residual(generator_, u);
    experiment.add(
        {.name = named("control_published_stopping"),
         .claim = fmt::format(
             "|A u|_inf / (max|a_ii| |u|_inf) after {} steps of {:g}, where published codes "
             "stop: {:.1e} times what is asked, and {:.3g} of full range short "
             "of the steady state",
             published_steps, published_step, reached / stationary,
             linf_distance(u, result()) / 255),
         .measured = reached,
         .relation = Relation::greater,
         .bound = 10 * stationary,
         .is_control = true});
  }

 private:
  std::string named(const std::string& check) const {
    return name_.empty() ? check : check + "_" + name_;
  }
  double distance(const Field& other) const {
    return linf_distance(other, result()) / largest_value(result());
  }

  std::string name_;
  Field initial_;
  Generator generator_;
  KeptMass kept_;
  std::optional<NullVector> found_;
  std::optional<SteadyState> closed_;
};

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
    Channel channel{problem, c};
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

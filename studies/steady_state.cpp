/// The steady state directly: the closed form where there is one, against the solver.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"
#include "solvers/steady_state.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr double settled = 1e-12;  ///< change that a further solve may make

class SteadyStateStudy : public Study {
 public:
  void declare(Parameters& parameters) override { solver_.declare(parameters); }
  void run(Experiment& experiment) const override;

 private:
  SolverSection solver_;
};

/// One channel's steady state, both ways.
struct Solved {
  Field initial;
  NullVector found;
  std::optional<SteadyState> closed;
  double defect;
  bool keeps_mass;

  const Field& best() const { return closed ? closed->density : found.state.density; }
};

Solved solve(const Problem& problem, int channel, SolverOptions options) {
  const Generator generator = problem.generator(channel);
  Field initial = problem.initial(channel);
  options.keep_positive = !problem.quantity().is_image;
  options.solves = 4;
  options.tolerance = std::min(options.tolerance, settled);
  NullVector found = null_vector(generator, initial, options);
  std::optional<SteadyState> closed;
  if (generator.reversible() && generator.conserves_mass())
    closed = closed_form(generator, initial);
  const double defect = stationarity_defect(generator, found.state.density);
  return {std::move(initial), std::move(found), std::move(closed), defect,
          generator.conserves_mass()};
}

void add_checks(Experiment& experiment, const Solved& s, const std::string& channel) {
  const std::string statement = experiment.problem().quantity().is_image ? "V11" : "";
  const auto named = [&](const std::string& name) {
    return channel.empty() ? name : name + "_" + channel;
  };
  const double total = mass(s.initial);
  const Field& w = s.found.state.density;
  experiment.add({.name = named("stationarity"),
                  .claim = fmt::format("|A w|_1 / (max|a_ii| |w|_1), w the {}", s.found.state.how),
                  .measured = s.defect,
                  .bound = 1e-13});
  if (s.keeps_mass) {
    experiment.add({.name = named("mass"),
                    .claim = "relative change of the mass from the initial to the steady state",
                    .measured = std::abs(mass(w) / total - 1),
                    .bound = 1e-12,
                    .statement = statement});
  }
  experiment.add({.name = named("settled"),
                  .claim = "relative L1 change by the last solve of the inverse iteration",
                  .measured = s.found.change,
                  .bound = settled});
  experiment.add({.name = named("positivity"),
                  .claim = "smallest value of the steady state",
                  .measured = least(s.best()),
                  .relation = Relation::at_least,
                  .bound = 0});
  if (s.closed) {
    experiment.add({.name = named("closed_form"),
                    .claim = "L1 distance between the solver's steady state and the closed form, "
                             "relative to the mass",
                    .measured = l1_distance(w, s.closed->density) / total,
                    .bound = 1e-10,
                    .statement = statement});
  }
}

void require_steady_state(const Experiment& experiment) {
  const Problem& problem = experiment.problem();
  if (problem.depends_on_time()) {
    throw experiment.parameters().blame(
        "study.kind", "needs coefficients that do not depend on t, or there is no steady state");
  }
  if (!has_steady_state(problem.generator(0))) {
    throw experiment.parameters().blame(
        "grid.boundary",
        "lets mass leave but none enter, so the only steady state is 0: take "
        "study.kind = spectrum for the quasi-stationary state");
  }
}

void SteadyStateStudy::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Quantity& quantity = problem.quantity();
  require_steady_state(experiment);
  std::vector<Solved> channels;
  for (int c = 0; c < static_cast<int>(problem.channels().size()); ++c) {
    channels.push_back(solve(problem, c, solver_.options));
  }

  FileLayout layout = experiment.layout("steady_state");
  layout.groups.push_back(
      experiment.group("steady_state", experiment.title(),
                       {{"w", "steady state", quantity.unit},
                        {"w_solver", "null vector of the solver", quantity.unit},
                        {"initial", "initial state", quantity.unit}}));
  layout.groups.back().time.reset();
  Recorder& record = experiment.open(layout, {"initial", "steady"});
  std::vector<Field> best, found, initial;
  for (const auto& solved : channels) {
    best.push_back(solved.best());
    found.push_back(solved.found.state.density);
    initial.push_back(solved.initial);
  }
  record.constant("steady_state", {best, found, initial});
  record.picture("initial", "initial", initial);
  record.picture("steady", "steady state", best);
  for (std::size_t c = 0; c < channels.size(); ++c) {
    experiment.say(channels[c].found.state.how);
    add_checks(experiment, channels[c], problem.channels()[c]);
  }
}

}  // namespace

std::unique_ptr<Study> steady_state_study() {
  return std::make_unique<SteadyStateStudy>();
}

}  // namespace feller

#include "studies/flow/passage_setup.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "problems/formula_sampler.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

std::string side_name(const Exit& exit) {
  return fmt::format("{}_{}", Grid::axis_names[static_cast<std::size_t>(exit.axis)],
                     exit.upper ? "upper" : "lower");
}

Constants constants_of(const Parameters& parameters) {
  const std::string section = "constants.";
  Constants constants;
  for (const auto& [key, value] : parameters.resolved()) {
    if (key.starts_with(section)) {
      constants[key.substr(section.size())] = std::stod(std::get<std::string>(value));
    }
  }
  return constants;
}

/// Runs what may complain of a parameter's value.
template <class Action>
auto blaming(const Parameters& parameters, const std::string& key, Action&& action) {
  try {
    return action();
  } catch (const InputError& error) {
    throw parameters.blame(key, error.what());
  }
}

Field outside(const Grid& grid, const Region& region) {
  return transformed(indicator(grid, region), [](double inside) { return 1 - inside; });
}

bool is_zero(const Field& field) {
  return largest(field) == 0 && least(field) == 0;
}

}  // namespace

void PassageOptions::declare(Parameters& p) {
  p.add("first_passage.set", set_,
        {.meaning = "formula that is not 0 inside the absorbing set, such as x > 0; beside it open "
                    "borders absorb"});
  p.add("first_passage.target", target_,
        {.meaning = "formula that is not 0 inside the target of the committor, which is the "
                    "probability to come there before first_passage.set and open borders"});
  p.add("first_passage.target_borders", target_borders_,
        {.meaning = "open borders that belong to the target",
         .choices = {"x_lower", "x_upper", "y_lower", "y_upper", "z_lower", "z_upper"}});
  p.add("first_passage.start", start_,
        {.meaning = "points from which times are reported: x, y, z of one after the other",
         .unit = "L"});
}

Region PassageOptions::region(const Experiment& experiment, const std::string& key,
                              const std::string& text) const {
  const Constants constants = constants_of(experiment.parameters());
  const FormulaSampler sampler{experiment.parameters(), experiment.problem().grid(), constants};
  sampler.at_centres(key, text, Sign::any);
  const auto formula = std::make_shared<const Expression>(sampler.parse(key, text));
  return [formula](const Point& x) {
    const double value = (*formula)(x);
    return value != 0 && !std::isnan(value);
  };
}

JumpRates PassageOptions::absorbed(const Experiment& experiment) const {
  JumpRates rates = experiment.problem().rates(0);
  const std::string key = "first_passage.set";
  if (!set_.empty()) {
    const Region set = region(experiment, key, set_);
    return blaming(experiment.parameters(), key, [&] { return absorb(std::move(rates), set); });
  }
  if (is_zero(rates.killing())) {
    throw experiment.parameters().blame(
        key,
        "is missing and no border absorbs, so nothing is ever reached: give a formula such as "
        "x > 0, or grid.boundary = absorbing");
  }
  return rates;
}

KilledProcess PassageOptions::passage(const Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  JumpRates rates = absorbed(experiment);
  Field alive = set_.empty()
                    ? Field{problem.grid(), 1}
                    : outside(problem.grid(), region(experiment, "first_passage.set", set_));
  return {Generator{std::move(rates), problem.log_weight(0)}, std::move(alive),
          Field{problem.grid()}};
}

std::optional<KilledProcess> PassageOptions::committor(const Experiment& experiment) const {
  if (target_.empty() && target_borders_.empty()) return std::nullopt;
  const Problem& problem = experiment.problem();
  JumpRates rates = absorbed(experiment);
  Field alive = passage(experiment).alive;
  Field exit_rate{problem.grid()};
  if (!target_.empty()) add_target(experiment, rates, alive, exit_rate);
  add_target_borders(experiment, rates, exit_rate);
  return KilledProcess{Generator{std::move(rates), problem.log_weight(0)}, std::move(alive),
                       std::move(exit_rate), true};
}

/// Takes the target out of the living cells; what enters it is killed, and counts.
void PassageOptions::add_target(const Experiment& experiment, JumpRates& rates, Field& alive,
                                Field& exit_rate) const {
  const std::string key = "first_passage.target";
  const Region target = region(experiment, key, target_);
  const Field elsewhere = rates.killing();
  const Field inside = indicator(rates.grid(), target);
  const double cells = total(inside);
  check(VecPointwiseMult(alive.vector(), alive.vector(), outside(rates.grid(), target).vector()));
  Field both = inside;
  check(VecPointwiseMult(both.vector(), both.vector(), passage(experiment).alive.vector()));
  if (total(both) != cells) {
    throw experiment.parameters().blame(key, "has cells in common with first_passage.set");
  }
  check(VecSet(rates.killing().vector(), 0));
  rates = blaming(experiment.parameters(), key, [&] { return absorb(std::move(rates), target); });
  exit_rate = rates.killing();
  const auto before = elsewhere.values(), mark = inside.values();
  auto killing = rates.killing().values();
  for (std::size_t i = 0; i < killing.size(); ++i) {
    if (mark[i] == 0) killing[i] += before[i];
  }
}

void PassageOptions::add_target_borders(const Experiment& experiment, const JumpRates& rates,
                                        Field& exit_rate) const {
  for (const auto& name : target_borders_) {
    bool found = false;
    for (const Exit& exit : rates.exits()) {
      if (side_name(exit) != name) continue;
      found = true;
      check(VecAXPY(exit_rate.vector(), 1, exit.rate.vector()));
    }
    if (!found) {
      throw experiment.parameters().blame(
          "first_passage.target_borders",
          fmt::format("names {}, where nothing is absorbed: see grid.boundary", name));
    }
  }
}

std::vector<StartPoint> PassageOptions::starts(const Experiment& experiment,
                                               const Field& alive) const {
  const Grid& grid = alive.grid();
  const auto axes = static_cast<std::size_t>(grid.dimension());
  const std::string key = "first_passage.start";
  if (start_.size() % axes != 0) {
    throw experiment.parameters().blame(
        key, fmt::format("has {} numbers, but a point has {}", start_.size(), axes));
  }
  Region set = [](const Point&) { return false; };
  if (!set_.empty()) set = region(experiment, "first_passage.set", set_);
  std::vector<StartPoint> points;
  for (std::size_t i = 0; i < start_.size(); i += axes) {
    Point point{0, 0, 0};
    for (std::size_t a = 0; a < axes; ++a) point[a] = start_[i + a];
    blaming(experiment.parameters(), key, [&] {
      if (set(point)) throw InputError(grid.describe(point) + " lies in the absorbing set");
      points.push_back({point, grid.describe(point), Interpolation{point, alive}});
    });
  }
  return points;
}

KilledSystem killed_system(const Experiment& experiment, const Generator& generator) {
  return blaming(experiment.parameters(), "first_passage.set",
                 [&] { return KilledSystem{generator}; });
}

void require_plain_process(const Experiment& experiment, const std::string& study) {
  const Problem& problem = experiment.problem();
  const auto refuse = [&](const std::string& words) {
    return experiment.parameters().blame("study.kind", words);
  };
  if (problem.channels().size() != 1) {
    throw refuse(fmt::format("asks about one quantity, but this problem has {} channels",
                             problem.channels().size()));
  }
  if (problem.depends_on_time()) {
    throw refuse("needs coefficients that do not depend on t");
  }
  const Generator generator = problem.generator(0);
  if (!generator.is_markov()) {
    throw refuse(
        fmt::format("needs rates that are not negative: {} has no meaning without a "
                    "process",
                    study));
  }
  if (generator.has_source()) {
    throw experiment.parameters().blame("problem.border_density",
                                        "brings mass in, which no process accounts for: needs 0");
  }
}

}  // namespace feller

#include "studies/flow/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "discretisation/restriction.hpp"
#include "studies/flow/reversed_drift.hpp"

namespace feller {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

int power(int ratio, int k) {
  int result = 1;
  for (; k > 0; --k) result *= ratio;
  return result;
}

std::string cells_of(const Grid& grid) {
  std::string text;
  for (const auto& axis : grid.axes()) {
    text += fmt::format("{}{}", text.empty() ? "" : " x ", axis.cells);
  }
  return text;
}

std::vector<Field> states_of(const Evolutions& all) {
  std::vector<Field> fields;
  for (const auto& evolution : all) fields.push_back(evolution->state());
  return fields;
}

/// e^(T A) in one stride, with its own bound of the error. Uniformization is positive to the last
/// digit, so that entropies exist; Chebyshev is for where it would take too long, if the state
/// allows it.
std::unique_ptr<Propagator> exponential_from(const Generator& generator, const Field& masses,
                                             double end) {
  if (generator.reversible() && end * generator.largest_outflow() > 1e5) {
    try {
      auto chebyshev = make_propagator("chebyshev", generator, end, {});
      chebyshev->start_from(masses);
      return chebyshev;
    } catch (const MethodError&) {
    }
  }
  return make_propagator("uniformization", generator, end, {});
}

Field exponential(const Generator& generator, Field state, double end, double& residual) {
  Field masses = masses_of(std::move(state));
  const auto propagator = exponential_from(generator, masses, end);
  residual += propagator->advance(masses, 0).residual * total(masses);
  return densities_of(std::move(masses));
}

Field difference(Field a, const Field& b) {
  check(VecAXPY(a.vector(), -1, b.vector()));
  return a;
}

}  // namespace

Ladder::Ladder(const ProblemAt& problem_at, LadderOptions options) : options_{std::move(options)} {
  const bool in_space = options_.refined != Refined::time;
  const double most = std::pow(options_.ratio, options_.grids - 1) *
                      (options_.refined == Refined::space ? 1 : options_.coarsest.steps);
  if (!(most <= 1e9)) {
    throw MethodError("convergence.levels",
                      fmt::format("the finest would need {:.3g} steps or times the cells", most));
  }
  for (int k = 0; k < (in_space ? options_.grids : 1); ++k) {
    problems_.push_back(problem_at(power(options_.ratio, k)));
    if (!problems_.back()) {
      throw MethodError("convergence.in",
                        "this problem's grid is given and cannot be refined: "
                        "take time");
    }
  }
  require_reference();
  for (const auto& one : problems_) {
    for (int c = 0; c < static_cast<int>(one->channels().size()); ++c) {
      if (options_.reference == Reference::exact) {
        exact_.push_back(*one->exact(c, options_.coarsest.end()));
      }
      const bool made_below = one == problems_.front() || one == problems_.back();
      if (!made_below) one->rates(c);
    }
  }
  coarsest_ = evolutions_at(0);
  finest_ = evolutions_at(options_.grids - 1);
  if (order() == Propagator::exact) {
    throw MethodError("time.method", "has no error in time, so there is no order to observe");
  }
  choose_observables();
}

void Ladder::require_reference() const {
  const Problem& any = *problems_.front();
  if (options_.reference == Reference::exact && !any.has_exact()) {
    throw MethodError("convergence.reference", "exact needs problem.exact");
  }
  if (options_.reference != Reference::exponential) return;
  if (options_.refined != Refined::time) {
    throw MethodError("convergence.reference", "exponential stays on one grid: take exact or next");
  }
  if (any.depends_on_time()) {
    throw MethodError("convergence.reference",
                      "exponential needs coefficients that do not depend on t: take exact or next");
  }
}

Schedule Ladder::schedule(int k) const {
  Schedule schedule = options_.coarsest;
  if (options_.refined == Refined::space) return schedule;
  const double end = schedule.end();
  schedule.steps *= power(options_.ratio, k);
  schedule.step = end / schedule.steps;
  return schedule;
}

Evolutions Ladder::evolutions_at(int k) const {
  return evolutions(problem(k), schedule(k), options_.method, options_.solver);
}

int Ladder::order() const {
  const int in_time = propagator().order();
  if (options_.refined == Refined::time) return in_time;
  return options_.refined == Refined::space ? 2 : std::min(2, in_time);
}

void Ladder::choose_observables() {
  observables_.push_back({"entropy", "entropy"});
  relaxes_ =
      std::ranges::all_of(coarsest_, [](const auto& one) { return one->steady() != nullptr; });
  if (relaxes_) observables_.push_back({"KL", "relative entropy"});
  if (problems_.front()->quantity().is_image) return;
  for (int a = 0; a < problems_.front()->grid().dimension(); ++a) {
    const auto axis = Grid::axis_names[index(a)];
    observables_.push_back({fmt::format("mean_{}", axis), fmt::format("mean of {}", axis)});
  }
  observables_.push_back({"second_moment", "second moment"});
}

/// Observables of states on the grid of these evolutions.
std::vector<double> Ladder::observed(const Evolutions& all,
                                     const std::vector<Field>& states) const {
  double entropy = 0, divergence = 0;
  for (std::size_t c = 0; c < all.size(); ++c) {
    entropy += differential_entropy(states[c]);
    if (relaxes_) divergence += relative_entropy(states[c], all[c]->steady()->log_density);
  }
  std::vector<double> values{entropy};
  if (relaxes_) values.push_back(divergence);
  if (all.front()->is_image()) return values;
  const Field& density = states.front();
  for (int a = 0; a < density.grid().dimension(); ++a) values.push_back(first_moment(density, a));
  values.push_back(second_moment(density));
  return values;
}

Field Ladder::reference(int k, int channel, const Generator& generator, double& residual) const {
  if (options_.reference == Reference::exact) {
    const std::size_t channels = problem(k).channels().size();
    return exact_[(problems_.size() == 1 ? 0 : index(k)) * channels + index(channel)];
  }
  return exponential(generator, problem(k).initial(channel), options_.coarsest.end(), residual);
}

void Ladder::compare(Rung& rung, const std::vector<Field>& references,
                     const std::vector<double>& reference_values) const {
  rung.errors = {0, 0, 0};
  rung.misses.clear();
  for (std::size_t c = 0; c < references.size(); ++c) {
    const Field &u = rung.states[c], &v = references[c];
    rung.errors[0] += l1_distance(u, v);
    rung.errors[1] = std::hypot(rung.errors[1], l2_distance(u, v));
    if (!(linf_distance(u, v) <= rung.errors[2])) rung.errors[2] = linf_distance(u, v);
    rung.misses.push_back(difference(u, v));
  }
  for (std::size_t i = 0; i < rung.values.size(); ++i) {
    rung.value_errors[i] = std::abs(rung.values[i] - reference_values[i]);
  }
  rung.solver_error /= rung.errors[0];
}

void Ladder::climb(int k) {
  const bool last = k + 1 == options_.grids;
  Evolutions all = k == 0 ? std::move(coarsest_) : last ? std::move(finest_) : evolutions_at(k);
  const Schedule plan = schedule(k);
  const Grid& grid = problem(k).grid();
  Rung rung{
      .cells = cells_of(grid),
      .h = std::pow(grid.volume() / static_cast<double>(grid.cells()), 1.0 / grid.dimension()),
      .dt = plan.step,
      .errors = {unknown, unknown, unknown}};
  for (auto& evolution : all) {
    for (int n = 0; n < plan.steps; ++n) {
      evolution->advance();
      rung.solver_error += evolution->last_solve().residual * evolution->initial("mass");
    }
  }
  rung.states = states_of(all);
  rung.values = observed(all, rung.states);
  rung.value_errors.assign(rung.values.size(), unknown);
  if (options_.reference != Reference::next) {
    std::vector<Field> references;
    for (int c = 0; c < static_cast<int>(all.size()); ++c) {
      references.push_back(reference(k, c, all[index(c)]->generator(), rung.solver_error));
    }
    compare(rung, references, observed(all, references));
  } else if (k > 0) {
    Rung& coarser = rungs_.back();
    std::vector<Field> joined;
    for (const auto& state : rung.states) {
      joined.push_back(densities_of(restricted(masses_of(state), problem(k - 1).grid())));
    }
    compare(coarser, joined, rung.values);
  }
  rungs_.push_back(std::move(rung));
  if (k == 0) coarsest_ = std::move(all);
  if (k < 2) return;
  // Those of the coarsest are kept, to be shown.
  rungs_[index(k) - 1].states.clear();
  rungs_[index(k) - 1].misses.clear();
}

std::optional<double> Ladder::reversed_ratio() const {
  const Problem& any = *problems_.front();
  if (options_.reference == Reference::next || any.depends_on_time()) return std::nullopt;
  std::array<double, 2> errors{};
  for (int k = 0; k < 2; ++k) {
    const Schedule plan = schedule(k);
    for (int c = 0; c < static_cast<int>(any.channels().size()); ++c) {
      const Generator generator = problem(k).generator(c);
      if (generator.has_source() || !drifts(generator.rates())) return std::nullopt;
      const Generator wrong = with_drift_reversed(generator);
      Field masses = masses_of(problem(k).initial(c));
      SolverOptions solver = options_.solver;
      solver.solves = plan.steps;
      // Its steady state lies at the borders, too far away for chebyshev.
      const std::string method =
          options_.method == "chebyshev" ? "uniformization" : options_.method;
      const auto propagator = make_propagator(method, wrong, plan.step, solver);
      for (int n = 0; n < plan.steps; ++n) propagator->advance(masses, n);
      double ignored = 0;
      errors[index(k)] +=
          l1_distance(densities_of(std::move(masses)), reference(k, c, generator, ignored));
    }
  }
  return errors[1] / errors[0];
}

}  // namespace feller

#include "studies/score/reverse_density_rung.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "io/check.hpp"
#include "problems/process_problem.hpp"
#include "solvers/functionals.hpp"
#include "solvers/phi_entropies.hpp"
#include "solvers/reverse_flow.hpp"
#include "studies/score/grid_quantiles.hpp"

namespace feller {
namespace {

constexpr std::array<std::string_view, 3> entropies{"relative_entropy", "chi_square", "hellinger"};
constexpr double room = 6.4e7;  ///< numbers of a forward solution that are kept: 0.5 GB

Field log_density(const Field& masses) {
  return transformed(densities_of(masses), [](double x) { return std::log(x); });
}

std::vector<double> entropies_of(const Field& density, const Field& log_p) {
  std::vector<double> values;
  for (const auto name : entropies) {
    values.push_back(divergence(*phi_entropy(name).make(1), density, log_p));
  }
  return values;
}

struct Extent {
  double least = std::numeric_limits<double>::infinity(), largest = -least;
};

/// Of q/p over all cells. Collective.
Extent range_of(const Field& q, const Field& p) {
  Extent range;
  const auto of = q.values(), over = p.values();
  for (std::size_t i = 0; i < of.size(); ++i) {
    range.least = std::min(range.least, of[i] / over[i]);
    range.largest = std::max(range.largest, of[i] / over[i]);
  }
  const MPI_Comm comm = q.grid().comm();
  return {minimum(comm, range.least), maximum(comm, range.largest)};
}

/// Watches one process on its way.
class Track {
 public:
  Track(const NamedMotion& motion, const Field& q, const Field& p)
      : motion_{motion}, first_{range_of(q, p)} {}

  void look(DensityEnd& end, const Field& q, const Field& p, const Field& log_p) const {
    const Field density = densities_of(q);
    raise(end.mass_defect, std::abs(total(q) - 1));
    lower(end.least, least(density));
    const double now = divergence(*phi_entropy(entropies[0]).make(1), density, log_p);
    if (!end.entropy.empty()) raise(end.rise, now - end.entropy.back());
    end.entropy.push_back(now);
    if (!keeps_laws(motion_)) return;
    const Extent range = range_of(q, p);
    raise(end.beyond, (range.largest - first_.largest) / first_.largest);
    raise(end.beyond, (first_.least - range.least) / first_.largest);
  }

 private:
  const NamedMotion& motion_;
  Extent first_;
};

Field start_masses(const Process& process, const DensityPlan& plan, const Grid& grid) {
  Field masses = masses_of(cell_means(*start_law(process, plan), grid));
  const double all = total(masses);
  for (double& value : masses.values()) value /= all;
  return masses;
}

/// How far the family is from p after it started from the grid's own p_T.
void judge_free_stream(DensityRung& rung, std::span<const Field> own, const Field& p) {
  for (const auto& masses : own) {
    const Extent range = range_of(masses, p);
    raise(rung.free_ratio, std::max(range.largest - 1, 1 - range.least));
    raise(rung.free_l1, l1_distance(densities_of(masses), densities_of(p)));
  }
}

void finish(DensityRung& rung, const Process& process, const DensityPlan& plan, const Field& log_p,
            std::span<const Field> q) {
  const auto law = process.law(time_of_noise(process, plan.to));
  const Field exact = cell_means(*law, log_p.grid());
  const Field log_exact = transformed(exact, [](double x) { return std::log(x); });
  for (std::size_t i = 0; i < q.size(); ++i) {
    DensityEnd& end = rung.ends[i];
    end.density = densities_of(q[i]);
    end.l1 = l1_distance(end.density, exact);
    end.exact_entropy = divergence(*phi_entropy(entropies[0]).make(1), end.density, log_exact);
    end.after = entropies_of(end.density, log_p);
  }
}

ForwardHistory forward_history(const Problem& problem, const Generator& generator,
                               const DensityPlan& plan, int steps) {
  const Times times = plan.times(*problem.process(), steps);
  Field first = masses_of(problem.initial(0));
  if (times.front() > 0) first = ForwardHistory{generator, first, {0, times.front()}, 0}.last();
  const double fields = room / static_cast<double>(problem.grid().cells());
  ForwardHistory history{generator, first, times, static_cast<int>(std::min(fields, 1e6))};
  if (!(history.least() > 0)) {
    throw SolverError{fmt::format("the density on {} cells is 0 in a tail: make the box smaller",
                                  problem.grid().cells())};
  }
  return history;
}

/// All processes of one rung on their way back.
class RungRun {
 public:
  RungRun(const Problem& problem, const Generator& generator, const DensityPlan& plan, int steps)
      : process_{*problem.process()},
        plan_{plan},
        history_{forward_history(problem, generator, plan, steps)},
        start_{start_masses(process_, plan, problem.grid())},
        bayes_{start_} {
    const Axis& axis = problem.grid().axis(0);
    rung_ = {.cells = static_cast<double>(axis.cells),
             .h = axis.width(0),
             .steps = steps,
             .change = history_.largest_change()};
    for (const auto& one : plan.motions) {
      rung_.ends.emplace_back(start_);
      rung_.ends.back().before = entropies_of(densities_of(start_), log_density(history_.last()));
      tracks_.emplace_back(one, start_, history_.last());
      motions_.push_back(one.motion);
      q_.push_back(start_);
    }
  }

  /// Those of the family from the grid's own p_T, after all others.
  void add_free_stream() {
    for (const auto& one : plan_.motions) {
      if (!keeps_laws(one)) continue;
      motions_.push_back(one.motion);
      q_.push_back(history_.last());
    }
  }

  void carry_back(const DensityWatch& watch) {
    look(rung_.steps, history_.last(), watch);
    ReverseFlow flow{history_, plan_.sub_step};
    for (int n = rung_.steps; n-- > 0;) {
      flow.carry(q_, motions_, n);
      history_.reverse_by_bayes(bayes_, n);
      if (n % (rung_.steps / plan_.steps) == 0) look(n, history_.step(n).before, watch);
    }
    rung_.products = history_.products();
    rung_.langevin_products = flow.products();
    rung_.sub_steps = flow.sub_steps();
  }

  DensityRung result() {
    const Field& p = history_.step(0).before;
    judge_free_stream(rung_, std::span{q_}.subspan(plan_.motions.size()), p);
    if (p.grid().dimension() == 1) {
      for (std::size_t i = 0; i < rung_.ends.size(); ++i) {
        rung_.ends[i].quantiles = quantile_drift(history_.last(), start_, p, q_[i]);
      }
    }
    const Field log_p = log_density(p);
    rung_.bayes_entropy =
        divergence(*phi_entropy(entropies[0]).make(1), densities_of(bayes_), log_p);
    finish(rung_, process_, plan_, log_p, shown());
    return std::move(rung_);
  }

 private:
  std::span<const Field> shown() const { return std::span{q_}.first(plan_.motions.size()); }

  void look(int n, const Field& p, const DensityWatch& watch) {
    const Field log_p = log_density(p);
    for (std::size_t i = 0; i < rung_.ends.size(); ++i) {
      tracks_[i].look(rung_.ends[i], q_[i], p, log_p);
    }
    watch(n, plan_.noise_at(n, rung_.steps), p, shown());
  }

  const Process& process_;
  const DensityPlan& plan_;
  ForwardHistory history_;
  Field start_, bayes_;
  std::vector<Field> q_;
  std::vector<ReverseMotion> motions_;
  std::vector<Track> tracks_;
  DensityRung rung_;
};

}  // namespace

std::span<const std::string_view> watched_entropies() {
  return entropies;
}

DensityRung run_rung(const Problem& problem, const DensityPlan& plan, int steps, bool free_stream,
                     const DensityWatch& watch) {
  const Generator generator = problem.generator(0);
  RungRun run{problem, generator, plan, steps};
  if (free_stream) run.add_free_stream();
  run.carry_back(watch);
  return run.result();
}

}  // namespace feller

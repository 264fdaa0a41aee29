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

}  // namespace

std::span<const std::string_view> watched_entropies() {
  return entropies;
}

DensityRung run_rung(const Problem& problem, const DensityPlan& plan, int steps, bool free_stream,
                     const DensityWatch& watch) {
  const Grid& grid = problem.grid();
  const Process& process = *problem.process();
  const Generator generator = problem.generator(0);
  const Times times = plan.times(process, steps);
  Field first = masses_of(problem.initial(0));
  if (times.front() > 0) first = ForwardHistory{generator, first, {0, times.front()}, 0}.last();
  const double fields = room / static_cast<double>(grid.cells());
  ForwardHistory history{generator, first, times, static_cast<int>(std::min(fields, 1e6))};
  if (!(history.least() > 0)) {
    throw SolverError{
        fmt::format("the density on {} cells is 0 in a tail: make the box smaller", grid.cells())};
  }
  const Field start = start_masses(process, plan, grid);
  std::vector<Field> q(plan.motions.size(), start);
  std::vector<ReverseMotion> motions;
  std::vector<Track> tracks;
  DensityRung rung{.cells = static_cast<double>(grid.axis(0).cells),
                   .h = grid.axis(0).width(0),
                   .steps = steps,
                   .change = history.largest_change(),
                   .ends = std::vector<DensityEnd>(q.size(), DensityEnd{start})};
  const auto look = [&](int n, const Field& p) {
    const Field log_p = log_density(p);
    const auto shown = std::span{q}.first(plan.motions.size());
    for (std::size_t i = 0; i < shown.size(); ++i) tracks[i].look(rung.ends[i], q[i], p, log_p);
    watch(n, plan.noise_at(n, steps), p, shown);
  };
  for (std::size_t i = 0; i < q.size(); ++i) {
    motions.push_back(plan.motions[i].motion);
    tracks.emplace_back(plan.motions[i], start, history.last());
    rung.ends[i].before = entropies_of(densities_of(start), log_density(history.last()));
  }
  const int stride = steps / plan.steps;
  look(steps, history.last());
  const auto count = static_cast<std::ptrdiff_t>(q.size());
  for (const auto& one : plan.motions) {
    if (!free_stream || !keeps_laws(one)) continue;
    motions.push_back(one.motion);
    q.push_back(history.last());
  }
  ReverseFlow flow{history, plan.sub_step};
  Field bayes{start};
  for (int n = steps; n-- > 0;) {
    flow.carry(q, motions, n);
    history.reverse_by_bayes(bayes, n);
    if (n % stride == 0) look(n, history.step(n).before);
  }
  const Field& last = history.step(0).before;
  judge_free_stream(rung, std::span{q}.subspan(plan.motions.size()), last);
  q.erase(q.begin() + count, q.end());
  rung.products = history.products();
  rung.langevin_products = flow.products();
  rung.sub_steps = flow.sub_steps();
  for (std::size_t i = 0; i < q.size() && grid.dimension() == 1; ++i) {
    rung.ends[i].quantiles = quantile_drift(history.last(), start, last, q[i]);
  }
  const Field log_last = log_density(last);
  rung.bayes_entropy =
      divergence(*phi_entropy(entropies[0]).make(1), densities_of(bayes), log_last);
  finish(rung, process, plan, log_last, q);
  return rung;
}

}  // namespace feller

#include "studies/chain/phase_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "discretisation/noise.hpp"
#include "problems/process_problem.hpp"
#include "solvers/functionals.hpp"
#include "studies/program/progress.hpp"

namespace feller {
namespace {

constexpr double round_off = 1e-12;
constexpr double reach_in_sds = 8;  ///< of a mixture's parts within the box
constexpr double cells_per_sd = 4;  ///< at least, of the narrowest part
constexpr double widest = 3;        ///< standard deviation
/// Within this of a border of the diagram a mixture is not judged: what it does is too small to
/// see, or J, of second order on the grid, too inexact.
constexpr double margin = 0.02;

/// Uniform numbers in (0, 1) that depend on the seed and the mixture alone.
class Dice {
 public:
  Dice(std::uint64_t seed, int specimen)
      : key_{.seed = seed, .stream = static_cast<std::uint32_t>(specimen)} {}
  double operator()() {
    return std::erfc(-standard_normal(key_, next_++) / std::numbers::sqrt2) / 2;
  }
  double between(double a, double b) { return a + (b - a) * (*this)(); }

 private:
  NoiseKey key_;
  std::uint64_t next_ = 0;
};

double half_width(const Grid& grid) {
  double least = HUGE_VAL;
  for (const auto& axis : grid.axes()) least = std::min({least, axis.upper, -axis.lower});
  return least;
}

double narrowest_part(const Grid& grid) {
  double widest_cell = 0;
  for (const auto& axis : grid.axes()) widest_cell = std::max(widest_cell, axis.width(0));
  return cells_per_sd * widest_cell;
}

std::vector<Component> random_mixture(Dice& dice, const Grid& grid) {
  const double half = half_width(grid), low = narrowest_part(grid);
  const double high = std::min(widest, half / (1.05 * reach_in_sds));
  const int parts = 1 + static_cast<int>(4 * std::sqrt(dice()));  // a single one is but a line
  const double spread = dice.between(0, 1);
  std::vector<Component> components;
  for (int k = 0; k < parts; ++k) {
    Component component{.weight = dice.between(0.2, 1)};
    for (std::size_t a = 0; a < grid.axes().size(); ++a) {
      const double sd = std::exp(dice.between(std::log(low), std::log(high)));
      const double mean = spread * std::min(half - reach_in_sds * sd, widest) * dice.between(-1, 1);
      component.along[a] = {mean, mean, sd};
    }
    components.push_back(component);
  }
  return components;
}

/// The same under the chain, at the time t.
Mixture moved(std::vector<Component> components, int dimension, double time) {
  const double shrink = std::exp(-time), noise = std::sqrt(-std::expm1(-2 * time));
  for (auto& component : components) {
    for (auto& spread : component.along) {
      spread = {shrink * spread.lower, shrink * spread.upper,
                std::hypot(shrink * spread.sd, noise)};
    }
  }
  return {dimension, std::move(components)};
}

EntropyCourse course(const std::vector<double>& entropies) {
  bool rose = false, fell = false;
  for (std::size_t i = 1; i < entropies.size(); ++i) {
    const double change = entropies[i] - entropies[i - 1];
    if (change > round_off && fell) return EntropyCourse::other;
    rose = rose || change > round_off;
    fell = fell || change < -round_off;
  }
  return rose && fell ? EntropyCourse::turns : fell ? EntropyCourse::falls : EntropyCourse::rises;
}

Specimen observe(const std::vector<Component>& components, const Grid& grid) {
  const int n = grid.dimension();
  std::vector<double> entropies;
  double fisher = 0;
  // From where J hardly begins to change to where H differs from its limit by round-off.
  for (double time = 0; time < 8; time = std::max(1e-3, 1.35 * time)) {
    const Field p = cell_means(moved(components, n, time), grid);
    entropies.push_back(differential_entropy(p));
    if (time == 0) fisher = fisher_information(p) / n;
  }
  const Moments moments = moved(components, n, 0).moments();
  double spread = 0;
  for (std::size_t a = 0; a < grid.axes().size(); ++a) spread += moments.covariance[a][a] / n;
  return {spread, fisher, course(entropies)};
}

EntropyCourse predicted(const Specimen& specimen) {
  if (specimen.spread <= 1) return EntropyCourse::rises;
  return specimen.fisher <= 1 ? EntropyCourse::falls : EntropyCourse::turns;
}

bool judged(const Specimen& s) {
  return std::abs(s.spread - 1) > margin && std::abs(s.fisher - 1) > margin;
}

}  // namespace

bool PhaseDiagram::fits(const Grid& grid) {
  return narrowest_part(grid) < 0.7 && half_width(grid) > 1.5 * 1.05 * reach_in_sds;
}

PhaseDiagram::PhaseDiagram(const Grid& grid, int size, std::uint64_t seed)
    : dimension_{grid.dimension()} {
  Progress progress{size, grid.comm()};
  progress.heading(fmt::format("{:>9} {:>12} {:>12}", "mixture", "tr Cov / n", "J / n"));
  for (int k = 1; k <= size; ++k) {
    Dice dice{seed, k};
    specimens_.push_back(observe(random_mixture(dice, grid), grid));
    if (!progress.due(k)) continue;
    const auto& last = specimens_.back();
    progress.show(k, fmt::format("{:>9} {:>12.5g} {:>12.5g}", k, last.spread, last.fisher));
  }
  std::ranges::sort(specimens_, {}, &Specimen::spread);
}

Checks PhaseDiagram::checks() const {
  int misjudged = 0, returning = 0, below = 0, of_each[3] = {0, 0, 0};
  for (const auto& specimen : specimens_) {
    returning += specimen.seen == EntropyCourse::other;
    below += specimen.fisher * specimen.spread < 1 - margin;
    if (!judged(specimen)) continue;
    misjudged += specimen.seen != predicted(specimen);
    ++of_each[static_cast<int>(predicted(specimen))];
  }
  const auto count = specimens_.size();
  Checks checks{
      {.name = "phase_theorem_C",
       .claim = fmt::format("of {} random mixtures, those whose entropy rises again", count),
       .measured = static_cast<double>(returning),
       .statement = "V3"},
      {.name = "phase_prediction",
       .claim =
           fmt::format("those for which tr Cov <= n and J <= n predict the wrong course; right "
                       "are {} that rise, {} that turn, {} that fall",
                       of_each[0], of_each[1], of_each[2]),
       .measured = static_cast<double>(misjudged),
       .statement = "V3"},
      {.name = "phase_cramer_rao",
       .claim = "those with J tr Cov < n^2",
       .measured = static_cast<double>(below),
       .statement = "V3"}};
  if (of_each[1] + of_each[2] == 0) return checks;
  checks.push_back(
      {.name = "control_phase",
       .claim = "those that would be misjudged if H always rose, as Prop. 1 says for every beta in "
                "(10)",
       .measured = static_cast<double>(of_each[1] + of_each[2]),
       .relation = Relation::greater,
       .bound = 0,
       .is_control = true,
       .statement = "V3",
       .misprint = "Peter 2023, (10)"});
  return checks;
}

Table PhaseDiagram::table() {
  return {.name = "phase_diagram",
          .title = "entropy that rises, turns, falls",
          .axis = {"spread", "tr Cov(U_0) / n", "1"},
          .columns = {{"rises", "J/n where H rises", "1"},
                      {"turns", "J/n where H rises, then falls", "1"},
                      {"falls", "J/n where H falls", "1"},
                      {"turn", "J = n", "1"},
                      {"cramer_rao", "Cramer-Rao: J/n = n / tr Cov", "1"}},
          .log_axis = true,
          .log_signal = true,
          .together = true,
          .points = 3};
}

std::vector<std::vector<double>> PhaseDiagram::rows() const {
  std::vector<std::vector<double>> rows;
  double before = 0;
  for (const auto& [spread, fisher, seen] : specimens_) {
    const double nothing = std::numeric_limits<double>::quiet_NaN();
    // The axis of a table ascends strictly.
    const double at = spread > before ? spread : std::nextafter(before, HUGE_VAL);
    before = at;
    std::vector<double> row{at, nothing, nothing, nothing, 1, 1 / spread};
    if (seen != EntropyCourse::other) row[1 + static_cast<std::size_t>(seen)] = fisher;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace feller

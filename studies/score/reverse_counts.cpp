#include "studies/score/reverse_counts.hpp"

#include <algorithm>
#include <cmath>

#include "studies/chain/normal_scores.hpp"

namespace feller {
namespace {

/// The cell of an axis that holds x, or -1.
int cell_of(const Axis& axis, double x) {
  if (!(x >= axis.lower) || x >= axis.upper) return -1;
  if (axis.is_uniform()) {
    const int i = static_cast<int>((x - axis.lower) / axis.length() * axis.cells);
    return std::min(i, axis.cells - 1);
  }
  return static_cast<int>(std::ranges::upper_bound(axis.faces, x) - axis.faces.begin()) - 1;
}

Region region_of_cell(const Grid& grid, const Index& k) {
  Region region;
  for (int a = 0; a < grid.dimension(); ++a) {
    const auto i = static_cast<std::size_t>(a);
    region.lower[i] = grid.axis(a).face(k[i]);
    region.upper[i] = grid.axis(a).face(k[i] + 1);
  }
  return region;
}

CellTest test_of(const std::vector<std::pair<double, double>>& all) {
  CellTest test{.square = 0, .freedom = static_cast<double>(all.size()) - 1};
  for (const auto& [found, expected] : all) {
    test.square += (found - expected) * (found - expected) / expected;
  }
  return test;
}

double normal_score(const CellTest& test) {
  return wilson_hilferty(test.square / test.freedom, test.freedom);
}

}  // namespace

CellCounts::CellCounts(const Grid& grid)
    : grid_{grid}, counts_(static_cast<std::size_t>(grid.cells()) + 1) {}

void CellCounts::take(const std::vector<double>& z, std::size_t count) {
  for (std::size_t p = 0; p < count; ++p) {
    Index k{0, 0, 0};
    bool inside = true;
    for (int a = 0; a < grid_.dimension(); ++a) {
      const auto i = static_cast<std::size_t>(a);
      k[i] = cell_of(grid_.axis(a), z[i * count + p]);
      inside = inside && k[i] >= 0;
    }
    const auto where = inside ? static_cast<std::size_t>(grid_.natural(k)) : counts_.size() - 1;
    counts_[where] += 1;
  }
}

void CellCounts::gather() {
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, counts_.data(), static_cast<int>(counts_.size()),
                          MPI_DOUBLE, MPI_SUM, grid_.comm()));
  for (const double n : counts_) particles_ += n;
}

double CellCounts::density(const Index& cell) const {
  const double n = counts_[static_cast<std::size_t>(grid_.natural(cell))];
  return n / (particles_ * grid_.volume(cell));
}

Field CellCounts::density() const {
  return fill(grid_, [this](const Index& k) { return density(k); });
}

std::vector<std::pair<double, double>> CellCounts::pairs(
    const std::function<double(const Index&)>& probability) const {
  std::vector<std::pair<double, double>> pairs;
  double rest_found = counts_.back(), rest_expected = particles_;
  for_each(grid_.whole(), [&](const Index& k) {
    const double expected = particles_ * probability(k);
    const double found = counts_[static_cast<std::size_t>(grid_.natural(k))];
    if (expected < 5) {
      rest_found += found;
      return;
    }
    pairs.emplace_back(found, expected);
    rest_expected -= expected;
  });
  // Too little for a cell of its own, but never forgotten: into the smallest.
  if (rest_expected < 5 && !pairs.empty()) {
    auto& smallest =
        *std::ranges::min_element(pairs, {}, [](const auto& pair) { return pair.second; });
    smallest.first += rest_found;
    smallest.second += rest_expected;
  } else {
    pairs.emplace_back(rest_found, rest_expected);
  }
  return pairs;
}

double CellTest::bound() const {
  return chi_square_quantile(4, freedom);
}

std::vector<std::pair<double, double>> CellCounts::pairs(const Law& law) const {
  return pairs([&](const Index& k) { return law.probability(region_of_cell(grid_, k)); });
}

CellTest CellCounts::test(const Law& law) const {
  return test_of(pairs(law));
}

double CellCounts::score(const Law& law) const {
  return normal_score(test(law));
}

double CellCounts::score(const std::function<double(const Index&)>& probability) const {
  return normal_score(test_of(pairs(probability)));
}

double CellCounts::divergence(const Law& law) const {
  const auto all = pairs(law);
  double sum = 0;
  for (const auto& [found, expected] : all) {
    if (found > 0) sum += found * std::log(found / expected);
  }
  return (sum - (static_cast<double>(all.size()) - 1) / 2) / particles_;
}

}  // namespace feller

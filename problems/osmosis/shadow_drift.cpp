#include "problems/osmosis/shadow_drift.hpp"

#include <petscblaslapack.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace feller {
namespace {

constexpr int intervals = 16;   ///< about one a pixel of the widest masks
constexpr int rounds = 10;      ///< of reweighting
constexpr double scale = 0.03;  ///< residual of ln v beyond which a face counts less
constexpr double ridge = 1e-9;  ///< relative; decides intervals only that no face crosses

using Rises = std::array<double, intervals>;

/// How much of each interval lies below phi, in parts of it.
Rises covered(double phi) {
  Rises parts{};
  for (int n = 0; n < intervals; ++n) {
    parts[static_cast<std::size_t>(n)] = std::clamp(phi * intervals - n, 0.0, 1.0);
  }
  return parts;
}

/// By how much a face crosses each interval.
Rises crossed(const EdgeCoordinate::Face& face) {
  Rises parts = covered(face.to);
  const Rises before = covered(face.from);
  for (std::size_t n = 0; n < parts.size(); ++n) parts[n] -= before[n];
  return parts;
}

/// Normal equations of one edge: matrix (symmetric, all of it), right-hand side, sum of weights.
struct Normal {
  std::array<double, intervals * intervals> matrix{};
  Rises right{};
  double weight = 0;

  void add(const Rises& row, double value, double g, double w) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i] == 0) continue;
      right[i] += g * row[i] * value;
      for (std::size_t j = 0; j < row.size(); ++j) {
        matrix[i * intervals + j] += g * row[i] * row[j];
      }
    }
    weight += w;
  }

  Rises solve() const {
    auto a = matrix;
    Rises x = right;
    for (std::size_t i = 0; i < intervals; ++i) a[i * intervals + i] += ridge * weight;
    const PetscBLASInt n = intervals, one = 1;
    PetscBLASInt failed = 0;
    std::array<PetscBLASInt, intervals> pivots{};
    if (weight > 0) LAPACKgesv_(&n, &one, a.data(), &n, pivots.data(), x.data(), &n, &failed);
    return failed == 0 ? x : Rises{};
  }
};
static_assert(sizeof(Normal) == (intervals * intervals + intervals + 1) * sizeof(double));

double product(const Rises& a, const Rises& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// One face in the fit.
struct Sample {
  std::size_t edge;
  Rises row;
  double value;  ///< ln(v_L / v_K)
  double weight;
  double trust = 1;

  double rest(const std::vector<Rises>& rises) const { return value - product(row, rises[edge]); }
};

std::vector<Sample> samples_of(const EdgeCoordinate& coordinate, const Field& v) {
  const Grid& grid = coordinate.grid();
  const Ghosted level{v};
  std::vector<Index> cells;
  for_each(grid.owned(), [&](const Index& k) { cells.push_back(k); });
  std::vector<Sample> samples;
  for (std::size_t family = 0; family < 2; ++family) {
    for (const auto& face : coordinate.faces(family)) {
      const Index k = cells[face.cell];
      const Index l{k[0] + (family == 0), k[1] + (family == 1), 0};
      samples.push_back({face.edge, crossed(face), std::log(level[l] / level[k]),
                         2 * level[k] * level[l] / (level[k] + level[l])});
    }
  }
  return samples;
}

/// Least squares over all ranks, one an edge.
std::vector<Rises> fitted(const std::vector<Sample>& samples, std::size_t edges, MPI_Comm comm) {
  std::vector<Normal> normal(edges);
  for (const auto& s : samples) normal[s.edge].add(s.row, s.value, s.weight * s.trust, s.weight);
  const auto numbers = static_cast<int>(edges * (sizeof(Normal) / sizeof(double)));
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, normal.data(), numbers, MPI_DOUBLE, MPI_SUM, comm));
  std::vector<Rises> rises;
  for (const auto& equations : normal) rises.push_back(equations.solve());
  return rises;
}

}  // namespace

ShadowDrift shadow_drift(const EdgeCoordinate& coordinate, const Field& v) {
  auto samples = samples_of(coordinate, v);
  std::vector<Rises> rises;
  for (int round = 0; round < rounds; ++round) {
    rises = fitted(samples, coordinate.edges(), coordinate.grid().comm());
    for (auto& sample : samples) {
      const double rest = sample.rest(rises) / scale;
      sample.trust = 1 / (1 + rest * rest);
    }
  }
  ShadowDrift drift;
  for (const auto& s : samples) drift.increments.push_back(product(s.row, rises[s.edge]));
  for (const auto& rise : rises) {
    drift.depth.push_back(std::accumulate(rise.begin(), rise.end(), 0.0));
  }
  return drift;
}

}  // namespace feller

#include "problems/osmosis/edge_coordinate.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "discretisation/regions.hpp"

namespace feller {
namespace {

constexpr double settled = 1e-4;  ///< of phi
constexpr int most_passes = 2000;
constexpr std::array<Index, 4> sides{{{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}}};

/// Pixels joined along these steps where both have `value` in the mask.
Regions parts_of(const Field& mask, double value, const std::vector<Index>& steps) {
  JumpRates joined{mask.grid(), steps};
  const Ghosted in{mask};
  set_crossings(joined, [&](const Index& k, const Index& l, int) {
    return in[k] == value && in[l] == value ? Crossing{1, 1} : Crossing{};
  });
  return regions_of(joined);
}

/// Sum of ln v over the channels.
Field log_brightness(const std::vector<Field>& channels) {
  std::vector<Field> logs;
  for (const auto& channel : channels) {
    logs.push_back(transformed(channel, [](double v) { return std::log(v); }));
  }
  return sum_of(logs);
}

/// The mask's edges and the parts of the picture beside it, and which side each part is on.
class Sides {
 public:
  Sides(const Field& mask, const std::vector<Field>& channels)
      : grid_{mask.grid()},
        edges_{parts_of(mask, 1, {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {-1, 1, 0}})},
        parts_{parts_of(mask, 0, {{1, 0, 0}, {0, 1, 0}})},
        edge_{edges_.label},
        part_{parts_.label},
        in_{mask} {
    phi_.assign(edges_.list.size() * parts_.list.size(), 0);
    const auto means = rim_brightness(channels);
    for (std::size_t e = 0; e < edges_.list.size(); ++e) separate(e, means);
  }

  std::size_t edges() const { return edges_.list.size(); }
  bool in_mask(const Index& k) const { return in_[k] == 1; }

  /// Of a masked pixel, or beside one; nothing where its edge separates nothing.
  std::optional<std::size_t> edge_at(const Index& k) const {
    const double label = edge_[k];
    if (!in_mask(k) || label == Regions::alone) return std::nullopt;
    const auto edge = static_cast<std::size_t>(label);
    return separates_[edge] ? std::optional{edge} : std::nullopt;
  }

  /// phi of a pixel beside the mask, for an edge; half way for one that is a part by itself.
  double beside(const Index& k, std::size_t edge) const {
    return part_[k] == Regions::alone ? 0.5 : phi_[place(edge, part_[k])];
  }

  /// The owned masked pixels of separating edges, in memory order.
  std::vector<Index> pixels() const {
    std::vector<Index> found;
    for_each(grid_.owned(), [&](const Index& k) {
      if (edge_at(k)) found.push_back(k);
    });
    return found;
  }

 private:
  std::size_t place(std::size_t edge, double part) const {
    return edge * parts_.list.size() + static_cast<std::size_t>(part);
  }

  /// The mean of ln v where each edge meets each part, NaN where they do not.
  std::vector<double> rim_brightness(const std::vector<Field>& channels) const {
    std::vector<double> sums(2 * phi_.size(), 0);
    const Ghosted brightness{log_brightness(channels)};
    for_each(grid_.owned(), [&](const Index& k) {
      if (!in_mask(k) || edge_[k] == Regions::alone) return;
      for (const Index& step : sides) {
        const Index l = k + step;
        if (!grid_.inside(l) || in_mask(l) || part_[l] == Regions::alone) continue;
        const std::size_t at = place(static_cast<std::size_t>(edge_[k]), part_[l]);
        sums[2 * at] += brightness[l];
        sums[2 * at + 1] += 1;
      }
    });
    check_mpi(MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_DOUBLE,
                            MPI_SUM, grid_.comm()));
    std::vector<double> means;
    for (std::size_t i = 0; i < sums.size(); i += 2) means.push_back(sums[i] / sums[i + 1]);
    return means;
  }

  void separate(std::size_t edge, const std::vector<double>& means) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    int met = 0;
    for (std::size_t p = 0; p < parts_.list.size(); ++p) {
      const double mean = means[edge * parts_.list.size() + p];
      if (std::isnan(mean)) continue;
      ++met;
      low = std::min(low, mean);
      high = std::max(high, mean);
    }
    separates_.push_back(met > 1);
    for (std::size_t p = 0; p < parts_.list.size(); ++p) {
      const std::size_t at = edge * parts_.list.size() + p;
      phi_[at] = means[at] > (low + high) / 2 ? 1 : 0;
    }
  }

  const Grid& grid_;
  Regions edges_, parts_;
  Ghosted edge_, part_, in_;
  std::vector<double> phi_;
  std::vector<bool> separates_;
};

/// phi in the mask, by Jacobi's method.
Field harmonic(const Sides& sides_of, const Grid& grid) {
  Field phi{grid, 0.5};
  const auto pixels = sides_of.pixels();
  double change = 1;
  for (int pass = 0; pass < most_passes && maximum(grid.comm(), change) > settled; ++pass) {
    const Ghosted before{phi};
    const auto value = phi.values();
    change = 0;
    for (const Index& k : pixels) {
      const auto edge = *sides_of.edge_at(k);
      double all = 0;
      int neighbours = 0;
      for (const Index& step : sides) {
        const Index l = k + step;
        if (!grid.inside(l)) continue;
        all += sides_of.in_mask(l) ? before[l] : sides_of.beside(l, edge);
        ++neighbours;
      }
      double& here = value[static_cast<std::size_t>(grid.owned().offset(k))];
      change = std::max(change, std::abs(all / neighbours - here));
      here = all / neighbours;
    }
  }
  return phi;
}

}  // namespace

EdgeCoordinate::EdgeCoordinate(const Field& mask, const std::vector<Field>& channels)
    : grid_{mask.grid()} {
  const Sides sides_of{mask, channels};
  edges_ = sides_of.edges();
  const Ghosted phi{harmonic(sides_of, grid_)};
  std::size_t cell = 0;
  for_each(grid_.owned(), [&](const Index& k) {
    for (std::size_t family = 0; family < 2; ++family) {
      const Index l = k + sides[2 * family];
      if (!grid_.inside(l)) continue;
      const auto edge = sides_of.in_mask(k) ? sides_of.edge_at(k) : sides_of.edge_at(l);
      if (!edge) continue;
      const auto at = [&](const Index& pixel) {
        return sides_of.in_mask(pixel) ? phi[pixel] : sides_of.beside(pixel, *edge);
      };
      faces_[family].push_back({cell, *edge, at(k), at(l)});
    }
    ++cell;
  });
}

}  // namespace feller

#include "problems/osmosis/edge_coordinate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "discretisation/regions.hpp"

namespace feller {
namespace {

constexpr int passes = 50;
constexpr std::array<Index, 8> neighbours{
    {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {1, 1, 0}, {-1, 1, 0}, {1, -1, 0}, {-1, -1, 0}}};
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
    const auto rims = rim_brightness(channels);
    separates_.assign(edges_.list.size(), false);
    for (auto rim = rims.begin(); rim != rims.end();) rim = separate(rim, rims.end());
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

  /// Whether a pixel beside the mask belongs to a part that the edge meets along a side.
  bool meets(const Index& k, std::size_t edge) const {
    return part_[k] != Regions::alone && phi_.contains({edge, static_cast<std::size_t>(part_[k])});
  }

  /// phi of a pixel beside the mask, for an edge; half way for one that is a part by itself.
  double beside(const Index& k, std::size_t edge) const {
    if (part_[k] == Regions::alone) return 0.5;
    return phi_.at({edge, static_cast<std::size_t>(part_[k])});
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
  using EdgeAndPart = std::pair<std::size_t, std::size_t>;
  struct Mean {
    double sum = 0, count = 0;
    double value() const { return sum / count; }
  };
  using Rims = std::map<EdgeAndPart, Mean>;

  /// Of ln v where each edge meets each part.
  Rims rim_brightness(const std::vector<Field>& channels) const {
    Rims own;
    const Ghosted brightness{log_brightness(channels)};
    for_each(grid_.owned(), [&](const Index& k) {
      if (!in_mask(k) || edge_[k] == Regions::alone) return;
      for (const Index& step : sides) {
        const Index l = k + step;
        if (!grid_.inside(l) || in_mask(l) || part_[l] == Regions::alone) continue;
        Mean& mean = own[{static_cast<std::size_t>(edge_[k]), static_cast<std::size_t>(part_[l])}];
        mean.sum += brightness[l];
        mean.count += 1;
      }
    });
    return together(own);
  }

  /// Those of all ranks: few meet, however many edges and parts there are.
  Rims together(const Rims& own) const {
    std::vector<double> mine;
    for (const auto& [key, mean] : own) {
      mine.insert(mine.end(), {static_cast<double>(key.first), static_cast<double>(key.second),
                               mean.sum, mean.count});
    }
    const MPI_Comm comm = grid_.comm();
    const int length = static_cast<int>(mine.size());
    std::vector<int> lengths(static_cast<std::size_t>(size_of(comm))), starts(lengths.size());
    check_mpi(MPI_Allgather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, comm));
    std::exclusive_scan(lengths.begin(), lengths.end(), starts.begin(), 0);
    std::vector<double> all(static_cast<std::size_t>(starts.back() + lengths.back()));
    check_mpi(MPI_Allgatherv(mine.data(), length, MPI_DOUBLE, all.data(), lengths.data(),
                             starts.data(), MPI_DOUBLE, comm));
    Rims rims;
    for (std::size_t i = 0; i < all.size(); i += 4) {
      Mean& mean = rims[{static_cast<std::size_t>(all[i]), static_cast<std::size_t>(all[i + 1])}];
      mean.sum += all[i + 2];
      mean.count += all[i + 3];
    }
    return rims;
  }

  /// Gives the parts that one edge meets their sides; where those of the next edge begin.
  Rims::const_iterator separate(Rims::const_iterator first, Rims::const_iterator end) {
    const std::size_t edge = first->first.first;
    double low = HUGE_VAL, high = -HUGE_VAL;
    auto last = first;
    for (; last != end && last->first.first == edge; ++last) {
      low = std::min(low, last->second.value());
      high = std::max(high, last->second.value());
    }
    separates_[edge] = std::distance(first, last) > 1;
    for (auto rim = first; rim != last; ++rim) {
      phi_[rim->first] = rim->second.value() > (low + high) / 2 ? 1 : 0;
    }
    return last;
  }

  const Grid& grid_;
  Regions edges_, parts_;
  Ghosted edge_, part_, in_;
  std::map<EdgeAndPart, double> phi_;
  std::vector<bool> separates_;
};

/// Distance in the mask to the nearest pixel beside it that lies on one side (phi = `side`), along
/// steps to the 8 neighbours. As many passes as the mask is wide.
Field distance_to(const Sides& sides_of, const Grid& grid, double side) {
  constexpr double far = 1e30;
  Field distance{grid, far};
  const auto pixels = sides_of.pixels();
  for (bool changed = true; maximum(grid.comm(), changed ? 1 : 0) > 0;) {
    const Ghosted before{distance};
    const auto value = distance.values();
    changed = false;
    for (const Index& k : pixels) {
      const auto edge = *sides_of.edge_at(k);
      double& here = value[static_cast<std::size_t>(grid.owned().offset(k))];
      for (const Index& step : neighbours) {
        const Index l = k + step;
        if (!grid.inside(l)) continue;
        const double length = std::hypot(step[0], step[1]);
        const bool masked = sides_of.in_mask(l);
        const bool reached = !masked && sides_of.meets(l, edge) && sides_of.beside(l, edge) == side;
        const double through = masked ? before[l] + length : reached ? length : far;
        if (through >= here) continue;
        here = through;
        changed = true;
      }
    }
  }
  return distance;
}

/// One pass of Jacobi's method: the mean of the 4 neighbours.
void relax(const Sides& sides_of, const std::vector<Index>& pixels, Field& phi) {
  const Grid& grid = phi.grid();
  const Ghosted before{phi};
  const auto value = phi.values();
  for (const Index& k : pixels) {
    const auto edge = *sides_of.edge_at(k);
    double all = 0;
    int faces = 0;
    for (const Index& step : sides) {
      const Index l = k + step;
      if (!grid.inside(l)) continue;
      all += sides_of.in_mask(l) ? before[l] : sides_of.beside(l, edge);
      ++faces;
    }
    value[static_cast<std::size_t>(grid.owned().offset(k))] = all / faces;
  }
}

/// phi in the mask: nearly harmonic. The ratio of distances is that already, but for the stairs of
/// pixels, which the passes take away; on thin masks they reach the harmonic function itself.
Field way_across(const Sides& sides_of, const Grid& grid) {
  const Field dark = distance_to(sides_of, grid, 0), bright = distance_to(sides_of, grid, 1);
  Field phi = fill(grid, [&](const Index& k) {
    return sides_of.edge_at(k) ? dark[k] / (dark[k] + bright[k]) : 0;
  });
  const auto pixels = sides_of.pixels();
  for (int pass = 0; pass < passes; ++pass) relax(sides_of, pixels, phi);
  return phi;
}

}  // namespace

EdgeCoordinate::EdgeCoordinate(const Field& mask, const std::vector<Field>& channels)
    : grid_{mask.grid()} {
  const Sides sides_of{mask, channels};
  edges_ = sides_of.edges();
  const Ghosted phi{way_across(sides_of, grid_)};
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

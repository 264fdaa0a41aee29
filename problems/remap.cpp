#include "problems/remap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace feller {
namespace {

/// Share of the bin from `lower` to `upper` that lies below `place`.
double share_below(double lower, double upper, double place) {
  return std::clamp((place - lower) / (upper - lower), 0.0, 1.0);
}

/// What one cell takes from the bins along one axis: from `first` on, a share each.
struct Shares {
  int first = 0;
  std::vector<double> values;
};

Shares shares_between(const std::vector<double>& edges, double lower, double upper) {
  const auto bins = static_cast<std::ptrdiff_t>(edges.size()) - 1;
  const auto below = std::ranges::upper_bound(edges, lower) - edges.begin() - 1;
  Shares shares{static_cast<int>(std::clamp(below, std::ptrdiff_t{0}, bins)), {}};
  for (auto b = static_cast<std::size_t>(shares.first); b + 1 < edges.size(); ++b) {
    if (edges[b] >= upper) break;
    shares.values.push_back(share_below(edges[b], edges[b + 1], upper) -
                            share_below(edges[b], edges[b + 1], lower));
  }
  return shares;
}

using SharesOfAxis = std::array<std::vector<Shares>, 3>;

/// Of all owned cells along each axis; an unused axis has one bin, which its cell takes whole.
SharesOfAxis shares_of(const Histogram& histogram, const Grid& grid) {
  SharesOfAxis shares;
  for (int a = 0; a < 3; ++a) {
    const auto axis = static_cast<std::size_t>(a);
    if (a >= grid.dimension()) {
      shares[axis] = {Shares{0, {1.0}}};
      continue;
    }
    const auto& [start, count] = grid.owned();
    for (int i = start[axis]; i < start[axis] + count[axis]; ++i) {
      shares[axis].push_back(
          shares_between(histogram.edges[axis], grid.axis(a).face(i), grid.axis(a).face(i + 1)));
    }
  }
  return shares;
}

Box bins_of(const Histogram& histogram) {
  Box bins;
  for (std::size_t a = 0; a < histogram.edges.size(); ++a) {
    bins.count[a] = static_cast<int>(histogram.bins(a));
  }
  return bins;
}

/// sum_b m_b s_b over the bins that three lists of shares reach.
double mass_of(const Histogram& histogram, const Box& bins, const std::array<const Shares*, 3>& s) {
  Box reached;
  for (std::size_t a = 0; a < 3; ++a) {
    reached.start[a] = s[a]->first;
    reached.count[a] = static_cast<int>(s[a]->values.size());
  }
  const auto share = [&](std::size_t a, const Index& bin) {
    return s[a]->values[static_cast<std::size_t>(bin[a] - s[a]->first)];
  };
  double mass = 0;
  for_each(reached, [&](const Index& bin) {
    const auto b = static_cast<std::size_t>(bins.offset(bin));
    mass += histogram.mass[b] * share(0, bin) * share(1, bin) * share(2, bin);
  });
  return mass;
}

double volume(const Grid& grid, const Index& cell) {
  double product = 1;
  for (int a = 0; a < grid.dimension(); ++a) {
    const int i = cell[static_cast<std::size_t>(a)];
    product *= grid.axis(a).face(i + 1) - grid.axis(a).face(i);
  }
  return product;
}

/// Share of the mass beyond the grid, summed itself so that tiny shares are not lost in 1 - inside.
double share_outside(const Histogram& histogram, const Grid& grid) {
  std::array<std::vector<double>, 3> inside;
  for (auto& axis : inside) axis = {1.0};
  for (int a = 0; a < grid.dimension(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    const auto& edges = histogram.edges[axis];
    const double lower = grid.axis(a).face(0), upper = grid.axis(a).face(grid.axis(a).cells);
    inside[axis].clear();
    for (std::size_t b = 0; b + 1 < edges.size(); ++b) {
      inside[axis].push_back(share_below(edges[b], edges[b + 1], upper) -
                             share_below(edges[b], edges[b + 1], lower));
    }
  }
  long double beyond = 0, total = 0;
  auto mass = histogram.mass.begin();
  for_each(bins_of(histogram), [&](const Index& bin) {
    double within = 1;
    for (std::size_t a = 0; a < 3; ++a) within *= inside[a][static_cast<std::size_t>(bin[a])];
    beyond += (1 - within) * static_cast<long double>(*mass);
    total += *mass++;
  });
  return static_cast<double>(beyond / total);
}

}  // namespace

Remapped remap(const Histogram& histogram, const Grid& grid) {
  if (histogram.dimension() != grid.dimension()) {
    throw InputError(fmt::format("the histogram has {} dimension(s), the grid has {}",
                                 histogram.dimension(), grid.dimension()));
  }
  const SharesOfAxis shares = shares_of(histogram, grid);
  const Box bins = bins_of(histogram);
  const Index& start = grid.owned().start;
  Field density = fill(grid, [&](const Index& cell) {
    std::array<const Shares*, 3> of_cell{};
    for (std::size_t a = 0; a < 3; ++a) {
      of_cell[a] = &shares[a][static_cast<std::size_t>(cell[a] - start[a])];
    }
    return mass_of(histogram, bins, of_cell) / volume(grid, cell);
  });
  return {std::move(density), share_outside(histogram, grid)};
}

}  // namespace feller

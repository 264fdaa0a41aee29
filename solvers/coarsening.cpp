/// Interpolation and coarse matrices of a stencil: black-box multigrid.

#include <algorithm>

#include "solvers/stencil.hpp"

namespace feller {
namespace {

constexpr int weights_a_cell = 4;

struct Couplings {
  std::array<double, 9> of{};

  /// Strengths, not less than 0.
  Couplings(const double* row, int points) {
    for (int p = 1; p < points; ++p) of[static_cast<std::size_t>(p)] = std::max(0.0, -row[p]);
  }
  double west() const { return of[1] + of[5] + of[7]; }
  double east() const { return of[2] + of[6] + of[8]; }
  double south() const { return of[3] + of[5] + of[6]; }
  double north() const { return of[4] + of[7] + of[8]; }
};

/// Two shares of sum 1, or 0 where nothing is coupled.
std::array<double, 2> shares(double a, double b) {
  const double sum = a + b;
  if (!(sum > 0)) return {0, 0};
  return {a / sum, b / sum};
}

template <class Array>
auto* at(Array& weights, std::ptrdiff_t place) {
  return weights.data() + static_cast<std::size_t>(place * weights_a_cell);
}

/// Between four coarse cells: the mean of the 8 neighbours, those between two of them by their own
/// weights.
void set_centre(const Couplings& c, const Weights& weights, std::ptrdiff_t here,
                std::ptrdiff_t stride, double* w) {
  const double* west = at(weights, here - 1);
  const double* east = at(weights, here + 1);
  const double* south = at(weights, here - stride);
  const double* north = at(weights, here + stride);
  w[0] = c.of[5] + c.of[1] * west[0] + c.of[3] * south[0];
  w[1] = c.of[6] + c.of[2] * east[0] + c.of[3] * south[1];
  w[2] = c.of[7] + c.of[1] * west[2] + c.of[4] * north[0];
  w[3] = c.of[8] + c.of[2] * east[2] + c.of[4] * north[1];
  const double sum = w[0] + w[1] + w[2] + w[3];
  if (!(sum > 0)) return;
  for (int n = 0; n < weights_a_cell; ++n) w[n] /= sum;
}

}  // namespace

Weights Stencil::interpolation() const {
  Weights weights(plane_.room() * weights_a_cell, 0.0);
  const auto visit = [&](int parity_x, int parity_y, auto&& set) {
    for (int j = (plane_.start(1) + parity_y) % 2; j < plane_.ny(); j += 2) {
      for (int i = (plane_.start(0) + parity_x) % 2; i < plane_.nx(); i += 2) {
        const std::ptrdiff_t here = place(i, j);
        set(here, at(weights, here));
      }
    }
  };
  visit(0, 0, [](std::ptrdiff_t, double* w) { w[0] = 1; });
  visit(1, 0, [&](std::ptrdiff_t here, double* w) {
    const Couplings c{row(here), points_};
    const auto [west, east] = shares(c.west(), c.east());
    w[0] = west;
    w[1] = east;
  });
  visit(0, 1, [&](std::ptrdiff_t here, double* w) {
    const Couplings c{row(here), points_};
    const auto [south, north] = shares(c.south(), c.north());
    w[0] = south;
    w[2] = north;
  });
  plane_.exchange(weights, 1, weights_a_cell);
  visit(1, 1, [&](std::ptrdiff_t here, double* w) {
    set_centre(Couplings{row(here), points_}, weights, here, plane_.stride(), w);
  });
  plane_.exchange(weights, 2, weights_a_cell);
  return weights;
}

Stencil Stencil::coarse(const Weights& weights) const {
  Stencil result{plane_.coarse(), 9};
  const Plane& plane = result.plane();
  // Places of the stencil by steps -1, 0, 1 along x and y.
  std::array<std::array<std::size_t, 3>, 3> number{};
  for (std::size_t p = 0; p < steps.size(); ++p) {
    number[static_cast<std::size_t>(steps[p][1] + 1)][static_cast<std::size_t>(steps[p][0] + 1)] =
        p;
  }
  for (int cj = 0; cj < plane.ny(); ++cj) {
    for (int ci = 0; ci < plane.nx(); ++ci) {
      const int i0 = 2 * (plane.start(0) + ci) - plane_.start(0);
      const int j0 = 2 * (plane.start(1) + cj) - plane_.start(1);
      std::array<double, 9> sum{};
      for (int oy = -1; oy <= 1; ++oy) {
        for (int ox = -1; ox <= 1; ++ox) {
          const std::ptrdiff_t fine = place(i0 + ox, j0 + oy);
          const double share = at(weights, fine)[(ox < 0 ? 1 : 0) + (oy < 0 ? 2 : 0)];
          if (share == 0) continue;
          const double* a = row(fine);
          for (int p = 0; p < points_; ++p) {
            if (a[p] == 0) continue;
            const auto [sx, sy] = steps[static_cast<std::size_t>(p)];
            const int x = ox + sx, y = oy + sy;  // of the column, from the coarse cell
            const double* w = at(weights, fine + distances_[static_cast<std::size_t>(p)]);
            const double factor = share * a[p];
            const int bx = x < 0 ? (x - 1) / 2 : x / 2, by = y < 0 ? (y - 1) / 2 : y / 2;
            for (int n = 0; n < weights_a_cell; ++n) {
              if (w[n] == 0) continue;
              const auto qx = static_cast<std::size_t>(bx + n % 2 + 1);
              const auto qy = static_cast<std::size_t>(by + n / 2 + 1);
              sum[number[qy][qx]] += factor * w[n];
            }
          }
        }
      }
      std::copy(sum.begin(), sum.end(), result.row(result.place(ci, cj)));
    }
  }
  result.complete();
  return result;
}

}  // namespace feller

#pragma once

/// Probability laws that are known in closed form, on R, R^2 or R^3.
///
/// Densities are per unit length, area or volume; information is in nats. Where a law has a
/// boundary, its density is 0 beyond. A law is an immutable value behind a pointer; evaluating it
/// needs no communication and gives the same on every rank.

#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "discretisation/grid.hpp"

namespace feller {

/// A box: `lower[a] <= x_a <= upper[a]` on the axes in use; infinite sides are allowed.
struct Region {
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  Point lower{-infinity, -infinity, -infinity};
  Point upper{infinity, infinity, infinity};
};

/// The box of a grid.
Region region_of(const Grid& grid);

/// First and second moments; rows and columns of unused axes are 0.
struct Moments {
  Point mean{};
  std::array<Point, 3> covariance{};
};

class Law {
 public:
  virtual ~Law() = default;

  virtual double density(const Point& x) const = 0;
  /// Finite also where the density underflows, if the law is known that far out.
  virtual double log_density(const Point& x) const { return std::log(density(x)); }
  /// d ln p / dx_axis. By central differences, unless a law knows better: to about 1e-10 where
  /// ln p is smooth on the scale 1, NaN or infinite where p vanishes.
  virtual double score(int axis, const Point& x) const;
  virtual Moments moments() const = 0;
  /// -int p ln p, exact or by quadrature to about 1e-12; none where that would cost too much.
  virtual std::optional<double> entropy() const = 0;
  /// int |grad ln p|^2 p by quadrature to about 1e-12; none where it is not known, or infinite.
  virtual std::optional<double> fisher_information() const { return std::nullopt; }

  /// Probability of a cell. Integrated in closed form where there is one, so that a cell much wider
  /// than the law is as good as a fine one.
  virtual double probability(const Region& cell) const = 0;
  /// Probability beyond a box, or an upper bound of the same size; accurate relative to itself
  /// however small it is.
  virtual double mass_outside(const Region& box) const = 0;
};

}  // namespace feller

#include "solvers/fusion_energy.hpp"

#include <cmath>

#include "discretisation/jump_rates.hpp"

namespace feller {
namespace {

double square(double x) {
  return x * x;
}

/// v at a cell's right and lower neighbours less v there; 0 at the border.
template <class Values>
std::array<double, 2> forward_differences(const Grid& grid, const Values& v, const Index& k) {
  const Index right{k[0] + 1, k[1], 0}, below{k[0], k[1] + 1, 0};
  return {grid.inside(right) ? v[right] - v[k] : 0, grid.inside(below) ? v[below] - v[k] : 0};
}

}  // namespace

double FusionEnergy::huber(double s) const {
  return s <= weights_.huber ? s * s / (2 * weights_.huber) : s - weights_.huber / 2;
}

double FusionEnergy::pointwise(const Field& u, const Field& v) const {
  const auto uu = u.values(), vv = v.values(), f = f_.values(), g = g_.values(),
             a = alpha_.values();
  long double own = 0;
  for (std::size_t i = 0; i < uu.size(); ++i) {
    own += weights_.guidance / 2 * square(vv[i] - g[i]) +
           weights_.foreground / 2 * a[i] * square(uu[i] - f[i]);
  }
  return static_cast<double>(sum(u.grid().comm(), own));
}

double FusionEnergy::operator()(const Field& u, const Field& v) const {
  const Grid& grid = u.grid();
  const Ghosted uu{u}, vv{v};
  long double own = 0;
  for_each_face(JumpRates{grid}, [&](const Index& k, const Index& l, const Crossing&) {
    const double h = 2 * vv[k] * vv[l] / (vv[k] + vv[l]);
    own += h / 2 * square(uu[l] / vv[l] - uu[k] / vv[k]);
  });
  for_each(grid.owned(), [&](const Index& k) {
    const auto [x, y] = forward_differences(grid, vv, k);
    own += weights_.tv * huber(std::hypot(x, y));
  });
  return static_cast<double>(sum(grid.comm(), own)) + pointwise(u, v);
}

Field FusionEnergy::gradient_in_u(const Field& u, const Field& v) const {
  const Ghosted uu{u}, vv{v};
  Field gradient =
      gather(JumpRates{u.grid()}, [&](const Index& k, const Index& l, const Crossing&) {
        const double h = 2 * vv[k] * vv[l] / (vv[k] + vv[l]);
        const double flow = h * (uu[l] / vv[l] - uu[k] / vv[k]);
        return std::pair{-flow / vv[k], flow / vv[l]};
      });
  auto value = gradient.values().begin();
  auto a = alpha_.values().begin(), f = f_.values().begin();
  for (const double level : u.values()) {
    *value++ += weights_.foreground * *a++ * (level - *f++);
  }
  return gradient;
}

Field FusionEnergy::gradient_in_v(const Field& u, const Field& v) const {
  const Grid& grid = u.grid();
  const Ghosted uu{u}, vv{v};
  Field gradient = gather(JumpRates{grid}, [&](const Index& k, const Index& l, const Crossing&) {
    const double a = vv[k], b = vv[l], both = square(a + b);
    const double h = 2 * a * b / (a + b), jump = uu[l] / b - uu[k] / a;
    return std::pair{square(b * jump) / both + h * jump * uu[k] / (a * a),
                     square(a * jump) / both - h * jump * uu[l] / (b * b)};
  });
  // H' / s of each cell, which its two forward differences share.
  const Field slope = fill(grid, [&](const Index& k) {
    const auto [x, y] = forward_differences(grid, vv, k);
    return weights_.tv / std::max(std::hypot(x, y), weights_.huber);
  });
  const Ghosted s{slope};
  const Field variation =
      gather(JumpRates{grid}, [&](const Index& k, const Index& l, const Crossing&) {
        const double flow = s[k] * (vv[l] - vv[k]);
        return std::pair{-flow, flow};
      });
  check(VecAXPY(gradient.vector(), 1, variation.vector()));
  auto value = gradient.values().begin();
  auto g = g_.values().begin();
  for (const double level : v.values()) *value++ += weights_.guidance * (level - *g++);
  return gradient;
}

}  // namespace feller

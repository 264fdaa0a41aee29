#include "solvers/stencil.hpp"

#include <type_traits>

namespace feller {

Stencil::Stencil(Plane plane, int points)
    : plane_{std::move(plane)},
      points_{points},
      entries_(plane_.room() * static_cast<std::size_t>(points), 0.0),
      inverse_(plane_.room(), 0.0) {
  for (std::size_t p = 0; p < steps.size(); ++p) {
    distances_[p] = steps[p][0] + std::ptrdiff_t{steps[p][1]} * plane_.stride();
  }
}

void Stencil::complete() {
  plane_.exchange(entries_, 1, points_);
  for (int j = 0; j < plane_.ny(); ++j) {
    for (int i = 0; i < plane_.nx(); ++i) {
      const std::ptrdiff_t k = place(i, j);
      inverse_[static_cast<std::size_t>(k)] = 1 / row(k)[0];
    }
  }
}

void Stencil::multiply(Values& x, double* y) const {
  plane_.exchange(x, 1);
  const auto products = [&]<int points>(std::integral_constant<int, points>) {
    for (int j = 0; j < plane_.ny(); ++j) {
      const double* a = row(place(0, j));
      const double* here = x.data() + place(0, j);
      for (int i = 0; i < plane_.nx(); ++i, a += points, ++here) {
        double product = 0;
        for (std::size_t p = 0; p < points; ++p) product += a[p] * here[distances_[p]];
        *y++ = product;
      }
    }
  };
  points_ == 5 ? products(std::integral_constant<int, 5>{})
               : products(std::integral_constant<int, 9>{});
}

}  // namespace feller

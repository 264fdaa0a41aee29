#include "solvers/stencil.hpp"

#include <algorithm>

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

template <int points, class Act>
void Stencil::for_each_product(const Values& x, Act&& act) const {
  for (int j = 0; j < plane_.ny(); ++j) {
    const std::ptrdiff_t first = place(0, j);
    const double* a = row(first);
    const double* here = x.data() + first;
    for (int i = 0; i < plane_.nx(); ++i, a += points, ++here) {
      double product = 0;
      for (int p = 0; p < points; ++p)
        product += a[p] * here[distances_[static_cast<std::size_t>(p)]];
      act(static_cast<std::size_t>(first + i), product);
    }
  }
}

void Stencil::multiply(Values& x, Values& y) const {
  plane_.exchange(x, 1);
  const auto store = [&y](std::size_t k, double product) { y[k] = product; };
  points_ == 5 ? for_each_product<5>(x, store) : for_each_product<9>(x, store);
}

void Stencil::residual(Values& x, const Values& b, Values& r) const {
  plane_.exchange(x, 1);
  const auto store = [&](std::size_t k, double product) { r[k] = b[k] - product; };
  points_ == 5 ? for_each_product<5>(x, store) : for_each_product<9>(x, store);
}

/// Red and black for 5 points; by the parities of both numbers for 9.
template <int points>
void Stencil::smooth_colour(Values& x, const Values& b, int colour) const {
  for (int j = 0; j < plane_.ny(); ++j) {
    const int row_number = plane_.start(1) + j;
    if (points == 9 && row_number % 2 != colour / 2) continue;
    const int parity = points == 9 ? colour % 2 : (colour + row_number) % 2;
    const int begin = (plane_.start(0) + parity) % 2;
    const std::ptrdiff_t first = place(begin, j);
    const double* a = row(first);
    double* here = x.data() + first;
    const double* right = b.data() + first;
    const double* inverse = inverse_.data() + first;
    const int count = plane_.nx() - begin;
    for (int i = 0; i < count; i += 2, a += 2 * points) {
      double rest = right[i];
      for (int p = 1; p < points; ++p)
        rest -= a[p] * here[i + distances_[static_cast<std::size_t>(p)]];
      here[i] = rest * inverse[i];
    }
  }
}

void Stencil::smooth(Values& x, const Values& b, bool forth) const {
  const int colours = points_ == 5 ? 2 : 4;
  for (int n = 0; n < colours; ++n) {
    const int colour = forth ? n : colours - 1 - n;
    plane_.exchange(x, 1);
    points_ == 5 ? smooth_colour<5>(x, b, colour) : smooth_colour<9>(x, b, colour);
  }
}

}  // namespace feller

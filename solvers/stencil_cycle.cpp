/// Sweeps of a stencil and the ways to its coarse plane and back, row by row.

#include <algorithm>

#include "solvers/stencil.hpp"

namespace feller {

template <int points>
void Stencil::smooth_cells(Cycle& fine, int begin, int j) const {
  const std::ptrdiff_t first = place(begin, j);
  const double* a = row(first);
  double* x = fine.x.data() + first;
  const double* b = fine.b.data() + first;
  const double* inverse = inverse_.data() + first;
  const int count = plane_.nx() - begin;
  for (int i = 0; i < count; i += 2, a += 2 * points) {
    double rest = b[i];
    for (std::size_t p = 1; p < points; ++p) rest -= a[p] * x[i + distances_[p]];
    x[i] = rest * inverse[i];
  }
}

/// Red and black for 5 points; by the parities of both numbers for 9.
void Stencil::smooth_colour(Cycle& fine, int colour, bool from_zero, int j) const {
  const int row_number = plane_.start(1) + j;
  if (points_ == 9 && row_number % 2 != colour / 2) return;
  const int parity = points_ == 9 ? colour % 2 : (colour + row_number) % 2;
  const int begin = (plane_.start(0) + parity) % 2;
  if (!from_zero || colour > 0) {
    points_ == 5 ? smooth_cells<5>(fine, begin, j) : smooth_cells<9>(fine, begin, j);
    return;
  }
  for (int i = begin; i < plane_.nx(); i += 2) {
    const auto here = static_cast<std::size_t>(place(i, j));
    fine.x[here] = fine.b[here] * inverse_[here];
  }
}

void Stencil::smooth_half(Cycle& fine, Order order, int part, bool from_zero, int j) const {
  const int half = colours() / 2;
  for (int n = part * half; n < (part + 1) * half; ++n) {
    smooth_colour(fine, colour(order, n), from_zero, j);
  }
}

void Stencil::smooth(Cycle& fine, Order order, bool from_zero) const {
  for (int n = 0; n < colours(); ++n) {
    if (!from_zero || n > 0) plane_.exchange(fine.x, 1);
    for (int j = 0; j < plane_.ny(); ++j) smooth_colour(fine, colour(order, n), from_zero, j);
  }
}

template <int points>
void Stencil::residual_cells(Cycle& fine, int begin, int j) const {
  // Of 5 points the second colour has just been solved for: its residual is 0, and stays so.
  constexpr int step = points == 5 ? 2 : 1;
  const std::ptrdiff_t first = place(begin, j);
  const double* a = row(first);
  const double* x = fine.x.data() + first;
  const double* b = fine.b.data() + first;
  double* r = fine.r.data() + first;
  const int count = plane_.nx() - begin;
  for (int i = 0; i < count; i += step, a += step * points) {
    double rest = b[i];
    for (std::size_t p = 0; p < points; ++p) rest -= a[p] * x[i + distances_[p]];
    r[i] = rest;
  }
}

void Stencil::residual_row(Cycle& fine, int j) const {
  if (points_ == 9) {
    residual_cells<9>(fine, 0, j);
  } else {
    residual_cells<5>(fine, (plane_.start(0) + plane_.start(1) + j) % 2, j);
  }
}

void Stencil::restrict_row(const Stencil& coarse, const Weights& weights, const Values& r,
                           Values& b, int cj) const {
  const Plane& plane = coarse.plane();
  const std::ptrdiff_t stride = plane_.stride();
  const std::ptrdiff_t first =
      place(2 * plane.start(0) - plane_.start(0), 2 * (plane.start(1) + cj) - plane_.start(1));
  double* to = b.data() + coarse.place(0, cj);
  const double* from = r.data() + first;
  const double* w = weights.data() + 4 * first;
  const std::ptrdiff_t up = 4 * stride;
  for (int ci = 0; ci < plane.nx(); ++ci, from += 2, w += 8) {
    double sum = from[0] + w[up - 3] * from[stride - 1] + w[up + 4] * from[stride + 1] +
                 w[-up - 1] * from[-stride - 1] + w[-up + 6] * from[-stride + 1];
    if (points_ == 9) {
      sum += w[-3] * from[-1] + w[4] * from[1] + w[up] * from[stride] + w[-up + 2] * from[-stride];
    }
    to[ci] = sum;
  }
}

void Stencil::add_row(const Stencil& coarse, const Weights& weights, const Values& e, Values& x,
                      int j) const {
  const Plane& plane = coarse.plane();
  const int y = plane_.start(1) + j;
  const std::ptrdiff_t up = y % 2 == 1 ? plane.stride() : 0;
  const double* w = weights.data() + 4 * place(0, j);
  double* to = x.data() + place(0, j);
  const double* from = e.data() + coarse.place(-plane.start(0), y / 2 - plane.start(1));
  const int start = plane_.start(0);
  if (up == 0) {
    for (int i = start % 2; i < plane_.nx(); i += 2) to[i] += from[(start + i) / 2];
    for (int i = 1 - start % 2; i < plane_.nx(); i += 2) {
      const double* c = from + (start + i) / 2;
      to[i] += w[4 * i] * c[0] + w[4 * i + 1] * c[1];
    }
    return;
  }
  for (int i = start % 2; i < plane_.nx(); i += 2) {
    const double* c = from + (start + i) / 2;
    to[i] += w[4 * i] * c[0] + w[4 * i + 2] * c[up];
  }
  for (int i = 1 - start % 2; i < plane_.nx(); i += 2) {
    const double* c = from + (start + i) / 2;
    to[i] +=
        w[4 * i] * c[0] + w[4 * i + 1] * c[1] + w[4 * i + 2] * c[up] + w[4 * i + 3] * c[up + 1];
  }
}

void Stencil::descend(const Stencil& coarse, const Weights& weights, Cycle& fine,
                      Values& coarse_b) const {
  // Of 5 points the first colour needs no x.
  if (points_ == 9) std::ranges::fill(fine.x, 0);
  const int ny = plane_.ny(), coarse_ny = coarse.plane().ny();
  if (plane_.is_shared()) {
    smooth(fine, Order::forth, true);
    plane_.exchange(fine.x, 1);
    for (int j = 0; j < ny; ++j) residual_row(fine, j);
    plane_.exchange(fine.r, 1);
    for (int cj = 0; cj < coarse_ny; ++cj) restrict_row(coarse, weights, fine.r, coarse_b, cj);
    return;
  }
  for (int j = 0; j < ny + 3; ++j) {
    if (j < ny) smooth_half(fine, Order::forth, 0, true, j);
    if (j >= 1 && j <= ny) smooth_half(fine, Order::forth, 1, true, j - 1);
    if (j >= 2 && j <= ny + 1) residual_row(fine, j - 2);
    if (j >= 3 && j % 2 == 1) restrict_row(coarse, weights, fine.r, coarse_b, (j - 3) / 2);
  }
}

void Stencil::ascend(const Stencil& coarse, const Weights& weights, Values& e, Cycle& fine) const {
  coarse.plane().exchange(e, 1);
  const int ny = plane_.ny();
  if (plane_.is_shared()) {
    for (int j = 0; j < ny; ++j) add_row(coarse, weights, e, fine.x, j);
    smooth(fine, Order::back, false);
    return;
  }
  for (int j = 0; j < ny + 2; ++j) {
    if (j < ny) add_row(coarse, weights, e, fine.x, j);
    if (j >= 1 && j <= ny) smooth_half(fine, Order::back, 0, false, j - 1);
    if (j >= 2) smooth_half(fine, Order::back, 1, false, j - 2);
  }
}

}  // namespace feller

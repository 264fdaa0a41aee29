#include "solvers/ratio_transport.hpp"

#include <petscdmda.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace feller {
namespace {

constexpr double shortest = 1e-12;  ///< sub-step

/// Faces of an axis that touch an owned cell: the cells below them.
Box below_faces(const Grid& grid, std::size_t axis) {
  Box box = grid.owned();
  const int end = box.start[axis] + box.count[axis];
  const int first = std::max(0, box.start[axis] - 1);
  const int last = std::min(end, grid.axis(static_cast<int>(axis)).cells - 1);
  box.start[axis] = first;
  box.count[axis] = last - first;
  return box;
}

std::ptrdiff_t place(const Box& owned, const Index& cell) {
  return owned.contains(cell) ? owned.offset(cell) : -1;
}

}  // namespace

double half_limited_slope(double upstream, double downstream) {
  if (!(upstream * downstream > 0)) return 0;
  const double a = std::abs(upstream), b = std::abs(downstream);
  return std::copysign(std::min({a, b, (a + 2 * b) / 6}), upstream);
}

RatioTransport::RatioTransport(const Grid& grid, double part)
    : grid_{grid.axes(), 2, grid.comm()},
      part_{part},
      outflow_(static_cast<std::size_t>(grid.owned().size())) {
  const Box& box = grid_.ghosted();
  for (std::size_t a = 0; a < static_cast<std::size_t>(grid.dimension()); ++a) {
    Family family{.stride = a == 0   ? 1
                            : a == 1 ? box.count[0]
                                     : box.count[0] * box.count[1],
                  .faces = {}};
    for_each(below_faces(grid_, a), [&](const Index& k) {
      Index l = k;
      ++l[a];
      family.faces.push_back({.cell = box.offset(k),
                              .owned = place(grid_.owned(), k),
                              .beyond = place(grid_.owned(), l),
                              .before = k[a] > 0,
                              .after = l[a] + 1 < grid_.axis(static_cast<int>(a)).cells});
    });
    families_.push_back(std::move(family));
  }
}

void RatioTransport::make_room(std::size_t width) {
  if (width == width_) return;
  width_ = width;
  mesh_ = {};
  ratio_ = {};
  seen_ = {};
  check(DMDACreateCompatibleDMDA(grid_.mesh(), static_cast<PetscInt>(width), mesh_.put()));
  check(DMCreateGlobalVector(mesh_.get(), ratio_.put()));
  check(DMCreateLocalVector(mesh_.get(), seen_.put()));
}

void RatioTransport::load(const FaceFluxes& fluxes) {
  fluxes_.clear();
  std::ranges::fill(outflow_, 0);
  for (std::size_t a = 0; a < families_.size(); ++a) {
    Field wide{grid_};
    std::ranges::copy(fluxes[a].values(), wide.values().begin());
    const Ghosted near{wide};
    auto& values = fluxes_.emplace_back();
    for (const Face& face : families_[a].faces) {
      const double f = near.values()[static_cast<std::size_t>(face.cell)];
      values.push_back(f);
      const std::ptrdiff_t source = f > 0 ? face.owned : face.beyond;
      if (source >= 0) outflow_[static_cast<std::size_t>(source)] += std::abs(f);
    }
  }
}

/// The longest sub-step with 2 ds outflow <= m at both ends.
double RatioTransport::longest(const std::vector<double>& m,
                               const std::vector<double>& loss) const {
  double ds = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < m.size(); ++i) {
    const double rate = 2 * outflow_[i] + std::max(loss[i], 0.0);
    if (rate > 0) ds = std::min(ds, m[i] / rate);
  }
  return part_ * minimum(grid_.comm(), ds);
}

/// q -> q - ds div(F r), r = q/m, for all q: that of number j in cell i at [i width + j].
void RatioTransport::euler(std::vector<double>& q, const std::vector<double>& m, double ds) {
  double* ratio = nullptr;
  check(VecGetArray(ratio_.get(), &ratio));
  for (std::size_t i = 0; i < q.size(); ++i) ratio[i] = q[i] / m[i / width_];
  check(VecRestoreArray(ratio_.get(), &ratio));
  check(DMGlobalToLocal(mesh_.get(), ratio_.get(), INSERT_VALUES, seen_.get()));
  const double* r = nullptr;
  check(VecGetArrayRead(seen_.get(), &r));
  const auto width = static_cast<std::ptrdiff_t>(width_);
  for (std::size_t a = 0; a < families_.size(); ++a) {
    const auto& [stride, faces] = families_[a];
    for (std::size_t n = 0; n < faces.size(); ++n) {
      const Face& face = faces[n];
      const double f = fluxes_[a][n];
      if (f == 0) continue;
      const double* up = r + width * (face.cell + (f > 0 ? 0 : stride));
      const std::ptrdiff_t with = width * (f > 0 ? stride : -stride);
      const bool limited = f > 0 ? face.before : face.after;
      for (std::ptrdiff_t j = 0; j < width; ++j, ++up) {
        double value = *up;
        if (limited) value += half_limited_slope(*up - up[-with], up[with] - *up);
        const double moved = ds * f * value;
        if (face.owned >= 0) q[static_cast<std::size_t>(width * face.owned + j)] -= moved;
        if (face.beyond >= 0) q[static_cast<std::size_t>(width * face.beyond + j)] += moved;
      }
    }
  }
  check(VecRestoreArrayRead(seen_.get(), &r));
}

int RatioTransport::advance(std::span<Field* const> q, const Field& from, const Field& to,
                            const FaceFluxes& fluxes) {
  make_room(q.size());
  load(fluxes);
  const auto begin = from.values(), end = to.values();
  std::vector<double> m{begin.begin(), begin.end()}, next(m.size()), loss(m.size());
  for (std::size_t i = 0; i < m.size(); ++i) loss[i] = begin[i] - end[i];
  std::vector<double> now(m.size() * width_), then;
  for (std::size_t j = 0; j < width_; ++j) {
    const auto values = std::as_const(*q[j]).values();
    for (std::size_t i = 0; i < m.size(); ++i) now[i * width_ + j] = values[i];
  }
  double s = 0;
  int steps = 0;
  while (s < 1) {
    const double left = 1 - s, most = longest(m, loss);
    if (!(most > shortest)) {
      throw SolverError{"transport of a density: the one that carries it falls too fast in a step"};
    }
    // The last two are alike, so that none is tiny.
    const double ds = left <= most ? left : std::min(most, left / 2);
    s = left <= most ? 1 : s + ds;
    for (std::size_t i = 0; i < m.size(); ++i) {
      next[i] = s == 1 ? end[i] : (1 - s) * begin[i] + s * end[i];
    }
    then = now;
    euler(then, m, ds);
    euler(then, next, ds);
    for (std::size_t i = 0; i < now.size(); ++i) now[i] = (now[i] + then[i]) / 2;
    std::swap(m, next);
    ++steps;
  }
  for (std::size_t j = 0; j < width_; ++j) {
    const auto values = q[j]->values();
    for (std::size_t i = 0; i < m.size(); ++i) values[i] = now[i * width_ + j];
  }
  return steps;
}

}  // namespace feller

#include "studies/flow/decay_fit.hpp"

#include <cmath>

namespace feller {

void DecayFit::add(double time, double value) {
  if (!std::isfinite(value) && points_.empty()) return;  // may start infinite
  ended_ = ended_ || !(value > floor_) || !std::isfinite(value);
  if (ended_) return;
  Sums next = points_.empty() ? Sums{} : points_.back();
  const long double t = time, y = -std::log(value);
  next.time = time;
  next.t += t;
  next.y += y;
  next.tt += t * t;
  next.ty += t * y;
  points_.push_back(next);
}

double DecayFit::window() const {
  return points_.empty() ? 0 : points_.back().time - points_[first()].time;
}

double DecayFit::rate() const {
  const auto count = static_cast<long double>(points_.size() - first());
  if (count < 3) return std::nan("");
  const Sums before = first() == 0 ? Sums{} : points_[first() - 1];
  const Sums& all = points_.back();
  const long double t = all.t - before.t, y = all.y - before.y;
  const long double tt = all.tt - before.tt, ty = all.ty - before.ty;
  return static_cast<double>((count * ty - t * y) / (count * tt - t * t));
}

}  // namespace feller

#pragma once

/// The rate at which something decays late in a run: the slope of -ln y against t by least squares,
/// over the second half of the points.
///
/// The slope is an average of the slopes from point to point with weights > 0, so what bounds each
/// of those bounds it.

#include <vector>

namespace feller {

class DecayFit {
 public:
  /// Points below `floor` say more of round-off than of decay: from the first on they are left out.
  explicit DecayFit(double floor) : floor_{floor} {}

  /// In ascending order of time.
  void add(double time, double value);
  /// [1/T]; NaN with fewer than three points.
  double rate() const;
  /// Time from the first to the last point of the fit.
  double window() const;

 private:
  struct Sums {
    double time = 0;
    long double t = 0, y = 0, tt = 0, ty = 0;  ///< of all points up to this one
  };
  std::size_t first() const { return points_.size() / 2; }

  double floor_;
  bool ended_ = false;
  std::vector<Sums> points_;
};

}  // namespace feller

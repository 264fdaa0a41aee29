#pragma once

/// An equation's tensor and drift at a point and a time, checked; for problems/tensor_rates.hpp.

#include "discretisation/selling.hpp"
#include "problems/equation.hpp"

namespace feller {

class TensorField {
 public:
  /// Refers to its arguments.
  TensorField(const Equation& equation, const Grid& grid, double time,
              const Parameters& parameters);

  /// Throws InputError where D is not finite, not symmetric or not positive semi-definite.
  Tensor diffusion(const Point& x) const;

  /// Selling's decomposition of D_ij / (h_i h_j), h the widths of the cell around x.
  std::vector<OffsetWeight> offsets(const Point& x, const Point& widths) const;

  bool is_singular(const Point& x) const;

  /// D^-1 f in the range of D, and the rest of f, which D cannot carry.
  struct Force {
    Point in_range;
    Point rest;
  };
  Force force(const Point& x, const Point& widths) const;

 private:
  Point fick_drift(const Point& x, const Point& widths) const;
  double component(const Point& x, int i, int j) const;
  double value(const std::string& key, const TimeFunction& f, const Point& x) const;

  const Equation& equation_;
  const Grid& grid_;
  double time_;
  const Parameters& parameters_;
  int dimension_;
};

}  // namespace feller

#pragma once

/// How fast relative entropy and chi-square decay along a flow, and what bounds that.
///
///     I = production of KL = int D |grad ln(u/w)|^2 u      -dKL/dt = I where w is stationary
///     2 KL <= I / lambda                                   logarithmic Sobolev inequality
///
/// so that KL and chi-square fall at least like e^(-2 lambda t), lambda e.g. the least eigenvalue
/// of a convex potential's second derivatives for D = 1 (Bakry & Emery 1985).

#include "studies/flow/decay_fit.hpp"
#include "studies/flow/entropy_flow.hpp"

namespace feller {

class DecayWatch {
 public:
  /// `floor`: chi-square below which it is round-off.
  explicit DecayWatch(double floor);

  /// After a step (or before the first). Collective.
  void look(const EntropyFlow& flow, double time);

  struct Row {
    double fisher = 0;      ///< relative Fisher information int |grad ln(u/w)|^2 u
    double production = 0;  ///< I of the grid's rates
    double ratio = 0;       ///< 2 KL / I [T]; NaN where both are round-off
    double rate_relative_entropy = 0;
    double rate_chi_square = 0;
  };
  const Row& now() const { return now_; }
  /// Largest 2 KL / I so far, and when.
  double largest_ratio() const { return largest_ratio_; }
  double largest_ratio_time() const { return largest_ratio_time_; }
  const DecayFit& chi_square() const { return chi_square_; }
  const DecayFit& relative_entropy() const { return relative_entropy_; }

 private:
  std::unique_ptr<PhiEntropy> kl_;
  std::unique_ptr<PhiEntropy> chi_;
  DecayFit relative_entropy_;
  DecayFit chi_square_;
  Row now_;
  double largest_ratio_ = 0;
  double largest_ratio_time_ = 0;
};

}  // namespace feller

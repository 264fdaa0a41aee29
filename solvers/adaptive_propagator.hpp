#pragma once

/// Steps of a one-step method cut into parts until their error is small enough:
///
///     |m_half - m_whole|_1 / (2^p - 1)  <=  tolerance * part * |m|_1,
///
/// where m_whole is one part of length tau / 2^k, m_half two of half that length (which is kept),
/// and p the order (1 in a damped start). The tolerance is an error in mass per unit of time. Parts
/// are tau / 2^k, so that every matrix is factored once. Backward the parts that were taken forward
/// are replayed, so that duality holds to round-off; each step starts anew, so that a run can be
/// taken up after any step.

#include <functional>
#include <map>

#include "solvers/propagator.hpp"

namespace feller {

class AdaptivePropagator : public Propagator {
 public:
  using Make = std::function<std::unique_ptr<Propagator>(double tau)>;

  /// `make` gives the method for a step. Throws MethodError for one that cannot be cut. Collective.
  AdaptivePropagator(Make make, double tau, double tolerance);

  SolveReport advance(Field& m, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double step() const override { return tau_; }
  /// Of the parts that were taken.
  double stiffness() const override { return stiffness_ > 0 ? stiffness_ : whole().stiffness(); }
  std::vector<double*> gathered() override { return {&stiffness_}; }
  bool is_iterative() const override { return whole().is_iterative(); }
  int order() const override { return whole().order(); }
  double positive_up_to() const override { return whole().positive_up_to(); }
  double contraction(double, double) const override {
    return std::numeric_limits<double>::infinity();
  }
  std::string description() const override;

 private:
  /// Part number `index` of a run cut into parts of tau / 2^level.
  struct Part {
    int level;
    int index;
  };
  static constexpr int finest = 24;

  const Propagator& whole() const { return *levels_.at(0); }
  Propagator& level(int k);
  int levels_to_refine(double error, double allowed) const;

  Make make_;
  double tau_;
  double tolerance_;
  double stiffness_ = 0;
  std::map<int, std::unique_ptr<Propagator>> levels_;
  std::map<int, std::vector<Part>> taken_;  ///< by step
};

}  // namespace feller

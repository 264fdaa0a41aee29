#pragma once

/// One step in time: u(t) -> u(t + tau), the generator's semigroup e^(tau A) or an approximation.
///
///     forward     m_{n+1} = R_n(tau A) m_n        masses of densities and images
///     backward    g_n = R_n(tau A)^T g_{n+1}      expectations: g_n(x) = E[g(X_N) | X_n = x]
///
/// With sources s the state moves about the fixed point m* = -A^-1 s, which every R keeps:
/// m_{n+1} = m* + R_n (m_n - m*). Coefficients in t are taken in the middle of each step.
///
/// One-step methods run backward with the exact transpose of the same matrices, so that
/// <g, R p> = <R^T g, p> to round-off. R_n is the same for every n but for a damped start; bdf2
/// looks two steps back and has no such transpose.

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "solvers/linear_solver.hpp"

namespace feller {

class Propagator {
 public:
  static constexpr int exact = std::numeric_limits<int>::max();  ///< order of an exact exponential

  virtual ~Propagator() = default;

  /// Advances the masses m by step `n`, counted from 0. Collective; throws SolverError.
  virtual SolveReport advance(Field& m, int n) = 0;
  /// The transpose of step `n` (without sources), applied to g. Collective; throws
  /// SolverError, and MethodError for a method that has none.
  virtual SolveReport advance_backward(Field& g, int n) = 0;
  /// To be called with the masses that the first step begins with, before anything is written.
  /// Throws MethodError where the method cannot keep its error small from there. Collective.
  virtual void start_from(const Field&) {}
  /// The same with the terminal data of backward steps.
  virtual void start_backward_from(const Field&) {}
  /// Length of a step [T].
  virtual double step() const = 0;
  /// tau max|A_KK|, of all the generators that were used.
  virtual double stiffness() const = 0;
  /// What the next step needs beside the state, for a checkpoint.
  virtual std::vector<Field*> memory() { return {}; }
  /// Numbers that it gathers over the steps, for a checkpoint.
  virtual std::vector<double*> gathered() { return {}; }
  /// True if steps are solved to a tolerance, not to round-off.
  virtual bool is_iterative() const = 0;
  /// Order in time; `exact` if there is no error but round-off and `truncation`.
  virtual int order() const = 0;
  /// Of step `n`, where the first ones are taken otherwise.
  virtual int order_at(int) const { return order(); }
  /// Error of the mass a step that an exponential was asked to stop at; 0 for none but round-off.
  virtual double truncation() const { return 0; }
  /// Largest tau max|A_KK| up to which R(tau A) is non-negative with column sums 1, so that
  /// positivity, contraction in L1 and the decay of every convex entropy are theorems.
  virtual double positive_up_to() const = 0;
  /// max |R(-tau lambda)| for low <= lambda <= high: contraction in the norm of chi-square of a
  /// reversible generator with these eigenvalues; infinite where there is no such statement.
  virtual double contraction(double low, double high) const = 0;
  /// What it does and with which solver, for the user.
  virtual std::string description() const = 0;

  /// Why it was chosen, if it was not asked for by name.
  const std::string& reason() const { return reason_; }
  void set_reason(std::string words) { reason_ = std::move(words); }

 private:
  std::string reason_;
};

/// A propagator by its name: what `time.method` can be.
struct PropagatorEntry {
  std::string_view name;
  std::string_view meaning;
  /// The generator must outlive what is made. Collective; throws MethodError where it does not fit.
  std::unique_ptr<Propagator> (*make)(const Generator&, double tau, const SolverOptions&);
  /// No error in time but `SolverOptions::truncation`.
  bool exact = false;
};

std::span<const PropagatorEntry> propagators();

/// The propagator of that name, or the one that `auto` means (solvers/choose_propagator.hpp); with
/// the generator's sources, if it has any.
std::unique_ptr<Propagator> make_propagator(std::string_view name, const Generator& generator,
                                            double tau, const SolverOptions& options);

/// Takes out of masses of one sign what rounding added to their sum; how much, over |m|_1.
/// Collective.
double restore_mass(Field& m, double wanted);

/// Two solves of one step as one: iterations and errors add up.
SolveReport operator+(const SolveReport& a, const SolveReport& b);

}  // namespace feller

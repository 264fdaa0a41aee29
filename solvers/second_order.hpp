#pragma once

/// Implicit methods of order 2 in time, each with one matrix for all its solves.
///
///     crank_nicolson   (I - tau/2 A) u_{n+1} = (I + tau/2 A) u_n       R(z) = (1 + z/2)/(1 - z/2)
///     sdirk2           (I - g tau A) v = u_n,   g = 1 - 1/sqrt 2
///                      (I - g tau A) u_{n+1} = u_n + (1-g)/g (v - u_n)
///                                                        R(z) = (1 + (1-2g) z)/(1 - g z)^2
///     bdf2             (I - 2/3 tau A) u_{n+1} = (4 u_n - u_{n-1})/3
///
/// No linear method of order 2 is positive for every step: R(tau A) >= 0 holds for tau max|A_KK| up
/// to 2 (crank_nicolson) and 1 + sqrt 2 (sdirk2), and for no step of bdf2 in general.
/// Crank-Nicolson hardly damps stiff modes (R -> -1), so its first two steps are four half steps of
/// implicit Euler, with the same matrix (Rannacher 1984). References: Alexander 1977; Bolley &
/// Crouzeix 1978.

#include "solvers/implicit_euler.hpp"

namespace feller {

/// What the three share: the step and a solver of (I - share tau A) x = b.
class SecondOrder : public Propagator {
 public:
  double step() const override { return tau_; }
  double stiffness() const override { return tau_ * generator_.largest_outflow(); }
  bool is_iterative() const override { return solver_.is_iterative(); }
  int order() const override { return 2; }
  std::string description() const override;

 protected:
  SecondOrder(std::string name, const Generator& generator, double tau, double share,
              const SolverOptions& options);

  std::string name_;
  const Generator& generator_;
  double tau_;
  LinearSolver solver_;
  Field work_;
};

class PlainCrankNicolson : public SecondOrder {
 public:
  PlainCrankNicolson(const Generator& generator, double tau, const SolverOptions& options);

  SolveReport advance(Field& u, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double positive_up_to() const override { return 2; }
  double contraction(double low, double high) const override;
};

/// With the damped start.
class CrankNicolson : public PlainCrankNicolson {
 public:
  using PlainCrankNicolson::PlainCrankNicolson;
  SolveReport advance(Field& u, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  int order_at(int n) const override { return n < damped_steps ? 1 : order(); }
  double contraction(double low, double high) const override;

 private:
  static constexpr int damped_steps = 2;
};

class Sdirk2 : public SecondOrder {
 public:
  Sdirk2(const Generator& generator, double tau, const SolverOptions& options);

  SolveReport advance(Field& u, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double positive_up_to() const override;
  double contraction(double low, double high) const override;

 private:
  Field stage_;
};

class Bdf2 : public SecondOrder {
 public:
  Bdf2(const Generator& generator, double tau, const SolverOptions& options);

  SolveReport advance(Field& u, int n) override;
  SolveReport advance_backward(Field& g, int n) override;
  double positive_up_to() const override { return 0; }
  double contraction(double, double) const override {
    return std::numeric_limits<double>::infinity();
  }
  std::vector<Field*> memory() override { return {&before_}; }

 private:
  SolverOptions options_;
  Field before_;  ///< u_{n-1}
};

}  // namespace feller

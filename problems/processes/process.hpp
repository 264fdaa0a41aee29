#pragma once

/// Diffusions whose law is known at every time.
///
///     dX = mu dt + sigma dW  (Ito),   D = sigma sigma^T / 2
///     dp/dt = -sum_a d_a J_a,   J_a = mu_a p - sum_b d_b (D_ab p)
///
/// No flux crosses the border of the support. Where D is constant, Ito's reading of the equation
/// is also Stratonovich's and Fick's; where it varies, a discretisation must take Ito's.
///
/// Times are those of the study: 0 is where its initial density is taken. (C. W. Gardiner,
/// Handbook of Stochastic Methods, chapters 3 to 5.)

#include <functional>
#include <memory>
#include <optional>

#include "problems/processes/law.hpp"

namespace feller {

class Mixture;

class Process {
 public:
  virtual ~Process() = default;

  virtual int dimension() const = 0;
  /// Where the process lives: all of space, or bounded by borders that it does not reach.
  virtual Region support() const { return {}; }

  /// mu_a(x) [L/T].
  virtual double drift(int axis, const Point& x) const = 0;
  /// D_ab(x) [L^2/T], symmetric.
  virtual double diffusion(int a, int b, const Point& x) const = 0;
  virtual bool constant_diffusion() const { return true; }
  virtual bool diagonal_diffusion() const { return true; }
  /// U [L^2/T] with mu = -grad U, where D is one constant number; an empty function otherwise.
  virtual std::function<double(const Point&)> potential() const { return {}; }

  /// The law at a time >= 0; null where it is not known.
  virtual std::unique_ptr<Law> law(double time) const = 0;
  /// The law at age 0 of a process that only shrinks and blurs it, where it may have components
  /// without width (points); null for the others.
  virtual std::unique_ptr<Mixture> population() const;
  /// How long before a time that was: problem.start is the age at time 0.
  virtual double age(double time) const { return time; }
  /// The law that stays as it is; null if there is none.
  virtual std::unique_ptr<Law> stationary() const { return nullptr; }
  /// int p ln(p/q) with the stationary law q; none where either is unknown.
  virtual std::optional<double> relative_entropy(double) const { return std::nullopt; }

  /// Upper bound of the probability beyond a box, exact or of the same size; 1 if nothing is known.
  virtual double mass_outside(const Region& box, double time) const;

  /// J_a(x) of the stationary state [1/(L^(d-1) T)]; 0 in detailed balance.
  virtual double stationary_current(int, const Point&) const { return 0; }
  /// Entropy production of the stationary state, int J^T D^-1 J / q [1/T]; 0 in detailed balance.
  virtual double entropy_production() const { return 0; }
};

}  // namespace feller

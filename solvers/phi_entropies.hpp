#pragma once

/// phi-entropies of a density u relative to another, w: what every Markov step decreases.
///
///     D(u|w) = int w phi(u/w),      phi convex, phi(1) = phi'(1) = 0
///
/// All but one are powers,  phi_a(x) = (x^a - a x + a - 1) / (a (a - 1)),  with the limits
/// phi_1 = x ln x - x + 1  and  phi_0 = x - 1 - ln x:
///
///     relative_entropy           phi_1         int u ln(u/w), for equal masses
///     reverse_relative_entropy   phi_0         int w ln(w/u), for equal masses
///     chi_square                 2 phi_2       int (u - w)^2 / w
///     reverse_chi_square         2 phi_-1      int (u - w)^2 / u
///     hellinger                  phi_1/2 / 4   1/2 int (sqrt u - sqrt w)^2
///     renyi (of order a)         phi_a, shown as ln(1 + a (a - 1) D / mass) / (a - 1), which rises
///                                with D:  ln(int u^a w^(1-a)) / (a - 1) for mass 1
///     total_variation            |x - 1| / 2   1/2 int |u - w|
///
/// The affine part of phi makes every cell's share >= 0 and free of cancellation. Everything is
/// evaluated through ln u and ln w, so that nothing over- or underflows that the result does not;
/// 0 ln 0 = 0; where u or w vanishes alone the result may be infinite, and where u < 0 it is NaN
/// but for chi_square and total_variation. References: Csiszar 1967; Jüngel 2016, Entropy Methods.

#include <memory>
#include <span>
#include <string_view>

#include "discretisation/field.hpp"

namespace feller {

class PhiEntropy {
 public:
  virtual ~PhiEntropy() = default;

  /// w phi(u/w).
  virtual double term(double u, double log_w) const = 0;
  /// g d(f/g | b) of the Bregman distance  d(a|b) = phi(a) - phi(b) - phi'(b) (a - b) >= 0.
  virtual double distance(double log_f, double log_g, double log_b) const = 0;
  /// phi'(x), and phi(x) - x phi'(x): what a change of u, and one of w, does to w phi(u/w).
  virtual double slope(double log_x) const = 0;
  virtual double intercept(double log_x) const = 0;
  /// The number that people know, rising with D; `mass` is that of both densities.
  virtual double shown(double divergence, double) const { return divergence; }

  double phi(double x) const { return term(x, 0); }
};

/// D(u|w). Collective.
double divergence(const PhiEntropy& entropy, const Field& u, const Field& log_w);

/// A phi-entropy by its name.
struct PhiEntropyEntry {
  std::string_view name;
  std::string_view symbol;
  std::string_view meaning;  ///< "name: formula"
  /// `order` is Renyi's, > 0.
  std::unique_ptr<PhiEntropy> (*make)(double order);
};

std::span<const PhiEntropyEntry> phi_entropies();

/// The entry of that name, which must exist.
const PhiEntropyEntry& phi_entropy(std::string_view name);

}  // namespace feller

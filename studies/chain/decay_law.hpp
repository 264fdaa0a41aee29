#pragma once

/// How the chain's relative entropies end, as a_i falls (n axes; kappa: cumulants of U_0):
///
///     KL(p_i | N(0, I))           a   |m|^2 / 2             where the mean is not 0, else
///                                 a^2 |Sigma - I|_F^2 / 4   where the covariance is not I
///     KL(p_i | running normal)    a^3 kappa_3^2 / 12        n = 1; where kappa_3 is not 0, else
///                                 a^4 kappa_4^2 / 48
///
/// each times 1 + c a + .. . From the expansions for a normal law and of Edgeworth, with E3 a bound
/// of the third cumulants, E |X - m|^3:
///
///     c_1 = |Sigma - I|_F^2 / (2 |m|^2)     c_2 = (2 |tr (Sigma - I)^3| + E3^2/3) / |Sigma -
///     I|_F^2 c_3 = 3 |Sigma - 1| + kappa_4^2 / (4 kappa_3^2)     c_4 = 4 |Sigma - 1|
///
/// A law of power s is looked for where c a <= 0.01, so that the slope is within 0.01 of s, and
/// where the entropy is larger than what round-off and the box leave of it.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "discretisation/field.hpp"
#include "io/check.hpp"
#include "problems/processes/law.hpp"

namespace feller {

struct PowerLaw {
  int power = 0;
  std::string prefactor_words;  ///< "|m|^2/2"
  double prefactor = 0;
  double correction = 0;  ///< c

  static constexpr double nearly = 0.01;
  double highest() const;             ///< a below which it holds to 1 %
  double lowest(double floor) const;  ///< a at which the entropy comes down to `floor`
  /// How many of these a lie between.
  int points(std::span<const double> a, double floor) const;
};

/// Nothing for a law that is N(0, I) up to second moments. `initial` are cell means of the law.
/// Collective.
std::optional<PowerLaw> decay_to_standard_normal(const Law& law, const Field& initial);
/// Nothing for a normal law (up to fourth moments). Collective.
std::optional<PowerLaw> decay_to_running_normal(const Field& initial);

/// Slope and prefactor of entropies D(a) in the window of a law.
struct PowerFit {
  int points = 0;
  double slope = 0;      ///< of ln D over ln a, least squares
  double prefactor = 0;  ///< geometric mean of D / a^s
};
PowerFit fit(const PowerLaw& law, std::span<const double> a, std::span<const double> entropies,
             double floor);

/// Names begin with `name`. The grid makes the variance 1 + h^2/12 of 1, and prefactors
/// (1 + h^2/12)^-s of 1.
Checks decay_checks(const std::string& name, const std::string& entropy, const PowerLaw& law,
                    const PowerFit& found, double floor, double h);

}  // namespace feller

#pragma once

/// Two chains that a map T ties together: one from f, one from T f with the noise T G_i. If T is a
/// permutation of pixels or any other orthogonal map,
///
///     T U_i(f; G) = U_i(T f; T G),         and T G is white noise again           (Property 4)
///
/// because (4) treats all pixels alike and apart. Reference: Peter 2023, Proposition 3.

#include <functional>

#include "solvers/pixel_chain.hpp"

namespace feller {

/// How the second chain differs from T of the first, and by how much at most.
struct Apart {
  double cells = 0;    ///< that are not bitwise the same
  double largest = 0;  ///< |difference|
  double size = 0;     ///< largest |T U_i|
};

/// Collective.
Apart apart(const Field& a, const Field& b);

/// A map of fields.
using FieldMap = std::function<Field(const Field&)>;
/// One step of a chain, given its move and its white noise.
using ChainStep = std::function<void(Field& u, const ChainMove&, const Field& white)>;
/// The noise of the second chain in a step, given that of the first.
using NoiseOf = std::function<Field(const NoiseKey&, const Field& white)>;

/// By (4).
void plain_step(Field& u, const ChainMove& move, const Field& white);
/// With noise that neighbours share: (G(x, y) + G(x + 1, y)) / sqrt 2.
void correlated_step(Field& u, const ChainMove& move, const Field& white);
/// With a beta that falls to its half from left to right, to beta times this share.
double share_of_beta(double column, double columns);
void varying_step(Field& u, const ChainMove& move, const Field& white);

class TiedChains {
 public:
  /// From f and T f. Collective.
  TiedChains(const Field& f, FieldMap map, NoiseOf noise, ChainStep step = plain_step);

  /// Collective, as all.
  void advance(NoiseKey key, const ChainMove& move);
  Apart apart() const { return feller::apart(map_(first_), second_); }
  const Field& first() const { return first_; }
  const Field& second() const { return second_; }

 private:
  FieldMap map_;
  NoiseOf noise_;
  ChainStep step_;
  Field first_, second_;
};

}  // namespace feller

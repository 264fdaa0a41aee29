#pragma once

/// Pictures of which some pixels K are known up to noise: c = y_K + sigma eps. That is z_K at the
/// time sigma^2, so that z_K(t) = c + sqrt(t - sigma^2) eps afterwards.
///
/// The law of y given c is that of the same pictures with the weights
///
///     w_k prod_(i in K) N(c_i; m_ki, sigma^2)                                        exact
///
/// The replacement method, usual for completing pictures, runs the process of all pictures and puts
/// c + sqrt(t - sigma^2) eps in the place of z_K after each step, as long as t > sigma^2. What it
/// takes into account is z_K(t), not c: while t is large, z_K(t) hardly tells pictures apart that
/// differ little in K. Where these differ much elsewhere, the choice among them falls at such t, by
/// the weights w_k alone.

#include <cstdint>

#include "solvers/reverse_particles.hpp"

namespace feller {

struct KnownPixels {
  std::vector<std::size_t> pixels;  ///< K, by their place in a picture
  std::vector<double> values;       ///< c
  double sd = 0;                    ///< sigma
};

/// The left half of a picture of this width, with noise drawn from the seed.
KnownPixels known_left_half(const Clusters& pictures, std::size_t which, int width, double sd,
                            std::uint64_t seed);

/// Mean over K of (u - c)^2, of a picture; of particle p of a block of `count`.
double known_distance(const KnownPixels& known, const Clusters& pictures, std::size_t k);
double known_distance(const KnownPixels& known, const std::vector<double>& z, std::size_t count,
                      std::size_t p);

/// The exact weights of y given c, scaled to the sum 1, by their definition in long double.
std::vector<double> exact_choice(const Clusters& pictures, const KnownPixels& known);

/// c + sqrt(t - sigma^2) eps in the place of the known pixels of particles first ..., if t is later
/// than sigma^2. The noise depends on seed, step and particle.
void replace_known(const KnownPixels& known, std::uint64_t seed, std::size_t step, double t,
                   std::uint64_t first, std::size_t count, std::vector<double>& z);

/// How far pictures differ in the known pixels against elsewhere: the largest ratio of |m_k -
/// m_j|^2 over K to that over the other pixels, among these pictures.
double known_against_unknown(const Clusters& pictures, const KnownPixels& known,
                             const std::vector<std::size_t>& among);

}  // namespace feller

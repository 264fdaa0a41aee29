#pragma once

/// The mutual information of McAllester (12), and (11) as printed, with z(t_0) in the integrand:
///
///     I(y; z(t)) = int_t^inf mmse(s)/(2 s^2) ds = H(z(t)) - H(z(t)|y)
///     reading A    E[y|s, z(t_0)] is the posterior at the level t_0:   mmse(t_0)/(2 t_0)
///     reading B    it is the posterior of the level s, taken at z(t_0):
///                  int_{t_0}^inf (mmse(t_0) + E(E[y|t_0,z] - E[y|s,z])^2)/(2 s^2) ds,  z = z(t_0)

#include <span>
#include <vector>

#include "studies/score/noised.hpp"

namespace feller {

/// From where on integrals over the noise are taken in snr.
double far_noise(const Noised& noised);

/// At ascending t, by quadrature; to about 1e-11.
std::vector<double> information_by_mmse(const Noised& noised, std::span<const double> times);
/// H(z(t)) - 1/2 ln(2 pi e t).
double information_by_entropy(const Noised& noised, double t);

double reading_a(const Noised& noised, double t);
double reading_b(const Noised& noised, double t);

}  // namespace feller

#pragma once

/// Flux weights B: how the current across a face mixes its two cells.
///
/// The current J = b u - D grad u across a face K|L with centre distance h and Peclet number
/// z = b h / D (b from K to L) becomes
///
///     J = (D/h) [ B(-z) u_K - B(z) u_L ],     B > 0,  B(0) = 1,  B(-z) - B(z) = z.
///
/// | weight             | B(z)            | properties                                            |
/// |--------------------|-----------------|-------------------------------------------------------|
/// | scharfetter_gummel | z / (e^z - 1)   | B(-z)/B(z) = e^z: Gibbs states exactly stationary     |
/// | central            | 1 - z/2         | positive only while |z| < 2; the osmosis stencil      |
/// | upwind             | 1 + max(-z, 0)  | positive, first order                                 |
/// | sqra               | e^(-z/2)        | B(-z)/B(z) = e^z, but B(-z) - B(z) = z only to O(z^3) |
///
/// Every weight is finite for every finite z; scharfetter_gummel, upwind and sqra are also positive
/// (at least the smallest normal number), so that no face is ever cut.
/// References: Scharfetter & Gummel 1969; Chang & Cooper 1970; Chainais-Hillairet & Droniou 2011;
/// Lie, Fackeldey & Weber 2013 (square-root approximation).

#include <span>
#include <string_view>

namespace feller {

double scharfetter_gummel(double z);
double central(double z);
double upwind(double z);
double sqra(double z);

/// A weight and what it promises.
struct FluxWeight {
  std::string_view name;
  double (*weight)(double z);
  bool balanced;  ///< B(-z)/B(z) = e^z, so that a potential gives detailed balance
  std::string_view meaning;

  double operator()(double z) const { return weight(z); }
};

std::span<const FluxWeight> flux_weights();

/// The weight of that name, which must exist.
const FluxWeight& flux_weight(std::string_view name);

}  // namespace feller

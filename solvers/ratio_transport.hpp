#pragma once

/// Transport of a density q in a flow that carries another one, p > 0, seen as transport of the
/// ratio r = q/p:
///
///     dm_K/ds = - sum over faces of F,        m = mass of p, linear in s from one end to the other
///     dq_K/ds = - sum over faces of F r_face,                          0 <= s <= 1, F constant
///
/// so that r = 1 stays r = 1, whatever the flow, and mass is kept. r_face is r of the cell upstream
/// plus half of Koren's limited slope (third order where r is smooth and monotone), along each axis
/// for itself; steps are those of the strong-stability-preserving Runge-Kutta method of order 2.
///
/// With sub-steps ds that satisfy  2 ds (what flows out of K) <= m_K  at both of their ends, every
/// stage makes r_K a convex combination of r in K and its neighbours, in any dimension: r stays in
/// its range (q positive, if the fluxes are not those of p). Sub-steps are as long as that allows.
///
/// References: Koren 1993 (limiter); Shu & Osher 1988 (time); Sweby 1984 (the convex combination).

#include <span>
#include <vector>

#include "discretisation/field.hpp"

namespace feller {

/// Half of Koren's limited slope between differences on the same side: upstream, downstream.
double half_limited_slope(double upstream, double downstream);

/// What flows through the upper face of each cell along each axis while s goes from 0 to 1 [M];
/// 0 at the border.
using FaceFluxes = std::vector<Field>;

class RatioTransport {
 public:
  /// Equal cells, no periodic axes. Sub-steps take this part, at most 1, of what is allowed.
  /// Collective.
  explicit RatioTransport(const Grid& grid, double part = 1);

  /// Moves the masses of several q, all at once, while those of p go from `from` to `to`. Returns
  /// the number of sub-steps. Collective; throws SolverError where p falls by more than about e^25.
  int advance(std::span<Field* const> q, const Field& from, const Field& to,
              const FaceFluxes& fluxes);

 private:
  struct Face {
    std::ptrdiff_t cell;    ///< K in the ghosted box; the cell beyond the face is `stride` further
    std::ptrdiff_t owned;   ///< K among the owned cells, or -1
    std::ptrdiff_t beyond;  ///< the same of L
    bool before, after;     ///< whether there is a cell before K, after L
  };
  struct Family {
    std::ptrdiff_t stride;
    std::vector<Face> faces;
  };

  void make_room(std::size_t width);
  void load(const FaceFluxes& fluxes);
  double longest(const std::vector<double>& m, const std::vector<double>& loss) const;
  void euler(std::vector<double>& q, const std::vector<double>& m, double ds);

  Grid grid_;  ///< with two layers of ghosts
  double part_;
  std::size_t width_ = 0;  ///< ratios a cell
  MeshHandle mesh_;        ///< the grid's with so many numbers a cell
  VectorHandle ratio_;
  VectorHandle seen_;  ///< the ratios with ghosts
  std::vector<Family> families_;
  std::vector<std::vector<double>> fluxes_;  ///< of each family's faces
  std::vector<double> outflow_;
};

}  // namespace feller

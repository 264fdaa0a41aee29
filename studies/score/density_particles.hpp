#pragma once

/// Particles of reverse processes against densities on a grid: the same motions from the same
/// start, in x = z/sqrt(1 + t).

#include <functional>

#include "io/check.hpp"
#include "solvers/estimate.hpp"
#include "studies/score/reverse_counts.hpp"
#include "studies/score/reverse_density_rung.hpp"

namespace feller {

/// What the particles of one motion did.
struct ParticleEnd {
  CellCounts counts;                     ///< on the coarsest grid
  std::vector<Estimate> mean, variance;  ///< by axis
};

/// Of every motion but the doubled drift, by Heun's scheme on the time grid of the finest rung.
/// `tell` hears the part that this rank has done. Collective.
std::vector<ParticleEnd> run_particles(const Grid& grid, const Clusters& clusters,
                                       const DensityPlan& plan,
                                       const std::function<void(double)>& tell);

/// Cells, means and variances against the densities of the finest rung. `grid` is the coarsest.
/// Collective.
Checks particle_checks(const DensityPlan& plan, const std::vector<ParticleEnd>& particles,
                       const DensityRung& finest, const Grid& grid);

}  // namespace feller

#pragma once

/// What the study reverse_density leaves behind:
///
///     density                     at t_0 against the exact law, on the coarsest cells
///     path                        the family on the way back, against ln(T/t)
///     kl                          KL(q_t|p_t) on the way back, finest rung
///     ladder, entropies, steps    errors with their orders, KL at t_0, differences in time

#include "studies/experiment.hpp"
#include "studies/score/reverse_density_checks.hpp"

namespace feller {

FileLayout density_layout(const Experiment& experiment, const DensityPlan& plan);

/// Of the masses of any rung. Collective, as all of these.
void record_path(Recorder& record, const DensityPlan& plan, double t, std::span<const Field> q);
void record_ladder(Recorder& record, const DensityPlan& plan, const DensityLadder& ladder);
void record_densities(Recorder& record, const Field& exact, const DensityPlan& plan,
                      const DensityRung& finest);
void record_entropies(Recorder& record, const DensityPlan& plan, const DensityRung& finest);

}  // namespace feller

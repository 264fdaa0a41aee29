#pragma once

/// In one dimension the probability flow keeps quantiles: with F_t the distribution function of
/// p_t,
///
///     F_t(z(t)) is the same at every t along  dz = (1/2) s_t(z) dt, backwards,
///
/// wherever z starts. On a ladder of time grids: the root mean square of F_t0(z) - F_T(z_T).

#include "problems/processes/process.hpp"
#include "studies/score/reverse_checks.hpp"

namespace feller {

/// One number a level. Collective.
std::vector<double> quantile_errors(MPI_Comm comm, ReverseParticles& particles,
                                    const Process& process, const LadderPlan& plan,
                                    const ReverseMotion& motion);

/// Order of the errors on the finest two grids, their size on the finest. `doubled`, with twice the
/// drift, is the control.
Judged quantile_checks(const ReverseLaw& law, const LadderPlan& plan,
                       const std::vector<double>& errors, const std::vector<double>& doubled);

}  // namespace feller

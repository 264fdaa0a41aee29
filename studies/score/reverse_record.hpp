#pragma once

/// What the study `reverse` leaves behind: tables on the ladder of time grids, densities at t_0.

#include "studies/experiment.hpp"
#include "studies/score/reverse_checks.hpp"

namespace feller {

FileLayout reverse_layout(const Experiment& experiment, const ReverseLaw& law,
                          const std::vector<NamedMotion>& motions);

/// Second moments, what halving the steps changes in them, and of a normal population KL(q|p).
void record_ladder(Recorder& record, const ReverseLaw& law, const LadderPlan& plan,
                   const std::vector<NamedMotion>& motions,
                   const std::vector<LadderResult>& results);

/// In one dimension as curves, so that they share a picture. `exact` holds means of cells.
void record_densities(Recorder& record, const Law& law, const Field& exact,
                      const std::vector<CellCounts>& counts);

/// How KL(q|p) of the printed noise tends to its limit; of a normal population.
void record_horizons(Recorder& record, const ReverseLaw& law, const LadderPlan& plan,
                     const std::vector<NamedMotion>& motions);

}  // namespace feller

#pragma once

/// What the study signed_guidance claims (V11, control of the guidance as it is written).

#include <cstdint>
#include <vector>

#include "studies/experiment.hpp"
#include "studies/osmosis/offset_guidance.hpp"

namespace feller {

/// Eigenvalues of smaller size are round-off of the dense solver.
inline constexpr double eigenvalue_tolerance = 1e-9;

inline constexpr const char* guidance_misprint =
    "Peter 2023, section 4.2 (guidance is a standard normal noise sample)";

/// Of one noise image: offsets are distances from c_0 = -min v, where positivity ends.
struct OffsetFindings {
  double critical;    ///< c_0
  double positivity;  ///< |c - c_0| / max(1, |c_0|), c where the sign pattern was seen to change
  double onset;       ///< how far below growth starts
  double as_written;  ///< largest real part of an eigenvalue at c = 0
};

/// Distances from c_0 at which gap and growth are compared, ascending.
inline constexpr double closing_distances[]{1e-6, 1e-5, 1e-4, 1e-3, 1e-2};

/// Real parts of the leading eigenvalue at these distances above and below c_0.
struct Closing {
  std::vector<double> above, below;
};
Closing closing_of(const OffsetGuidance& guidance);

/// Of lines and planes, one of each for a seed. Collective.
void add_positivity_checks(Experiment& experiment, const std::vector<OffsetFindings>& lines,
                           const std::vector<OffsetFindings>& planes);
void add_line_checks(Experiment& experiment, const std::vector<OffsetGuidance>& lines,
                     const std::vector<Closing>& closings);
void add_plane_checks(Experiment& experiment, const std::vector<Closing>& closings,
                      const std::vector<OffsetFindings>& planes);
void add_resolvent_checks(Experiment& experiment, const OffsetGuidance& line,
                          const OffsetGuidance& plane);

/// A plane at an offset where growth is hidden by implicit Euler with tau = 1. Collective.
void add_hidden_growth_check(Experiment& experiment, const OffsetGuidance& plane, double offset);

/// The problem's own guidance, as it is: its eigenvalues, the exact flow, and implicit Euler with
/// the schedule's step and with one so long that it looks convergent.
void add_as_written_checks(Experiment& experiment, const Schedule& schedule,
                           const std::vector<OffsetFindings>& planes);

}  // namespace feller

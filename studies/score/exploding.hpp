#pragma once

/// Whether a problem is McAllester's process (1), z(t) = y + sqrt(t) eps.

#include <optional>

#include "problems/processes/process.hpp"
#include "studies/experiment.hpp"

namespace feller {

/// In any dimension.
bool is_exploding(const Process& process);

/// That process, on a line. Throws InputError for any other problem.
const Process& exploding_process(const Experiment& experiment);

/// Var y if y is normal: by Cramer and Rao's bound, J(z(t)) Var z(t) = 1 for normal laws alone.
/// `t` > 0.
std::optional<double> normal_variance(const Process& process, double t);

}  // namespace feller

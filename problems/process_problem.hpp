#pragma once

/// A process with closed forms (problems/processes/process.hpp) as a problem on a grid: its
/// equation in the Ito form, and its exact law in cell means.

#include "problems/problem.hpp"
#include "problems/processes/registry.hpp"

namespace feller {

/// The exact means of a law over the cells. Collective.
Field cell_means(const Law& law, const Grid& grid);

std::unique_ptr<ProblemKind> process_problem(const ProcessEntry& entry);

}  // namespace feller

#pragma once

/// How the polynomial of an exponential ends.

#include <string>
#include <vector>

namespace feller {

/// Leaves out non-negative weights at the end whose sum is at most half of the truncation, and
/// scales the others to their old sum: with f_k that do not enlarge, the sum of weight_k f_k
/// changes by at most the truncation times the old sum, half from either.
void truncate(std::vector<double>& weights, double truncation);

/// The most that an exponential may leave out, whatever is asked for: more would leave nothing.
constexpr double coarsest_truncation = 1e-2;

/// ", to 1e-4", or nothing for 0.
std::string truncation_words(double truncation);

}  // namespace feller

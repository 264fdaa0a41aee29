#pragma once

/// A histogram as a population: a mixture of uniform laws, one a bin,
///
///     p(y) = sum_b w_b 1{y in B_b}/|B_b|,   w_b = m_b / sum_c m_c,
///
/// whose law under normal noise is in closed form (Spread: differences of error functions). Empty
/// bins are left out. Files: io/histogram.hpp.

#include <filesystem>
#include <string>
#include <vector>

#include "io/parameters.hpp"
#include "problems/processes/mixture.hpp"

namespace feller {

/// More would make every density a sum that takes too long.
inline constexpr std::size_t most_bins = 10000;

/// The bins that are not empty, weights of the sum 1, on all ranks; a line says how many and what
/// they were divided by. Throws InputError that names `key`. Collective.
std::vector<Component> histogram_population(const Parameters& parameters, const std::string& key,
                                            const std::filesystem::path& file,
                                            const std::string& dataset, int dimension);

}  // namespace feller

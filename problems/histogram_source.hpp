#pragma once

/// Densities from files of bins, every complaint naming the parameter that named the file.

#include <filesystem>
#include <string>

#include "discretisation/field.hpp"
#include "io/parameters.hpp"

namespace feller {

/// The histogram of a file on a grid: cell means, not scaled to mass 1 (see problems/remap.hpp).
/// Of its mass, a share of up to 1e-3 may lie beyond the grid, with a warning above 1e-12.
/// Throws InputError on all ranks. Collective.
Field histogram_density(const Parameters& parameters, const std::string& key,
                        const std::filesystem::path& file, const std::string& dataset,
                        const Grid& grid);

}  // namespace feller

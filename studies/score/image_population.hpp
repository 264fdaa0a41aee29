#pragma once

/// Pictures of one folder as a population of points in R^n, n the number of their pixels: grey
/// levels g in 0..255 become u = 2 g/255 - 1. Where some pixels are known to be c, up to noise of
/// the standard deviation sigma, the law of the rest is that of the same points with the weights
///
///     w_k exp( -|c - m_k|^2 / (2 sigma^2) ),    the square over the known pixels,
///
/// so that the exact conditional score is the score of that population.

#include <filesystem>
#include <string>
#include <vector>

#include "io/parameters.hpp"
#include "solvers/cluster_score.hpp"

namespace feller {

struct ImagePopulation {
  std::vector<std::string> names;
  Clusters points;
};

/// The PNGs of a folder in the order of their names, on all ranks. Complaints name `key`: another
/// size than width x height, colours, fewer than two. Collective.
ImagePopulation read_population(const Parameters& parameters, const std::string& key,
                                const std::filesystem::path& folder, int width, int height);

/// The weights given that the pixels in `known` are those of `values`.
std::vector<double> weights_given(const Clusters& points, const std::vector<std::size_t>& known,
                                  const std::vector<double>& values, double sigma);

}  // namespace feller

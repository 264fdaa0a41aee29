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
#include <utility>
#include <vector>

#include "io/parameters.hpp"
#include "problems/problem.hpp"
#include "solvers/cluster_score.hpp"

namespace feller {

struct ImagePopulation {
  std::vector<std::string> names;
  Clusters points;
};

/// InputError unless the problem is osmosis of a grey image, which gives the size of the pictures.
void require_grey_image(const Parameters& parameters, const Problem& problem);

/// The PNGs of a folder in the order of their names, on all ranks. Complaints name `key`: another
/// size than width x height, colours, fewer than two. Collective.
ImagePopulation read_population(const Parameters& parameters, const std::string& key,
                                const std::filesystem::path& folder, int width, int height);

/// Weights of the pictures in the order of their names, equal if there are none. Throws InputError.
void apply_weights(const Parameters& parameters, const std::string& key,
                   const std::vector<double>& weights, Clusters& points);

/// One grey PNG of this size as a point of the same space. Collective.
std::vector<double> read_picture(const Parameters& parameters, const std::string& key,
                                 const std::filesystem::path& file, int width, int height);

/// The weights given that the pixels in `known` are those of `values`.
std::vector<double> weights_given(const Clusters& points, const std::vector<std::size_t>& known,
                                  const std::vector<double>& values, double sigma);

/// The nearest picture to particle p of a block of `count` (component a at [a * count + p]), and
/// the mean over pixels of the square to it.
std::pair<std::size_t, double> nearest(const Clusters& points, const std::vector<double>& z,
                                       std::size_t count, std::size_t p);

/// How often each picture came out, N_k of M, against its weight w_k:
///
///     chi^2 = sum_k (N_k - N w_k/W)^2 / (N w_k/W)    over the pictures with M w_k >= 5,
///
/// N and W the sums of N_k and w_k over these: chi-square with one degree of freedom less than
/// there are. How many of the rare others came out, M - N, is Poisson of mean M (1 - W), nearly.
struct ChoiceTest {
  double square = 0, freedom = 0;
  double rare = 0, rare_expected = 0;

  /// Exceeded by chance as often as 4 standard errors, on one side.
  double bound() const;
  double rare_bound() const;
};
ChoiceTest choice_test(const std::vector<double>& counts, const std::vector<double>& shares);

/// KL of the shares of counts to `shares`; those below 1e-300 count as that.
double choice_entropy(const std::vector<double>& counts, const std::vector<double>& shares);

}  // namespace feller

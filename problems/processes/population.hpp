#pragma once

/// What a process starts from: a mixture of normal laws, a uniform law on a box, points, or the
/// bins of a file, in 1-D to 3-D.
///
///     population = mixture         population = uniform          population = points
///     weights = 0.3, 0.7           population_lower = -1, -1     weights = 0.5, 0.5
///     means = (-1, 0), (0.2, 1)    population_upper = 1, 1       means = -2, 2
///     sds = 0.2, (0.15, 0.4)                                     start = 0.1
///
///     population = histogram       histogram = levels.csv        histogram_dataset = density/p
///
/// A point has no density, so a process that starts from points must have aged. A component of a
/// mixture is as wide along all axes, or has a deviation for each: (0.15, 0.4).

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/parameters.hpp"
#include "problems/processes/mixture.hpp"

namespace feller {

/// "(0.2, 1)" or, in one dimension, "0.2"; nothing for anything else.
std::optional<Point> point_of(std::string text, int dimension);

class Population {
 public:
  void declare(Parameters& parameters);
  /// Components in so many dimensions, those of points with sd = 0, weights not yet scaled.
  /// Throws InputError. Collective; a file is read at the first call.
  std::vector<Component> build(const Parameters& parameters, int dimension) const;
  double start() const { return start_; }

 private:
  std::vector<Component> clusters(const Parameters& parameters, int dimension) const;
  std::vector<Component> box(const Parameters& parameters, int dimension) const;
  std::vector<Component> bins(const Parameters& parameters, int dimension) const;
  std::vector<double> shares(const Parameters& parameters) const;
  std::vector<Point> widths(const Parameters& parameters, int dimension) const;
  void reject_others(const Parameters& parameters) const;

  std::string kind_ = "mixture";
  std::vector<double> weights_;
  std::vector<std::string> means_;
  std::vector<std::string> sds_;
  std::vector<double> lower_;
  std::vector<double> upper_;
  std::filesystem::path histogram_;
  std::string dataset_;
  double start_ = 0;
  /// Of the file: refined problems come from the same bins, and it is reported once.
  mutable std::vector<Component> bins_;
};

}  // namespace feller

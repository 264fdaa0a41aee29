#include "problems/processes/population.hpp"

#include <fmt/format.h>

#include <boost/lexical_cast/try_lexical_convert.hpp>
#include <cmath>

#include "problems/processes/kinds.hpp"

namespace feller {
namespace {

/// "(0.2, 1)" or, in one dimension, "0.2".
Point parse_point(const Parameters& parameters, std::string text, int dimension) {
  if (text.size() > 1 && text.front() == '(' && text.back() == ')') {
    text = text.substr(1, text.size() - 2);
  }
  const auto parts = split_list(text);
  Point point{};
  bool good = static_cast<int>(parts.size()) == dimension;
  for (std::size_t a = 0; good && a < parts.size(); ++a) {
    good = boost::conversion::try_lexical_convert(parts[a], point[a]) && std::isfinite(point[a]);
  }
  if (good) return point;
  throw parameters.blame("problem.means",
                         fmt::format("must be a list of {}, as {}",
                                     dimension == 1 ? "numbers" : "points in parentheses",
                                     dimension == 1   ? "-1, 0.2"
                                     : dimension == 2 ? "(-1, 0), (0.2, 1)"
                                                      : "(-1, 0, 0), (0.2, 1, 0)"));
}

}  // namespace

void Population::declare(Parameters& p) {
  p.add("problem.population", kind_,
        {.meaning = "law of the process at age 0", .choices = {"mixture", "uniform", "points"}});
  p.add("problem.weights", weights_,
        {.meaning = "weights of mixture and points, scaled to the sum 1; default: equal",
         .range = range::not_negative});
  p.add("problem.means", means_,
        {.meaning = "centres of mixture and points: 0.2, 1 or (0.2, 1), (3, 4)", .unit = "L"});
  p.add("problem.sds", sds_,
        {.meaning =
             "standard deviations along every axis of the mixture's components, or one for all",
         .unit = "L",
         .range = range::positive});
  p.add("problem.population_lower", lower_,
        {.meaning = "lower corner of the uniform population, or one number for all axes",
         .unit = "L"});
  p.add("problem.population_upper", upper_,
        {.meaning = "upper corner of the uniform population, or one number for all axes",
         .unit = "L"});
  p.add("problem.start", start_,
        {.meaning = "age of the process at the study's time 0; points need > 0",
         .unit = "T",
         .range = range::not_negative});
}

std::vector<Component> Population::build(const Parameters& parameters, int dimension) const {
  reject_others(parameters);
  return kind_ == "uniform" ? box(parameters, dimension) : clusters(parameters, dimension);
}

void Population::reject_others(const Parameters& parameters) const {
  const auto reject = [&](const std::string& key, bool given, bool used) {
    if (!given || used) return;
    throw parameters.blame(key, fmt::format("has no meaning for the population {}", kind_));
  };
  const bool uniform = kind_ == "uniform";
  reject("problem.weights", !weights_.empty(), !uniform);
  reject("problem.means", !means_.empty(), !uniform);
  reject("problem.sds", !sds_.empty(), kind_ == "mixture");
  reject("problem.population_lower", !lower_.empty(), uniform);
  reject("problem.population_upper", !upper_.empty(), uniform);
}

std::vector<Component> Population::clusters(const Parameters& parameters, int dimension) const {
  if (means_.empty()) {
    throw parameters.blame("problem.means", fmt::format("must be given for the {}", kind_));
  }
  const bool points = kind_ == "points";
  if (points && start_ == 0) {
    throw parameters.blame("problem.start", "must be > 0 for points, which have no density");
  }
  if (!points && sds_.empty()) {
    throw parameters.blame("problem.sds", "must be given for the mixture");
  }
  const std::size_t n = means_.size();
  if (!points && sds_.size() != n && sds_.size() != 1) {
    throw parameters.blame(
        "problem.sds",
        fmt::format("has {} entries, must have 1 or as many as problem.means, {}", sds_.size(), n));
  }
  const auto weights = weights_.empty() ? std::vector<double>(n, 1) : weights_;
  if (weights.size() != n) {
    throw parameters.blame(
        "problem.weights",
        fmt::format("has {} entries, but problem.means has {}", weights.size(), n));
  }
  double total = 0;
  for (const double weight : weights) total += weight;
  if (!(total > 0)) throw parameters.blame("problem.weights", "must have a sum > 0");
  std::vector<Component> components;
  for (std::size_t k = 0; k < n; ++k) {
    const Point mean = parse_point(parameters, means_[k], dimension);
    Component component{.weight = weights[k]};
    for (std::size_t a = 0; a < 3; ++a) {
      component.along[a] = {mean[a], mean[a], points ? 0 : sds_.size() == 1 ? sds_[0] : sds_[k]};
    }
    components.push_back(component);
  }
  return components;
}

std::vector<Component> Population::box(const Parameters& parameters, int dimension) const {
  const auto axes = static_cast<std::size_t>(dimension);
  const Point lower = as_point(parameters, "problem.population_lower", lower_, dimension);
  const Point upper = as_point(parameters, "problem.population_upper", upper_, dimension);
  Component component;
  for (std::size_t a = 0; a < axes; ++a) {
    component.along[a] = {lower[a], upper[a], 0};
    if (component.along[a].lower < component.along[a].upper) continue;
    throw parameters.blame("problem.population_upper", "must exceed problem.population_lower");
  }
  return {component};
}

}  // namespace feller

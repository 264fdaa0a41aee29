#include "problems/processes/population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/lexical_cast/try_lexical_convert.hpp>
#include <cmath>
#include <numeric>
#include <optional>

#include "problems/processes/histogram_population.hpp"
#include "problems/processes/kinds.hpp"

namespace feller {
namespace {

Point parse_point(const Parameters& parameters, const std::string& text, int dimension) {
  if (const auto point = point_of(text, dimension)) return *point;
  throw parameters.blame("problem.means",
                         fmt::format("must be a list of {}, as {}",
                                     dimension == 1 ? "numbers" : "points in parentheses",
                                     dimension == 1   ? "-1, 0.2"
                                     : dimension == 2 ? "(-1, 0), (0.2, 1)"
                                                      : "(-1, 0, 0), (0.2, 1, 0)"));
}

/// One number for all axes, or one an axis.
Point parse_width(const Parameters& parameters, const std::string& text, int dimension) {
  auto width = point_of(text, dimension);
  if (!width && text.front() != '(') {
    width = point_of(text, 1);
    if (width) width->fill((*width)[0]);
  }
  const auto used = static_cast<std::ptrdiff_t>(dimension);
  if (width && std::all_of(width->begin(), width->begin() + used, [](double sd) { return sd > 0; }))
    return *width;
  throw parameters.blame("problem.sds",
                         fmt::format("must be a list of numbers > 0{}",
                                     dimension == 1   ? ""
                                     : dimension == 2 ? ", or of (0.2, 0.1), one number an axis"
                                                      : ", or of (0.2, 0.1, 1), one an axis"));
}

}  // namespace

std::optional<Point> point_of(std::string text, int dimension) {
  if (text.size() > 1 && text.front() == '(' && text.back() == ')') {
    text = text.substr(1, text.size() - 2);
  }
  const auto parts = split_list(text);
  Point point{};
  if (static_cast<int>(parts.size()) != dimension) return std::nullopt;
  for (std::size_t a = 0; a < parts.size(); ++a) {
    if (!boost::conversion::try_lexical_convert(parts[a], point[a])) return std::nullopt;
    if (!std::isfinite(point[a])) return std::nullopt;
  }
  return point;
}

void Population::declare(Parameters& p) {
  p.add("problem.population", kind_,
        {.meaning = "law of the process at age 0",
         .choices = {"mixture", "uniform", "points", "histogram"}});
  p.add("problem.weights", weights_,
        {.meaning = "weights of mixture and points, scaled to the sum 1; default: equal",
         .range = range::not_negative});
  p.add("problem.means", means_,
        {.meaning = "centres of mixture and points: 0.2, 1 or (0.2, 1), (3, 4)", .unit = "L"});
  p.add(
      "problem.sds", sds_,
      {.meaning = "standard deviations of the mixture's components, or one for all: 0.2, 1 or, by "
                  "axis, (0.2, 1), (3, 4)",
       .unit = "L"});
  p.add("problem.population_lower", lower_,
        {.meaning = "lower corner of the uniform population, or one number for all axes",
         .unit = "L"});
  p.add("problem.population_upper", upper_,
        {.meaning = "upper corner of the uniform population, or one number for all axes",
         .unit = "L"});
  p.add("problem.histogram", histogram_,
        {.meaning = "bins of the histogram population: a CSV table, or an HDF5 file"});
  p.add("problem.histogram_dataset", dataset_,
        {.meaning = "dataset in that HDF5 file, such as /entry/density/p of another run"});
  p.add("problem.start", start_,
        {.meaning = "age of the process at the study's time 0; points need > 0",
         .unit = "T",
         .range = range::not_negative});
}

std::vector<Component> Population::build(const Parameters& parameters, int dimension) const {
  reject_others(parameters);
  if (kind_ == "uniform") return box(parameters, dimension);
  return kind_ == "histogram" ? bins(parameters, dimension) : clusters(parameters, dimension);
}

void Population::reject_others(const Parameters& parameters) const {
  const auto reject = [&](const std::string& key, bool given, bool used) {
    if (!given || used) return;
    throw parameters.blame(key, fmt::format("has no meaning for the population {}", kind_));
  };
  const bool uniform = kind_ == "uniform", histogram = kind_ == "histogram";
  reject("problem.weights", !weights_.empty(), !uniform && !histogram);
  reject("problem.means", !means_.empty(), !uniform && !histogram);
  reject("problem.sds", !sds_.empty(), kind_ == "mixture");
  reject("problem.population_lower", !lower_.empty(), uniform);
  reject("problem.population_upper", !upper_.empty(), uniform);
  reject("problem.histogram", !histogram_.empty(), histogram);
  reject("problem.histogram_dataset", !dataset_.empty(), histogram);
}

std::vector<double> Population::shares(const Parameters& parameters) const {
  const std::size_t n = means_.size();
  if (weights_.empty()) return std::vector<double>(n, 1);
  if (weights_.size() != n) {
    throw parameters.blame(
        "problem.weights",
        fmt::format("has {} entries, but problem.means has {}", weights_.size(), n));
  }
  const double total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  if (!(total > 0)) throw parameters.blame("problem.weights", "must have a sum > 0");
  return weights_;
}

std::vector<Point> Population::widths(const Parameters& parameters, int dimension) const {
  const std::size_t n = means_.size();
  if (kind_ == "points") return std::vector<Point>(n, Point{});
  if (sds_.empty()) throw parameters.blame("problem.sds", "must be given for the mixture");
  if (sds_.size() != n && sds_.size() != 1) {
    throw parameters.blame(
        "problem.sds",
        fmt::format("has {} entries, must have 1 or as many as problem.means, {}", sds_.size(), n));
  }
  std::vector<Point> found;
  for (const auto& text : sds_) found.push_back(parse_width(parameters, text, dimension));
  if (found.size() == 1) found.assign(n, found.front());
  return found;
}

std::vector<Component> Population::clusters(const Parameters& parameters, int dimension) const {
  if (means_.empty()) {
    throw parameters.blame("problem.means", fmt::format("must be given for the {}", kind_));
  }
  if (kind_ == "points" && start_ == 0) {
    throw parameters.blame("problem.start", "must be > 0 for points, which have no density");
  }
  const auto sds = widths(parameters, dimension);
  const auto weights = shares(parameters);
  std::vector<Component> components;
  for (std::size_t k = 0; k < means_.size(); ++k) {
    const Point mean = parse_point(parameters, means_[k], dimension);
    Component component{.weight = weights[k]};
    for (std::size_t a = 0; a < 3; ++a) component.along[a] = {mean[a], mean[a], sds[k][a]};
    components.push_back(component);
  }
  return components;
}

std::vector<Component> Population::bins(const Parameters& parameters, int dimension) const {
  if (histogram_.empty()) {
    throw parameters.blame("problem.histogram", "must be given for the histogram");
  }
  if (bins_.empty()) {
    bins_ = histogram_population(parameters, "problem.histogram", histogram_, dataset_, dimension);
  }
  return bins_;
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

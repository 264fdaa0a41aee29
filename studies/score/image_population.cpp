#include "studies/score/image_population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "discretisation/petsc.hpp"
#include "io/image.hpp"
#include "studies/chain/normal_scores.hpp"

namespace feller {
namespace {

std::vector<std::filesystem::path> pictures_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry{folder, error}, end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".png") found.push_back(entry->path());
  }
  if (error) throw InputError(fmt::format("{}: cannot be read as a folder", folder.string()));
  if (found.size() < 2) {
    throw InputError(
        fmt::format("{}: has {} PNGs, must have two or more", folder.string(), found.size()));
  }
  std::ranges::sort(found);
  return found;
}

void append(ImagePopulation& population, const std::filesystem::path& path, int width, int height) {
  const Image image = read_image(path);
  if (image.width != width || image.height != height || image.channels != 1) {
    throw InputError(fmt::format("{}: is {} x {} with {} channel(s), must be {} x {} and grey",
                                 path.string(), image.width, image.height, image.channels, width,
                                 height));
  }
  population.names.push_back(path.stem().string());
  for (const double level : image.values) population.points.means.push_back(level / 127.5 - 1);
}

}  // namespace

void require_grey_image(const Parameters& parameters, const Problem& problem) {
  if (problem.quantity().is_image && problem.channels().size() == 1) return;
  throw parameters.blame("problem.kind", "must be osmosis with a grey image, which gives the size");
}

void apply_weights(const Parameters& parameters, const std::string& key,
                   const std::vector<double>& weights, Clusters& points) {
  if (weights.empty()) return;
  if (weights.size() != points.size()) {
    throw parameters.blame(key, fmt::format("has {} entries, but there are {} pictures",
                                            weights.size(), points.size()));
  }
  points.weights = weights;
}

ImagePopulation read_population(const Parameters& parameters, const std::string& key,
                                const std::filesystem::path& folder, int width, int height) {
  const MPI_Comm comm = PETSC_COMM_WORLD;
  ImagePopulation all;
  agree_on(comm, [&] {
    if (rank_of(comm) != 0) return;
    try {
      for (const auto& path : pictures_of(folder)) append(all, path, width, height);
    } catch (const InputError& error) {
      throw parameters.blame(key, error.what());
    }
  });
  std::string names;
  for (const auto& name : all.names) names += name + "\n";
  std::istringstream lines{broadcast(comm, names)};
  all.names.clear();
  for (std::string name; std::getline(lines, name);) all.names.push_back(name);
  const std::size_t count = all.names.size();
  all.points.dimension = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  all.points.means.resize(count * all.points.dimension);
  check_mpi(MPI_Bcast(all.points.means.data(), static_cast<int>(all.points.means.size()),
                      MPI_DOUBLE, 0, comm));
  all.points.weights.assign(count, 1);
  all.points.variances.assign(count, 0);
  return all;
}

std::vector<double> read_picture(const Parameters& parameters, const std::string& key,
                                 const std::filesystem::path& file, int width, int height) {
  ImagePopulation one;
  agree_on(PETSC_COMM_WORLD, [&] {
    if (rank_of(PETSC_COMM_WORLD) != 0) return;
    try {
      append(one, file, width, height);
    } catch (const InputError& error) {
      throw parameters.blame(key, error.what());
    }
  });
  auto& levels = one.points.means;
  levels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  check_mpi(
      MPI_Bcast(levels.data(), static_cast<int>(levels.size()), MPI_DOUBLE, 0, PETSC_COMM_WORLD));
  return levels;
}

std::vector<double> weights_given(const Clusters& points, const std::vector<std::size_t>& known,
                                  const std::vector<double>& values, double sigma) {
  std::vector<double> logs;
  for (std::size_t k = 0; k < points.size(); ++k) {
    double squares = 0;
    for (std::size_t i = 0; i < known.size(); ++i) {
      squares += std::pow(values[i] - points.means[k * points.dimension + known[i]], 2);
    }
    logs.push_back(std::log(points.weights[k]) - squares / (2 * sigma * sigma));
  }
  const double largest = *std::ranges::max_element(logs);
  for (double& value : logs) value = std::exp(value - largest);
  return logs;
}

std::pair<std::size_t, double> nearest(const Clusters& points, const std::vector<double>& z,
                                       std::size_t count, std::size_t p) {
  std::pair<std::size_t, double> best{0, 1e300};
  for (std::size_t k = 0; k < points.size(); ++k) {
    double squares = 0;
    for (std::size_t a = 0; a < points.dimension; ++a) {
      squares += std::pow(z[a * count + p] - points.means[k * points.dimension + a], 2);
    }
    squares /= static_cast<double>(points.dimension);
    if (squares < best.second) best = {k, squares};
  }
  return best;
}

double ChoiceTest::bound() const {
  return chi_square_quantile(4, freedom);
}

double ChoiceTest::rare_bound() const {
  return rare_expected > 1e-12 ? poisson_quantile(rare_expected, beyond_four() / 2) : 0;
}

ChoiceTest choice_test(const std::vector<double>& counts, const std::vector<double>& shares) {
  double total = 0, found = 0, weight = 0;
  for (const double n : counts) total += n;
  ChoiceTest test;
  test.freedom = -1;
  const auto common = [&](std::size_t k) { return total * shares[k] >= 5; };
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (common(k)) {
      found += counts[k];
      weight += shares[k];
      test.freedom += 1;
    } else {
      test.rare += counts[k];
      test.rare_expected += total * shares[k];
    }
  }
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (!common(k)) continue;
    const double expected = found * shares[k] / weight;
    if (expected > 0) test.square += std::pow(counts[k] - expected, 2) / expected;
  }
  return test;
}

double choice_entropy(const std::vector<double>& counts, const std::vector<double>& shares) {
  double total = 0, sum = 0;
  for (const double n : counts) total += n;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (counts[k] == 0) continue;
    sum += counts[k] / total * std::log(counts[k] / total / std::max(shares[k], 1e-300));
  }
  return sum;
}

}  // namespace feller

#include "studies/score/image_completion.hpp"

#include <algorithm>
#include <cmath>

#include "discretisation/noise.hpp"

namespace feller {
namespace {

/// Streams of the noise beside those of the particles.
constexpr std::uint32_t of_known = 2, of_replacement = 3;

double picture_value(const Clusters& pictures, std::size_t k, std::size_t pixel) {
  return pictures.means[k * pictures.dimension + pixel];
}

}  // namespace

KnownPixels known_left_half(const Clusters& pictures, std::size_t which, int width, double sd,
                            std::uint64_t seed) {
  KnownPixels known{.pixels = {}, .values = {}, .sd = sd};
  std::vector<double> noise(pictures.dimension);
  standard_normals({.seed = seed, .stream = of_known}, 0, noise);
  for (std::size_t i = 0; i < pictures.dimension; ++i) {
    if (2 * (i % static_cast<std::size_t>(width)) >= static_cast<std::size_t>(width)) continue;
    known.pixels.push_back(i);
    known.values.push_back(picture_value(pictures, which, i) + sd * noise[i]);
  }
  return known;
}

double known_distance(const KnownPixels& known, const Clusters& pictures, std::size_t k) {
  double sum = 0;
  for (std::size_t i = 0; i < known.pixels.size(); ++i) {
    sum += std::pow(picture_value(pictures, k, known.pixels[i]) - known.values[i], 2);
  }
  return sum / static_cast<double>(known.pixels.size());
}

double known_distance(const KnownPixels& known, const std::vector<double>& z, std::size_t count,
                      std::size_t p) {
  double sum = 0;
  for (std::size_t i = 0; i < known.pixels.size(); ++i) {
    sum += std::pow(z[known.pixels[i] * count + p] - known.values[i], 2);
  }
  return sum / static_cast<double>(known.pixels.size());
}

std::vector<double> exact_choice(const Clusters& pictures, const KnownPixels& known) {
  const long double variance = static_cast<long double>(known.sd) * known.sd;
  std::vector<long double> logs;
  for (std::size_t k = 0; k < pictures.size(); ++k) {
    long double log_weight = std::log(static_cast<long double>(pictures.weights[k]));
    for (std::size_t i = 0; i < known.pixels.size(); ++i) {
      const long double off =
          static_cast<long double>(known.values[i]) - picture_value(pictures, k, known.pixels[i]);
      log_weight += -off * off / (2 * variance);
    }
    logs.push_back(log_weight);
  }
  const long double largest = *std::ranges::max_element(logs);
  long double total = 0;
  for (const long double value : logs) total += std::exp(value - largest);
  std::vector<double> shares;
  for (const long double value : logs) {
    shares.push_back(static_cast<double>(std::exp(value - largest) / total));
  }
  return shares;
}

void replace_known(const KnownPixels& known, std::uint64_t seed, std::size_t step, double t,
                   std::uint64_t first, std::size_t count, std::vector<double>& z) {
  const double later = t - known.sd * known.sd;
  if (!(later > 0)) return;
  std::vector<double> noise(known.pixels.size() * count);
  standard_normals(
      {.seed = seed, .stream = of_replacement, .step = static_cast<std::uint32_t>(step)},
      first * known.pixels.size(), noise);
  const double root = std::sqrt(later);
  for (std::size_t i = 0; i < known.pixels.size(); ++i) {
    for (std::size_t p = 0; p < count; ++p) {
      z[known.pixels[i] * count + p] = known.values[i] + root * noise[i * count + p];
    }
  }
}

double known_against_unknown(const Clusters& pictures, const KnownPixels& known,
                             const std::vector<std::size_t>& among) {
  double worst = 0;
  for (const std::size_t k : among) {
    for (const std::size_t j : among) {
      if (j >= k) continue;
      double all = 0, in_known = 0;
      for (std::size_t i = 0; i < pictures.dimension; ++i) {
        all += std::pow(picture_value(pictures, k, i) - picture_value(pictures, j, i), 2);
      }
      for (const std::size_t i : known.pixels) {
        in_known += std::pow(picture_value(pictures, k, i) - picture_value(pictures, j, i), 2);
      }
      if (!(all > in_known)) return HUGE_VAL;
      worst = std::max(worst, in_known / (all - in_known));
    }
  }
  return worst;
}

}  // namespace feller

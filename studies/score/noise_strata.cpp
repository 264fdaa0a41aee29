#include "studies/score/noise_strata.hpp"

#include <algorithm>
#include <cmath>

#include "discretisation/uniform.hpp"
#include "solvers/block_sums.hpp"

namespace feller {
namespace {

/// Draws that share a level of noise; fixed, as numbers depend on it.
constexpr std::size_t block_size = 32;

Estimate mean_of(double sum, double squares, int count) {
  const double mean = sum / count;
  const double variance = std::max(0.0, squares / count - mean * mean);
  return {mean, std::sqrt(variance / (count - 1))};
}

Estimate scaled(const Estimate& estimate, double factor, double offset) {
  return {factor * estimate.value + offset, factor * estimate.error};
}

}  // namespace

double NoisePart::middle() const {
  return std::sqrt(from * to);
}

double NoisePart::length() const {
  return std::log(to / from);
}

std::vector<double> noise_levels(const std::vector<double>& times, double far, int per_e_fold) {
  std::vector<double> ends{times};
  if (far > ends.back()) ends.push_back(far);
  std::vector<double> levels;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const double length = std::log(ends[i + 1] / ends[i]);
    const int pieces = std::max(1, static_cast<int>(std::ceil(length * per_e_fold - 1e-9)));
    for (int j = 0; j < pieces; ++j) levels.push_back(ends[i] * std::exp(length * j / pieces));
  }
  levels.push_back(ends.back());
  return levels;
}

double far_noise(const SpacePopulation& population, std::span<const double> given) {
  double scale = population.total_variance();
  for (std::size_t a = 0; a < given.size(); ++a) {
    scale += std::pow(given[a] - population.mean()[a], 2);
  }
  return 1e5 * scale;
}

NoiseStrata::NoiseStrata(SpacePopulation& population, NoiseKey key, int samples,
                         std::vector<double> given)
    : population_{population},
      key_{key},
      blocks_{
          std::max(2, (samples + static_cast<int>(block_size) - 1) / static_cast<int>(block_size))},
      given_{std::move(given)} {}

std::vector<double> NoiseStrata::draws(NoiseKey key, std::uint64_t first) const {
  const std::size_t n = population_.dimension();
  std::vector<double> y(n * block_size);
  if (given_.empty()) {
    population_.draw(key, first, y);
    return y;
  }
  for (std::size_t a = 0; a < n; ++a) {
    std::fill_n(y.begin() + static_cast<std::ptrdiff_t>(a * block_size), block_size, given_[a]);
  }
  return y;
}

double NoiseStrata::normal_integral(double t) const {
  double sum = population_.normal_information(t);
  for (std::size_t a = 0; a < given_.size(); ++a) {
    const double v = population_.variances()[a], d = given_[a] - population_.mean()[a];
    sum += (d * d - v) / 2 / (v + t);
  }
  return sum;
}

/// Adds sum and sum of squares of the block's mean, plain and controlled, for every stratum.
void NoiseStrata::add_block(const std::vector<double>& levels, int block,
                            std::span<double> sums) const {
  const std::size_t n = population_.dimension(), strata = levels.size() - 1;
  std::vector<double> g(n * block_size), z(g.size()), score(g.size());
  for (std::size_t i = 0; i < strata; ++i) {
    const std::uint64_t number =
        i * static_cast<std::uint64_t>(blocks_) + static_cast<std::uint64_t>(block);
    const double u = uniform(with(key_, Draw::level), number);
    const double s = levels[i] * std::exp(u * std::log(levels[i + 1] / levels[i]));
    const double root = std::sqrt(s);
    standard_normals(with(key_, Draw::noise), number * block_size * n, g);
    z = draws(key_, number * block_size);
    for (std::size_t j = 0; j < z.size(); ++j) z[j] += root * g[j];
    population_.score(s, z, score);
    double exact = 0, normal = 0;
    for (std::size_t j = 0; j < z.size(); ++j) {
      const std::size_t a = j / block_size;
      exact += std::pow(g[j] + root * score[j], 2) / 2;
      normal +=
          std::pow(g[j] - root * (z[j] - population_.mean()[a]) / (population_.variances()[a] + s),
                   2) /
          2;
    }
    exact /= block_size;
    const double controlled = exact - normal / block_size;
    const auto mine = sums.subspan(4 * i, 4);
    mine[0] += exact;
    mine[1] += exact * exact;
    mine[2] += controlled;
    mine[3] += controlled * controlled;
  }
}

std::vector<NoisePart> NoiseStrata::parts(const std::vector<double>& levels, MPI_Comm comm,
                                          const std::function<void(double)>& tell) const {
  const std::size_t strata = levels.size() - 1;
  BlockSums sums{blocks_, static_cast<int>(4 * strata)};
  for (int b = rank_of(comm); b < blocks_; b += size_of(comm)) {
    if (tell) tell(static_cast<double>(b) / blocks_);
    add_block(levels, b, sums.of(b));
  }
  const auto all = sums.total(comm);
  if (tell) tell(1);
  std::vector<NoisePart> parts;
  for (std::size_t i = 0; i < strata; ++i) {
    NoisePart part{.from = levels[i], .to = levels[i + 1]};
    const double normal = normal_integral(part.from) - normal_integral(part.to);
    part.plain = scaled(mean_of(all[4 * i], all[4 * i + 1], blocks_), part.length(), 0);
    part.controlled =
        scaled(mean_of(all[4 * i + 2], all[4 * i + 3], blocks_), part.length(), normal);
    parts.push_back(part);
  }
  return parts;
}

std::vector<NoiseTotal> NoiseStrata::totals(const std::vector<NoisePart>& parts) const {
  const auto add = [](Estimate& sum, const Estimate& part) {
    sum = {sum.value + part.value, std::hypot(sum.error, part.error)};
  };
  NoiseTotal total{.t = parts.back().to};
  total.plain.value = total.controlled.value = normal_integral(total.t);
  std::vector<NoiseTotal> list{total};
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    total.t = part->from;
    add(total.plain, part->plain);
    add(total.controlled, part->controlled);
    list.push_back(total);
  }
  std::ranges::reverse(list);
  return list;
}

Estimate NoiseStrata::log_ratio(double t, MPI_Comm comm) const {
  const std::size_t n = population_.dimension();
  BlockSums sums{blocks_, 2};
  std::vector<double> g(n * block_size), z(n);
  for (int b = rank_of(comm); b < blocks_; b += size_of(comm)) {
    // Not the noise of any stratum, so that both are independent.
    NoiseKey key = with(key_, Draw::noise);
    key.channel = 1;
    standard_normals(key, static_cast<std::uint64_t>(b) * block_size * n, g);
    double mean = 0;
    for (std::size_t p = 0; p < block_size; ++p) {
      for (std::size_t a = 0; a < n; ++a) z[a] = given_[a] + std::sqrt(t) * g[a * block_size + p];
      mean += population_.log_ratio(t, given_, z) / block_size;
    }
    sums.of(b)[0] += mean;
    sums.of(b)[1] += mean * mean;
  }
  const auto all = sums.total(comm);
  return mean_of(all[0], all[1], blocks_);
}

}  // namespace feller

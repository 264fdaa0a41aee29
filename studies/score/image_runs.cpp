#include "studies/score/image_runs.hpp"

#include <algorithm>
#include <cmath>

#include "io/check.hpp"
#include "studies/score/image_population.hpp"

namespace feller {
namespace {

/// Fixed, as the noise of a particle depends on it; small, as a block is to fit the cache.
constexpr int block = 16;

Estimate estimate(double sum, double squares, double count) {
  const double mean = sum / count;
  return {mean, std::sqrt(std::max(0.0, squares / count - mean * mean) / (count - 1))};
}

/// The sums of one block, in this order: counts, then each quantity with its square.
class Tally {
 public:
  Tally(std::span<double> sums, std::size_t pictures) : sums_{sums}, next_{pictures} {}
  void count(std::size_t picture) { sums_[picture] += 1; }
  void add(double value) {
    sums_[next_] += value;
    sums_[next_ + 1] += value * value;
    next_ += 2;
  }

 private:
  std::span<double> sums_;
  std::size_t next_;
};

double square_about(const std::vector<double>& centre, const std::vector<double>& z,
                    std::size_t count, std::size_t p) {
  double sum = 0;
  for (std::size_t a = 0; a < centre.size(); ++a) sum += std::pow(z[a * count + p] - centre[a], 2);
  return sum / static_cast<double>(centre.size());
}

/// P(y = m_k | z(t) = z) of particle p.
std::vector<double> shares_of(const Clusters& pictures, double t, const std::vector<double>& z,
                              std::size_t count, std::size_t p) {
  std::vector<double> logs;
  for (std::size_t k = 0; k < pictures.size(); ++k) {
    double squares = 0;
    for (std::size_t a = 0; a < pictures.dimension; ++a) {
      squares += std::pow(z[a * count + p] - pictures.means[k * pictures.dimension + a], 2);
    }
    logs.push_back(std::log(pictures.weights[k]) - squares / (2 * t));
  }
  const double largest = *std::ranges::max_element(logs);
  double total = 0;
  for (double& value : logs) total += value = std::exp(value - largest);
  for (double& value : logs) value /= total;
  return logs;
}

/// Adds particle p to the sums of its block; how far it is from the nearest picture.
double measure(std::span<double> sums, const ImageRun& run, double T,
               const std::vector<double>& centre, const std::vector<double>& start,
               const std::vector<double>& z, std::size_t count, std::size_t p) {
  Tally tally{sums, run.pictures.size()};
  const auto [k, square] = nearest(run.pictures, z, count, p);
  tally.count(k);
  tally.add(square);
  tally.add(known_distance(run.known, z, count, p));
  tally.add(square_about(centre, start, count, p));
  for (const double r : shares_of(run.pictures, T, start, count, p)) tally.add(r);
  return square;
}

ImageOutcome outcome_of(const std::vector<double>& sums, std::size_t pictures, double samples) {
  ImageOutcome outcome;
  const auto at = static_cast<std::ptrdiff_t>(pictures);
  outcome.counts.assign(sums.begin(), sums.begin() + at);
  const auto quantity = [&](std::size_t i) {
    return estimate(sums[pictures + 2 * i], sums[pictures + 2 * i + 1], samples);
  };
  outcome.left = quantity(0);
  outcome.known = quantity(1);
  outcome.spread = quantity(2);
  for (std::size_t k = 0; k < pictures; ++k) outcome.shares.push_back(quantity(3 + k));
  return outcome;
}

}  // namespace

double ImagePlan::left_noise(int number_of_steps) const {
  const double q = std::pow(to / from, 1.0 / number_of_steps), d = 1 - q, g = (1 + lambda) / 2;
  const double factor = 1 - g * d / 2 - g * d * (1 - g * d) / (2 * q);
  const double fresh = lambda * d * std::pow(1 - g * d / (2 * q), 2) / q;
  const double kept = factor * factor / q, power = std::pow(kept, number_of_steps);
  return kept == 1 ? 1 + number_of_steps * fresh : power + fresh * (1 - power) / (1 - kept);
}

ImageOutcome run_images(MPI_Comm comm, const ImagePlan& plan, const ImageRun& run,
                        const std::function<void(double)>& tell) {
  const std::size_t pictures = run.pictures.size();
  const int blocks = (plan.samples + block - 1) / block;
  const Times times = log_times(plan.from, plan.to, plan.steps);
  const auto centre = run.pictures.mean();
  BlockSums sums{blocks, static_cast<int>(pictures + 2 * (3 + pictures))};
  ReverseParticles particles{run.pictures, run.seed};
  double furthest = 0;
  std::vector<std::vector<double>> kept;
  for (int b = rank_of(comm); b < blocks; b += size_of(comm)) {
    const auto first = static_cast<std::uint64_t>(b) * block;
    const auto count = static_cast<std::size_t>(std::min(block, plan.samples - b * block));
    const auto start = plan.exact_start ? particles.start_exact(plan.from, first, count)
                                        : particles.start_normal(plan.from, first, count);
    auto z = start;
    const AfterStep replace = [&](std::size_t step, double t, std::vector<double>& all) {
      replace_known(run.known, run.seed, step, t, first, count, all);
    };
    if (run.replaced) replace(0, plan.from, z);
    particles.carry(z, first, times, run.stride, reverse_motion(plan.lambda), plan.scheme,
                    run.replaced ? replace : AfterStep{});
    for (std::size_t p = 0; p < count; ++p) {
      raise(furthest, measure(sums.of(b), run, plan.from, centre, start, z, count, p));
      if (b > 0 || p >= shown_pictures) continue;
      kept.emplace_back();
      for (std::size_t a = 0; a < centre.size(); ++a) kept.back().push_back(z[a * count + p]);
    }
    tell(static_cast<double>(b + 1) / blocks);
  }
  ImageOutcome outcome = outcome_of(sums.total(comm), pictures, plan.samples);
  outcome.furthest = maximum(comm, furthest);
  outcome.first = std::move(kept);
  return outcome;
}

}  // namespace feller

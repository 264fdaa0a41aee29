#include "solvers/ensemble.hpp"

#include <algorithm>

namespace feller {
namespace {

/// Pixels at a time: with a mean and a sum of squares a look they stay in a core's own cache.
constexpr std::size_t block = 1024;

/// Takes in member number `count` = 1, 2, ...
void welford(std::span<const double> u, int count, std::span<double> mean,
             std::span<double> squares) {
  const double share = 1.0 / count;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double before = u[i] - mean[i];
    mean[i] += share * before;
    squares[i] += before * (u[i] - mean[i]);
  }
}

/// The mean and squares of one block after each look.
struct Tally {
  std::vector<double> mean, squares;
};

void run_block(std::span<const double> start, std::uint64_t first, const EnsemblePlan& plan,
               std::vector<Tally>& tallies) {
  for (auto& tally : tallies) {
    tally.mean.assign(start.size(), 0);
    tally.squares.assign(start.size(), 0);
  }
  std::vector<double> u(start.size());
  NoiseKey key = plan.key;
  for (int member = 1; member <= plan.members; ++member, ++key.stream) {
    std::ranges::copy(start, u.begin());
    for (std::size_t look = 0; look < plan.legs.size(); ++look) {
      for (const auto& move : plan.legs[look]) advance(u, first, key, move);
      welford(u, member, tallies[look].mean, tallies[look].squares);
    }
  }
}

}  // namespace

std::vector<Sample> run_ensemble(const Field& start, const EnsemblePlan& plan,
                                 const std::function<void(double)>& progress) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < plan.legs.size(); ++i) {
    samples.push_back({Field{start.grid()}, Field{start.grid()}});
  }
  std::vector<Tally> tallies(samples.size());
  const auto runs = runs_of(start.grid(), block);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const CellRun& run = runs[r];
    run_block(start.values().subspan(run.offset, run.cells), run.first, plan, tallies);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto at = static_cast<std::ptrdiff_t>(run.offset);
      std::ranges::copy(tallies[i].mean, samples[i].mean.values().begin() + at);
      std::ranges::copy(tallies[i].squares, samples[i].squares.values().begin() + at);
    }
    if (progress) progress(static_cast<double>(r + 1) / static_cast<double>(runs.size()));
  }
  return samples;
}

}  // namespace feller

#include "solvers/pixel_chain.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace feller {
namespace {

/// Pixels at a time, with their noise in the nearest cache. A multiple of the 32 that share blocks
/// of the generator.
constexpr std::size_t block = 1024;

}  // namespace

Transition chain_step(double beta, int i) {
  return {std::sqrt(1 - beta), std::sqrt(beta), static_cast<std::uint32_t>(i)};
}

Transition chain_jump(double log_survival, int i) {
  return {std::exp(log_survival / 2), std::sqrt(-std::expm1(log_survival)),
          static_cast<std::uint32_t>(i)};
}

std::vector<Run> runs_of(const Grid& grid, std::size_t most) {
  std::vector<Run> runs;
  std::size_t offset = 0;
  const Box& own = grid.owned();
  Box rows = own;
  rows.count[0] = 1;
  for_each(rows, [&](const Index& start) {
    const auto first = static_cast<std::uint64_t>(grid.natural(start));
    const auto width = static_cast<std::size_t>(own.count[0]);
    if (!runs.empty() && runs.back().first + runs.back().cells == first) {
      runs.back().cells += width;
    } else {
      runs.push_back({offset, first, width});
    }
    offset += width;
  });
  std::vector<Run> pieces;
  for (Run run : runs) {
    while (run.cells > 0) {
      const std::size_t cells = std::min(run.cells, most - run.first % most);
      pieces.push_back({run.offset, run.first, cells});
      run = {run.offset + cells, run.first + cells, run.cells - cells};
    }
  }
  return pieces;
}

Field white_noise(const Grid& grid, const NoiseKey& key) {
  Field noise{grid};
  const auto values = noise.values();
  for (const Run& run : runs_of(grid, block)) {
    standard_normals(key, run.first, values.subspan(run.offset, run.cells));
  }
  return noise;
}

void advance(std::span<double> u, std::uint64_t first, NoiseKey key, const Transition& transition) {
  std::array<double, block> noise;
  key.step = transition.step;
  while (!u.empty()) {
    const std::size_t n = std::min(u.size(), block);
    standard_normals(key, first, std::span{noise}.first(n));
    for (std::size_t i = 0; i < n; ++i) {
      u[i] = transition.keep * u[i] + transition.spread * noise[i];
    }
    first += n;
    u = u.subspan(n);
  }
}

void advance(Field& u, NoiseKey key, std::span<const Transition> transitions) {
  const auto values = u.values();
  for (const Run& run : runs_of(u.grid(), block)) {
    const auto part = values.subspan(run.offset, run.cells);
    for (const auto& transition : transitions) advance(part, run.first, key, transition);
  }
}

void advance(Field& u, NoiseKey key, const Transition& transition) {
  advance(u, key, std::span{&transition, 1});
}

void advance(Field& u, const Transition& transition, const Field& noise) {
  const auto values = u.values();
  const auto g = noise.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = transition.keep * values[i] + transition.spread * g[i];
  }
}

}  // namespace feller

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

ChainMove chain_step(double beta, int i) {
  return {std::sqrt(1 - beta), std::sqrt(beta), static_cast<std::uint32_t>(i)};
}

ChainMove chain_jump(double log_survival, int i) {
  return {std::exp(log_survival / 2), std::sqrt(-std::expm1(log_survival)),
          static_cast<std::uint32_t>(i)};
}

std::vector<CellRun> runs_of(const Grid& grid, std::size_t most) {
  std::vector<CellRun> runs;
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
  std::vector<CellRun> pieces;
  for (CellRun run : runs) {
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
  for (const CellRun& run : runs_of(grid, block)) {
    standard_normals(key, run.first, values.subspan(run.offset, run.cells));
  }
  return noise;
}

void advance(std::span<double> u, std::uint64_t first, NoiseKey key, const ChainMove& move) {
  std::array<double, block> noise;
  key.step = move.step;
  while (!u.empty()) {
    const std::size_t n = std::min(u.size(), block);
    standard_normals(key, first, std::span{noise}.first(n));
    for (std::size_t i = 0; i < n; ++i) {
      u[i] = move.keep * u[i] + move.spread * noise[i];
    }
    first += n;
    u = u.subspan(n);
  }
}

void advance(Field& u, NoiseKey key, std::span<const ChainMove> moves) {
  const auto values = u.values();
  for (const CellRun& run : runs_of(u.grid(), block)) {
    const auto part = values.subspan(run.offset, run.cells);
    for (const auto& move : moves) advance(part, run.first, key, move);
  }
}

void advance(Field& u, NoiseKey key, const ChainMove& move) {
  advance(u, key, std::span{&move, 1});
}

void advance(Field& u, const ChainMove& move, const Field& noise) {
  const auto values = u.values();
  const auto g = noise.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = move.keep * values[i] + move.spread * g[i];
  }
}

}  // namespace feller

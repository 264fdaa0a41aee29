#include "studies/chain/permuted_chain.hpp"

#include <bit>
#include <cmath>

namespace feller {

Apart apart(const Field& a, const Field& b) {
  const auto x = a.values(), y = b.values();
  const MPI_Comm comm = a.grid().comm();
  long double cells = 0;
  double largest = 0, size = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    cells += std::bit_cast<std::uint64_t>(x[i]) != std::bit_cast<std::uint64_t>(y[i]) ? 1 : 0;
    largest = std::max(largest, std::abs(x[i] - y[i]));
    size = std::max(size, std::abs(x[i]));
  }
  return {static_cast<double>(sum(comm, cells)), maximum(comm, largest), maximum(comm, size)};
}

void plain_step(Field& u, const ChainMove& move, const Field& white) {
  advance(u, move, white);
}

void correlated_step(Field& u, const ChainMove& move, const Field& white) {
  const Ghosted near{white};
  const Grid& grid = white.grid();
  advance(u, move, fill(grid, [&](const Index& k) {
            const Index right{k[0] + 1, k[1], k[2]};
            return grid.inside(right) ? (near[k] + near[right]) / std::sqrt(2.0) : near[k];
          }));
}

double share_of_beta(double column, double columns) {
  return 1 - 0.5 * (column + 0.5) / columns;
}

void varying_step(Field& u, const ChainMove& move, const Field& white) {
  const Grid& grid = u.grid();
  auto value = u.values().begin();
  auto g = white.values().begin();
  for_each(grid.owned(), [&](const Index& k) {
    const double beta = share_of_beta(k[0], grid.axis(0).cells) * move.spread * move.spread;
    *value = std::sqrt(1 - beta) * *value + std::sqrt(beta) * *g++;
    ++value;
  });
}

TiedChains::TiedChains(const Field& f, FieldMap map, NoiseOf noise, ChainStep step)
    : map_{std::move(map)},
      noise_{std::move(noise)},
      step_{std::move(step)},
      first_{f},
      second_{map_(f)} {}

void TiedChains::advance(NoiseKey key, const ChainMove& move) {
  key.step = move.step;
  const Field white = white_noise(first_.grid(), key);
  step_(second_, move, noise_(key, white));
  step_(first_, move, white);
}

}  // namespace feller

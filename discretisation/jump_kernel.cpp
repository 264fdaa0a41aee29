#include "discretisation/jump_kernel.hpp"

#include <algorithm>
#include <tuple>

namespace feller {
namespace {

template <std::size_t families>
[[gnu::always_inline]] inline void advance_over(const Run& run, double* __restrict next) {
  std::array<Inflow, families> inflows;
  std::copy_n(run.inflows.begin(), families, inflows.begin());
  const auto [size, further, stay, now, start] =
      std::tuple{run.size, run.further, run.stay, run.now, run.start};
  const auto [factor, kept, weight] = std::tuple{run.factor, run.kept, run.weight};
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    double product = further[i] + stay[i] * now[i];
    for (const auto& [distance, from_above, from_below] : inflows) {
      product += from_above[i] * now[i + distance] + from_below[i] * now[i - distance];
    }
    next[i] = factor * product + kept * next[i] + weight * start[i];
  }
}

}  // namespace

// Wider vectors where the processor has them; without fused operations, so with the same results.
#if defined(__x86_64__) && defined(__linux__)
[[gnu::target_clones("avx2", "default")]]
#endif
void advance(const Run& run) {
  if (run.families == 0) advance_over<0>(run, run.next);
  if (run.families == 1) advance_over<1>(run, run.next);
  if (run.families == 2) advance_over<2>(run, run.next);
  if (run.families == 3) advance_over<3>(run, run.next);
}

void add(const Inflow& inflow, std::ptrdiff_t size, const double* now, double* further) {
  const auto [distance, from_above, from_below] = inflow;
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    further[i] += from_above[i] * now[i + distance] + from_below[i] * now[i - distance];
  }
}

}  // namespace feller

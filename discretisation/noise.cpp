#include "discretisation/noise.hpp"

#include <vector>

#include "discretisation/noise_kernel.hpp"

namespace feller {
namespace {

using noise_kernel::Word;

void fill_portable(const NoiseKey& key, std::uint64_t first_cell, std::span<double> values) {
  noise_kernel::fill(key, first_cell, values);
}

#if defined(__x86_64__) && defined(__GNUC__)
[[gnu::target("avx2")]] void fill_avx2(const NoiseKey& key, std::uint64_t first_cell,
                                       std::span<double> values) {
  noise_kernel::fill(key, first_cell, values);
}

[[gnu::target("avx512f,avx512dq,avx512vl,avx512bw")]] void fill_avx512(const NoiseKey& key,
                                                                       std::uint64_t first_cell,
                                                                       std::span<double> values) {
  noise_kernel::fill(key, first_cell, values);
}

std::vector<NoiseKernel> kernels_of_this_machine() {
  std::vector<NoiseKernel> found;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
    found.push_back({"AVX-512", fill_avx512});
  }
  if (__builtin_cpu_supports("avx2")) found.push_back({"AVX2", fill_avx2});
  found.push_back({"portable", fill_portable});
  return found;
}
#else
std::vector<NoiseKernel> kernels_of_this_machine() {
  return {{"portable", fill_portable}};
}
#endif

}  // namespace

double standard_normal(const NoiseKey& key, std::uint64_t cell) {
  using namespace noise_kernel;
  const Word within = cell % chunk, pair = within / (2 * lanes), which = within / lanes % 2;
  const Block block = block_of(key, cell / chunk * lanes + within % lanes);
  std::array<double, 2> both;
  normal_pair(pair == 0 ? joined(block.c0, block.c1) : joined(block.c2, block.c3), both[0],
              both[1]);
  return both[which];
}

std::span<const NoiseKernel> noise_kernels() {
  static const std::vector<NoiseKernel> kernels = kernels_of_this_machine();
  return kernels;
}

void standard_normals(const NoiseKey& key, std::uint64_t first_cell, std::span<double> values) {
  noise_kernels().front().fill(key, first_cell, values);
}

std::array<std::uint32_t, 4> philox_4x32_10(const std::array<std::uint32_t, 4>& counter,
                                            const std::array<std::uint32_t, 2>& key) {
  const auto b =
      noise_kernel::philox({counter[0], counter[1], counter[2], counter[3]}, key[0], key[1]);
  const auto word = [](Word w) { return static_cast<std::uint32_t>(w); };
  return {word(b.c0), word(b.c1), word(b.c2), word(b.c3)};
}

}  // namespace feller

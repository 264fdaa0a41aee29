#include "discretisation/noise.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <vector>

#include "discretisation/noise_kernel.hpp"

namespace feller {
namespace {

using noise_kernel::Word;

void fill_portable(const NoiseKey& key, std::uint64_t first_cell, std::span<double> values) {
  noise_kernel::fill<noise_kernel::PlainCipher>(key, first_cell, values);
}

#if defined(__x86_64__) && defined(__GNUC__)
/// Four blocks at a time. AVX2 multiplies the lower halves of 64-bit lanes in one instruction,
/// which GCC 12 does not find by itself: it multiplies all 64 bits, with three times the work.
struct Avx2Cipher {
  [[gnu::target("avx2")]] static void fill(const NoiseKey& key, Word first, Word* bits);
};

[[gnu::target("avx2")]] inline __m256i everywhere(Word w) {
  return _mm256_set1_epi64x(static_cast<long long>(w));
}

/// The next key and counter of a round: x ^ y ^ k.
[[gnu::target("avx2")]] inline __m256i mixed(__m256i product, __m256i other, std::uint32_t k) {
  return _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product, 32), other), everywhere(k));
}

[[gnu::target("avx2")]] inline void store(Word* to, __m256i low_words, __m256i high_words) {
  const __m256i both = _mm256_blend_epi32(low_words, _mm256_slli_epi64(high_words, 32), 0xAA);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), both);
}

void Avx2Cipher::fill(const NoiseKey& key, Word first, Word* bits) {
  for (int j = 0; j < noise_kernel::lanes; j += 4) {
    const Word start = first + static_cast<Word>(j);
    __m256i c0 = _mm256_add_epi64(everywhere(start), _mm256_setr_epi64x(0, 1, 2, 3));
    __m256i c1 = _mm256_or_si256(_mm256_srli_epi64(c0, 32), everywhere(Word{key.channel} << 16));
    __m256i c2 = everywhere(key.step), c3 = everywhere(key.stream);
    auto k0 = static_cast<std::uint32_t>(key.seed), k1 = static_cast<std::uint32_t>(key.seed >> 32);
    for (int round = 0; round < 10; ++round) {
      const __m256i p0 = _mm256_mul_epu32(c0, everywhere(0xD2511F53u));
      const __m256i p1 = _mm256_mul_epu32(c2, everywhere(0xCD9E8D57u));
      c0 = mixed(p1, c1, k0);
      c2 = mixed(p0, c3, k1);
      c1 = p1;
      c3 = p0;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    store(bits + j, c0, c1);
    store(bits + noise_kernel::lanes + j, c2, c3);
  }
}

[[gnu::target("avx2")]] void fill_avx2(const NoiseKey& key, std::uint64_t first_cell,
                                       std::span<double> values) {
  noise_kernel::fill<Avx2Cipher>(key, first_cell, values);
}

[[gnu::target("avx512f,avx512dq,avx512vl,avx512bw")]] void fill_avx512(const NoiseKey& key,
                                                                       std::uint64_t first_cell,
                                                                       std::span<double> values) {
  noise_kernel::fill<noise_kernel::PlainCipher>(key, first_cell, values);
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

#pragma once

/// The arithmetic of `standard_normals`, without a branch, lane by lane, for the compiler to turn
/// into vector instructions of whatever width. Integers and correctly rounded operations alone, and
/// no contraction to fused ones (-ffp-contract=off), so that every width gives the same bits.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "discretisation/noise.hpp"

namespace feller::noise_kernel {

using Word = std::uint64_t;

constexpr int lanes = 8;
constexpr int normals_of_block = 4;
/// Cells that share `lanes` blocks of the cipher.
constexpr int chunk = lanes * normals_of_block;
/// Chunks at a time: enough to keep the pipelines full, few enough for the nearest cache.
constexpr int batch = 8;

constexpr Word low = 0xffffffffu;

/// Counter and key of a block; all but the lowest 32 bits of each word are left to chance.
struct Block {
  Word c0, c1, c2, c3;
};

[[gnu::always_inline]] inline Block philox(Block b, std::uint32_t k0, std::uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    const Word p0 = (b.c0 & low) * 0xD2511F53u, p1 = (b.c2 & low) * 0xCD9E8D57u;
    b = {(p1 >> 32) ^ b.c1 ^ k0, p1, (p0 >> 32) ^ b.c3 ^ k1, p0};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return b;
}

[[gnu::always_inline]] inline Block block_of(const NoiseKey& key, Word number) {
  const Block counter{number, (number >> 32) | (Word{key.channel} << 16), key.step, key.stream};
  return philox(counter, static_cast<std::uint32_t>(key.seed),
                static_cast<std::uint32_t>(key.seed >> 32));
}

/// A double in [1, 2) of 52 bits.
[[gnu::always_inline]] inline double one_and(Word fraction) {
  return std::bit_cast<double>(0x3ff0000000000000u | fraction);
}

/// ln u for u in (0, 1): u = 2^e m with m in [sqrt(1/2), sqrt(2)), and with s = (m-1)/(m+1)
///     ln m = 2 artanh s = 2 s + s^3 P(s^2),   the error of P relative to ln m is 5e-18.
[[gnu::always_inline]] inline double logarithm(double u) {
  constexpr Word root_half = 0x3fe6a09e667f3bcdu;
  const Word bits = std::bit_cast<Word>(u);
  const Word power = (bits - root_half + 0x4000000000000000u) >> 52;  // e + 1024
  const double e = std::bit_cast<double>(0x4330000000000000u | power) - (0x1p52 + 1024);
  const double f = std::bit_cast<double>(bits - ((power - 1024) << 52)) - 1;
  const double s = f / (2 + f), z = s * s, zz = z * z;
  const double p =
      (0x1.5555555555558p-1 + 0x1.99999999952d7p-2 * z) +
      zz * ((0x1.2492492df281ap-2 + 0x1.c71c62e3f11e6p-3 * z) +
            zz * ((0x1.7462b51cb66b1p-3 + 0x1.39fe51a7c18f9p-3 * z) + zz * 0x1.2b5900de53b32p-3));
  constexpr double ln2_high = 0x1.62e42fefa0000p-1, ln2_rest = 0x1.cf79abc9e3b3ap-40;
  return e * ln2_high + (2 * s + (s * z * p + e * ln2_rest));
}

/// sin x = x + x^3 S(x^2) and cos x = 1 - x^2/2 + x^4 C(x^2) for |x| <= pi/4, to 2e-17.
[[gnu::always_inline]] inline double sine(double x) {
  const double y = x * x, yy = y * y;
  const double s = (-0.16666666666666666 + 0.008333333333330948 * y) +
                   yy * ((-0.00019841269836756774 + 2.7557316101617874e-06 * y) +
                         yy * (-2.505113165023518e-08 + 1.5918115263265974e-10 * y));
  return x + x * y * s;
}

[[gnu::always_inline]] inline double cosine(double x) {
  const double y = x * x, yy = y * y;
  const double c = (0.041666666666666664 - 0.0013888888888887398 * y) +
                   yy * ((2.480158729876456e-05 - 2.7557317271145144e-07 * y) +
                         yy * (2.087614614655861e-09 - 1.1382623647474604e-11 * y));
  return 1 - (y / 2 - yy * c);
}

/// Box-Muller: bits 24 to 63 make the radius; 0 to 21 an angle in (-pi/4, pi/4), 22 exchanges sine
/// and cosine, 23 is the sign of the cosine: the whole circle.
[[gnu::always_inline]] inline void normal_pair(Word bits, double& first, double& second) {
  const double u = one_and(((bits >> 24) << 12) | 0x800u) - 1;
  const double radius = std::sqrt(-2 * logarithm(u));
  const double quarters = one_and(((bits & 0x3fffffu) << 30) | (Word{1} << 29)) - 1.5;
  const double angle = quarters * 1.5707963267948966;
  const Word sign = (bits << 40) & 0x8000000000000000u;
  const Word along = std::bit_cast<Word>(radius * cosine(angle)) ^ sign;
  const Word across = std::bit_cast<Word>(radius * sine(angle));
  const Word exchange = (along ^ across) & (0 - ((bits >> 22) & 1));
  first = std::bit_cast<double>(along ^ exchange);
  second = std::bit_cast<double>(across ^ exchange);
}

[[gnu::always_inline]] inline Word joined(Word low_word, Word high_word) {
  return (low_word & low) | (high_word << 32);
}

/// The bits of one chunk: for each lane those of its first pair, then those of its second.
struct PlainCipher {
  [[gnu::always_inline]] static inline void fill(const NoiseKey& key, Word first, Word* bits) {
    for (int j = 0; j < lanes; ++j) {
      const Block block = block_of(key, first + static_cast<Word>(j));
      bits[j] = joined(block.c0, block.c1);
      bits[lanes + j] = joined(block.c2, block.c3);
    }
  }
};

/// The cells of `count` <= batch chunks from chunk `first` on.
template <class Cipher>
[[gnu::always_inline]] inline void fill_chunks(const NoiseKey& key, Word first, int count,
                                               double* out) {
  std::array<Word, 2 * lanes * batch> bits;
  for (int i = 0; i < count; ++i) {
    Cipher::fill(key, (first + static_cast<Word>(i)) * lanes, bits.data() + 2 * lanes * i);
  }
  for (int i = 0; i < 2 * count; ++i) {
    const Word* here = bits.data() + lanes * i;
    double* pairs = out + 2 * lanes * i;
    for (int j = 0; j < lanes; ++j) normal_pair(here[j], pairs[j], pairs[lanes + j]);
  }
}

/// Any range of cells; a chunk that it only touches is made beside it.
template <class Cipher>
[[gnu::always_inline]] inline void fill(const NoiseKey& key, Word first_cell,
                                        std::span<double> values) {
  Word cell = first_cell;
  while (!values.empty()) {
    const std::size_t skipped = cell % chunk, whole = values.size() / chunk;
    std::size_t taken = 0;
    if (skipped == 0 && whole > 0) {
      const int count = static_cast<int>(std::min<std::size_t>(whole, batch));
      fill_chunks<Cipher>(key, cell / chunk, count, values.data());
      taken = static_cast<std::size_t>(count) * chunk;
    } else {
      std::array<double, chunk> beside;
      fill_chunks<Cipher>(key, cell / chunk, 1, beside.data());
      taken = std::min(values.size(), chunk - skipped);
      std::copy_n(beside.data() + skipped, taken, values.data());
    }
    cell += taken;
    values = values.subspan(taken);
  }
}

}  // namespace feller::noise_kernel

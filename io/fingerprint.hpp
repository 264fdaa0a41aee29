#pragma once

/// Short numbers that tell whether data are what they were, bit by bit.
///
///     sum over all cells of mix(bits of the value, natural number of the cell)   modulo 2^64
///
/// mix is the finaliser of SplitMix64 (Steele, Lea & Flood 2014). The sum does not care about
/// order: it is the same on any number of ranks.

#include <cstdint>
#include <filesystem>
#include <string>

#include "discretisation/field.hpp"

namespace feller {

class Fingerprint {
 public:
  void add(std::uint64_t position, double value);
  std::uint64_t value() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

/// Of all cells. Collective.
std::uint64_t fingerprint(const Field& field);

/// Of a file's bytes, 0 if it cannot be read. On one rank.
std::uint64_t fingerprint(const std::filesystem::path& file);

/// 16 hexadecimal digits.
std::string hexadecimal(std::uint64_t value);

}  // namespace feller

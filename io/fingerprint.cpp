#include "io/fingerprint.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <fstream>

namespace feller {
namespace {

std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31);
}

}  // namespace

void Fingerprint::add(std::uint64_t position, double value) {
  sum_ += mix(std::bit_cast<std::uint64_t>(value) + mix((position + 1) * 0x9e3779b97f4a7c15U));
}

std::uint64_t fingerprint(const Field& field) {
  const Grid& grid = field.grid();
  Fingerprint mine;
  auto value = field.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    mine.add(static_cast<std::uint64_t>(grid.natural(cell)), *value++);
  });
  std::uint64_t sum = mine.value();
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, grid.comm()));
  return sum;
}

std::uint64_t fingerprint(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) return 0;
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  std::array<char, 65536> block{};
  while (stream) {
    stream.read(block.data(), block.size());
    for (std::streamsize i = 0; i < stream.gcount(); ++i) {
      hash =
          (hash ^ static_cast<unsigned char>(block[static_cast<std::size_t>(i)])) * 0x100000001b3U;
    }
  }
  return hash;
}

std::string hexadecimal(std::uint64_t value) {
  return fmt::format("{:016x}", value);
}

}  // namespace feller

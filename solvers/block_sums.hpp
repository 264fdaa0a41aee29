#pragma once

/// Sums over particles that are the same to the last bit on any number of ranks.
///
/// Particles come in blocks of a fixed size, each block to one rank. A rank adds up within its
/// blocks; then every rank gets all blocks' sums (each comes from one rank, the others add 0) and
/// adds these up in the order of the blocks.

#include <span>
#include <vector>

#include "discretisation/petsc.hpp"

namespace feller {

class BlockSums {
 public:
  BlockSums(int blocks, int quantities)
      : quantities_{quantities},
        sums_(static_cast<std::size_t>(blocks) * static_cast<std::size_t>(quantities)) {}

  /// The sums of a block, at 0 until added to.
  std::span<double> of(int block) {
    const auto width = static_cast<std::size_t>(quantities_);
    return std::span{sums_}.subspan(static_cast<std::size_t>(block) * width, width);
  }
  /// One a quantity, on every rank. Collective.
  std::vector<double> total(MPI_Comm comm) const;

 private:
  int quantities_;
  std::vector<double> sums_;
};

}  // namespace feller

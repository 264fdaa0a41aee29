#pragma once

/// V13: McAllester (2) to (5) on random finite chains and on normal ones, with the controls.

#include <cstdint>
#include <vector>

#include "io/check.hpp"

namespace feller {

/// Of one chain with a generator that is not its own.
struct ChainRow {
  double entropy = 0;
  double bound = 0;          ///< (5)
  double divergence = 0;     ///< of the paths
  double least_printed = 0;  ///< of (5) as printed, with the chain's own laws, over y and z_1
};

class ChainLikelihood {
 public:
  /// `chains` of them at random, of 1, 2, 3 and 4 steps by turns.
  ChainLikelihood(int symbols, int chains, std::uint64_t seed);

  const std::vector<ChainRow>& rows() const { return rows_; }
  Checks checks() const;

 private:
  std::vector<ChainRow> rows_;
  double identity_ = 0;  ///< largest error of (4)
  double closed_ = 0;    ///< largest |(5) - H| with the chain's own laws
};

/// (4) for a normal population in closed form.
Check normal_chain_check();

}  // namespace feller

#pragma once

/// How the entropy of the chain behaves, over the plane of tr Cov(U_0)/n and J(p_0)/n, for random
/// mixtures of normal laws:
///
///     rises          tr Cov / n <= 1                       (Theorem B)
///     rises, falls   tr Cov / n >  1  and  J / n > 1
///     falls          J / n <= 1                            (Theorem C; then tr Cov / n >= 1)
///
/// Nothing lies below J/n = 1 / (tr Cov / n) (Cramer-Rao). The laws are known at every time, and
/// are looked at as cell means on the grid of the study.

#include <cstdint>
#include <vector>

#include "io/check.hpp"
#include "io/layout.hpp"
#include "problems/processes/mixture.hpp"
#include "studies/chain/chain_entropies.hpp"

namespace feller {

enum class EntropyCourse { rises, turns, falls, other };

struct Specimen {
  double spread;  ///< tr Cov / n
  double fisher;  ///< J / n
  EntropyCourse seen;
};

class PhaseDiagram {
 public:
  /// `size` mixtures that fit into the box. Shows progress. Collective.
  PhaseDiagram(const Grid& grid, int size, std::uint64_t seed);

  Checks checks() const;
  static Table table();
  /// Rows of the table, ascending.
  std::vector<std::vector<double>> rows() const;
  /// Whether a grid is fine and large enough for mixtures of all three kinds.
  static bool fits(const Grid& grid);

 private:
  std::vector<Specimen> specimens_;
  int dimension_;
};

}  // namespace feller

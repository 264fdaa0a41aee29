#pragma once

/// How many particles end in each cell of the grid, against the exact law p of a cell:
///
///     chi^2 = sum_K (N_K - M p_K)^2 / (M p_K),      cells with M p_K < 5 taken together
///
/// Its cube root, centred and scaled, is nearly N(0, 1) if the particles have the law p (Wilson and
/// Hilferty 1931).

#include <functional>
#include <vector>

#include "discretisation/field.hpp"
#include "problems/processes/law.hpp"

namespace feller {

class CellCounts {
 public:
  explicit CellCounts(const Grid& grid);

  /// Component a of particle p stands at [a * count + p].
  void take(const std::vector<double>& z, std::size_t count);
  /// Puts the ranks' counts together. Collective, once.
  void gather();

  /// As a density, in one cell; of all cells. The latter is collective.
  double density(const Index& cell) const;
  Field density() const;
  /// The normal score of chi^2, against a law or the probabilities of the cells.
  double score(const Law& law) const;
  double score(const std::function<double(const Index&)>& probability) const;

 private:
  const Grid& grid_;
  std::vector<double> counts_;  ///< in natural order; the last is what lies beyond the box
  double particles_ = 0;
};

}  // namespace feller

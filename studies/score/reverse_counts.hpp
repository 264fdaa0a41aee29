#pragma once

/// How many particles end in each cell of the grid, against the exact law p of a cell:
///
///     chi^2 = sum_K (N_K - M p_K)^2 / (M p_K),      cells with M p_K < 5 taken together
///
/// With C cells, taken so, it is chi-square with C - 1 degrees of freedom if the particles have the
/// law p. The relative entropy of their shares to those of p,
///
///     D = sum_K N_K/M ln(N_K/(M p_K)) - (C - 1)/(2 M),
///
/// less what it has on average by chance, is at most that of their law to p, as cells only forget.

#include <functional>
#include <utility>
#include <vector>

#include "discretisation/field.hpp"
#include "problems/processes/law.hpp"

namespace feller {

/// A chi^2 and where it is judged.
struct CellTest {
  double square = 0;
  double freedom = 0;
  double bound() const;  ///< exceeded by chance as often as 4 standard errors, on one side
};

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
  CellTest test(const Law& law) const;
  /// The same as a nearly normal number (Wilson and Hilferty 1931); against the probabilities of
  /// the cells, too.
  double score(const Law& law) const;
  double score(const std::function<double(const Index&)>& probability) const;
  /// D.
  double divergence(const Law& law) const;

 private:
  /// Found and expected, cell by cell, the rest last; the same on every rank.
  std::vector<std::pair<double, double>> pairs(
      const std::function<double(const Index&)>& probability) const;
  std::vector<std::pair<double, double>> pairs(const Law& law) const;

  const Grid& grid_;
  std::vector<double> counts_;  ///< in natural order; the last is what lies beyond the box
  double particles_ = 0;
};

}  // namespace feller

#pragma once

/// Values of a field in another order, wherever they lie: what permutations of pixels and
/// transforms along whole rows are made of.
///
///     fetched[i] = field(cells[i])          cells by their natural numbers, any on any rank
///
/// Moved by PETSc's scatters: bit by bit the same numbers, and no rank holds more than it asks for.

#include <functional>
#include <vector>

#include "discretisation/field.hpp"

namespace feller {

using ScatterHandle = Handle<VecScatter, VecScatterDestroy>;

class Relabelling {
 public:
  /// What this rank wants, by natural number; a number may come more than once. Collective.
  Relabelling(const Grid& grid, const std::vector<PetscInt>& cells);

  /// Collective.
  std::vector<double> fetch(const Field& field) const;
  /// The way back, for cells that are each asked for once in all. Collective.
  Field put(const std::vector<double>& values) const;

 private:
  Grid grid_;
  VectorHandle local_;
  ScatterHandle scatter_;
};

/// Moves the values of cells to other cells: result(k) = field(source(k)), k and source(k) natural
/// numbers on the grid of the result and on that of the field.
class Permutation {
 public:
  using Source = std::function<PetscInt(PetscInt)>;

  /// `source` is asked for the rank's own cells of `to`. Collective.
  Permutation(const Grid& from, const Grid& to, Source source);

  /// Collective.
  Field operator()(const Field& field) const;
  /// The field that `permuted` was made of, where every cell was used once. Collective.
  Field inverse(const Field& permuted) const;
  /// The natural number that the cell of that natural number had.
  PetscInt source(PetscInt cell) const { return source_(cell); }
  const Grid& target() const { return to_; }

 private:
  Grid to_;
  Source source_;
  Relabelling relabelling_;
};

/// An arbitrary permutation of 0..count-1 that needs no list: a Feistel network of the noise
/// generator's cipher, walked on until it falls below `count` (Black & Rogaway 2002).
Permutation::Source random_permutation(PetscInt count, std::uint64_t seed);

}  // namespace feller

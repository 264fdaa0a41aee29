#pragma once

/// One value a cell: the mean of a density or an image over the cell, or a coefficient there.
///
/// Distributed as the grid is: a rank holds the cells it owns, in memory order of `grid.owned()`.
/// `Ghosted` is a field seen with one layer of its neighbours' cells around it.

#include <functional>
#include <span>

#include "discretisation/grid.hpp"

namespace feller {

class Field {
 public:
  /// All cells at `value`. Collective.
  explicit Field(const Grid& grid, double value = 0);
  Field(const Field& other);
  Field& operator=(const Field& other);
  Field(Field&&) noexcept = default;
  Field& operator=(Field&&) noexcept = default;
  ~Field();

  const Grid& grid() const { return grid_; }
  Vec vector() const { return vector_.get(); }

  /// The owned cells. Writing marks the vector as changed; do not keep the span across a call
  /// into PETSc.
  std::span<const double> values() const;
  std::span<double> values();

  double operator[](const Index& cell) const {
    return values()[static_cast<std::size_t>(grid_.owned().offset(cell))];
  }

 private:
  Grid grid_;
  VectorHandle vector_;
};

/// A field from a value at each owned cell. Collective.
Field fill(const Grid& grid, const std::function<double(const Index&)>& value);

/// A field from its own values, each mapped.
Field transformed(const Field& field, const std::function<double(double)>& map);

/// The sum of fields, cell by cell, the same to the last bit in whatever order they come.
Field sum_of(std::span<const Field> fields);

/// What is in each cell, m_K = |K| u_K, of a density u; and the density again. What jumps is mass,
/// so generators act on it.
Field masses_of(Field density);
Field densities_of(Field masses);

/// Sum over all cells. Collective.
double total(const Field& field);

/// A copy of a field's owned cells and of the ghost cells around them. Collective to create.
/// Ghosts beyond a reflecting border belong to nobody and are NaN.
class Ghosted {
 public:
  explicit Ghosted(const Field& field);

  double operator[](const Index& cell) const {
    return values_[static_cast<std::size_t>(box_.offset(cell))];
  }
  std::span<const double> values() const { return values_; }
  const Box& box() const { return box_; }

 private:
  Box box_;
  std::vector<double> values_;
};

}  // namespace feller

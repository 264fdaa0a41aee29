#pragma once

/// A box of cells in one, two or three dimensions, shared out over the ranks.
///
///     axis 0 = x (fastest in memory), 1 = y, 2 = z
///     centre of cell i along an axis:  lower + (i + 1/2) h,   h = (upper - lower) / cells
///
/// Each rank owns a box of cells and sees one layer of ghosts around it (corners included). Unused
/// axes have one cell of unit size, so the same loops serve every dimension.
///
/// A Grid is a cheap, immutable value: copies share one PETSc DMDA.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "discretisation/petsc.hpp"

namespace feller {

enum class Boundary {
  reflecting,  ///< no flux through the border
  periodic     ///< the last cell touches the first
};

/// One direction of a grid: `cells` equal cells from `lower` to `upper`.
struct Axis {
  int cells = 1;
  double lower = 0;
  double upper = 1;
  Boundary boundary = Boundary::reflecting;

  double spacing() const { return (upper - lower) / cells; }
  double centre(int i) const { return lower + (i + 0.5) * spacing(); }
  /// Border between cells i-1 and i.
  double face(int i) const { return lower + i * spacing(); }
};

/// Integer position of a cell (or step from one cell to another) along x, y, z.
using Index = std::array<int, 3>;

/// Point in space; coordinates of unused axes are 0.
using Point = std::array<double, 3>;

/// A box of cells: `start[a] <= i_a < start[a] + count[a]`.
struct Box {
  Index start{0, 0, 0};
  Index count{1, 1, 1};

  PetscInt size() const { return PetscInt{1} * count[0] * count[1] * count[2]; }
  /// Position of a cell in an array over the box, x fastest.
  PetscInt offset(const Index& c) const {
    return (c[0] - start[0]) +
           PetscInt{count[0]} * ((c[1] - start[1]) + PetscInt{count[1]} * (c[2] - start[2]));
  }
};

/// Calls `visit(Index)` for every cell of the box, in memory order.
template <class Visit>
void for_each(const Box& box, Visit&& visit) {
  const auto& [s, n] = box;
  for (int k = s[2]; k < s[2] + n[2]; ++k)
    for (int j = s[1]; j < s[1] + n[1]; ++j)
      for (int i = s[0]; i < s[0] + n[0]; ++i) visit(Index{i, j, k});
}

class Grid {
 public:
  /// One to three axes. Throws InputError on all ranks where the box cannot be split over the
  /// ranks of `comm`, or an axis is empty or upside down. Collective.
  explicit Grid(std::vector<Axis> axes, MPI_Comm comm = PETSC_COMM_WORLD);

  int dimension() const { return static_cast<int>(axes_.size()); }
  const Axis& axis(int a) const { return axes_[static_cast<std::size_t>(a)]; }
  const std::vector<Axis>& axes() const { return axes_; }
  static constexpr std::array<std::string_view, 3> axis_names{"x", "y", "z"};

  PetscInt cells() const;  ///< of the whole grid
  const Box& owned() const { return owned_; }
  const Box& ghosted() const { return ghosted_; }
  Box whole() const;

  /// Volume of a cell: length, area or volume.
  double volume() const { return volume_; }
  Point centre(const Index& cell) const;
  /// "(x, y) = (0.5, -1)": where a complaint about a cell points.
  std::string describe(const Point& point) const;

  /// Number of the cell in natural order (x fastest): the same for every number of ranks.
  PetscInt natural(const Index& cell) const;

  /// True if the cell lies in the grid, periodic axes being endless.
  bool inside(const Index& cell) const;
  /// The cell itself, or the one it stands for beyond a periodic border.
  Index wrapped(Index cell) const;

  MPI_Comm comm() const { return comm_; }
  DM mesh() const { return mesh_->get(); }
  /// PETSc's global numbers of the ghosted box's cells.
  const PetscInt* global_numbers() const { return global_numbers_; }

 private:
  std::vector<Axis> axes_;
  MPI_Comm comm_;
  std::shared_ptr<const MeshHandle> mesh_;
  const PetscInt* global_numbers_ = nullptr;
  Box owned_;
  Box ghosted_;
  double volume_ = 1;
};

}  // namespace feller

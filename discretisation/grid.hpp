#pragma once

/// A box of cells in one, two or three dimensions, shared out over the ranks.
///
///     axis 0 = x (fastest in memory), 1 = y, 2 = z
///     cell i of an axis lies between face(i) and face(i + 1), its centre half way
///
/// Each rank owns a box of cells and sees layers of ghosts around it (corners included), one unless
/// more are asked for. Unused axes have one cell of unit size, so the same loops serve every
/// dimension.
///
/// A Grid is a cheap, immutable value: copies share one PETSc DMDA.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "discretisation/petsc.hpp"

namespace feller {

/// What happens where a grid ends.
enum class Boundary {
  reflecting,  ///< no flux through the border
  periodic,    ///< the last cell touches the first; on both sides or none
  absorbing,   ///< what reaches the border is gone: u = 0 there
  dirichlet    ///< u is given there
};

/// The two ends of an axis; one word stands for both.
struct Borders {
  Boundary lower = Boundary::reflecting;
  Boundary upper = Boundary::reflecting;

  Borders() = default;
  Borders(Boundary both) : lower{both}, upper{both} {}
  Borders(Boundary low, Boundary up) : lower{low}, upper{up} {}
  /// Nothing leaves or enters through either end.
  bool closed() const;
};

/// One direction of a grid: `cells` cells from `lower` to `upper`, equal ones unless their `faces`
/// are given.
struct Axis {
  int cells = 1;
  double lower = 0;
  double upper = 1;
  Borders borders = {};
  std::vector<double> faces = {};  ///< none, or cells + 1 ascending ones from lower to upper

  /// An axis with these faces.
  static Axis with_faces(std::vector<double> faces, Borders borders = {});

  bool is_uniform() const { return faces.empty(); }
  bool is_periodic() const { return borders.lower == Boundary::periodic; }
  double length() const { return upper - lower; }
  /// Border between cells i-1 and i; beyond a periodic border it goes on.
  double face(int i) const { return faces.empty() ? lower + i * (length() / cells) : given(i); }
  double width(int i) const { return faces.empty() ? length() / cells : given(i + 1) - given(i); }
  double centre(int i) const {
    return faces.empty() ? lower + (i + 0.5) * (length() / cells) : (given(i) + given(i + 1)) / 2;
  }
  /// From the centre of cell i to that of cell i + 1.
  double distance(int i) const { return faces.empty() ? width(i) : centre(i + 1) - centre(i); }

 private:
  double given(int i) const;
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
  bool contains(const Index& cell) const {
    for (std::size_t a = 0; a < 3; ++a) {
      if (cell[a] < start[a] || cell[a] >= start[a] + count[a]) return false;
    }
    return true;
  }
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
  /// One to three axes, with `halo` layers of ghosts. Throws InputError on all ranks where the box
  /// cannot be split over the ranks of `comm`, or an axis is empty or upside down. Collective.
  explicit Grid(std::vector<Axis> axes, int halo = 1, MPI_Comm comm = PETSC_COMM_WORLD);

  int dimension() const { return static_cast<int>(axes_.size()); }
  const Axis& axis(int a) const { return axes_[static_cast<std::size_t>(a)]; }
  const std::vector<Axis>& axes() const { return axes_; }
  static constexpr std::array<std::string_view, 3> axis_names{"x", "y", "z"};

  PetscInt cells() const;  ///< of the whole grid
  const Box& owned() const { return owned_; }
  const Box& ghosted() const { return ghosted_; }
  Box whole() const;

  /// Length, area or volume of a cell.
  double volume(const Index& cell) const;
  /// Of the whole box.
  double volume() const;
  double smallest_volume() const;
  /// All cells are equal.
  bool is_uniform() const;
  /// Nothing leaves or enters through any border.
  bool is_closed() const;
  int halo() const { return halo_; }
  Point centre(const Index& cell) const;
  /// "(x, y) = (0.5, -1)": where a complaint about a cell points.
  std::string describe(const Point& point) const;

  /// Number of the cell in natural order (x fastest): the same for every number of ranks.
  PetscInt natural(const Index& cell) const;

  /// True if the cell lies in the grid, periodic axes being endless.
  bool inside(const Index& cell) const;
  /// The cell itself, or the one it stands for beyond a periodic border.
  Index wrapped(Index cell) const;
  Point wrapped(Point x) const;

  MPI_Comm comm() const { return comm_; }
  DM mesh() const { return mesh_->get(); }
  /// PETSc's global numbers of the ghosted box's cells.
  const PetscInt* global_numbers() const { return global_numbers_; }

 private:
  std::vector<Axis> axes_;
  MPI_Comm comm_;
  std::shared_ptr<const MeshHandle> mesh_;
  const PetscInt* global_numbers_ = nullptr;
  int halo_ = 1;
  Box owned_;
  Box ghosted_;
};

}  // namespace feller

#include "discretisation/grid.hpp"

#include <fmt/format.h>
#include <petscdmda.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace feller {
namespace {

void validate(const Axis& axis) {
  if (axis.cells < 1) throw InputError(fmt::format("an axis needs cells, not {}", axis.cells));
  if (!(axis.lower < axis.upper) || !std::isfinite(axis.length())) {
    throw InputError(fmt::format("an axis cannot reach from {} to {}", axis.lower, axis.upper));
  }
  if ((axis.borders.lower == Boundary::periodic) != (axis.borders.upper == Boundary::periodic)) {
    throw InputError("an axis is periodic at both ends or at none");
  }
  if (axis.is_periodic() && axis.cells < 3) {
    throw InputError(fmt::format("a periodic axis needs at least 3 cells, not {}", axis.cells));
  }
  if (axis.is_uniform()) return;
  if (axis.faces.size() != static_cast<std::size_t>(axis.cells) + 1) {
    throw InputError(fmt::format("{} cells have {} faces, not {}", axis.cells, axis.cells + 1,
                                 axis.faces.size()));
  }
  const auto wrong =
      std::ranges::adjacent_find(axis.faces, [](double a, double b) { return !(a < b); });
  if (wrong != axis.faces.end()) {
    throw InputError(fmt::format("faces must ascend, but {} is followed by {}", *wrong, wrong[1]));
  }
}

void validate(const std::vector<Axis>& axes) {
  if (axes.empty() || axes.size() > 3) {
    throw InputError(fmt::format("a grid has 1, 2 or 3 axes, not {}", axes.size()));
  }
  double total = 1;
  for (const auto& axis : axes) {
    validate(axis);
    total *= axis.cells;
  }
  if (total > static_cast<double>(std::numeric_limits<PetscInt>::max())) {
    throw InputError(fmt::format("{:.0f} cells need a PETSc with 64-bit indices", total));
  }
}

/// Shares of 1-D to 3-D processor grids: the axes are cut so that the boxes are as cubic as
/// possible, slowest axis first, and each share of a cut axis has at least `halo` cells.
Index split(const Index& cells, int ranks, int halo) {
  Index best{0, 0, 0};
  const auto fits = [halo](int shares, int n) { return shares == 1 || n / shares >= halo; };
  double least = std::numeric_limits<double>::max();
  for (int pz = 1; pz <= ranks; ++pz) {
    for (int py = 1; py <= ranks / pz; ++py) {
      if (ranks % (pz * py) != 0) continue;
      const int px = ranks / (pz * py);
      if (!fits(px, cells[0]) || !fits(py, cells[1]) || !fits(pz, cells[2])) continue;
      const double surface = (px - 1.0) * cells[1] * cells[2] + (py - 1.0) * cells[0] * cells[2] +
                             (pz - 1.0) * cells[0] * cells[1];
      if (surface <= least) {
        least = surface;
        best = {px, py, pz};
      }
    }
  }
  return best;
}

DMBoundaryType border(const Axis& axis) {
  return axis.is_periodic() ? DM_BOUNDARY_PERIODIC : DM_BOUNDARY_NONE;
}

Box box_of(DM mesh, PetscErrorCode (*corners)(DM, PetscInt*, PetscInt*, PetscInt*, PetscInt*,
                                              PetscInt*, PetscInt*)) {
  PetscInt x = 0, y = 0, z = 0, nx = 1, ny = 1, nz = 1;
  check(corners(mesh, &x, &y, &z, &nx, &ny, &nz));
  return {{x, y, z}, {nx, ny, nz}};
}

const Axis unit_axis;

}  // namespace

bool Borders::closed() const {
  const auto tight = [](Boundary b) {
    return b == Boundary::reflecting || b == Boundary::periodic;
  };
  return tight(lower) && tight(upper);
}

Axis Axis::with_faces(std::vector<double> faces, Borders borders) {
  const double first = faces.front(), last = faces.back();
  const int cells = static_cast<int>(faces.size()) - 1;
  return {cells, first, last, borders, std::move(faces)};
}

double Axis::given(int i) const {
  const int turns = i < 0 ? -((cells - 1 - i) / cells) : i > cells ? (i - 1) / cells : 0;
  return faces[static_cast<std::size_t>(i - turns * cells)] + turns * length();
}

Grid::Grid(std::vector<Axis> axes, int halo, MPI_Comm comm)
    : axes_{std::move(axes)}, comm_{comm}, halo_{halo} {
  validate(axes_);
  const Box all = whole();
  const int ranks = size_of(comm);
  const Index shares = split(all.count, ranks, halo);
  if (shares[0] == 0) {
    throw InputError(
        fmt::format("{} x {} x {} cells cannot be split over {} ranks{}: use fewer ranks",
                    all.count[0], all.count[1], all.count[2], ranks,
                    halo == 1 ? "" : fmt::format(" with {} cells an axis or more", halo)));
  }
  MeshHandle mesh;
  for (const auto& axis : axes_) {
    if (axis.cells >= halo || !axis.is_periodic()) continue;
    throw InputError(fmt::format("a periodic axis needs at least {} cells here", halo));
  }
  const auto axis_or_unit = [this](int a) { return a < dimension() ? axis(a) : unit_axis; };
  check(DMDACreate3d(comm, border(axis_or_unit(0)), border(axis_or_unit(1)),
                     border(axis_or_unit(2)), DMDA_STENCIL_BOX, all.count[0], all.count[1],
                     all.count[2], shares[0], shares[1], shares[2], 1, halo, nullptr, nullptr,
                     nullptr, mesh.put()));
  check(DMSetUp(mesh.get()));
  owned_ = box_of(mesh.get(), DMDAGetCorners);
  ghosted_ = box_of(mesh.get(), DMDAGetGhostCorners);
  ISLocalToGlobalMapping mapping = nullptr;
  check(DMGetLocalToGlobalMapping(mesh.get(), &mapping));
  check(ISLocalToGlobalMappingGetIndices(mapping, &global_numbers_));
  mesh_ = std::make_shared<const MeshHandle>(std::move(mesh));
}

double Grid::volume(const Index& cell) const {
  double product = 1;
  for (std::size_t a = 0; a < axes_.size(); ++a) product *= axes_[a].width(cell[a]);
  return product;
}

double Grid::volume() const {
  double product = 1;
  for (const auto& axis : axes_) product *= axis.length();
  return product;
}

double Grid::smallest_volume() const {
  double product = 1;
  for (const auto& axis : axes_) {
    double narrowest = axis.width(0);
    for (int i = 1; i < axis.cells; ++i) narrowest = std::min(narrowest, axis.width(i));
    product *= narrowest;
  }
  return product;
}

bool Grid::is_uniform() const {
  return std::ranges::all_of(axes_, &Axis::is_uniform);
}

bool Grid::is_closed() const {
  return std::ranges::all_of(axes_, [](const Axis& axis) { return axis.borders.closed(); });
}

PetscInt Grid::cells() const {
  return whole().size();
}

Box Grid::whole() const {
  Box box;
  for (int a = 0; a < dimension(); ++a) box.count[static_cast<std::size_t>(a)] = axis(a).cells;
  return box;
}

Point Grid::centre(const Index& cell) const {
  Point point{0, 0, 0};
  for (std::size_t a = 0; a < axes_.size(); ++a) point[a] = axes_[a].centre(cell[a]);
  return point;
}

std::string Grid::describe(const Point& point) const {
  std::string names, values;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    names += fmt::format("{}{}", a > 0 ? ", " : "", axis_names[a]);
    values += fmt::format("{}{:.6g}", a > 0 ? ", " : "", point[a]);
  }
  return dimension() == 1 ? fmt::format("{} = {}", names, values)
                          : fmt::format("({}) = ({})", names, values);
}

PetscInt Grid::natural(const Index& cell) const {
  return whole().offset(wrapped(cell));
}

bool Grid::inside(const Index& cell) const {
  for (std::size_t a = 0; a < 3; ++a) {
    const Axis& axis = a < axes_.size() ? axes_[a] : unit_axis;
    if (!axis.is_periodic() && (cell[a] < 0 || cell[a] >= axis.cells)) return false;
  }
  return true;
}

Index Grid::wrapped(Index cell) const {
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const int n = axes_[a].cells;
    if (axes_[a].is_periodic()) cell[a] = ((cell[a] % n) + n) % n;
  }
  return cell;
}

Point Grid::wrapped(Point x) const {
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const Axis& axis = axes_[a];
    if (axis.is_periodic()) x[a] -= std::floor((x[a] - axis.lower) / axis.length()) * axis.length();
  }
  return x;
}

}  // namespace feller

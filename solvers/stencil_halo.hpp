#pragma once

/// Arrays over a rank's cells of a plane with a frame of ghosts around them, and the exchange that
/// fills it.
///
/// The frame is two cells wide. An entry holds one number a cell or several in a row. Ghosts beyond
/// the border of the plane stay as they are: 0.

#include <array>
#include <vector>

#include "discretisation/grid.hpp"

namespace feller {

class Plane {
 public:
  static constexpr int frame = 2;

  /// The owned cells `box` of a plane of nx x ny cells; `neighbours` are the ranks to the west,
  /// east, south and north, MPI_PROC_NULL beyond the border.
  Plane(MPI_Comm comm, const Box& box, std::array<int, 2> size, std::array<int, 4> neighbours);
  explicit Plane(const Grid& grid);

  /// Every second cell along both axes, beginning with cell 0; each on the rank of its cell.
  Plane coarse() const;

  int nx() const { return box_.count[0]; }
  int ny() const { return box_.count[1]; }
  /// Of the first owned cell, and of the whole plane.
  int start(int axis) const { return box_.start[static_cast<std::size_t>(axis)]; }
  int size(int axis) const { return size_[static_cast<std::size_t>(axis)]; }

  int stride() const { return nx() + 2 * frame; }
  std::size_t room() const { return static_cast<std::size_t>(stride()) * (ny() + 2 * frame); }
  /// Where owned cell (0, 0) lies; cell (i, j) is i + j stride() further.
  std::ptrdiff_t origin() const { return frame + std::ptrdiff_t{frame} * stride(); }

  MPI_Comm comm() const { return comm_; }
  bool is_shared() const { return shared_; }

  /// Fetches `width` (1 or 2) layers of ghosts, corners included. Collective.
  void exchange(std::vector<double>& values, int width, int entries = 1) const;

 private:
  void exchange_along(int axis, std::vector<double>& values, int width, int entries) const;

  MPI_Comm comm_;
  Box box_;
  std::array<int, 2> size_;
  std::array<int, 4> neighbours_;
  bool shared_;
};

}  // namespace feller

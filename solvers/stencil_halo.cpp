#include "solvers/stencil_halo.hpp"

#include <petscdmda.h>

#include <algorithm>

namespace feller {
namespace {

std::array<int, 4> neighbours_of(const Grid& grid) {
  const PetscMPIInt* ranks = nullptr;
  check(DMDAGetNeighbors(grid.mesh(), &ranks));
  // Of the 27 around a rank in 3-D, the middle layer.
  const std::array<int, 4> places{12, 14, 10, 16};
  std::array<int, 4> found{};
  for (std::size_t i = 0; i < 4; ++i) {
    const PetscMPIInt rank = ranks[places[i]];
    found[i] = rank < 0 ? MPI_PROC_NULL : rank;
  }
  return found;
}

int half(int n) {
  return (n + 1) / 2;
}

}  // namespace

Plane::Plane(MPI_Comm comm, const Box& box, std::array<int, 2> size, std::array<int, 4> neighbours)
    : comm_{comm}, box_{box}, size_{size}, neighbours_{neighbours}, shared_{size_of(comm) > 1} {}

Plane::Plane(const Grid& grid)
    : Plane{grid.comm(),
            grid.owned(),
            {grid.axis(0).cells, grid.axis(1).cells},
            neighbours_of(grid)} {}

Plane Plane::coarse() const {
  Box box;
  for (std::size_t a = 0; a < 2; ++a) {
    box.start[a] = half(box_.start[a]);
    box.count[a] = half(box_.start[a] + box_.count[a]) - box.start[a];
  }
  return Plane{comm_, box, {half(size_[0]), half(size_[1])}, neighbours_};
}

void Plane::exchange(std::vector<double>& values, int width, int entries) const {
  if (!shared_) return;
  exchange_along(0, values, width, entries);
  exchange_along(1, values, width, entries);  // with the ghosts along x, so that corners come too
}

void Plane::exchange_along(int axis, std::vector<double>& values, int width, int entries) const {
  const int across_from = axis == 0 ? 0 : -frame;
  const int across_to = axis == 0 ? ny() : nx() + frame;
  const int along = axis == 0 ? nx() : ny();
  const std::size_t size = static_cast<std::size_t>(width) *
                           static_cast<std::size_t>((across_to - across_from) * entries);
  std::vector<double> sent(size), received(size);
  const auto visit = [&](int from, auto&& act) {
    std::size_t n = 0;
    for (int layer = from; layer < from + width; ++layer) {
      for (int across = across_from; across < across_to; ++across) {
        const int i = axis == 0 ? layer : across, j = axis == 0 ? across : layer;
        const auto place =
            static_cast<std::size_t>((origin() + i + std::ptrdiff_t{j} * stride()) * entries);
        for (int e = 0; e < entries; ++e) act(values[place + static_cast<std::size_t>(e)], n++);
      }
    }
  };
  for (int side = 0; side < 2; ++side) {
    // First all send downwards and receive from above, then upwards.
    const auto to = static_cast<std::size_t>(2 * axis + side);
    const auto from = static_cast<std::size_t>(2 * axis + 1 - side);
    visit(side == 0 ? 0 : along - width, [&](double& value, std::size_t n) { sent[n] = value; });
    check_mpi(MPI_Sendrecv(sent.data(), static_cast<int>(size), MPI_DOUBLE, neighbours_[to], side,
                           received.data(), static_cast<int>(size), MPI_DOUBLE, neighbours_[from],
                           side, comm_, MPI_STATUS_IGNORE));
    if (neighbours_[from] == MPI_PROC_NULL) continue;
    visit(side == 0 ? along : -width, [&](double& value, std::size_t n) { value = received[n]; });
  }
}

}  // namespace feller

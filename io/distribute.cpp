#include "io/distribute.hpp"

namespace feller {
namespace {

constexpr int ints_of_box = 6;

/// The owned boxes of all ranks, on rank 0.
std::vector<Box> boxes_on_root(const Grid& grid) {
  const auto& [start, count] = grid.owned();
  const std::array<int, ints_of_box> mine{start[0], start[1], start[2],
                                          count[0], count[1], count[2]};
  const bool root = rank_of(grid.comm()) == 0;
  std::vector<int> all(root ? ints_of_box * static_cast<std::size_t>(size_of(grid.comm())) : 0);
  check_mpi(MPI_Gather(mine.data(), ints_of_box, MPI_INT, all.data(), ints_of_box, MPI_INT, 0,
                       grid.comm()));
  std::vector<Box> boxes;
  for (std::size_t i = 0; i < all.size(); i += ints_of_box) {
    boxes.push_back({{all[i], all[i + 1], all[i + 2]}, {all[i + 3], all[i + 4], all[i + 5]}});
  }
  return boxes;
}

/// Visits (position in rank order, position in natural order) of every cell.
template <class Visit>
void match_orders(const Grid& grid, const std::vector<Box>& boxes, Visit&& visit) {
  const Box whole = grid.whole();
  std::size_t packed = 0;
  for (const Box& box : boxes) {
    for_each(box, [&](const Index& cell) {
      visit(packed++, static_cast<std::size_t>(whole.offset(cell)));
    });
  }
}

struct Shares {
  std::vector<int> counts, starts;
};

Shares shares_of(const std::vector<Box>& boxes) {
  Shares shares;
  int start = 0;
  for (const Box& box : boxes) {
    shares.counts.push_back(static_cast<int>(box.size()));
    shares.starts.push_back(start);
    start += shares.counts.back();
  }
  return shares;
}

}  // namespace

Field scatter(const Grid& grid, const std::vector<double>& all_on_root) {
  const auto boxes = boxes_on_root(grid);
  const auto shares = shares_of(boxes);
  std::vector<double> packed(all_on_root.size());
  match_orders(grid, boxes,
               [&](std::size_t from, std::size_t to) { packed[from] = all_on_root.at(to); });
  Field field{grid};
  const auto mine = field.values();
  check_mpi(MPI_Scatterv(packed.data(), shares.counts.data(), shares.starts.data(), MPI_DOUBLE,
                         mine.data(), static_cast<int>(mine.size()), MPI_DOUBLE, 0, grid.comm()));
  return field;
}

std::vector<double> collect(const Field& field) {
  const Grid& grid = field.grid();
  const auto boxes = boxes_on_root(grid);
  const auto shares = shares_of(boxes);
  const bool root = rank_of(grid.comm()) == 0;
  std::vector<double> packed(root ? static_cast<std::size_t>(grid.cells()) : 0);
  const auto mine = field.values();
  check_mpi(MPI_Gatherv(mine.data(), static_cast<int>(mine.size()), MPI_DOUBLE, packed.data(),
                        shares.counts.data(), shares.starts.data(), MPI_DOUBLE, 0, grid.comm()));
  std::vector<double> natural(packed.size());
  match_orders(grid, boxes, [&](std::size_t from, std::size_t to) { natural[to] = packed[from]; });
  return natural;
}

}  // namespace feller

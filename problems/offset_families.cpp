#include "problems/offset_families.hpp"

#include <algorithm>
#include <cmath>

namespace feller {

std::vector<Index> steps_of(const std::vector<Offsets>& cells, const Grid& grid) {
  // One mark for every offset that can occur, so that ranks agree by a single reduction.
  const int reach = longest_offset, side = 2 * reach + 1;
  Box box{{-reach, -reach, -reach}, {side, side, side}};
  std::vector<char> met(static_cast<std::size_t>(box.size()), 0);
  for (const auto& offsets : cells) {
    for (const auto& [e, weight] : offsets) met[static_cast<std::size_t>(box.offset(e))] = 1;
  }
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, met.data(), static_cast<int>(met.size()), MPI_CHAR, MPI_MAX,
                          grid.comm()));
  std::vector<Index> steps;
  for (int a = 0; a < grid.dimension(); ++a) {
    Index step{0, 0, 0};
    step[static_cast<std::size_t>(a)] = 1;
    met[static_cast<std::size_t>(box.offset(step))] = 0;
    steps.push_back(step);
  }
  for_each(box, [&](const Index& e) {
    if (met[static_cast<std::size_t>(box.offset(e))] != 0) steps.push_back(e);
  });
  return steps;
}

int longest(const std::vector<Index>& steps) {
  int most = 1;
  for (const Index& e : steps) {
    for (const int component : e) most = std::max(most, std::abs(component));
  }
  return most;
}

Field conductance(const std::vector<Offsets>& cells, const Grid& grid, const Index& step) {
  Field field{grid};
  auto out = field.values().begin();
  auto offsets = cells.begin();
  for_each(grid.owned(), [&](const Index& cell) {
    for (const auto& [offset, weight] : *offsets) {
      if (offset == step) *out = weight * grid.volume(cell);
    }
    ++out;
    ++offsets;
  });
  return field;
}

}  // namespace feller

#include "problems/processes/law.hpp"

namespace feller {

Region region_of(const Grid& grid) {
  Region box;
  for (std::size_t a = 0; a < grid.axes().size(); ++a) {
    box.lower[a] = grid.axes()[a].lower;
    box.upper[a] = grid.axes()[a].upper;
  }
  return box;
}

}  // namespace feller

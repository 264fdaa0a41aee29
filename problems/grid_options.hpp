#pragma once

/// The [grid] section: cells, box and borders of a density's domain.

#include "discretisation/grid.hpp"
#include "io/parameters.hpp"

namespace feller {

struct GridOptions {
  std::vector<int> cells;
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<std::string> boundary{"reflecting"};

  void declare(Parameters& parameters);
  /// Throws InputError, on all ranks, for lists of unequal length and impossible boxes.
  Grid build(const Parameters& parameters, int coarsening = 1) const;
};

}  // namespace feller

#pragma once

/// The [grid] section: cells, box, borders and spacing of a density's domain.
///
/// | spacing   | faces between lower = l and upper = l + L, for xi = 0 ... 1 in equal parts |
/// |-----------|---------------------------------------------------------------------------|
/// | uniform   | l + L xi                                                                  |
/// | geometric | l + L (r^xi - 1) / (r - 1): the last cell about r times as wide as the first |
/// | sinh      | l + L (sinh(s (xi - q)) + sinh(s q)) / (sinh(s (1 - q)) + sinh(s q)),     |
/// |           | narrowest where xi = q, at the given centre                               |
/// | faces     | as listed                                                                 |

#include "discretisation/grid.hpp"
#include "io/parameters.hpp"

namespace feller {

class GridOptions {
 public:
  void declare(Parameters& parameters);

  /// With `refinement` times the cells along each axis (1/2, 1, 2, ...; given faces are halved or
  /// left out). `halo` layers of ghosts, more if the user asks. Throws InputError, on all ranks,
  /// for lists of unequal length and impossible boxes.
  Grid build(const Parameters& parameters, double refinement = 1, int halo = 1) const;

 private:
  void validate(const Parameters& parameters) const;
  std::string spacing_of(std::size_t axis) const;
  Borders borders(const Parameters& parameters, std::size_t axis) const;
  Axis axis(const Parameters& parameters, std::size_t axis, double refinement) const;
  std::vector<double> refined_faces(const Parameters& parameters, std::size_t axis,
                                    double refinement) const;

  std::vector<int> cells_;
  std::vector<double> lower_;
  std::vector<double> upper_;
  std::vector<std::string> boundary_{"reflecting"};
  std::vector<std::string> spacing_{"uniform"};
  std::vector<double> stretch_;
  std::vector<double> centre_;
  std::array<std::vector<double>, 3> faces_;
  int halo_ = 1;
};

}  // namespace feller

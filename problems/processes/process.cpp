#include "problems/processes/process.hpp"

namespace feller {

double Process::mass_outside(const Region& box, double time) const {
  const auto known = law(time);
  return known ? known->mass_outside(box) : 1;
}

}  // namespace feller

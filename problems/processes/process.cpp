#include "problems/processes/process.hpp"

#include "problems/processes/mixture.hpp"

namespace feller {

std::unique_ptr<Mixture> Process::population() const {
  return nullptr;
}

double Process::mass_outside(const Region& box, double time) const {
  const auto known = law(time);
  return known ? known->mass_outside(box) : 1;
}

}  // namespace feller

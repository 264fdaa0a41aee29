#include "discretisation/restriction.hpp"

#include <petscdmda.h>

#include <stdexcept>
#include <vector>

namespace feller {
namespace {

/// Fine cells in a coarse one along each axis.
Index ratios(const Grid& fine, const Grid& coarse) {
  Index ratio{1, 1, 1};
  if (fine.dimension() != coarse.dimension()) throw std::invalid_argument("unequal dimensions");
  for (int a = 0; a < fine.dimension(); ++a) {
    const int many = fine.axis(a).cells, few = coarse.axis(a).cells;
    if (many % few != 0) throw std::invalid_argument("cells that cannot be joined");
    ratio[static_cast<std::size_t>(a)] = many / few;
  }
  return ratio;
}

}  // namespace

Field restricted(const Field& fine_masses, const Grid& coarse) {
  const Grid& fine = fine_masses.grid();
  const Index ratio = ratios(fine, coarse);
  // A coarse cell may belong to another rank than its parts: PETSc sends them there and adds up.
  std::vector<PetscInt> cells;
  for_each(fine.owned(), [&](const Index& k) {
    cells.push_back(coarse.natural({k[0] / ratio[0], k[1] / ratio[1], k[2] / ratio[2]}));
  });
  AO order = nullptr;
  check(DMDAGetAO(coarse.mesh(), &order));
  check(AOApplicationToPetsc(order, static_cast<PetscInt>(cells.size()), cells.data()));
  Field masses{coarse};
  check(VecSetValues(masses.vector(), static_cast<PetscInt>(cells.size()), cells.data(),
                     fine_masses.values().data(), ADD_VALUES));
  check(VecAssemblyBegin(masses.vector()));
  check(VecAssemblyEnd(masses.vector()));
  return masses;
}

}  // namespace feller

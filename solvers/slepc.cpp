#include "solvers/slepc.hpp"

namespace feller {

void start_slepc() {
  PetscBool ready = PETSC_FALSE;
  check(SlepcInitialized(&ready));
  if (!ready) check(SlepcInitializeNoArguments());
}

}  // namespace feller

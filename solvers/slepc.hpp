#pragma once

/// Ownership of SLEPc's objects, and its start.

#include <slepceps.h>
#include <slepcmfn.h>

#include "discretisation/petsc.hpp"

namespace feller {

using EigenHandle = Handle<EPS, EPSDestroy>;
using MatrixFunctionHandle = Handle<MFN, MFNDestroy>;

/// SLEPc registers itself with the running PETSc; ending PETSc ends it too. Collective; to be
/// called before any other of its functions, as often as one likes.
void start_slepc();

}  // namespace feller

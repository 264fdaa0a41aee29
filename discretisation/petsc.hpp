#pragma once

/// Ownership and error checking for PETSc and MPI.
///
/// Every PETSc object lives in a move-only handle, every call goes through `check`, which throws
/// with the place of the call and PETSc's own words. `Session` starts and ends PETSc: it is the
/// first object in `main`, and no handle may outlive it.

#include <petscdm.h>
#include <petscksp.h>
#include <petscmat.h>
#include <petscvec.h>

#include <concepts>
#include <optional>
#include <source_location>
#include <string>
#include <utility>

#include "discretisation/error.hpp"

namespace feller {

/// A call into PETSc or MPI failed (out of memory included), perhaps on this rank alone.
struct LibraryError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws LibraryError when a PETSc call returned an error.
void check(PetscErrorCode code, std::source_location where = std::source_location::current());

/// Throws LibraryError when an MPI call returned an error. Named apart, as both codes are int.
void check_mpi(int code, std::source_location where = std::source_location::current());

/// Sole owner of a PETSc object; `Destroy` is e.g. `VecDestroy`.
template <class T, PetscErrorCode (*Destroy)(T*)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(T object) : object_{object} {}
  Handle(Handle&& other) noexcept : object_{std::exchange(other.object_, nullptr)} {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (object_ != nullptr) Destroy(&object_);
  }

  T get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

  /// For PETSc's creating functions: `check(VecCreate(comm, v.put()))`. Frees what was held.
  T* put() {
    if (object_ != nullptr) Destroy(&object_);
    object_ = nullptr;
    return &object_;
  }

 private:
  T object_ = nullptr;
};

using VectorHandle = Handle<Vec, VecDestroy>;
using MatrixHandle = Handle<Mat, MatDestroy>;
using KrylovHandle = Handle<KSP, KSPDestroy>;
using MeshHandle = Handle<DM, DMDestroy>;

/// Starts MPI and PETSc, ends them on destruction. PETSc's options are not read from the command
/// line: the command line is ours, `set_options` hands on what belongs to PETSc.
class Session {
 public:
  Session(int argc, char** argv);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Puts options such as "-ksp_monitor" or "-ksp_rtol 1e-9" into PETSc's database.
  static void set_options(const std::string& options);
};

int rank_of(MPI_Comm comm);
int size_of(MPI_Comm comm);

/// Sums over all ranks of `comm`; the long double keeps sums over images exact to round-off.
long double sum(MPI_Comm comm, long double local);
double minimum(MPI_Comm comm, double local);
double maximum(MPI_Comm comm, double local);

/// The text of rank 0, on every rank.
std::string broadcast(MPI_Comm comm, std::string text);

/// Throws InputError on every rank as soon as one rank has a complaint (the lowest rank's wins).
/// Collective: the one place where ranks agree on whether the input is right.
void agree(MPI_Comm comm, const std::optional<std::string>& complaint);

/// Runs `validate` on every rank and turns an InputError of any into one on all. Collective.
void agree_on(MPI_Comm comm, std::invocable auto&& validate) {
  std::optional<std::string> complaint;
  try {
    validate();
  } catch (const InputError& error) {
    complaint = error.what();
  }
  agree(comm, complaint);
}

}  // namespace feller

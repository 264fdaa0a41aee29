#pragma once

/// Failing together: an error of reading or writing on one rank becomes an IoError on all ranks, so
/// that no rank is left waiting in a collective call.

#include <concepts>
#include <exception>
#include <optional>
#include <string>

#include "discretisation/petsc.hpp"

namespace feller {

/// Throws IoError on every rank as soon as one rank has a complaint (the lowest rank's wins).
/// Collective. If the others do not come (a collective HDF5 call that failed on this rank alone may
/// hold them for ever), the rank that complains says so and aborts the communicator after 10 s,
/// with exit status 4.
void agree_io(MPI_Comm comm, const std::optional<std::string>& complaint);

/// A sequence of steps that may fail. After a failure this rank skips the others and waits in
/// `agree`, which throws on all ranks or on none.
class Together {
 public:
  explicit Together(MPI_Comm comm) : comm_{comm} {}

  void run(std::invocable auto&& step) {
    if (complaint_) return;
    try {
      step();
    } catch (const std::exception& error) {
      complaint_ = error.what();
    } catch (...) {
      complaint_ = "unknown error";
    }
  }
  void run_on_root(std::invocable auto&& step) {
    if (rank_of(comm_) == 0) run(step);
  }
  void agree() const { agree_io(comm_, complaint_); }

 private:
  MPI_Comm comm_;
  std::optional<std::string> complaint_;
};

/// Runs `action` on rank 0 alone; its failure is everybody's. Collective.
void on_root(MPI_Comm comm, std::invocable auto&& action) {
  Together together{comm};
  together.run_on_root(action);
  together.agree();
}

}  // namespace feller

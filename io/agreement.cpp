#include "io/agreement.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace feller {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr int exit_status = 4;  // reading or writing failed

/// Waits for all ranks, or ends them all.
void await_or_abort(MPI_Comm comm, MPI_Request& request, const std::string& complaint) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (int done = 0; done == 0;) {
    check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE));
    if (done == 0 && std::chrono::steady_clock::now() > deadline) {
      fmt::print(stderr, "error: {} (on rank {}; the others hang)\n", complaint, rank_of(comm));
      MPI_Abort(comm, exit_status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

}  // namespace

void agree_io(MPI_Comm comm, const std::optional<std::string>& complaint) {
  const int mine = complaint ? 1 : 0;
  int any = 0;
  MPI_Request request = MPI_REQUEST_NULL;
  check_mpi(MPI_Iallreduce(&mine, &any, 1, MPI_INT, MPI_MAX, comm, &request));
  if (complaint) {
    await_or_abort(comm, request, *complaint);
  } else {
    check_mpi(MPI_Wait(&request, MPI_STATUS_IGNORE));
  }
  if (any == 0) return;
  try {
    agree(comm, complaint);
  } catch (const InputError& error) {
    throw IoError(error.what());
  }
}

}  // namespace feller

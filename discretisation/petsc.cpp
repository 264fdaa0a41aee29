#include "discretisation/petsc.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace feller {
namespace {

std::string place(const std::source_location& where) {
  return fmt::format("{}:{}", std::filesystem::path(where.file_name()).filename().string(),
                     where.line());
}

}  // namespace

void check(PetscErrorCode code, std::source_location where) {
  if (code == 0) return;
  const char* text = nullptr;
  char* specific = nullptr;
  PetscErrorMessage(code, &text, &specific);
  std::string words = text != nullptr ? text : "unknown error";
  if (specific != nullptr && *specific != '\0') words += fmt::format(" ({})", specific);
  throw LibraryError(
      fmt::format("PETSc error {} at {}: {}", static_cast<int>(code), place(where), words));
}

void check_mpi(int code, std::source_location where) {
  if (code == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(code, text, &length);
  throw LibraryError(fmt::format("MPI error {} at {}: {}", code, place(where), text));
}

Session::Session(int argc, char** argv) {
  int one = argc > 0 ? 1 : 0;
  char** program = argv;
  check(PetscInitialize(&one, &program, nullptr, nullptr));
  // Errors come back as codes and are thrown by `check`; PETSc's own traceback would bury them.
  check(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr));
  // Signals act as on any program: `feller ... | head` ends quietly.
  check(PetscPopSignalHandler());
}

Session::~Session() {
  PetscPopErrorHandler();
  PetscFinalize();
}

void Session::set_options(const std::string& options) {
  check(PetscOptionsInsertString(nullptr, options.c_str()));
}

int rank_of(MPI_Comm comm) {
  int rank = 0;
  check_mpi(MPI_Comm_rank(comm, &rank));
  return rank;
}

int size_of(MPI_Comm comm) {
  int size = 0;
  check_mpi(MPI_Comm_size(comm, &size));
  return size;
}

long double sum(MPI_Comm comm, long double local) {
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &local, 1, MPI_LONG_DOUBLE, MPI_SUM, comm));
  return local;
}

double minimum(MPI_Comm comm, double local) {
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &local, 1, MPI_DOUBLE, MPI_MIN, comm));
  return local;
}

double maximum(MPI_Comm comm, double local) {
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &local, 1, MPI_DOUBLE, MPI_MAX, comm));
  return local;
}

std::string broadcast(MPI_Comm comm, std::string text) {
  auto length = static_cast<unsigned long long>(text.size());
  check_mpi(MPI_Bcast(&length, 1, MPI_UNSIGNED_LONG_LONG, 0, comm));
  text.resize(length);
  check_mpi(MPI_Bcast(text.data(), static_cast<int>(length), MPI_CHAR, 0, comm));
  return text;
}

void agree(MPI_Comm comm, const std::optional<std::string>& complaint) {
  const int size = size_of(comm);
  int first = complaint ? rank_of(comm) : size;
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, comm));
  if (first == size) return;
  std::string text = complaint.value_or("");
  auto length = static_cast<int>(text.size());
  check_mpi(MPI_Bcast(&length, 1, MPI_INT, first, comm));
  text.resize(static_cast<std::size_t>(length));
  check_mpi(MPI_Bcast(text.data(), length, MPI_CHAR, first, comm));
  throw InputError(text);
}

}  // namespace feller

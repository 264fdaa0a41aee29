#include "io/agreement.hpp"

namespace feller {

void agree_io(MPI_Comm comm, const std::optional<std::string>& complaint) {
  try {
    agree(comm, complaint);
  } catch (const InputError& error) {
    throw IoError(error.what());
  }
}

}  // namespace feller

#include "io/draft.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "discretisation/error.hpp"

namespace feller {

std::filesystem::path draft_of(const std::filesystem::path& path) {
  return path.string() + ".tmp";
}

void move_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) throw IoError(fmt::format("cannot write {}: {}", to.string(), error.message()));
}

void reserve_space(const std::filesystem::path& path, std::size_t size) {
  if (size == 0) return;
  const int file = open(path.c_str(), O_WRONLY | O_CREAT, 0666);
  const int code = file < 0 ? errno : posix_fallocate(file, 0, static_cast<off_t>(size));
  if (file >= 0) close(file);
  if (code == 0) return;
  throw IoError(fmt::format("cannot write {}, {} bytes: {}", path.string(), size,
                            std::generic_category().message(code)));
}

}  // namespace feller

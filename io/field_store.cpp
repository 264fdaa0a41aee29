#include "io/field_store.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "io/agreement.hpp"
#include "io/draft.hpp"
#include "io/fingerprint.hpp"

namespace feller {
namespace {

/// The owned box among all cells.
class BoxType {
 public:
  explicit BoxType(const Grid& grid) {
    std::array<int, 3> whole{}, part{}, start{};
    for (int a = 0; a < 3; ++a) {
      const auto from = static_cast<std::size_t>(2 - a), to = static_cast<std::size_t>(a);
      whole[to] = grid.whole().count[from];
      part[to] = grid.owned().count[from];
      start[to] = grid.owned().start[from];
    }
    check_mpi(MPI_Type_create_subarray(3, whole.data(), part.data(), start.data(), MPI_ORDER_C,
                                       MPI_DOUBLE, &type_));
    check_mpi(MPI_Type_commit(&type_));
  }
  BoxType(const BoxType&) = delete;
  BoxType& operator=(const BoxType&) = delete;
  ~BoxType() { MPI_Type_free(&type_); }

  MPI_Datatype get() const { return type_; }

 private:
  MPI_Datatype type_ = MPI_DATATYPE_NULL;
};

/// A file that all ranks have open, seen from one of its fields on.
class SharedFile {
 public:
  SharedFile(const std::filesystem::path& path, int mode, const Grid& grid, std::size_t index)
      : box_{grid} {
    check_mpi(MPI_File_open(grid.comm(), path.c_str(), mode, MPI_INFO_NULL, &file_));
    const auto bytes = static_cast<MPI_Offset>(sizeof(double)) * grid.cells();
    check_mpi(MPI_File_set_view(file_, static_cast<MPI_Offset>(index) * bytes, MPI_DOUBLE,
                                box_.get(), "native", MPI_INFO_NULL));
  }
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  ~SharedFile() {
    if (file_ != MPI_FILE_NULL) MPI_File_close(&file_);
  }

  MPI_File get() const { return file_; }
  void close() { check_mpi(MPI_File_close(&file_)); }

 private:
  BoxType box_;
  MPI_File file_ = MPI_FILE_NULL;
};

}  // namespace

void require_fields(const std::filesystem::path& path, std::size_t number, PetscInt cells) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  if (ignored || size < number * sizeof(double) * static_cast<std::size_t>(cells)) {
    throw IoError(fmt::format("{} is missing or shorter than {} fields of {} cells", path.string(),
                              number, cells));
  }
}

std::uint64_t FieldStore::write(std::size_t index, const Field& field) const {
  const std::size_t bytes = sizeof(double) * static_cast<std::size_t>(grid_.cells());
  on_root(grid_.comm(), [&] { reserve_space(path_, (index + 1) * bytes); });
  const auto values = field.values();
  Together together{grid_.comm()};
  together.run([&] {
    SharedFile file{path_, MPI_MODE_WRONLY, grid_, index};
    check_mpi(MPI_File_write_all(file.get(), values.data(), static_cast<int>(values.size()),
                                 MPI_DOUBLE, MPI_STATUS_IGNORE));
    file.close();
  });
  together.agree();
  return fingerprint(field);
}

Field FieldStore::read(std::size_t index, std::uint64_t wanted) const {
  // Reading beyond the end is no error to MPI, and may leave what happened to be in memory.
  on_root(grid_.comm(), [&] { require_fields(path_, index + 1, grid_.cells()); });
  Field field{grid_};
  const auto values = field.values();
  Together together{grid_.comm()};
  together.run([&] {
    const SharedFile file{path_, MPI_MODE_RDONLY, grid_, index};
    check_mpi(MPI_File_read_all(file.get(), values.data(), static_cast<int>(values.size()),
                                MPI_DOUBLE, MPI_STATUS_IGNORE));
  });
  together.agree();
  if (fingerprint(field) != wanted) {
    throw IoError(fmt::format("{}: field {} is damaged", path_.string(), index));
  }
  return field;
}

}  // namespace feller

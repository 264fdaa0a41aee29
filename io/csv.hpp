#pragma once

/// A table as text beside the HDF5 file, for gnuplot and LaTeX.
///
///     # time [T]: time                  one comment line a column
///     # mass [1]: total mass
///     time,mass                         names
///     0,1                               shortest numbers that read back as the same double
///
/// Rank 0 writes; rows reach the disk at `flush`.

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <span>
#include <string>

#include "discretisation/petsc.hpp"
#include "io/layout.hpp"

namespace feller {

class CsvFile {
 public:
  /// Replaces what lies at `path`. Collective; throws IoError on all ranks.
  CsvFile(std::filesystem::path path, const Table& table, MPI_Comm comm);

  /// Rows one after the other: axis value, then a value a column. Not collective: what rank 0 gives
  /// counts, the others may call it or not.
  void append_rows(std::span<const double> rows);
  void append_row(std::initializer_list<double> row) { append_rows({row.begin(), row.size()}); }

  /// Collective; throws IoError on all ranks.
  void flush();

 private:
  std::filesystem::path path_;
  MPI_Comm comm_;
  std::size_t width_;
  std::ofstream out_;
};

}  // namespace feller

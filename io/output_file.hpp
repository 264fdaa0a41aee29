#pragma once

/// The HDF5 file of one run, written by all ranks together.
///
///     OutputFile file{path, layout, grid, provenance};
///     file.append("density", time, {p, q});              // fields p and q of that group
///     file.append("image", time, {channels});            // one field of several channels
///     file.append_row("diagnostics", {time, entropy, mass});
///     file.flush();                                      // a run killed after this keeps all that
///     file.close(RunStatus::complete, now, checks);
///
/// Until `close` the file's status says "running": so does the file of a killed run.
///
/// All calls are collective unless they say otherwise. What fails throws IoError on all ranks (or,
/// where that cannot be, ends them all: see `agree_io`); a call that does not fit the layout throws
/// std::invalid_argument, on all likewise. No rank ever holds more than its own box of cells (times
/// the channels).

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discretisation/field.hpp"
#include "io/check.hpp"
#include "io/check_file.hpp"
#include "io/hdf5.hpp"
#include "io/layout.hpp"

namespace feller {

/// What is written for one field of a group: a Field a channel, or one where there are no channels.
/// It refers to the fields and does not own them.
class Channels {
 public:
  Channels(const Field& only) : fields_{&only, 1} {}               // NOLINT: implicit
  Channels(const std::vector<Field>& fields) : fields_{fields} {}  // NOLINT: implicit
  Channels(std::span<const Field> fields) : fields_{fields} {}     // NOLINT: implicit

  std::size_t size() const { return fields_.size(); }
  const Field& operator[](std::size_t channel) const { return fields_[channel]; }

 private:
  std::span<const Field> fields_;
};

class OutputFile {
 public:
  /// Replaces what lies at `path`. Every later field must live on `grid`.
  OutputFile(std::filesystem::path path, const FileLayout& layout, const Grid& grid,
             const Provenance& provenance);
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) noexcept = default;
  /// Closes the file, its status left at "running". While an exception is under way on perhaps this
  /// rank alone it closes nothing, as that would wait for the others: MPI_Finalize closes then.
  ~OutputFile();

  /// One snapshot: of each field of the group, in its order.
  void append(std::string_view group, double time, const std::vector<Channels>& fields);

  /// The fields of a group that has no time.
  void write(std::string_view group, const std::vector<Channels>& fields);

  /// Rows of a table, one after the other: axis value, then a value a column. They are kept until
  /// `flush`. Not collective: what rank 0 gives counts, the others may call it or not.
  void append_rows(std::string_view table, std::span<const double> rows);
  void append_row(std::string_view table, std::initializer_list<double> row) {
    append_rows(table, {row.begin(), row.size()});
  }

  /// Writes the kept rows and puts everything on the disk.
  void flush();

  /// All rows of a table so far, one after the other, on rank 0; none elsewhere. Flushes.
  std::vector<double> rows(std::string_view table);

  /// A snapshot as it was written: its fields in their order, each with its channels.
  std::vector<Field> snapshot(std::string_view group, std::size_t step);

  /// Flushes, closes, and adds status, `end_time` (ISO 8601) and the checks. The file is of no more
  /// use after that, except for `times`.
  void close(RunStatus status, std::string_view end_time, const Checks& checks);

  const std::filesystem::path& path() const { return path_; }

  /// Times of the snapshots of a group so far. Not collective.
  const std::vector<double>& times(std::string_view group) const;

 private:
  struct Series {
    FieldGroup layout;
    std::vector<DatasetHandle> fields;
    DatasetHandle time;
    std::vector<double> times;
  };
  struct Rows {
    Table layout;
    std::vector<DatasetHandle> columns;  ///< the axis first
    std::vector<double> kept;            ///< on rank 0
    hsize_t written = 0;
  };

  void open(const FileLayout& layout);
  Series& series(std::string_view group, bool in_time, const std::vector<Channels>& fields);
  std::span<const double> packed(const Channels& channels);
  void abandon() noexcept;

  std::filesystem::path path_;
  Grid grid_;
  FileHandle file_;
  std::vector<Series> series_;
  std::vector<Rows> rows_;
  std::vector<double> buffer_;
};

}  // namespace feller

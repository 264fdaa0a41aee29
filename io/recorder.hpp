#pragma once

/// What a run leaves behind, all from one declaration: HDF5 file, CSV tables, XDMF sidecar,
/// pictures.
///
///     <stem>.h5    everything                    <stem>.xdmf    for ParaView
///     <stem>.csv   the main table (others: <stem>_<table>.csv)
///     <stem>_t10.png ..., <stem>_sheet.png       if the fields can be drawn
///
/// Rows and snapshots reach the disk together; rows alone at the latest a second after they were
/// recorded, so a killed run loses a second at most. All calls are collective.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/csv.hpp"
#include "io/output_file.hpp"
#include "io/pictures.hpp"

namespace feller {

class Recorder {
 public:
  /// `path` ends in .h5. Replaces what is there. Throws IoError.
  Recorder(const std::filesystem::path& path, FileLayout layout, const Grid& grid,
           const Provenance& provenance, PictureStyle pictures);

  /// A snapshot of a group in time: its fields, each with its channels.
  void snapshot(const std::string& group, double time, const std::vector<Channels>& fields);
  /// A group without time.
  void constant(const std::string& group, const std::vector<Channels>& fields);
  /// A picture of channels, named and labelled.
  void picture(const std::string& name, const std::string& label,
               const std::vector<Field>& channels, Opacity opacity = Opacity::of_style);
  /// How many pictures stand side by side on the sheet; by default as many as fit.
  void set_sheet_columns(int columns) { pictures_.set_columns(columns); }
  /// A float TIFF of an image, for a name that ends in .tif.
  void exact_picture(const std::string& name, const std::vector<Field>& channels);
  void row(const std::string& table, const std::vector<double>& values);
  /// Several at once, one after the other; those of rank 0 count.
  void rows(const std::string& table, std::span<const double> values);

  /// What was recorded so far: rows (on rank 0), times of the snapshots, and these themselves.
  std::vector<double> rows_of(const std::string& table) { return file_.rows(table); }
  const std::vector<double>& times_of(const std::string& group) const { return file_.times(group); }
  std::vector<Field> snapshot_of(const std::string& group, std::size_t step) {
    return file_.snapshot(group, step);
  }
  const FileLayout& layout() const { return layout_; }
  const Grid& grid() const { return grid_; }

  /// Ends the run: writes what is left, status and checks.
  void finish(RunStatus status, const Checks& checks);

  /// All files that a run with this layout and these names of pictures writes.
  static std::vector<std::filesystem::path> files_of(const std::filesystem::path& path,
                                                     const FileLayout& layout,
                                                     const std::vector<std::string>& pictures);

  /// The files that were written, for the user; complete on rank 0.
  std::vector<std::filesystem::path> files() const;

 private:
  void flush();
  void write_sidecar();

  std::filesystem::path path_;
  FileLayout layout_;
  Grid grid_;
  OutputFile file_;
  std::map<std::string, CsvFile> tables_;
  Pictures pictures_;
  std::chrono::steady_clock::time_point flushed_;
};

/// Now, as ISO 8601 with the offset from UTC.
std::string now();

/// "10", "0.25", "1e-05": a time as it stands in names and labels.
std::string short_number(double value);

}  // namespace feller

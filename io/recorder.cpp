#include "io/recorder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "io/agreement.hpp"
#include "io/xdmf.hpp"

namespace feller {
namespace {

std::filesystem::path with_ending(const std::filesystem::path& path, const std::string& ending) {
  auto other = path;
  return other.replace_extension(ending);
}

std::filesystem::path csv_path(const std::filesystem::path& path, const FileLayout& layout,
                               const std::string& table) {
  const bool main = layout.tables.front().name == table;
  return main ? with_ending(path, ".csv")
              : path.parent_path() / fmt::format("{}_{}.csv", path.stem().string(), table);
}

std::filesystem::path stem_of(const std::filesystem::path& path) {
  return path.parent_path() / path.stem();
}

}  // namespace

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S%z}", fmt::localtime(seconds));
}

std::string short_number(double value) {
  return fmt::format("{:.6g}", value);
}

Recorder::Recorder(const std::filesystem::path& path, FileLayout layout, const Grid& grid,
                   const Provenance& provenance, PictureStyle pictures)
    : path_{path},
      layout_{std::move(layout)},
      grid_{grid},
      file_{path, layout_, grid, provenance},
      pictures_{stem_of(path), std::move(pictures)},
      flushed_{std::chrono::steady_clock::now()} {
  for (const auto& table : layout_.tables) {
    tables_.emplace(table.name, CsvFile{csv_path(path, layout_, table.name), table, grid.comm()});
  }
}

void Recorder::snapshot(const std::string& group, double time,
                        const std::vector<Channels>& fields) {
  file_.append(group, time, fields);
  flush();
  write_sidecar();
}

void Recorder::constant(const std::string& group, const std::vector<Channels>& fields) {
  file_.write(group, fields);
}

void Recorder::picture(const std::string& name, const std::string& label,
                       const std::vector<Field>& channels, Opacity opacity) {
  pictures_.add(name, label, channels, opacity);
}

void Recorder::exact_picture(const std::string& name, const std::vector<Field>& channels) {
  pictures_.add_exact(name, channels);
}

void Recorder::row(const std::string& table, const std::vector<double>& values) {
  rows(table, values);
  // Rank 0's clock decides for all: flushing is collective.
  int due = std::chrono::steady_clock::now() - flushed_ > std::chrono::seconds{1} ? 1 : 0;
  check_mpi(MPI_Bcast(&due, 1, MPI_INT, 0, grid_.comm()));
  if (due != 0) flush();
}

void Recorder::rows(const std::string& table, std::span<const double> values) {
  file_.append_rows(table, values);
  tables_.at(table).append_rows(values);
}

void Recorder::flush() {
  file_.flush();
  for (auto& [name, table] : tables_) table.flush();
  flushed_ = std::chrono::steady_clock::now();
}

void Recorder::write_sidecar() {
  SnapshotTimes times;
  for (const auto& group : layout_.groups) {
    if (group.time) times[group.name] = file_.times(group.name);
  }
  on_root(grid_.comm(), [&] {
    write_xdmf(with_ending(path_, ".xdmf"), path_.filename().string(), layout_, grid_, times);
  });
}

void Recorder::finish(RunStatus status, const Checks& checks) {
  flush();
  write_sidecar();
  pictures_.write_sheet(grid_.comm());
  file_.close(status, now(), checks);
}

std::vector<std::filesystem::path> Recorder::files_of(const std::filesystem::path& path,
                                                      const FileLayout& layout,
                                                      const std::vector<std::string>& pictures) {
  std::vector<std::filesystem::path> files{path, with_ending(path, ".xdmf")};
  for (const auto& table : layout.tables) files.push_back(csv_path(path, layout, table.name));
  for (const auto& name : pictures) files.push_back(Pictures::path(stem_of(path), name));
  if (pictures.size() > 1) files.push_back(Pictures::path(stem_of(path), "sheet"));
  return files;
}

std::vector<std::filesystem::path> Recorder::files() const {
  auto files = files_of(path_, layout_, {});
  const auto& pictures = pictures_.written();
  files.insert(files.end(), pictures.begin(), pictures.end());
  return files;
}

}  // namespace feller

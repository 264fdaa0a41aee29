#include "io/output_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "io/agreement.hpp"
#include "io/parallel.hpp"
#include "io/skeleton.hpp"

namespace feller {
namespace {

auto& find(auto& all, std::string_view name) {
  const auto found =
      std::ranges::find_if(all, [name](const auto& item) { return item.layout.name == name; });
  if (found == all.end()) {
    throw std::invalid_argument(fmt::format("the output file holds no '{}' (or is closed)", name));
  }
  return *found;
}

/// The values of one column of rows that are stored one after the other.
std::vector<double> column_of(std::span<const double> rows, std::size_t column, std::size_t width) {
  std::vector<double> values;
  for (std::size_t i = column; i < rows.size(); i += width) values.push_back(rows[i]);
  return values;
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path, const FileLayout& layout, const Grid& grid,
                       const Provenance& provenance)
    : path_{std::move(path)}, grid_{grid} {
  validate(layout);
  on_root(grid_.comm(), [&] { write_skeleton(path_, layout, grid_, provenance); });
  Together together{grid_.comm()};
  together.run([&] { file_ = open_file(path_, grid_.comm()); });
  together.agree();
  together.run([&] { open(layout); });
  together.agree();
}

OutputFile::~OutputFile() {
  if (std::uncaught_exceptions() > 0) abandon();
}

void OutputFile::abandon() noexcept {
  for (auto& series : series_) {
    series.time.release();
    for (auto& field : series.fields) field.release();
  }
  for (auto& rows : rows_) {
    for (auto& column : rows.columns) column.release();
  }
  file_.release();
}

void OutputFile::open(const FileLayout& layout) {
  for (const auto& group : layout.groups) {
    const auto home = open_group(file_.get(), "entry/" + group.name);
    Series series{group, {}, {}, {}};
    for (const auto& field : group.fields) {
      series.fields.push_back(open_dataset(home.get(), field.name));
    }
    if (group.time) series.time = open_dataset(home.get(), group.time->name);
    series_.push_back(std::move(series));
  }
  for (const auto& table : layout.tables) {
    const auto home = open_group(file_.get(), "entry/" + table.name);
    Rows rows{table, {}, {}};
    rows.columns.push_back(open_dataset(home.get(), table.axis.name));
    for (const auto& column : table.columns) {
      rows.columns.push_back(open_dataset(home.get(), column.name));
    }
    rows_.push_back(std::move(rows));
  }
}

OutputFile::Series& OutputFile::series(std::string_view group, bool in_time,
                                       const std::vector<Channels>& fields) {
  Series& series = find(series_, group);
  const auto complain = [&](std::string_view what) {
    throw std::invalid_argument(fmt::format("'{}': {}", group, what));
  };
  if (in_time != series.layout.time.has_value()) complain("append() is for groups in time only");
  if (fields.size() != series.fields.size()) {
    complain(fmt::format("{} fields instead of {}", fields.size(), series.fields.size()));
  }
  const std::size_t channels = std::max<std::size_t>(1, series.layout.channels.size());
  for (const auto& field : fields) {
    if (field.size() != channels) {
      complain(fmt::format("{} channels instead of {}", field.size(), channels));
    }
    for (std::size_t c = 0; c < channels; ++c) {
      if (field[c].grid().mesh() != grid_.mesh()) complain("a field of another grid");
    }
  }
  return series;
}

std::span<const double> OutputFile::packed(const Channels& channels) {
  if (channels.size() == 1) return channels[0].values();
  const std::size_t stride = channels.size();
  buffer_.resize(stride * static_cast<std::size_t>(grid_.owned().size()));
  for (std::size_t c = 0; c < stride; ++c) {
    auto out = buffer_.begin() + static_cast<std::ptrdiff_t>(c);
    for (const double value : channels[c].values()) {
      *out = value;
      out += static_cast<std::ptrdiff_t>(stride);
    }
  }
  return buffer_;
}

void OutputFile::append(std::string_view group, double time, const std::vector<Channels>& fields) {
  Series& target = series(group, true, fields);
  const hsize_t step = target.times.size();
  const auto part = selection_of(grid_, step, target.layout.channels.size());
  Together together{grid_.comm()};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const hid_t dataset = target.fields[i].get();
    together.run([&] { extend(dataset, step + 1); });
    together.run([&] { write_part(dataset, part, packed(fields[i])); });
  }
  together.run([&] { extend(target.time.get(), step + 1); });
  together.run([&] { write_from_root(grid_.comm(), target.time.get(), step, {&time, 1}); });
  together.agree();
  target.times.push_back(time);
}

void OutputFile::write(std::string_view group, const std::vector<Channels>& fields) {
  Series& target = series(group, false, fields);
  const auto part = selection_of(grid_, std::nullopt, target.layout.channels.size());
  Together together{grid_.comm()};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    together.run([&] { write_part(target.fields[i].get(), part, packed(fields[i])); });
  }
  together.agree();
}

void OutputFile::append_rows(std::string_view table, std::span<const double> rows) {
  Rows& target = find(rows_, table);
  const std::size_t width = target.columns.size();
  if (rows.size() % width != 0) {
    throw std::invalid_argument(
        fmt::format("'{}': {} numbers do not make rows of {}", table, rows.size(), width));
  }
  if (rank_of(grid_.comm()) == 0) {
    target.kept.insert(target.kept.end(), rows.begin(), rows.end());
  }
}

void OutputFile::flush() {
  std::vector<unsigned long long> numbers;
  for (const auto& rows : rows_) numbers.push_back(rows.kept.size());
  check_mpi(MPI_Bcast(numbers.data(), static_cast<int>(numbers.size()), MPI_UNSIGNED_LONG_LONG, 0,
                      grid_.comm()));
  Together together{grid_.comm()};
  auto number = numbers.begin();
  for (auto& rows : rows_) {
    const std::size_t width = rows.columns.size();
    const hsize_t fresh = *number++ / width;
    if (fresh == 0) continue;
    for (std::size_t c = 0; c < width; ++c) {
      const hid_t dataset = rows.columns[c].get();
      const auto values = column_of(rows.kept, c, width);
      together.run([&] { extend(dataset, rows.written + fresh); });
      together.run([&] { write_from_root(grid_.comm(), dataset, rows.written, values); });
    }
    rows.written += fresh;
    rows.kept.clear();
  }
  together.run([&] { check_h5(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL)); });
  together.agree();
}

std::vector<double> OutputFile::rows(std::string_view table) {
  flush();
  const Rows& source = find(rows_, table);
  const std::size_t width = source.columns.size();
  const std::size_t number = rank_of(grid_.comm()) == 0 ? source.written : 0;
  std::vector<double> all(number * width), column(number);
  Together together{grid_.comm()};
  for (std::size_t c = 0; c < width; ++c) {
    together.run([&] { read_part(source.columns[c].get(), {{0}, {number}}, column); });
    for (std::size_t i = 0; i < number; ++i) all[i * width + c] = column[i];
  }
  together.agree();
  return all;
}

std::vector<Field> OutputFile::snapshot(std::string_view group, std::size_t step) {
  const Series& source = find(series_, group);
  const std::size_t channels = std::max<std::size_t>(1, source.layout.channels.size());
  const auto part = selection_of(grid_, step, source.layout.channels.size());
  buffer_.resize(channels * static_cast<std::size_t>(grid_.owned().size()));
  std::vector<Field> fields;
  Together together{grid_.comm()};
  for (const auto& dataset : source.fields) {
    together.run([&] { read_part(dataset.get(), part, buffer_); });
    for (std::size_t c = 0; c < channels; ++c) {
      Field& field = fields.emplace_back(grid_);
      std::size_t from = c;
      for (double& value : field.values()) {
        value = buffer_[from];
        from += channels;
      }
    }
  }
  together.agree();
  return fields;
}

void OutputFile::close(RunStatus status, std::string_view end_time, const Checks& checks) {
  flush();
  rows_.clear();
  for (auto& series : series_) {
    series.fields.clear();
    series.time = {};
  }
  Together together{grid_.comm()};
  together.run([&] { file_.close(); });
  together.agree();
  on_root(grid_.comm(), [&] { record_end(path_, status, end_time, checks); });
}

const std::vector<double>& OutputFile::times(std::string_view group) const {
  return find(series_, group).times;
}

}  // namespace feller

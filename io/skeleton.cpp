#include "io/skeleton.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "io/draft.hpp"
#include "io/provenance.hpp"

namespace feller {
namespace {

constexpr hsize_t numbers_in_chunk = 131072;  // 1 MiB
constexpr hsize_t rows_in_chunk = 1024;

/// An axis of a plot: a dimension scale.
struct Dimension {
  Labels labels;
  std::vector<double> values{};
  bool grows = false;
  std::string cf_axis{};  ///< "X", "Y", "Z", "T"
  bool downwards = false;
  std::vector<std::string> channels{};
};

/// What an NXdata group says of itself.
struct Plot {
  std::string name;
  std::string title;
  std::vector<Dimension> axes;
  std::vector<Labels> signals;
  std::string interpretation{};
  std::string silx_style{};
  bool together = false;
  std::size_t points = 0;
  std::size_t drawn = std::numeric_limits<std::size_t>::max();  ///< of the signals
};

void label(hid_t dataset, const Labels& labels) {
  set_attribute(dataset, "long_name", labels.long_name);
  set_attribute(dataset, "units", labels.units);
}

std::vector<std::string> names_of(const auto& labelled, const auto& name) {
  std::vector<std::string> names;
  for (const auto& item : labelled) names.push_back(name(item));
  return names;
}

void describe(hid_t group, const Plot& plot) {
  set_attribute(group, "title", plot.title);
  set_attribute(group, "signal", plot.signals.front().name);
  const auto drawn = std::span{plot.signals}.first(std::min(plot.drawn, plot.signals.size()));
  if (drawn.size() > 1) {
    set_attribute(group, "auxiliary_signals",
                  names_of(drawn.subspan(1), [](auto& s) { return s.name; }));
  }
  set_attribute(group, "axes", names_of(plot.axes, [](auto& axis) { return axis.labels.name; }));
  int position = 0;
  for (const auto& axis : plot.axes) {
    set_attribute(group, axis.labels.name + "_indices", position++);
  }
  if (!plot.silx_style.empty()) set_attribute(group, "SILX_style", plot.silx_style);
  if (plot.together) set_attribute(group, "signals_share_axes", 1);
  if (plot.points > 0) set_attribute(group, "points", static_cast<int>(plot.points));
}

DatasetHandle write_signal(hid_t group, const Plot& plot, const Labels& labels) {
  const bool grows = plot.axes.front().grows;
  Storage storage{.grows = grows, .filled_with_nan = true};
  for (const auto& axis : plot.axes) {
    storage.size.push_back(std::max(axis.values.size(), axis.channels.size()));
  }
  if (grows && plot.axes.size() == 1) storage.chunk = {rows_in_chunk};
  if (grows && plot.axes.size() > 1) {
    storage.chunk = chunk_shape({storage.size.begin() + 1, storage.size.end()});
    storage.chunk.insert(storage.chunk.begin(), 1);
  }
  auto dataset = create_dataset(group, labels.name, H5T_IEEE_F64LE, storage);
  label(dataset.get(), labels);
  set_attribute(dataset.get(), "_FillValue", std::numeric_limits<double>::quiet_NaN());
  if (!plot.interpretation.empty()) {
    set_attribute(dataset.get(), "interpretation", plot.interpretation);
  }
  return dataset;
}

/// The meanings of channel numbers, as CF writes flags.
DatasetHandle write_channels(hid_t group, const Dimension& axis) {
  std::vector<int> numbers(axis.channels.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  auto dataset = write_numbers(group, axis.labels.name, numbers);
  set_attribute(dataset.get(), "flag_values", numbers);
  set_attribute(dataset.get(), "flag_meanings", fmt::format("{}", fmt::join(axis.channels, " ")));
  return dataset;
}

DatasetHandle write_axis(hid_t group, const Dimension& axis) {
  const std::string& name = axis.labels.name;
  DatasetHandle dataset;
  if (!axis.channels.empty()) {
    dataset = write_channels(group, axis);
  } else if (axis.grows) {
    const Storage storage{
        .size = {0}, .chunk = {rows_in_chunk}, .grows = true, .filled_with_nan = true};
    dataset = create_dataset(group, name, H5T_IEEE_F64LE, storage);
  } else {
    dataset = write_numbers(group, name, axis.values);
  }
  label(dataset.get(), axis.labels);
  if (!axis.cf_axis.empty()) set_attribute(dataset.get(), "axis", axis.cf_axis);
  if (axis.downwards) set_attribute(dataset.get(), "positive", "down");
  check_h5(H5DSset_scale(dataset.get(), name.c_str()));
  return dataset;
}

void write_plot(hid_t entry, const Plot& plot) {
  const auto group = create_group(entry, plot.name, "NXdata");
  describe(group.get(), plot);
  std::vector<DatasetHandle> signals, axes;
  for (const auto& signal : plot.signals) {
    signals.push_back(write_signal(group.get(), plot, signal));
  }
  for (const auto& axis : plot.axes) axes.push_back(write_axis(group.get(), axis));
  for (const auto& signal : signals) {
    unsigned position = 0;
    for (const auto& axis : axes) {
      check_h5(H5DSattach_scale(signal.get(), axis.get(), position++));
    }
  }
}

std::string interpretation(const FieldGroup& group, const Grid& grid) {
  const std::size_t channels = group.channels.size();
  if (channels == 0) return grid.dimension() == 1 ? "spectrum" : "image";
  if (grid.dimension() == 2 && channels == 3) return "rgb-image";
  if (grid.dimension() == 2 && channels == 4) return "rgba-image";
  return "";
}

Plot plot_of(const FieldGroup& group, const FileLayout& layout, const Grid& grid) {
  Plot plot{group.name, group.title, {}, group.fields, interpretation(group, grid)};
  if (group.time) {
    plot.axes.push_back(
        {.labels = *group.time, .grows = true, .cf_axis = group.time->name == "time" ? "T" : ""});
  }
  for (int a = grid.dimension() - 1; a >= 0; --a) {
    const auto position = static_cast<std::size_t>(a);
    Dimension axis{.labels = layout.axes[position],
                   .cf_axis = std::string(1, "XYZ"[position]),
                   .downwards = a == 1 && layout.y_downwards};
    for (int i = 0; i < grid.axis(a).cells; ++i) axis.values.push_back(grid.axis(a).centre(i));
    plot.axes.push_back(std::move(axis));
  }
  if (!group.channels.empty()) {
    plot.axes.push_back({.labels = {"channel", "channel", "1"}, .channels = group.channels});
  }
  return plot;
}

Plot plot_of(const Table& table) {
  Plot plot{table.name, table.title, {}, table.columns};
  plot.drawn = table.signals;
  plot.axes.push_back(
      {.labels = table.axis, .grows = true, .cf_axis = table.axis.name == "time" ? "T" : ""});
  plot.together = table.together;
  plot.points = table.points;
  if (table.log_axis || table.log_signal) {
    const auto scale = [](bool log) { return log ? "log" : "linear"; };
    // silx reads the plural key, H5Web the singular one.
    plot.silx_style = fmt::format(
        R"({{"axes_scale_types":["{0}"],"axes_scale_type":["{0}"],"signal_scale_type":"{1}"}})",
        scale(table.log_axis), scale(table.log_signal));
  }
  return plot;
}

void describe_root(hid_t file, const std::filesystem::path& path, const FileLayout& layout,
                   const Provenance& provenance) {
  unsigned major = 0, minor = 0, release = 0;
  check_h5(H5get_libversion(&major, &minor, &release));
  set_attribute(file, "NX_class", "NXroot");
  set_attribute(file, "default", "entry");
  set_attribute(file, "Conventions", "CF-1.8");
  set_attribute(file, "creator", provenance.program);
  set_attribute(file, "creator_version", provenance.version);
  set_attribute(file, "HDF5_Version", fmt::format("{}.{}.{}", major, minor, release));
  set_attribute(file, "title", layout.title);
  set_attribute(file, "file_name", path.filename().string());
}

}  // namespace

std::vector<hsize_t> snapshot_shape(const FieldGroup& group, const Grid& grid) {
  std::vector<hsize_t> shape;
  for (int a = grid.dimension() - 1; a >= 0; --a) {
    shape.push_back(static_cast<hsize_t>(grid.axis(a).cells));
  }
  if (!group.channels.empty()) shape.push_back(group.channels.size());
  return shape;
}

std::vector<hsize_t> chunk_shape(std::vector<hsize_t> shape) {
  for (std::size_t a = 0; a + 1 < shape.size(); ++a) {
    hsize_t layer = 1;
    for (std::size_t b = a + 1; b < shape.size(); ++b) layer *= shape[b];
    const hsize_t fitting = std::max<hsize_t>(1, numbers_in_chunk / layer);
    const hsize_t pieces = (shape[a] + fitting - 1) / fitting;
    shape[a] = (shape[a] + pieces - 1) / pieces;
    if (fitting > 1 || layer <= numbers_in_chunk) break;
  }
  return shape;
}

void write_skeleton(const std::filesystem::path& path, const FileLayout& layout, const Grid& grid,
                    const Provenance& provenance) {
  FileHandle file = create_file(draft_of(path));
  describe_root(file.get(), path, layout, provenance);
  GroupHandle entry = create_group(file.get(), "entry", "NXentry");
  set_attribute(entry.get(), "default", layout.main_group);
  write_text(entry.get(), "title", layout.title);
  write_text(entry.get(), "start_time", provenance.start_time);
  write_text(entry.get(), "status", "running", 16);
  for (const auto& group : layout.groups) write_plot(entry.get(), plot_of(group, layout, grid));
  for (const auto& table : layout.tables) write_plot(entry.get(), plot_of(table));
  write_provenance(entry.get(), provenance);
  entry.close();
  file.close();
  move_file(draft_of(path), path);
}

}  // namespace feller

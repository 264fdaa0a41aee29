// Histograms from HDF5: where the dataset lies, what its axes are, its numbers.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>

#include "discretisation/grid.hpp"
#include "io/hdf5.hpp"
#include "io/histogram_formats.hpp"
#include "io/study_file.hpp"

namespace feller::detail {
namespace {

using ObjectHandle = H5Handle<H5Oclose>;
constexpr std::size_t listed = 12;  // names in a message

/// An axis of a dataset, and what stands along it.
struct Scale {
  std::string name;  ///< "x", or "/entry/density/x"
  DatasetHandle centres;

  std::string last_name() const { return name.substr(name.rfind('/') + 1); }
};

struct Source {
  std::string place;  ///< "run.h5: /entry/density/p", for messages
  DatasetHandle data{};
  GroupHandle group{};                       ///< that holds it
  std::vector<hsize_t> extents{};            ///< of the dataset, slowest first
  std::vector<std::vector<double>> edges{};  ///< x first
  Meaning meaning = Meaning::mass;
  bool in_time = false;  ///< extents[0] counts snapshots
};

/// H5Lvisit's callback: collects the full names of datasets.
herr_t note_dataset(hid_t root, const char* name, const H5L_info_t*, void* names) {
  const hid_t object = H5Oopen(root, name, H5P_DEFAULT);
  if (object < 0) return 0;  // a link that leads nowhere
  if (H5Iget_type(object) == H5I_DATASET) {
    static_cast<std::vector<std::string>*>(names)->push_back(std::string{"/"} + name);
  }
  return H5Oclose(object) < 0 ? -1 : 0;
}

[[noreturn]] void reject_name(hid_t file, const std::string& path, const std::string& name,
                              const std::string& words) {
  std::vector<std::string> names;
  check_h5(H5Lvisit(file, H5_INDEX_NAME, H5_ITER_INC, note_dataset, &names));
  const std::string near = suggestion(name, names);
  std::string rest;
  if (names.size() > listed) rest = fmt::format(" and {} more", names.size() - listed);
  names.resize(std::min(names.size(), listed));
  reject(path, fmt::format("{}; its datasets: {}{}{}", words, fmt::join(names, ", "), rest, near));
}

std::vector<hsize_t> extents_of(hid_t dataset, const std::string& place) {
  const TypeHandle type{H5Dget_type(dataset)};
  const auto kind = H5Tget_class(type.get());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER) reject(place, "does not hold numbers");
  const SpaceHandle space{H5Dget_space(dataset)};
  const int rank = check_h5(H5Sget_simple_extent_ndims(space.get()));
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  check_h5(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr));
  return extents;
}

Source find(hid_t file, const std::string& path, const std::string& dataset) {
  const std::string name = dataset.starts_with('/') ? dataset : "/" + dataset;
  if (name == "/") reject_name(file, path, "", "no dataset is named");
  if (H5LTpath_valid(file, name.c_str(), true) <= 0) {
    reject_name(file, path, name, fmt::format("has no dataset '{}'", name));
  }
  const ObjectHandle object{H5Oopen(file, name.c_str(), H5P_DEFAULT)};
  if (H5Iget_type(object.get()) != H5I_DATASET) {
    reject_name(file, path, name, fmt::format("'{}' is no dataset", name));
  }
  Source source{fmt::format("{}: {}", path, name)};
  source.data = open_dataset(file, name);
  source.group = open_group(file, name.substr(0, std::max<std::size_t>(name.rfind('/'), 1)));
  source.extents = extents_of(source.data.get(), source.place);
  return source;
}

[[noreturn]] void reject_size(const std::string& place, double bins) {
  reject(place, fmt::format("has {:.6g} bins, at most 1e8 are allowed", bins));
}

/// The numbers along an axis. Throws unless there are `size`.
std::vector<double> numbers_along(hid_t dataset, hsize_t size, const std::string& place) {
  if (static_cast<double>(size) > most_bins + 1) reject_size(place, static_cast<double>(size));
  const auto extents = extents_of(dataset, place);
  if (extents.size() != 1 || extents[0] != size) {
    reject(
        place,
        fmt::format("must hold {} numbers, as the order of a dataset is z, y, x; its shape is ({})",
                    size, fmt::join(extents, ", ")));
  }
  std::vector<double> numbers(size);
  check_h5(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()));
  return numbers;
}

std::string beside(const Source& source, const std::string& name) {
  return source.place.substr(0, source.place.rfind('/') + 1) + name;
}

/// Takes x_edges, y_edges, z_edges if they are there.
bool take_edges(Source& source) {
  std::vector<std::string> names;
  for (const auto axis : Grid::axis_names) {
    const std::string name = fmt::format("{}_edges", axis);
    if (!has_link(source.group.get(), name)) break;
    names.push_back(name);
  }
  if (names.empty()) return false;
  if (source.extents.size() != names.size()) {
    reject(source.place, fmt::format("must have {} axes, as {} lie beside it, but has {}",
                                     names.size(), fmt::join(names, ", "), source.extents.size()));
  }
  for (std::size_t a = 0; a < names.size(); ++a) {
    const auto dataset = open_dataset(source.group.get(), names[a]);
    const hsize_t bins = source.extents[names.size() - 1 - a];
    source.edges.push_back(numbers_along(dataset.get(), bins + 1, beside(source, names[a])));
    require_ascending(source.edges.back(), beside(source, names[a]));
  }
  return true;
}

/// H5DSiterate_scales' callback: keeps the first scale.
herr_t keep_scale(hid_t, unsigned, hid_t scale, void* kept) {
  if (H5Iinc_ref(scale) < 0) return -1;
  *static_cast<hid_t*>(kept) = scale;
  return 1;
}

std::string name_of(hid_t object) {
  std::string name(static_cast<std::size_t>(check_h5(hid_t{H5Iget_name(object, nullptr, 0)})), ' ');
  check_h5(hid_t{H5Iget_name(object, name.data(), name.size() + 1)});
  return name;
}

/// The dimension scales, if every axis has one.
std::vector<Scale> attached_scales(const Source& source) {
  std::vector<Scale> scales;
  if (check_h5(H5DSis_scale(source.data.get())) > 0) return scales;
  for (unsigned a = 0; a < source.extents.size(); ++a) {
    if (check_h5(H5DSget_num_scales(source.data.get(), a)) == 0) return {};
    hid_t scale = H5I_INVALID_HID;
    check_h5(H5DSiterate_scales(source.data.get(), a, nullptr, keep_scale, &scale));
    DatasetHandle centres{scale};
    scales.push_back({name_of(scale), std::move(centres)});
  }
  return scales;
}

/// The datasets that the group's @axes names.
std::vector<Scale> named_scales(const Source& source) {
  const auto names = text_attribute(source.group.get(), "axes");
  if (names.size() != source.extents.size()) {
    reject(source.place,
           fmt::format("its {} axes are not described: it needs x_edges, y_edges, ... beside it, "
                       "dimension scales, or a group whose @axes names as many",
                       source.extents.size()));
  }
  std::vector<Scale> scales;
  for (const auto& name : names) {
    if (!has_link(source.group.get(), name)) {
      reject(source.place, fmt::format("@axes of its group names '{}', which is not there", name));
    }
    scales.push_back({name, open_dataset(source.group.get(), name)});
  }
  return scales;
}

/// "x", "y", "z" or "t" as far as CF's @axis or the name says it; any other name as it is.
std::string direction_of(const Scale& scale) {
  const auto axis = text_attribute(scale.centres.get(), "axis");
  const auto name = boost::to_lower_copy(axis.empty() ? scale.last_name() : axis.front());
  return name == "time" ? "t" : name;
}

bool contradicts(const Scale& scale, std::string_view axis) {
  const std::string direction = direction_of(scale);
  return std::ranges::count(Grid::axis_names, direction) > 0 && direction != axis;
}

void take_centres(Source& source) {
  auto scales = attached_scales(source);
  if (scales.empty()) scales = named_scales(source);
  std::vector<std::string> names;
  for (const auto& scale : scales) names.push_back(scale.last_name());
  source.in_time = direction_of(scales.front()) == "t";
  const std::size_t dimension = scales.size() - (source.in_time ? 1 : 0);
  bool fits = dimension >= 1 && dimension <= 3;
  for (std::size_t a = 0; a < dimension && fits; ++a) {
    fits = !contradicts(scales[scales.size() - 1 - a], Grid::axis_names[a]);
  }
  if (!fits) {
    reject(source.place,
           fmt::format("its axes are {}, must be [time,] [z,] [y,] x", fmt::join(names, ", ")));
  }
  for (std::size_t a = 0; a < dimension; ++a) {
    const std::size_t position = scales.size() - 1 - a;
    const std::string place = fmt::format("{} (axis {})", source.place, names[position]);
    const auto centres =
        numbers_along(scales[position].centres.get(), source.extents[position], place);
    source.edges.push_back(edges_around(centres, place));
  }
  source.meaning = Meaning::density;
}

void check_size(const Source& source) {
  const auto& extents = source.extents;
  if (extents.empty() || extents.size() > 4) {
    reject(source.place, fmt::format("has {} axes, must have [time,] [z,] [y,] x", extents.size()));
  }
  for (const auto extent : extents) {
    if (extent == 0) {
      reject(source.place, fmt::format("is empty, its shape is ({})", fmt::join(extents, ", ")));
    }
  }
}

/// Reads all, or the last snapshot.
std::vector<double> read_values(const Source& source) {
  std::vector<hsize_t> start(source.extents.size(), 0), count = source.extents;
  if (source.in_time) {
    start.front() = count.front() - 1;
    count.front() = 1;
  }
  double bins = 1;
  for (const auto n : count) bins *= static_cast<double>(n);
  if (bins > most_bins) reject_size(source.place, bins);
  std::vector<double> values(static_cast<std::size_t>(bins));
  const SpaceHandle file{H5Dget_space(source.data.get())};
  const SpaceHandle memory{H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr)};
  check_h5(H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                               nullptr));
  check_h5(H5Dread(source.data.get(), H5T_NATIVE_DOUBLE, memory.get(), file.get(), H5P_DEFAULT,
                   values.data()));
  return values;
}

/// "run.h5: /entry/density/p[4, 0, 17]".
std::string where(const Source& source, std::size_t value) {
  std::vector<std::size_t> index(source.extents.size());
  for (std::size_t a = index.size(); a-- > 0;) {
    const bool time = a == 0 && source.in_time;
    index[a] = time ? source.extents[a] - 1 : value % source.extents[a];
    value /= source.extents[a];
  }
  return fmt::format("{}[{}]", source.place, fmt::join(index, ", "));
}

}  // namespace

Histogram read_hdf5_histogram(const std::filesystem::path& path, const std::string& dataset) {
  const FileHandle file = open_file(path, H5F_ACC_RDONLY);
  Source source = find(file.get(), path.string(), dataset);
  check_size(source);
  if (!take_edges(source)) take_centres(source);
  auto values = read_values(source);
  return make_histogram(std::move(source.edges), std::move(values), source.meaning, source.place,
                        [&](std::size_t b) { return where(source, b); });
}

}  // namespace feller::detail

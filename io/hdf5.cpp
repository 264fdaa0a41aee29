#include "io/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace feller {
namespace {

struct Words {
  std::string deepest;
  std::string outermost;
};

herr_t listen(unsigned level, const H5E_error2_t* error, void* words) {
  auto& heard = *static_cast<Words*>(words);
  (level == 0 ? heard.deepest : heard.outermost) = error->desc != nullptr ? error->desc : "";
  return 0;
}

[[noreturn]] void raise(const std::source_location& where) {
  Words words;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, listen, &words);
  if (!words.outermost.empty()) words.outermost += ": ";
  throw IoError(fmt::format("HDF5 error at {}:{}: {}{}",
                            std::filesystem::path(where.file_name()).filename().string(),
                            where.line(), words.outermost, words.deepest));
}

constexpr unsigned in_order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

PropertyHandle access_properties() {
  check_h5(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr));
  PropertyHandle access{H5Pcreate(H5P_FILE_ACCESS)};
  check_h5(H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V18));
  check_h5(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG));
  return access;
}

template <class T>
std::vector<T> read_all(hid_t dataset, hid_t type, std::size_t items) {
  std::vector<T> values(items);
  if (items > 0) check_h5(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  return values;
}

void write_all(hid_t dataset, hid_t type, const void* data) {
  check_h5(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data));
}

std::size_t items_in(hid_t dataset) {
  const SpaceHandle space{H5Dget_space(dataset)};
  return static_cast<std::size_t>(check_h5(hid_t{H5Sget_simple_extent_npoints(space.get())}));
}

}  // namespace

hid_t check_h5(hid_t id, std::source_location where) {
  if (id < 0) raise(where);
  return id;
}

herr_t check_h5(herr_t code, std::source_location where) {
  if (code < 0) raise(where);
  return code;
}

FileHandle create_file(const std::filesystem::path& path) {
  const PropertyHandle access = access_properties();
  const PropertyHandle creation{H5Pcreate(H5P_FILE_CREATE)};
  check_h5(H5Pset_link_creation_order(creation.get(), in_order));
  check_h5(H5Pset_attr_creation_order(creation.get(), in_order));
  return FileHandle{H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get())};
}

FileHandle open_file(const std::filesystem::path& path, unsigned flags) {
  const PropertyHandle access = access_properties();
  return FileHandle{H5Fopen(path.c_str(), flags, access.get())};
}

FileHandle open_file(const std::filesystem::path& path, MPI_Comm comm) {
  const PropertyHandle access = access_properties();
  check_h5(H5Pset_fapl_mpio(access.get(), comm, MPI_INFO_NULL));
  return FileHandle{H5Fopen(path.c_str(), H5F_ACC_RDWR, access.get())};
}

GroupHandle create_group(hid_t parent, const std::string& name, std::string_view nx_class) {
  const PropertyHandle creation{H5Pcreate(H5P_GROUP_CREATE)};
  check_h5(H5Pset_link_creation_order(creation.get(), in_order));
  check_h5(H5Pset_attr_creation_order(creation.get(), in_order));
  GroupHandle group{H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT)};
  set_attribute(group.get(), "NX_class", nx_class);
  return group;
}

GroupHandle open_group(hid_t parent, const std::string& name) {
  return GroupHandle{H5Gopen2(parent, name.c_str(), H5P_DEFAULT)};
}

DatasetHandle open_dataset(hid_t parent, const std::string& name) {
  return DatasetHandle{H5Dopen2(parent, name.c_str(), H5P_DEFAULT)};
}

bool has_link(hid_t parent, const std::string& name) {
  return check_h5(H5Lexists(parent, name.c_str(), H5P_DEFAULT)) > 0;
}

DatasetHandle create_dataset(hid_t parent, const std::string& name, hid_t type,
                             const Storage& storage) {
  const PropertyHandle creation{H5Pcreate(H5P_DATASET_CREATE)};
  check_h5(H5Pset_attr_creation_order(creation.get(), in_order));
  check_h5(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY));
  if (!storage.chunk.empty()) {
    check_h5(
        H5Pset_chunk(creation.get(), static_cast<int>(storage.chunk.size()), storage.chunk.data()));
  }
  if (storage.filled_with_nan) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    check_h5(H5Pset_fill_value(creation.get(), H5T_NATIVE_DOUBLE, &nan));
  }
  std::vector<hsize_t> limit = storage.size;
  if (storage.grows) limit.front() = H5S_UNLIMITED;
  const SpaceHandle space{
      storage.size.empty()
          ? H5Screate(H5S_SCALAR)
          : H5Screate_simple(static_cast<int>(limit.size()), storage.size.data(), limit.data())};
  return DatasetHandle{H5Dcreate2(parent, name.c_str(), type, space.get(), H5P_DEFAULT,
                                  creation.get(), H5P_DEFAULT)};
}

DatasetHandle write_numbers(hid_t parent, const std::string& name, std::span<const double> values) {
  auto dataset = create_dataset(parent, name, H5T_IEEE_F64LE, {.size = {values.size()}});
  write_all(dataset.get(), H5T_NATIVE_DOUBLE, values.data());
  return dataset;
}

DatasetHandle write_numbers(hid_t parent, const std::string& name, std::span<const int> values) {
  auto dataset = create_dataset(parent, name, H5T_STD_I32LE, {.size = {values.size()}});
  write_all(dataset.get(), H5T_NATIVE_INT, values.data());
  return dataset;
}

void write_number(hid_t parent, const std::string& name, int value) {
  write_all(create_dataset(parent, name, H5T_STD_I32LE, {}).get(), H5T_NATIVE_INT, &value);
}

void write_number(hid_t parent, const std::string& name, std::int64_t value) {
  write_all(create_dataset(parent, name, H5T_STD_I64LE, {}).get(), H5T_NATIVE_INT64, &value);
}

void write_number(hid_t parent, const std::string& name, double value) {
  write_all(create_dataset(parent, name, H5T_IEEE_F64LE, {}).get(), H5T_NATIVE_DOUBLE, &value);
}

std::vector<double> read_numbers(hid_t parent, const std::string& name) {
  const auto dataset = open_dataset(parent, name);
  return read_all<double>(dataset.get(), H5T_NATIVE_DOUBLE, items_in(dataset.get()));
}

}  // namespace feller

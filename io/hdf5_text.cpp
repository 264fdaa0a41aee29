// Attributes and texts of io/hdf5.hpp: the string rules of the layout.

#include <fmt/format.h>

#include <algorithm>

#include "io/hdf5.hpp"

namespace feller {
namespace {

/// Variable-length UTF-8: for attributes.
TypeHandle attribute_text() {
  TypeHandle type{H5Tcopy(H5T_C_S1)};
  check_h5(H5Tset_size(type.get(), H5T_VARIABLE));
  check_h5(H5Tset_cset(type.get(), H5T_CSET_UTF8));
  return type;
}

/// Null-terminated with room for `length` characters: for datasets.
TypeHandle dataset_text(std::size_t length, bool ascii) {
  TypeHandle type{H5Tcopy(H5T_C_S1)};
  check_h5(H5Tset_size(type.get(), length + 1));
  check_h5(H5Tset_strpad(type.get(), H5T_STR_NULLTERM));
  check_h5(H5Tset_cset(type.get(), ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8));
  return type;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 128; });
}

void write_attribute(hid_t object, const std::string& name, hid_t type, hid_t space,
                     const void* data, hid_t memory_type) {
  const AttributeHandle attribute{
      H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT)};
  check_h5(H5Awrite(attribute.get(), memory_type, data));
}

SpaceHandle line_of(std::size_t items) {
  const hsize_t size = items;
  return SpaceHandle{H5Screate_simple(1, &size, nullptr)};
}

}  // namespace

void set_attribute(hid_t object, const std::string& name, std::string_view text) {
  const std::string owned{text};
  const char* data = owned.c_str();
  const auto type = attribute_text();
  write_attribute(object, name, type.get(), SpaceHandle{H5Screate(H5S_SCALAR)}.get(), &data,
                  type.get());
}

void set_attribute(hid_t object, const std::string& name, const std::vector<std::string>& texts) {
  std::vector<const char*> data;
  for (const auto& text : texts) data.push_back(text.c_str());
  const auto type = attribute_text();
  write_attribute(object, name, type.get(), line_of(data.size()).get(), data.data(), type.get());
}

void set_attribute(hid_t object, const std::string& name, int value) {
  write_attribute(object, name, H5T_STD_I32LE, SpaceHandle{H5Screate(H5S_SCALAR)}.get(), &value,
                  H5T_NATIVE_INT);
}

void set_attribute(hid_t object, const std::string& name, const std::vector<int>& values) {
  write_attribute(object, name, H5T_STD_I32LE, line_of(values.size()).get(), values.data(),
                  H5T_NATIVE_INT);
}

void set_attribute(hid_t object, const std::string& name, double value) {
  write_attribute(object, name, H5T_IEEE_F64LE, SpaceHandle{H5Screate(H5S_SCALAR)}.get(), &value,
                  H5T_NATIVE_DOUBLE);
}

void write_text(hid_t parent, const std::string& name, std::string_view text, std::size_t room) {
  std::string padded{text};
  padded.resize(std::max(text.size(), room) + 1, '\0');
  const auto type = dataset_text(padded.size() - 1, is_ascii(text));
  const auto dataset = create_dataset(parent, name, type.get(), {});
  check_h5(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()));
}

void rewrite_text(hid_t parent, const std::string& name, std::string_view text) {
  const auto dataset = open_dataset(parent, name);
  const TypeHandle type{H5Dget_type(dataset.get())};
  const std::size_t size = H5Tget_size(type.get());
  if (text.size() >= size) {
    throw IoError(
        fmt::format("'{}' has room for {} characters, not for \"{}\"", name, size - 1, text));
  }
  std::string padded{text};
  padded.resize(size, '\0');
  check_h5(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()));
}

std::string read_text(hid_t parent, const std::string& name) {
  const auto dataset = open_dataset(parent, name);
  const TypeHandle type{H5Dget_type(dataset.get())};
  const SpaceHandle space{H5Dget_space(dataset.get())};
  if (H5Tget_class(type.get()) != H5T_STRING || check_h5(H5Tis_variable_str(type.get())) > 0 ||
      H5Sget_simple_extent_type(space.get()) != H5S_SCALAR) {
    throw IoError(fmt::format("'{}' is not a single text of fixed length", name));
  }
  std::string padded(H5Tget_size(type.get()), '\0');
  check_h5(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()));
  return padded.substr(0, padded.find('\0'));
}

std::vector<std::string> text_attribute(hid_t object, const std::string& name) {
  if (check_h5(H5Aexists(object, name.c_str())) == 0) return {};
  const AttributeHandle attribute{H5Aopen(object, name.c_str(), H5P_DEFAULT)};
  const TypeHandle type{H5Aget_type(attribute.get())};
  if (H5Tget_class(type.get()) != H5T_STRING) return {};
  const SpaceHandle space{H5Aget_space(attribute.get())};
  const auto items =
      static_cast<std::size_t>(check_h5(hid_t{H5Sget_simple_extent_npoints(space.get())}));
  std::vector<std::string> texts;
  if (check_h5(H5Tis_variable_str(type.get())) > 0) {
    std::vector<char*> data(items, nullptr);
    check_h5(H5Aread(attribute.get(), type.get(), data.data()));
    for (const char* text : data) texts.emplace_back(text != nullptr ? text : "");
    check_h5(H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, data.data()));
    return texts;
  }
  const std::size_t size = H5Tget_size(type.get());
  std::string data(items * size, '\0');
  if (items > 0) check_h5(H5Aread(attribute.get(), type.get(), data.data()));
  for (std::size_t i = 0; i < items; ++i) {
    const std::string padded = data.substr(i * size, size);
    texts.push_back(padded.substr(0, padded.find('\0')));
  }
  return texts;
}

}  // namespace feller

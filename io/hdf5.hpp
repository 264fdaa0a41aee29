#pragma once

/// Ownership and error checking for HDF5, and the string rules of the output layout.
///
/// Every HDF5 id lives in a move-only handle, every call goes through `check_h5`, which throws
/// IoError with the place of the call and HDF5's own words; HDF5 itself prints nothing.
///
/// Strings (each rule was forced by a reader):
///     attributes      variable-length UTF-8, scalar or array
///     text datasets   fixed length strlen + 1, null-terminated, ASCII unless the text is not;
///                     never arrays (netCDF 4.9.0 crashes on them)
/// Creation order is tracked on files, groups and datasets, so that listings keep it.
///
/// Nothing here is collective, apart from the parallel `open_file` and all that is done with it.

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "discretisation/error.hpp"

namespace feller {

/// Throw IoError when an HDF5 call returned an error, else return what it returned.
hid_t check_h5(hid_t id, std::source_location where = std::source_location::current());
herr_t check_h5(herr_t code, std::source_location where = std::source_location::current());

/// Sole owner of an HDF5 id; `Close` is e.g. `H5Dclose`. Throws if it is given an invalid one.
template <herr_t (*Close)(hid_t)>
class H5Handle {
 public:
  H5Handle() = default;
  explicit H5Handle(hid_t id, std::source_location where = std::source_location::current())
      : id_{check_h5(id, where)} {}
  H5Handle(H5Handle&& other) noexcept : id_{other.release()} {}
  H5Handle& operator=(H5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  H5Handle(const H5Handle&) = delete;
  H5Handle& operator=(const H5Handle&) = delete;
  ~H5Handle() {
    if (id_ >= 0) Close(id_);
  }

  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  /// Gives the id away, unclosed.
  hid_t release() noexcept { return std::exchange(id_, H5I_INVALID_HID); }
  /// Closes and reports what the destructor would keep to itself.
  void close(std::source_location where = std::source_location::current()) {
    if (id_ >= 0) check_h5(Close(release()), where);
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using FileHandle = H5Handle<H5Fclose>;
using GroupHandle = H5Handle<H5Gclose>;
using DatasetHandle = H5Handle<H5Dclose>;
using SpaceHandle = H5Handle<H5Sclose>;
using TypeHandle = H5Handle<H5Tclose>;
using PropertyHandle = H5Handle<H5Pclose>;
using AttributeHandle = H5Handle<H5Aclose>;

/// A new file, replacing an old one of that name; serial driver.
FileHandle create_file(const std::filesystem::path& path);
/// An existing file, `H5F_ACC_RDONLY` or `H5F_ACC_RDWR`; serial driver.
FileHandle open_file(const std::filesystem::path& path, unsigned access);
/// An existing file for reading and writing by all ranks of `comm`. Collective.
FileHandle open_file(const std::filesystem::path& path, MPI_Comm comm);

GroupHandle create_group(hid_t parent, const std::string& name, std::string_view nx_class);
GroupHandle open_group(hid_t parent, const std::string& name);
DatasetHandle open_dataset(hid_t parent, const std::string& name);
bool has_link(hid_t parent, const std::string& name);

/// How a dataset lies in the file. Space is allocated at once, as parallel writing needs.
struct Storage {
  std::vector<hsize_t> size{};   ///< none: a scalar
  std::vector<hsize_t> chunk{};  ///< empty: contiguous
  bool grows = false;            ///< without limit along dimension 0
  bool filled_with_nan = false;  ///< until written
};
DatasetHandle create_dataset(hid_t parent, const std::string& name, hid_t type, const Storage&);

void set_attribute(hid_t object, const std::string& name, std::string_view text);
void set_attribute(hid_t object, const std::string& name, const std::vector<std::string>& texts);
void set_attribute(hid_t object, const std::string& name, int value);
void set_attribute(hid_t object, const std::string& name, const std::vector<int>& values);
void set_attribute(hid_t object, const std::string& name, double value);
/// The texts of an attribute, however they are stored; none if it does not exist or is no text.
std::vector<std::string> text_attribute(hid_t object, const std::string& name);

/// A scalar text dataset; `room` reserves place for later, longer texts.
void write_text(hid_t parent, const std::string& name, std::string_view text, std::size_t room = 0);
/// Replaces the text of a dataset that has room for it.
void rewrite_text(hid_t parent, const std::string& name, std::string_view text);
DatasetHandle write_numbers(hid_t parent, const std::string& name, std::span<const double> values);
DatasetHandle write_numbers(hid_t parent, const std::string& name, std::span<const int> values);
/// Scalars.
void write_number(hid_t parent, const std::string& name, int value);
void write_number(hid_t parent, const std::string& name, std::int64_t value);
void write_number(hid_t parent, const std::string& name, double value);

std::string read_text(hid_t parent, const std::string& name);
std::vector<double> read_numbers(hid_t parent, const std::string& name);

}  // namespace feller

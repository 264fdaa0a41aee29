#include "io/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/agreement.hpp"
#include "io/draft.hpp"
#include "io/fingerprint.hpp"
#include "io/parallel.hpp"

namespace feller {
namespace {

constexpr int format = 1;
constexpr hsize_t numbers_at_once = 1 << 20;

GroupHandle plain_group(hid_t file, const std::string& name) {
  return create_group(file, name, "NXcollection");
}

std::vector<hsize_t> shape_of(const Grid& grid) {
  std::vector<hsize_t> shape;
  for (int a = grid.dimension() - 1; a >= 0; --a) {
    shape.push_back(static_cast<hsize_t>(grid.axis(a).cells));
  }
  return shape;
}

/// A generous estimate of the file's size, in bytes.
std::size_t size_of_file(const Checkpoint& checkpoint, const NamedFields& fields,
                         const Grid& grid) {
  constexpr std::size_t frame = 1 << 16, item = 1 << 10;
  std::size_t size =
      frame + fields.size() * (item + sizeof(double) * static_cast<std::size_t>(grid.cells()));
  for (const auto& [key, text] : checkpoint.parameters) size += item + text.size();
  for (const auto& [name, text] : checkpoint.texts) size += item + text.size();
  for (const auto& [name, values] : checkpoint.numbers) {
    size += item + sizeof(double) * values.size();
  }
  return size;
}

/// Everything but the numbers in the fields, with all the space that the file will take: HDF5 does
/// not get over a disk that is full when it closes a file. On one rank.
void write_frame(const std::filesystem::path& path, const Checkpoint& checkpoint,
                 const NamedFields& fields, const std::vector<std::uint64_t>& fingerprints,
                 const Grid& grid) {
  reserve_space(path, size_of_file(checkpoint, fields, grid));
  FileHandle file = create_file(path);
  write_number(file.get(), "format", format);
  const auto add_texts = [&](const std::string& name, const auto& texts) {
    const auto group = plain_group(file.get(), name);
    for (const auto& [key, text] : texts) write_text(group.get(), key, text);
  };
  add_texts("parameters", checkpoint.parameters);
  add_texts("texts", checkpoint.texts);
  const auto numbers = plain_group(file.get(), "numbers");
  for (const auto& [name, values] : checkpoint.numbers) {
    write_numbers(numbers.get(), name, values);
  }
  const auto home = plain_group(file.get(), "fields");
  const auto marks = plain_group(file.get(), "fingerprints");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& name = fields[i].first;
    create_dataset(home.get(), name, H5T_IEEE_F64LE, {.size = shape_of(grid)});
    write_text(marks.get(), name, hexadecimal(fingerprints[i]));
  }
  write_number(file.get(), "complete", 0);
  file.close();
  reserve_space(path, std::filesystem::file_size(path));
}

/// On one rank.
void mark_complete(const std::filesystem::path& path) {
  FileHandle file = open_file(path, H5F_ACC_RDWR);
  const int yes = 1;
  const auto complete = open_dataset(file.get(), "complete");
  check_h5(H5Dwrite(complete.get(), H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &yes));
  file.close();
}

std::vector<std::string> names_in(hid_t file, const std::string& group_name) {
  const auto group = open_group(file, group_name);
  H5G_info_t info{};
  check_h5(H5Gget_info(group.get(), &info));
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    const auto name_of = [&](char* text, std::size_t room) {
      return static_cast<std::size_t>(check_h5(hid_t{H5Lget_name_by_idx(
          group.get(), ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, text, room, H5P_DEFAULT)}));
    };
    std::string name(name_of(nullptr, 0), '\0');
    name_of(name.data(), name.size() + 1);
    names.push_back(name);
  }
  return names;
}

/// All numbers of a field, a few layers at a time.
std::uint64_t fingerprint_of(hid_t dataset) {
  const SpaceHandle space{H5Dget_space(dataset)};
  std::vector<hsize_t> shape(
      static_cast<std::size_t>(check_h5(H5Sget_simple_extent_ndims(space.get()))));
  check_h5(H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr));
  hsize_t layer = 1;
  for (std::size_t a = 1; a < shape.size(); ++a) layer *= shape[a];
  const hsize_t most = std::max<hsize_t>(1, numbers_at_once / layer);
  std::vector<hsize_t> start(shape.size(), 0), count = shape;
  std::vector<double> values;
  Fingerprint all;
  std::uint64_t position = 0;
  for (; start[0] < shape[0]; start[0] += count[0]) {
    count[0] = std::min(most, shape[0] - start[0]);
    const hsize_t items = count[0] * layer;
    values.resize(items);
    const SpaceHandle memory{H5Screate_simple(1, &items, nullptr)};
    check_h5(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                                 nullptr));
    check_h5(
        H5Dread(dataset, H5T_NATIVE_DOUBLE, memory.get(), space.get(), H5P_DEFAULT, values.data()));
    for (const double value : values) all.add(position++, value);
  }
  return all.value();
}

FileHandle open_whole(const std::filesystem::path& path) {
  try {
    return open_file(path, H5F_ACC_RDONLY);
  } catch (const IoError& error) {
    throw IoError(fmt::format("it is truncated or no HDF5 file ({})", error.what()));
  }
}

void verify_fields(hid_t file) {
  for (const auto& name : names_in(file, "fields")) {
    const auto wanted = read_text(open_group(file, "fingerprints").get(), name);
    const auto dataset = open_dataset(file, "fields/" + name);
    if (hexadecimal(fingerprint_of(dataset.get())) != wanted) {
      throw IoError(fmt::format("the field '{}' is damaged", name));
    }
  }
}

/// Calls `act(dataset, part, field)` on each rank for each field. Collective.
template <class Act>
void with_parts(const std::filesystem::path& path, const NamedFields& fields, const Grid& grid,
                Act&& act) {
  Together together{grid.comm()};
  FileHandle file;
  together.run([&] { file = open_file(path, grid.comm()); });
  together.agree();
  const auto part = selection_of(grid, std::nullopt, 0);
  for (const auto& [name, field] : fields) {
    together.run([&, &name = name, &field = field] {
      const auto dataset = open_dataset(file.get(), "fields/" + name);
      act(dataset.get(), part, *field);
    });
  }
  together.run([&] { file.close(); });
  together.agree();
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                      const NamedFields& fields, const Grid& grid) {
  std::vector<std::uint64_t> fingerprints;
  for (const auto& entry : fields) fingerprints.push_back(fingerprint(*entry.second));
  on_root(grid.comm(), [&] { write_frame(path, checkpoint, fields, fingerprints, grid); });
  with_parts(path, fields, grid, [](hid_t dataset, const Selection& part, const Field& field) {
    write_part(dataset, part, field.values());
  });
  on_root(grid.comm(), [&] { mark_complete(path); });
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const FileHandle file = open_whole(path);
  if (!has_link(file.get(), "complete") || read_numbers(file.get(), "complete").at(0) != 1) {
    throw IoError("it was never finished");
  }
  const auto found = read_numbers(file.get(), "format");
  if (found != std::vector<double>{format}) {
    throw IoError(fmt::format("its format is {}, this version reads {}",
                              found.empty() ? 0 : found.front(), format));
  }
  verify_fields(file.get());
  Checkpoint checkpoint;
  const auto parameters = open_group(file.get(), "parameters");
  for (const auto& name : names_in(file.get(), "parameters")) {
    checkpoint.parameters.emplace_back(name, read_text(parameters.get(), name));
  }
  const auto texts = open_group(file.get(), "texts");
  for (const auto& name : names_in(file.get(), "texts")) {
    checkpoint.texts[name] = read_text(texts.get(), name);
  }
  const auto numbers = open_group(file.get(), "numbers");
  for (const auto& name : names_in(file.get(), "numbers")) {
    checkpoint.numbers[name] = read_numbers(numbers.get(), name);
  }
  return checkpoint;
}

void read_checkpoint_fields(const std::filesystem::path& path, const NamedFields& fields,
                            const Grid& grid) {
  with_parts(path, fields, grid, [](hid_t dataset, const Selection& part, Field& field) {
    read_part(dataset, part, field.values());
  });
}

CheckpointFiles::CheckpointFiles(const std::filesystem::path& output)
    : stem_{(output.parent_path() / output.stem()).string() + ".checkpoint"} {}

std::vector<std::filesystem::path> CheckpointFiles::present() const {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& file : {newest(), older(), draft()}) {
    if (fs::exists(file, ignored)) files.push_back(file);
  }
  const fs::path stem{stem_};
  const fs::path folder = stem.has_parent_path() ? stem.parent_path() : fs::path{"."};
  const std::string start = stem.filename().string() + ".";
  for (const auto& entry : fs::directory_iterator{folder, ignored}) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(start) && name.ends_with(".raw")) {
      files.push_back(stem.parent_path() / name);
    }
  }
  return files;
}

void CheckpointFiles::remove() const {
  std::error_code ignored;
  for (const auto& file : present()) std::filesystem::remove(file, ignored);
}

}  // namespace feller

#include "problems/image_source.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "io/distribute.hpp"

namespace feller {
namespace {

/// Runs `read` on rank 0 alone; an InputError there becomes one of the parameter, on all ranks.
template <class Read>
void on_root(const Parameters& parameters, const std::string& key, MPI_Comm comm, Read&& read) {
  agree_on(comm, [&] {
    if (rank_of(comm) != 0) return;
    try {
      read();
    } catch (const InputError& error) {
      throw parameters.blame(key, error.what());
    }
  });
}

/// A value a pixel (x, y) of the image in natural order on the cells of the grid.
template <class Value>
std::vector<double> placed(const Image& image, const Grid& grid, const Shift& shift,
                           const std::optional<double>& outside, Value&& value) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(grid.cells()));
  for_each(grid.whole(), [&](const Index& k) {
    const int x = k[0] - shift[0], y = k[1] - shift[1];
    const int near_x = std::clamp(x, 0, image.width - 1);
    const int near_y = std::clamp(y, 0, image.height - 1);
    const bool reached = x == near_x && y == near_y;
    values.push_back(reached || !outside ? value(near_x, near_y) : *outside);
  });
  return values;
}

}  // namespace

ImageInfo image_info_on_all(const Parameters& parameters, const std::string& key,
                            const std::filesystem::path& path) {
  const MPI_Comm comm = PETSC_COMM_WORLD;
  ImageInfo info;
  on_root(parameters, key, comm, [&] { info = image_info(path); });
  std::array<int, 5> numbers{info.width, info.height, info.channels, info.bits, info.alpha ? 1 : 0};
  check_mpi(MPI_Bcast(numbers.data(), 5, MPI_INT, 0, comm));
  return {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4] != 0};
}

std::vector<Field> image_fields(const Parameters& parameters, const std::string& key,
                                const std::filesystem::path& path, const Grid& grid,
                                const Shift& shift, std::optional<double> outside) {
  Image image;
  on_root(parameters, key, grid.comm(), [&] {
    image = read_image(path);
    if (image.extra_dropped) {
      spdlog::info("{}: a sample that is neither colour nor opacity is left out",
                   path.filename().string());
    }
  });
  int channels = image.channels;
  check_mpi(MPI_Bcast(&channels, 1, MPI_INT, 0, grid.comm()));
  std::vector<Field> fields;
  for (int c = 0; c < channels; ++c) {
    std::vector<double> values;
    if (rank_of(grid.comm()) == 0) {
      values = placed(image, grid, shift, outside, [&](int x, int y) { return image.at(x, y, c); });
    }
    fields.push_back(scatter(grid, values));
  }
  return fields;
}

std::optional<Field> image_opacity(const Parameters& parameters, const std::string& key,
                                   const std::filesystem::path& path, const Grid& grid,
                                   const Shift& shift, std::optional<double> outside) {
  if (!image_info_on_all(parameters, key, path).alpha) return std::nullopt;
  std::vector<double> values;
  on_root(parameters, key, grid.comm(), [&] {
    const Image image = read_image(path);
    values = placed(image, grid, shift, outside, [&](int x, int y) { return image.opacity(x, y); });
  });
  return scatter(grid, values);
}

std::string describe(const ImageInfo& info) {
  return fmt::format("{} x {}, {}", info.width, info.height, info.channels == 1 ? "grey" : "RGB");
}

}  // namespace feller

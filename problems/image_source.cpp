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

/// One channel in natural order on the cells of the grid.
std::vector<double> channel_of(const Image& image, int channel, const Grid& grid,
                               const Shift& shift, const std::optional<double>& outside) {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(grid.cells()));
  for_each(grid.whole(), [&](const Index& k) {
    const int x = k[0] - shift[0], y = k[1] - shift[1];
    const int near_x = std::clamp(x, 0, image.width - 1);
    const int near_y = std::clamp(y, 0, image.height - 1);
    const bool reached = x == near_x && y == near_y;
    values.push_back(reached || !outside ? image.at(near_x, near_y, channel) : *outside);
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
    if (image.alpha_dropped) {
      spdlog::info("{}: transparency is left out", path.filename().string());
    }
  });
  int channels = image.channels;
  check_mpi(MPI_Bcast(&channels, 1, MPI_INT, 0, grid.comm()));
  std::vector<Field> fields;
  for (int c = 0; c < channels; ++c) {
    const bool root = rank_of(grid.comm()) == 0;
    fields.push_back(scatter(grid, root ? channel_of(image, c, grid, shift, outside) : std::vector<double>{}));
  }
  return fields;
}

std::string describe(const ImageInfo& info) {
  return fmt::format("{} x {}, {}", info.width, info.height, info.channels == 1 ? "grey" : "RGB");
}

}  // namespace feller

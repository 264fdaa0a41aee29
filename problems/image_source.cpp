#include "problems/image_source.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

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

std::vector<double> channel_of(const Image& image, int channel) {
  std::vector<double> values;
  const auto stride = static_cast<std::size_t>(image.channels);
  values.reserve(image.values.size() / stride);
  for (auto i = static_cast<std::size_t>(channel); i < image.values.size(); i += stride) {
    values.push_back(image.values[i]);
  }
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
                                const std::filesystem::path& path, const Grid& grid) {
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
    fields.push_back(scatter(grid, root ? channel_of(image, c) : std::vector<double>{}));
  }
  return fields;
}

std::string describe(const ImageInfo& info) {
  return fmt::format("{} x {}, {}", info.width, info.height, info.channels == 1 ? "grey" : "RGB");
}

}  // namespace feller

#include "problems/histogram_source.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "problems/remap.hpp"

namespace feller {
namespace {

constexpr double most_outside = 1e-3;
constexpr double round_off = 1e-12;

}  // namespace

Field histogram_density(const Parameters& parameters, const std::string& key,
                        const std::filesystem::path& file, const std::string& dataset,
                        const Grid& grid) {
  try {
    auto [density, outside] = remap(read_histogram(grid.comm(), file, dataset), grid);
    if (outside > most_outside) {
      throw InputError(
          fmt::format("{:.3g} of its mass lies outside the grid, at most {} may: enlarge "
                      "grid.lower, grid.upper",
                      outside, most_outside));
    }
    if (outside > round_off && rank_of(grid.comm()) == 0) {
      spdlog::warn("{}: {:.3g} of its mass lies outside the grid and is left out",
                   file.filename().string(), outside);
    }
    return std::move(density);
  } catch (const InputError& error) {
    throw parameters.blame(key, error.what());
  }
}

}  // namespace feller

#pragma once

/// Images as fields: read on rank 0, shared out channel by channel.

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "discretisation/field.hpp"
#include "io/image.hpp"
#include "io/parameters.hpp"

namespace feller {

/// The header of an image file, on all ranks. Complaints name the parameter. Collective.
ImageInfo image_info_on_all(const Parameters& parameters, const std::string& key,
                            const std::filesystem::path& path);

/// Where the first pixel of a smaller or larger picture comes to lie: columns to the right, rows
/// down.
using Shift = std::array<int, 2>;

/// The channels of an image file, as grey levels 0..255, on a grid with a cell a pixel; where the
/// shifted image does not reach, `outside`, or else its nearest pixel. Collective.
std::vector<Field> image_fields(const Parameters& parameters, const std::string& key,
                                const std::filesystem::path& path, const Grid& grid,
                                const Shift& shift = {0, 0},
                                std::optional<double> outside = std::nullopt);

/// The opacity 0..1 of an image file in the same way, if it has one. Collective.
std::optional<Field> image_opacity(const Parameters& parameters, const std::string& key,
                                   const std::filesystem::path& path, const Grid& grid,
                                   const Shift& shift = {0, 0},
                                   std::optional<double> outside = std::nullopt);

/// "size 451 x 300, RGB": for messages.
std::string describe(const ImageInfo& info);

}  // namespace feller

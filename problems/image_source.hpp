#pragma once

/// Images as fields: read on rank 0, shared out channel by channel.

#include <filesystem>
#include <string>
#include <vector>

#include "discretisation/field.hpp"
#include "io/image.hpp"
#include "io/parameters.hpp"

namespace feller {

/// The header of an image file, on all ranks. Complaints name the parameter. Collective.
ImageInfo image_info_on_all(const Parameters& parameters, const std::string& key,
                            const std::filesystem::path& path);

/// The channels of an image file, as grey levels 0..255. Collective.
std::vector<Field> image_fields(const Parameters& parameters, const std::string& key,
                                const std::filesystem::path& path, const Grid& grid);

/// "size 451 x 300, RGB": for messages.
std::string describe(const ImageInfo& info);

}  // namespace feller

#include "problems/osmosis/mask_options.hpp"

#include <fmt/format.h>

#include <cmath>

#include "problems/osmosis/mask.hpp"

namespace feller {
namespace {

constexpr double half = 127.5;  ///< brighter pixels of a mask belong to it
constexpr double alike = 30;    ///< painted colours may be off by this in each channel (JPEG)

/// 1 where a picture has that colour.
Field painted_in(const std::vector<Field>& picture, const std::vector<double>& colour) {
  Field set{picture.front().grid(), 1};
  const auto in = set.values();
  for (std::size_t c = 0; c < 3; ++c) {
    std::size_t i = 0;
    for (const double level : picture[c].values()) {
      if (std::abs(level - colour[c]) > alike) in[i] = 0;
      ++i;
    }
  }
  return set;
}

}  // namespace

void MaskOptions::declare(Parameters& p) {
  p.add("problem.mask", mask_,
        {.meaning = "picture of the mask: pixels brighter than half belong to it"});
  p.add("problem.mask_region", region_,
        {.meaning = "picture of a region (a shadow); the mask is its edge, 2 pixels wide"});
  p.add("problem.mask_strokes", strokes_,
        {.meaning = "RGB copy of the image, painted on: one colour for the edge, one for the "
                    "inside of a region, whose own edge is added"});
  p.add("problem.mask_edge_colour", edge_colour_,
        {.meaning = "red, green, blue of strokes on the edge", .range = {.low = 0, .high = 255}});
  p.add("problem.mask_inside_colour", inside_colour_,
        {.meaning = "red, green, blue of strokes on the inside", .range = {.low = 0, .high = 255}});
  p.add("problem.mask_width", width_,
        {.meaning = "pixels by which the mask grows on all sides",
         .unit = "pixel",
         .range = {.low = 0, .high = 1000}});
}

bool MaskOptions::is_given() const {
  return !mask_.empty() || !region_.empty() || !strokes_.empty();
}

void require_some(const Parameters& parameters, const std::string& key, const Field& set) {
  const double pixels = count(set);
  if (pixels == 0) throw parameters.blame(key, "is empty: no pixel belongs to it");
  if (pixels == static_cast<double>(set.grid().cells())) {
    throw parameters.blame(key, "is full: every pixel belongs to it");
  }
}

Field MaskOptions::region_or_mask(const Parameters& parameters, const Canvas& canvas,
                                  const std::string& key, const std::filesystem::path& path) const {
  const Field set = above(canvas.brightness(key, path), half);
  require_some(parameters, key, set);
  return set;
}

Mask MaskOptions::painted(const Parameters& parameters, const Canvas& canvas) const {
  const std::string key = "problem.mask_strokes";
  for (const auto& [name, colour] : {std::pair{"problem.mask_edge_colour", &edge_colour_},
                                     std::pair{"problem.mask_inside_colour", &inside_colour_}}) {
    if (colour->size() != 3) throw parameters.blame(name, "must be red, green, blue");
  }
  const auto levels = canvas.colours(key, strokes_);
  if (levels.size() != 3) throw parameters.blame(key, "is grey, but must be RGB");
  Field edge = painted_in(levels, edge_colour_);
  Field inside = painted_in(levels, inside_colour_);
  if (count(edge) == 0 && count(inside) == 0) {
    throw parameters.blame(key, "has no pixel of either colour: see problem.mask_edge_colour");
  }
  if (count(inside) == 0) return {std::move(edge), std::nullopt};
  return {united(edge, edge_of(inside)), std::move(inside)};
}

Mask MaskOptions::undilated(const Parameters& parameters, const Canvas& canvas) const {
  const int ways = !mask_.empty() + !region_.empty() + !strokes_.empty();
  if (ways == 0) {
    throw parameters.blame("problem.mask",
                           "must name a file; or give problem.mask_region or problem.mask_strokes");
  }
  if (ways > 1) {
    throw parameters.blame(
        "problem.mask", "take one of problem.mask, problem.mask_region and problem.mask_strokes");
  }
  if (!strokes_.empty()) return painted(parameters, canvas);
  if (!mask_.empty()) {
    return {region_or_mask(parameters, canvas, "problem.mask", mask_), std::nullopt};
  }
  Field inside = region_or_mask(parameters, canvas, "problem.mask_region", region_);
  return {edge_of(inside), std::move(inside)};
}

Field MaskOptions::widened(const Field& set) const {
  return dilated(set, width_);
}

Mask MaskOptions::mask(const Parameters& parameters, const Canvas& canvas) const {
  Mask found = undilated(parameters, canvas);
  found.edge = widened(found.edge);
  const std::string source = !strokes_.empty()  ? "problem.mask_strokes"
                             : !region_.empty() ? "problem.mask_region"
                                                : "problem.mask";
  require_some(parameters, width_ > 0 ? "problem.mask_width" : source, found.edge);
  return found;
}

}  // namespace feller

#pragma once

/// Pictures as numbers: PNG, JPEG and TIFF in, PNG and float TIFF out.
///
/// Grey levels are on the scale 0..255 whatever the depth of the file:
///     8 bits: v,   16 bits: v / 257,   32-bit float: 255 v   (so that white is 255 in each).
/// Levels are those stored in the file: no gamma or colour profile is applied, an EXIF rotation is
/// ignored, and of a TIFF with several pages the first is read.
///
/// Opacity goes from 0 to 1 and leaves the levels alone: those of a transparent pixel are what the
/// file says. Premultiplied ("associated") levels of a TIFF are divided by the opacity where it is
/// not 0; what an integer file then has beyond white, which no picture means, becomes white.
///
/// The format is recognised by the first bytes, not by the name. What cannot be read faithfully
/// (damaged, truncated, CMYK, NaN, ...) is refused with one line that begins with the path.

#include <cstddef>
#include <filesystem>
#include <vector>

#include "discretisation/error.hpp"

namespace feller {

/// A picture, row by row from the top, channels interleaved: values[(y * width + x) * channels +
/// c].
struct Image {
  int width = 0;
  int height = 0;
  int channels = 1;              ///< 1 grey, 3 RGB
  int bits = 8;                  ///< depth of the file: 8, 16 or 32 (float)
  std::vector<double> values{};  ///< grey levels, 0..255 (a float TIFF may leave this range)
  std::vector<double> alpha{};   ///< opacity 0..1, one a pixel; empty if the file has none
  bool extra_dropped = false;    ///< a TIFF had a sample beside the colours that is no opacity

  std::size_t pixel(int x, int y) const {
    const auto row = static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    return row + static_cast<std::size_t>(x);
  }
  std::size_t index(int x, int y, int c = 0) const {
    return pixel(x, y) * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c);
  }
  double& at(int x, int y, int c = 0) { return values[index(x, y, c)]; }
  double at(int x, int y, int c = 0) const { return values[index(x, y, c)]; }
  double opacity(int x, int y) const { return alpha.empty() ? 1.0 : alpha[pixel(x, y)]; }
};

/// What the header of an image file says.
struct ImageInfo {
  int width = 0;
  int height = 0;
  int channels = 1;    ///< 1 or 3, after palettes are expanded; opacity does not count
  int bits = 8;        ///< 8, 16 or 32 (float); fewer than 8 count as 8
  bool alpha = false;  ///< alpha channel or transparent colour
};

/// An image of one level everywhere. Throws std::invalid_argument for a shape that no image has.
Image make_image(int width, int height, int channels, int bits = 8, double level = 0.0);

/// Reads the header only, so that sizes are known before memory is spent.
/// Throws InputError, also for files that `read_image` would refuse because of their header.
ImageInfo image_info(const std::filesystem::path& path);

/// Reads a whole image. Throws InputError.
Image read_image(const std::filesystem::path& path);

/// Writes 8 bits a channel, opacity too if there is any, or 16 if `image.bits == 16`, rounded to
/// nearest and clipped to 0..255. Returns how many samples had to be clipped (rounding alone is not
/// clipping). The file appears under its name when it is complete, not before. Throws IoError.
std::size_t write_png(const std::filesystem::path& path, const Image& image);

/// Writes an uncompressed 32-bit float TIFF of value / 255: the copy without loss, unclipped.
/// Opacity is one more sample ("unassociated alpha").
/// The file appears under its name when it is complete, not before. Throws IoError.
void write_tiff(const std::filesystem::path& path, const Image& image);

}  // namespace feller

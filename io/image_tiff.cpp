#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>

#include "io/image_formats.hpp"

namespace feller::detail {

namespace {

class TiffReader {
 public:
  explicit TiffReader(const std::filesystem::path& path)
      : path_(path), tiff_(open_tiff(path, "rm", log_)) {
    if (!tiff_ || !log_.empty()) refuse_damaged(path, log_.c_str());
  }

  ImageInfo header();
  Image image();

 private:
  template <typename T>
  T tag(std::uint32_t name, T otherwise) const {
    TIFFGetFieldDefaulted(tiff_.get(), name, &otherwise);
    return otherwise;
  }
  void check_layout();
  void check_colours();
  void check_depth(int depth) const;
  void check_extra();
  void read_strips(Image& image);
  void read_tiles(Image& image);
  void place(Image& image, int x, int y, int end, int plane, const std::uint8_t* bytes) const;
  void store(Image& image, int x, int y, int channel, const std::uint8_t* sample) const;
  double level(const std::uint8_t* sample) const;
  void divide_out(Image& image) const;
  int used() const { return colours_ + (alpha_ ? 1 : 0); }  ///< samples a pixel that are read

  const std::filesystem::path& path_;
  TiffLog log_;
  TiffHandle tiff_;
  int samples_ = 1;  ///< per pixel in the file
  int colours_ = 1;  ///< of these, the first; opacity comes after them
  int bytes_ = 1;    ///< per sample
  bool separate_ = false, white_is_zero_ = false;
  bool alpha_ = false, premultiplied_ = false;
  std::array<std::uint16_t*, 3> palette_{};  ///< null without a palette
};

void TiffReader::check_layout() {
  if (tag<std::uint16_t>(TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT) != ORIENTATION_TOPLEFT) {
    refuse_kind(path_, "rotated or mirrored TIFF images (orientation tag)");
  }
  if (tag<std::uint32_t>(TIFFTAG_IMAGEDEPTH, 1) != 1) refuse_kind(path_, "volume TIFF images");
  const auto compression = tag<std::uint16_t>(TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  if (TIFFIsCODECConfigured(compression) == 0) {
    refuse_kind(path_, "TIFF images with compression " + std::to_string(compression));
  }
  separate_ = tag<std::uint16_t>(TIFFTAG_PLANARCONFIG, 1) == PLANARCONFIG_SEPARATE;
}

void TiffReader::check_depth(int depth) const {
  const auto format = tag<std::uint16_t>(TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  const auto bits = std::to_string(depth) + "-bit ";
  if (palette_[0] != nullptr && depth != 8) refuse_kind(path_, bits + "palette images");
  if (format == SAMPLEFORMAT_IEEEFP) {
    if (depth != 32) refuse_kind(path_, bits + "float TIFF images");
  } else if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID) {
    refuse_kind(path_, bits + "signed or complex TIFF images");
  } else if (depth != 8 && depth != 16) {
    refuse_kind(path_, bits + "integer TIFF images");
  }
}

/// Decides which samples are colours; JPEG's luma and chroma are turned into RGB by the decoder.
void TiffReader::check_colours() {
  std::uint16_t meaning = 0;
  if (TIFFGetField(tiff_.get(), TIFFTAG_PHOTOMETRIC, &meaning) == 0) {
    refuse_kind(path_, "TIFF images without a colour interpretation");
  }
  const auto compression = tag<std::uint16_t>(TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  const bool converted = meaning == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG;
  if (converted) TIFFSetField(tiff_.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  const bool rgb = meaning == PHOTOMETRIC_RGB || converted,
             palette = meaning == PHOTOMETRIC_PALETTE;
  white_is_zero_ = meaning == PHOTOMETRIC_MINISWHITE;
  if (meaning == PHOTOMETRIC_SEPARATED) refuse_kind(path_, "CMYK TIFF images");
  if (!rgb && !palette && !white_is_zero_ && meaning != PHOTOMETRIC_MINISBLACK) {
    refuse_kind(path_, "TIFF images with colour interpretation " + std::to_string(meaning));
  }
  colours_ = rgb ? 3 : 1;
  if (samples_ < colours_ || samples_ > colours_ + 1) {
    refuse_kind(path_, "TIFF images with " + std::to_string(samples_) + " samples a pixel");
  }
  auto& [red, green, blue] = palette_;
  if (palette && TIFFGetField(tiff_.get(), TIFFTAG_COLORMAP, &red, &green, &blue) == 0)
    refuse_damaged(path_, "the palette is missing");
}

/// Decides what a sample beside the colours is. Without a tag to say so, it is not opacity: it may
/// be a mask or a mere filler.
void TiffReader::check_extra() {
  std::uint16_t count = 0;
  const std::uint16_t* meanings = nullptr;
  TIFFGetFieldDefaulted(tiff_.get(), TIFFTAG_EXTRASAMPLES, &count, &meanings);
  if (samples_ == colours_ || count == 0 || meanings == nullptr) return;
  alpha_ = meanings[0] == EXTRASAMPLE_UNASSALPHA || meanings[0] == EXTRASAMPLE_ASSOCALPHA;
  // Numbers of a palette cannot be multiplied.
  premultiplied_ = meanings[0] == EXTRASAMPLE_ASSOCALPHA && palette_[0] == nullptr;
  if (premultiplied_ && white_is_zero_) {
    refuse_kind(path_, "TIFF images with white as zero and premultiplied opacity");
  }
}

ImageInfo TiffReader::header() {
  check_layout();
  samples_ = tag<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL, 1);
  check_colours();
  check_extra();
  const int depth = tag<std::uint16_t>(TIFFTAG_BITSPERSAMPLE, 1);
  check_depth(depth);
  bytes_ = depth / 8;

  ImageInfo info;
  info.channels = palette_[0] != nullptr ? 3 : colours_;
  info.bits = depth;
  info.alpha = alpha_;
  return checked_info(path_, tag<std::uint32_t>(TIFFTAG_IMAGEWIDTH, 0),
                      tag<std::uint32_t>(TIFFTAG_IMAGELENGTH, 0), info);
}

Image TiffReader::image() {
  Image image = reserved_image(header());
  image.extra_dropped = samples_ > used();
  TIFFIsTiled(tiff_.get()) != 0 ? read_tiles(image) : read_strips(image);
  if (!log_.empty()) refuse_damaged(path_, log_.c_str());
  if (premultiplied_) divide_out(image);
  return image;
}

void TiffReader::read_strips(Image& image) {
  const auto size = static_cast<std::size_t>(TIFFScanlineSize64(tiff_.get()));
  const auto row = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  for (int plane = 0; plane < (separate_ ? used() : 1); ++plane) {
    for (int y = 0; y < image.height; ++y) {
      const auto line = static_cast<std::uint32_t>(y);
      if (TIFFReadScanline(tiff_.get(), row.get(), line, static_cast<std::uint16_t>(plane)) != 1) {
        refuse_damaged(path_, log_.c_str());
      }
      place(image, 0, y, image.width, plane, row.get());
    }
  }
}

void TiffReader::read_tiles(Image& image) {
  const auto width = tag<std::uint32_t>(TIFFTAG_TILEWIDTH, 0);
  const auto height = tag<std::uint32_t>(TIFFTAG_TILELENGTH, 0);
  const auto shape = checked_info(path_, width, height, {.channels = samples_});
  const auto row_size = static_cast<std::size_t>(TIFFTileRowSize64(tiff_.get()));
  const auto size = static_cast<std::size_t>(TIFFTileSize64(tiff_.get()));
  const auto tile = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  const int across = (image.width - 1) / shape.width + 1;
  const int tiles = across * ((image.height - 1) / shape.height + 1);
  for (int i = 0; i < tiles * (separate_ ? used() : 1); ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    const auto got = TIFFReadEncodedTile(tiff_.get(), number, tile.get(), tmsize_t(size));
    if (got < 0) refuse_damaged(path_, log_.c_str());
    const int x = i % tiles % across * shape.width, y = i % tiles / across * shape.height;
    const int end = x + std::min(shape.width, image.width - x);
    for (int row = 0; row < std::min(shape.height, image.height - y); ++row) {
      const auto* bytes = tile.get() + static_cast<std::size_t>(row) * row_size;
      place(image, x, y + row, end, i / tiles, bytes);
    }
  }
}

/// Puts the columns [x, end) of a decoded row into the image: one plane of it, or all samples side
/// by side.
void TiffReader::place(Image& image, int x, int y, int end, int plane,
                       const std::uint8_t* bytes) const {
  // Only now is the memory used: a header without data behind it never comes here.
  if (image.values.empty()) image.values.resize(image.index(0, image.height));
  if (alpha_ && image.alpha.empty()) image.alpha.resize(image.pixel(0, image.height));
  const int channels = separate_ ? 1 : used();
  const auto step = static_cast<std::size_t>(bytes_ * (separate_ ? 1 : samples_));
  for (; x < end; ++x, bytes += step) {
    for (int channel = 0; channel < channels; ++channel) {
      store(image, x, y, plane + channel, bytes + channel * bytes_);
    }
  }
}

void TiffReader::store(Image& image, int x, int y, int channel, const std::uint8_t* sample) const {
  if (channel == colours_) {
    image.alpha[image.pixel(x, y)] = level(sample) / 255.0;
    if (is_opacity(image.opacity(x, y))) return;
    refuse(path_, "the opacity is not in [0, 1]" + at_pixel(x, y));
  }
  if (palette_[0] != nullptr) {
    // The upper byte is the 8-bit colour both for writers that shift and for those that scale.
    for (int c = 0; c < 3; ++c) image.at(x, y, c) = palette_[std::size_t(c)][*sample] >> 8;
    return;
  }
  const double value = level(sample);
  if (!std::isfinite(value)) {
    refuse(path_, "not a finite number" + at_pixel(x, y));
  }
  image.at(x, y, channel) = white_is_zero_ ? 255.0 - value : value;
}

double TiffReader::level(const std::uint8_t* sample) const {
  std::uint16_t integer = 0;
  float real = 0;
  if (bytes_ == 4) std::memcpy(&real, sample, sizeof real);
  if (bytes_ == 2) std::memcpy(&integer, sample, sizeof integer);
  if (bytes_ == 1) return *sample;
  return bytes_ == 2 ? integer / 257.0 : 255.0 * static_cast<double>(real);
}

void TiffReader::divide_out(Image& image) const {
  const bool integer = bytes_ < 4;
  const auto channels = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    const double opacity = image.alpha[i / channels];
    double& value = image.values[i];
    if (opacity > 0) value /= opacity;
    if (integer) value = std::min(value, 255.0);
  }
}

}  // namespace

ImageInfo tiff_info(const std::filesystem::path& path) {
  return TiffReader(path).header();
}
Image read_tiff(const std::filesystem::path& path) {
  return TiffReader(path).image();
}

}  // namespace feller::detail

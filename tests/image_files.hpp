#pragma once

/// Image files with known values for the tests, made by libpng, libjpeg and libtiff themselves.

#include <png.h>
#include <tiffio.h>
#include <unistd.h>

#include <cstdio>
// jpeglib.h needs size_t and FILE before it.
#include <jpeglib.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "io/image.hpp"

namespace feller::image_files {

using Bytes = std::vector<std::uint8_t>;
using Path = std::filesystem::path;

/// How `make_png` writes; without bytes it stops where the data should begin.
struct PngSpec {
  png_uint_32 width, height;
  int depth, type, interlace = PNG_INTERLACE_NONE;
};
using Extras = std::function<void(png_structp, png_infop)>;

inline void make_png(const Path& path, const PngSpec& s, Bytes bytes, const Extras& extras = {}) {
  auto* file = std::fopen(path.c_str(), "wb");
  auto* png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  auto* info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_IHDR(png, info, s.width, s.height, s.depth, s.type, s.interlace, 0, 0);
  if (extras) extras(png, info);
  png_write_info(png, info);
  std::vector<png_bytep> rows;
  for (png_uint_32 y = 0; y < s.height && !bytes.empty(); ++y)
    rows.push_back(&bytes[y * bytes.size() / s.height]);
  if (!bytes.empty()) {
    png_write_image(png, rows.data());
    png_write_end(png, info);
  } else {
    png_write_chunk_start(png, reinterpret_cast<png_const_bytep>("IDAT"), 1000);
  }
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

inline void make_jpeg(const Path& path, unsigned size, int components, J_COLOR_SPACE space,
                      bool progressive = false) {
  auto* file = std::fopen(path.c_str(), "wb");
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  jpeg_stdio_dest(&encoder, file);
  encoder.image_width = encoder.image_height = size;
  encoder.input_components = components;
  encoder.in_color_space = space;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, 100, TRUE);
  if (progressive) jpeg_simple_progression(&encoder);
  jpeg_start_compress(&encoder, TRUE);
  Bytes row(size * static_cast<unsigned>(components));
  auto* data = row.data();
  for (unsigned y = 0; y < size; ++y) {
    for (auto& sample : row) sample = static_cast<std::uint8_t>(40 + 2 * y);
    jpeg_write_scanlines(&encoder, &data, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  std::fclose(file);
}

using Tags = std::vector<std::pair<std::uint32_t, int>>;
inline const Tags kGrey{{TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK}};

/// `parts` are the strips (of whole rows) or the tiles of the file, in its order.
template <typename T>
void make_tiff(const Path& path, int width, int height, const Tags& tags,
               std::vector<std::vector<T>> parts, const std::function<void(TIFF*)>& extras = {}) {
  auto* tiff = TIFFOpen(path.c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8 * sizeof(T));
  for (const auto& [tag, value] : tags) TIFFSetField(tiff, tag, value);
  const bool tiled = TIFFIsTiled(tiff) != 0;
  const auto row = static_cast<std::size_t>(TIFFScanlineSize(tiff));
  if (!tiled) TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, parts[0].size() * sizeof(T) / row);
  if (extras) extras(tiff);
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    const auto size = static_cast<tmsize_t>(parts[i].size() * sizeof(T));
    auto* write = tiled ? TIFFWriteEncodedTile : TIFFWriteEncodedStrip;
    REQUIRE(write(tiff, i, parts[i].data(), size) == size);
  }
  TIFFClose(tiff);
}

/// An 8-bit grey TIFF in one strip whose header lies before the data, as libtiff does not write it.
inline std::string raw_tiff(std::uint32_t width, std::uint32_t height, const std::string& data) {
  const auto number = [](std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 255U);
    return text;
  };
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> tags{
      {TIFFTAG_IMAGEWIDTH, width},
      {TIFFTAG_IMAGELENGTH, height},
      {TIFFTAG_BITSPERSAMPLE, 8},
      {TIFFTAG_COMPRESSION, 1},
      {TIFFTAG_PHOTOMETRIC, 1},
      {TIFFTAG_STRIPOFFSETS, 8 + 2 + 9 * 12 + 4},
      {TIFFTAG_SAMPLESPERPIXEL, 1},
      {TIFFTAG_ROWSPERSTRIP, height},
      {TIFFTAG_STRIPBYTECOUNTS, width * height}};
  std::string text = std::string("II*\0", 4) + number(8, 4) + number(9, 2);
  for (const auto& [tag, value] : tags) {
    text += number(tag, 2) + number(TIFF_LONG, 2) + number(1, 4) + number(value, 4);
  }
  return text + number(0, 4) + data;
}

inline std::vector<double> values(const Path& path) {
  return read_image(path).values;
}

/// A folder that is there as long as its owner.
struct Folder {
  Path path = std::filesystem::temp_directory_path() / ("feller_image_" + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  Path operator/(const std::string& name) const { return path / name; }
};

inline std::string contents(const Path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void put(const Path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// What `read_image` has to say against a file: one line that begins with the path.
inline std::string complaint(const Path& path) {
  try {
    read_image(path);
  } catch (const InputError& error) {
    const std::string words = error.what();
    CHECK_THAT(words, Catch::StartsWith(path.string() + ": ") && !Catch::Contains("\n"));
    return words;
  }
  return "no complaint";
}

/// Every proper beginning of the file, in steps, must be refused.
inline void check_truncations(const Path& path, std::size_t step) {
  const auto whole = contents(path);
  const Path cut = path.parent_path() / "cut";
  CHECK_NOTHROW(read_image(path));
  for (std::size_t length = 8; length < whole.size(); length += step) {
    put(cut, whole.substr(0, length));
    INFO(path << " cut to " << length << " of " << whole.size());
    CHECK_THAT(complaint(cut), Catch::Contains("truncated or damaged: "));
  }
  put(cut, whole.substr(0, whole.size() - 1));
  CHECK_THAT(complaint(cut), Catch::Contains("truncated or damaged: "));
}

}  // namespace feller::image_files

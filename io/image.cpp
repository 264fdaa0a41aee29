#include "io/image.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "io/image_formats.hpp"

namespace feller {
namespace detail {

namespace {

constexpr std::int64_t kMaxSamples = (std::int64_t{1} << 31) - 1;  // so that sizes are an int

std::string last_system_error() {
  return std::generic_category().message(errno);
}

/// Library messages may hold line breaks; ours are one line.
std::string one_line(std::string words) {
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return words;
}

}  // namespace

void refuse(const std::filesystem::path& path, const std::string& words) {
  throw InputError(path.string() + ": " + one_line(words));
}

void refuse_damaged(const std::filesystem::path& path, const std::string& words) {
  refuse(path, "truncated or damaged: " + words);
}

void refuse_kind(const std::filesystem::path& path, const std::string& kind) {
  refuse(path, kind + " are not supported; convert to 8- or 16-bit grey or RGB");
}

File open_image(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) refuse(path, "cannot be read: " + last_system_error());
  return file;
}

ImageInfo checked_info(const std::filesystem::path& path, std::int64_t width, std::int64_t height,
                       ImageInfo rest) {
  const std::string size = std::to_string(width) + " x " + std::to_string(height);
  if (width <= 0 || height <= 0) refuse(path, "the image is empty: " + size + " pixels");
  // Division, because the product of two sizes from a BigTIFF need not fit 64 bits.
  if (width > kMaxSamples / rest.channels / height) {
    refuse(path,
           "the image is too large: " + size + " pixels; at most 2^31 - 1 samples are allowed");
  }
  rest.width = static_cast<int>(width);
  rest.height = static_cast<int>(height);
  return rest;
}

Image reserved_image(const ImageInfo& info) {
  Image image;
  image.width = info.width;
  image.height = info.height;
  image.channels = info.channels;
  image.bits = info.bits;
  image.values.reserve(image.index(0, info.height));
  if (info.alpha) image.alpha.reserve(image.pixel(0, info.height));
  return image;
}

void check_writable(const std::filesystem::path& path, const Image& image) {
  const auto fail = [&path](const std::string& words) {
    throw IoError(path.string() + ": cannot write the image: " + words);
  };
  if (image.width <= 0 || image.height <= 0) fail("it is empty");
  if (image.channels != 1 && image.channels != 3) fail("it has neither 1 nor 3 channels");
  if (image.values.size() != image.index(0, image.height)) fail("wrong number of values");
  const auto require = [&](const auto& values, int channels, const auto& good, const char* what) {
    const auto bad = std::find_if_not(values.begin(), values.end(), good);
    const auto pixel = (bad - values.begin()) / channels;
    if (bad != values.end()) fail(what + at_pixel(pixel % image.width, pixel / image.width));
  };
  require(
      image.values, image.channels, [](double value) { return std::isfinite(value); },
      "not a finite number");
  if (image.alpha.empty()) return;
  if (image.alpha.size() != image.pixel(0, image.height)) fail("wrong number of opacities");
  require(image.alpha, 1, is_opacity, "the opacity is not in [0, 1]");
}

std::string at_pixel(std::ptrdiff_t column, std::ptrdiff_t row) {
  return " at column " + std::to_string(column) + ", row " + std::to_string(row) +
         " (counted from 0)";
}

void samples_of_row(const Image& image, int y, std::vector<double>& samples) {
  samples.clear();
  for (int x = 0; x < image.width; ++x) {
    for (int c = 0; c < image.channels; ++c) samples.push_back(image.at(x, y, c));
    if (!image.alpha.empty()) samples.push_back(255.0 * image.opacity(x, y));
  }
}

PendingFile::PendingFile(std::filesystem::path path) : path_(std::move(path)), temporary_(path_) {
  temporary_ += ".tmp";
}

PendingFile::~PendingFile() {
  std::error_code ignored;
  if (!committed_) std::filesystem::remove(temporary_, ignored);
}

void PendingFile::fail(const std::string& words) const {
  throw IoError(path_.string() + ": cannot be written: " + one_line(words));
}

void PendingFile::commit() {
  std::error_code error;
  std::filesystem::rename(temporary_, path_, error);
  if (error) fail(error.message());
  committed_ = true;
}

}  // namespace detail

namespace {

struct Format {
  std::string_view magic;
  ImageInfo (*info)(const std::filesystem::path&);
  Image (*read)(const std::filesystem::path&);
};

using std::string_view_literals::operator""sv;

constexpr std::array kFormats{
    Format{"\x89PNG\r\n\x1a\n"sv, detail::png_info, detail::read_png},
    Format{"\xff\xd8\xff"sv, detail::jpeg_info, detail::read_jpeg},
    Format{"II*\0"sv, detail::tiff_info, detail::read_tiff},
    Format{"MM\0*"sv, detail::tiff_info, detail::read_tiff},
    Format{"II+\0"sv, detail::tiff_info, detail::read_tiff},  // BigTIFF
    Format{"MM\0+"sv, detail::tiff_info, detail::read_tiff},
};

void check_regular_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) detail::refuse(path, "no such file");
  if (error) detail::refuse(path, "cannot be read: " + error.message());
  if (std::filesystem::is_directory(status)) detail::refuse(path, "is a directory, not an image");
  // A pipe could be opened once only, and opening it could block for ever.
  if (!std::filesystem::is_regular_file(status)) detail::refuse(path, "is not a regular file");
}

const Format& recognise(const std::filesystem::path& path) {
  check_regular_file(path);
  const auto file = detail::open_image(path);
  std::array<char, 8> head{};
  const std::string_view start(head.data(), std::fread(head.data(), 1, head.size(), file.get()));
  if (std::ferror(file.get()) != 0) detail::refuse(path, "cannot be read");
  if (start.empty()) detail::refuse(path, "the file is empty");
  const auto found = std::find_if(kFormats.begin(), kFormats.end(), [start](const Format& format) {
    return start.starts_with(format.magic);
  });
  if (found == kFormats.end()) detail::refuse(path, "not a PNG, JPEG or TIFF image");
  return *found;
}

}  // namespace

Image make_image(int width, int height, int channels, int bits, double level) {
  const bool shape = width > 0 && height > 0 && (channels == 1 || channels == 3);
  if (!shape || (bits != 8 && bits != 16 && bits != 32)) {
    throw std::invalid_argument("make_image: no image has this shape");
  }
  Image image{width, height, channels, bits};
  image.values.assign(image.index(0, height), level);
  return image;
}

ImageInfo image_info(const std::filesystem::path& path) {
  return recognise(path).info(path);
}

Image read_image(const std::filesystem::path& path) {
  try {
    return recognise(path).read(path);
  } catch (const std::bad_alloc&) {
    detail::refuse(path, "the image does not fit into the memory of this machine");
  }
}

}  // namespace feller

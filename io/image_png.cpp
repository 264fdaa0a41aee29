#include <png.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "io/image_formats.hpp"

namespace feller {
namespace detail {

namespace {

/// Where libpng's handlers leave their words; plain memory, because a longjmp follows.
struct Words {
  std::array<char, 256> text{};
  const char* c_str() const { return text.data(); }
};

void keep_error(png_structp png, png_const_charp words) {
  auto* kept = static_cast<Words*>(png_get_error_ptr(png));
  std::strncpy(kept->text.data(), words, kept->text.size() - 1);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep bytes, std::size_t count) {
  auto* file = static_cast<std::FILE*>(png_get_io_ptr(png));
  if (std::fread(bytes, 1, count, file) != count) png_error(png, "the file ends too early");
}

/// A row of 8- or 16-bit (most significant byte first) samples: the levels of each pixel and, in
/// some files, its opacity.
void append_row(Image& image, std::span<const std::uint8_t> row, bool alpha) {
  const auto colours = static_cast<std::size_t>(image.channels), all = colours + (alpha ? 1 : 0);
  const std::size_t bytes = image.bits == 16 ? 2 : 1;
  const double unit = image.bits == 16 ? 257.0 : 1.0;
  for (std::size_t i = 0; i < row.size() / bytes; ++i) {
    const int sample = bytes == 1 ? row[i] : row[2 * i] * 256 + row[2 * i + 1];
    if (i % all < colours) {
      image.values.push_back(sample / unit);
    } else {
      image.alpha.push_back(sample / (255.0 * unit));
    }
  }
}

class PngReader {
 public:
  explicit PngReader(const std::filesystem::path& path) : path_(path), file_(open_image(path)) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &words_, keep_error, ignore_warning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  ImageInfo header();
  Image image();

 private:
  template <typename Step>
  void run(const Step& step) {
    if (!guarded(png_jmpbuf(png_), step)) refuse_damaged(path_, words_.c_str());
  }
  int prepare_rows();

  const std::filesystem::path& path_;
  File file_;
  Words words_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

ImageInfo PngReader::header() {
  run([this] {
    png_set_read_fn(png_, file_.get(), read_bytes);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // ours follow, with clear words
    png_read_info(png_, info_);
  });
  const int type = png_get_color_type(png_, info_);
  ImageInfo info;
  info.channels = (type & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
  info.bits = png_get_bit_depth(png_, info_) == 16 ? 16 : 8;
  info.alpha = (type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
  return checked_info(path_, png_get_image_width(png_, info_), png_get_image_height(png_, info_),
                      info);
}

/// Asks for plain 8- or 16-bit rows, a transparent colour as opacity; returns the number of
/// interlacing passes.
int PngReader::prepare_rows() {
  int passes = 1;
  run([this, &passes] {
    png_set_expand(png_);
    passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
  });
  return passes;
}

Image PngReader::image() {
  const auto info = header();
  Image image = reserved_image(info);
  const int passes = prepare_rows();
  const auto samples = static_cast<std::size_t>(info.channels + (info.alpha ? 1 : 0));
  const auto row_bytes = image.pixel(0, 1) * samples * static_cast<std::size_t>(info.bits / 8);
  if (png_get_rowbytes(png_, info_) != row_bytes) refuse_kind(path_, "PNG images of this kind");

  // Interlaced rows are complete only after the last pass; other rows need one buffer.
  const auto rows = static_cast<std::size_t>(passes == 1 ? 1 : info.height);
  const auto buffer = std::make_unique_for_overwrite<std::uint8_t[]>(rows * row_bytes);
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < info.height; ++y) {
      auto* row = buffer.get() + (passes == 1 ? 0 : static_cast<std::size_t>(y) * row_bytes);
      run([this, row] { png_read_row(png_, row, nullptr); });
      if (pass + 1 == passes) append_row(image, {row, row_bytes}, info.alpha);
    }
  }
  run([this] { png_read_end(png_, nullptr); });  // checks the last checksums and the end mark
  return image;
}

class PngWriter {
 public:
  PngWriter(PendingFile& pending, const Image& image);
  ~PngWriter() { png_destroy_write_struct(&png_, &info_); }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;

  void header();
  void row(std::vector<std::uint8_t>& bytes) {
    run([this, data = bytes.data()] { png_write_row(png_, data); });
  }
  void finish();

 private:
  template <typename Step>
  void run(const Step& step) {
    if (!guarded(png_jmpbuf(png_), step)) pending_.fail(words_.c_str());
  }

  PendingFile& pending_;
  const Image& image_;
  File file_;
  Words words_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

PngWriter::PngWriter(PendingFile& pending, const Image& image)
    : pending_(pending), image_(image), file_(std::fopen(pending.temporary().c_str(), "wb")) {
  if (!file_) pending.fail(std::strerror(errno));
  png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &words_, keep_error, ignore_warning);
  if (png_ != nullptr) info_ = png_create_info_struct(png_);
  if (info_ == nullptr) {
    png_destroy_write_struct(&png_, nullptr);
    throw std::bad_alloc();
  }
}

void PngWriter::header() {
  run([this] {
    png_init_io(png_, file_.get());
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    const int type = (image_.channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY) |
                     (image_.alpha.empty() ? 0 : PNG_COLOR_MASK_ALPHA);
    png_set_IHDR(png_, info_, static_cast<png_uint_32>(image_.width),
                 static_cast<png_uint_32>(image_.height), image_.bits == 16 ? 16 : 8, type,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png_, info_);
  });
}

void PngWriter::finish() {
  run([this] { png_write_end(png_, info_); });
  if (std::fclose(file_.release()) != 0) pending_.fail(std::strerror(errno));
}

/// One row as bytes, most significant first; returns the number of clipped samples.
std::size_t quantise(std::span<const double> levels, int bits, std::vector<std::uint8_t>& bytes) {
  const double scale = bits == 16 ? 257.0 : 1.0;
  const double top = 255.0 * scale;
  std::size_t clipped = 0;
  bytes.clear();
  for (const double level : levels) {
    const double nearest = std::round(level * scale);
    const double kept = std::clamp(nearest, 0.0, top);
    if (kept != nearest) ++clipped;
    const auto sample = static_cast<std::uint16_t>(kept);
    if (bits == 16) bytes.push_back(static_cast<std::uint8_t>(sample >> 8));
    bytes.push_back(static_cast<std::uint8_t>(sample & 255));
  }
  return clipped;
}

}  // namespace

ImageInfo png_info(const std::filesystem::path& path) {
  return PngReader(path).header();
}
Image read_png(const std::filesystem::path& path) {
  return PngReader(path).image();
}

}  // namespace detail

std::size_t write_png(const std::filesystem::path& path, const Image& image) {
  detail::check_writable(path, image);
  detail::PendingFile pending(path);
  std::size_t clipped = 0;
  {
    detail::PngWriter writer(pending, image);
    writer.header();
    std::vector<double> levels;
    std::vector<std::uint8_t> bytes;
    for (int y = 0; y < image.height; ++y) {
      detail::samples_of_row(image, y, levels);
      clipped += detail::quantise(levels, image.bits, bytes);
      writer.row(bytes);
    }
    writer.finish();
  }
  pending.commit();
  return clipped;
}

}  // namespace feller

#pragma once

/// What the readers and writers of the image formats share. Internal to io/image*.cpp.
///
/// libpng and libjpeg report errors by longjmp, which must not pass over a C++ object that has a
/// destructor to run. So each call into them goes through `guarded`: the frames between its setjmp
/// and the library hold nothing but pointers and numbers, and the C++ error is thrown afterwards.

#include <array>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/image.hpp"

struct tiff;  // libtiff's TIFF

namespace feller::detail {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

/// Opens for reading binary data; throws InputError.
File open_image(const std::filesystem::path& path);

/// Throw InputError: "<path>: <words>", and the two usual sentences.
[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& words);
[[noreturn]] void refuse_damaged(const std::filesystem::path& path, const std::string& words);
[[noreturn]] void refuse_kind(const std::filesystem::path& path, const std::string& kind);

/// Checks sizes from a header, which may be anything, before memory is spent on them.
ImageInfo checked_info(const std::filesystem::path& path, std::int64_t width, std::int64_t height,
                       ImageInfo rest);

/// An image without values, with room for them. Room is not touched: a small file whose header
/// claims a huge image fails at the first missing row, before the memory is really used.
Image reserved_image(const ImageInfo& info);

/// Throws IoError unless the image can be written: shape, number of values, no NaN, opacity 0..1.
void check_writable(const std::filesystem::path& path, const Image& image);

/// Whether a number can be an opacity; NaN cannot.
constexpr bool is_opacity(double value) {
  return value >= 0 && value <= 1;
}

/// " at column 3, row 5 (counted from 0)"
std::string at_pixel(std::ptrdiff_t column, std::ptrdiff_t row);

/// A row as files hold it: the levels of each pixel and, if there is opacity, 255 times that.
void samples_of_row(const Image& image, int y, std::vector<double>& samples);

/// A file that gets its name when it is complete: "<path>.tmp" until then, removed if that fails.
class PendingFile {
 public:
  explicit PendingFile(std::filesystem::path path);
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }
  [[noreturn]] void fail(const std::string& words) const;
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

/// Runs a step that calls a C library; false if it jumped out. The step must own nothing.
template <typename Step>
bool guarded(std::jmp_buf& jump, const Step& step) {
  if (setjmp(jump) != 0) return false;
  step();
  return true;
}

/// The first error of libtiff; the later ones are consequences.
struct TiffLog {
  std::array<char, 512> words{};
  bool empty() const { return words.front() == 0; }
  const char* c_str() const { return empty() ? "unknown error" : words.data(); }
};

struct TiffCloser {
  void operator()(tiff* handle) const;
};
using TiffHandle = std::unique_ptr<tiff, TiffCloser>;

/// Opens with the log as the only listener; null on failure. The log must outlive the handle.
TiffHandle open_tiff(const std::filesystem::path& path, const char* mode, TiffLog& log);

ImageInfo png_info(const std::filesystem::path& path);
ImageInfo jpeg_info(const std::filesystem::path& path);
ImageInfo tiff_info(const std::filesystem::path& path);
Image read_png(const std::filesystem::path& path);
Image read_jpeg(const std::filesystem::path& path);
Image read_tiff(const std::filesystem::path& path);

}  // namespace feller::detail

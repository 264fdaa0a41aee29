// How TIFF files are opened, and how they are written.

#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <new>
#include <string_view>
#include <vector>

#include "io/image_formats.hpp"

namespace feller {
namespace detail {

namespace {

int keep_error(TIFF*, void* log, const char*, const char* format, va_list arguments) {
  auto* kept = static_cast<TiffLog*>(log);
  if (kept->empty()) std::vsnprintf(kept->words.data(), kept->words.size(), format, arguments);
  return 1;  // handled: nothing goes to stderr
}

/// Most warnings are about tags that do not matter. These do, as they are about unreadable data or
/// the meaning of pixels; so do all of the JPEG decoder, which invents data where some are missing.
using Name = std::string_view;
constexpr Name kVital[]{"IO error", "ColorMap", "SampleFormat", "Orientation", "PlanarConfig"};

int keep_warning(TIFF*, void* log, const char* module, const char* format, va_list arguments) {
  TiffLog warning;
  std::vsnprintf(warning.words.data(), warning.words.size(), format, arguments);
  const Name words = warning.c_str();
  const auto mentioned = [words](Name name) { return words.find(name) != words.npos; };
  const bool decoder = module != nullptr && Name(module) == "JPEGLib";
  const bool matters = decoder || std::any_of(std::begin(kVital), std::end(kVital), mentioned);
  if (matters && static_cast<TiffLog*>(log)->empty()) *static_cast<TiffLog*>(log) = warning;
  return 1;
}

}  // namespace

void TiffCloser::operator()(TIFF* tiff) const {
  TIFFClose(tiff);
}

TiffHandle open_tiff(const std::filesystem::path& path, const char* mode, TiffLog& log) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(
      TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
  if (!options) throw std::bad_alloc();
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_error, &log);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keep_warning, &log);
  return TiffHandle(TIFFOpenExt(path.c_str(), mode, options.get()));
}

}  // namespace detail

namespace {

void set_tags(TIFF* tiff, const Image& image) {
  const bool rgb = image.channels == 3, alpha = !image.alpha.empty();
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(image.width));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(image.height));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, image.channels + (alpha ? 1 : 0));
  const std::uint16_t extra = EXTRASAMPLE_UNASSALPHA;
  if (alpha) TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &extra);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 32);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, rgb ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff, 0));
}

}  // namespace

void write_tiff(const std::filesystem::path& path, const Image& image) {
  detail::check_writable(path, image);
  detail::PendingFile pending(path);
  detail::TiffLog log;
  auto tiff = detail::open_tiff(pending.temporary(), "w", log);
  if (!tiff) pending.fail(log.c_str());
  set_tags(tiff.get(), image);
  std::vector<double> levels;
  std::vector<float> row;
  for (int y = 0; y < image.height; ++y) {
    detail::samples_of_row(image, y, levels);
    row.clear();
    for (const double level : levels) row.push_back(static_cast<float>(level / 255.0));
    const auto line = static_cast<std::uint32_t>(y);
    if (TIFFWriteScanline(tiff.get(), row.data(), line) != 1) pending.fail(log.c_str());
  }
  if (TIFFFlush(tiff.get()) != 1) pending.fail(log.c_str());
  tiff.reset();
  if (!log.empty()) pending.fail(log.c_str());  // closing has no other way to say it
  pending.commit();
}

}  // namespace feller

#include <cstddef>
#include <cstdio>
// jpeglib.h needs size_t and FILE before it.
#include <jpeglib.h>
//
#include <jerror.h>

#include <array>
#include <memory>

#include "io/image_formats.hpp"

namespace feller::detail {

namespace {

/// Where libjpeg's handlers leave the reason and how they get out.
struct Failure {
  jpeg_error_mgr manager{};
  std::jmp_buf jump{};
  int code = 0;
  std::array<char, JMSG_LENGTH_MAX> words{};
};

[[noreturn]] void give_up(j_common_ptr decoder) {
  auto* failure = static_cast<Failure*>(decoder->client_data);
  failure->code = decoder->err->msg_code;
  decoder->err->format_message(decoder, failure->words.data());
  std::longjmp(failure->jump, 1);
}

/// libjpeg only warns when data are missing or corrupt, and fills the rest with grey; here that is
/// an error. Padding before the end mark, which some cameras write, is no loss.
void message(j_common_ptr decoder, int level) {
  if (level >= 0) return;  // tracing
  const auto* error = decoder->err;
  const bool padding = error->msg_code == JWRN_EXTRANEOUS_DATA && error->msg_parm.i[1] == JPEG_EOI;
  if (!padding) give_up(decoder);
}

class JpegReader {
 public:
  explicit JpegReader(const std::filesystem::path& path) : path_(path), file_(open_image(path)) {
    decoder_.err = jpeg_std_error(&failure_.manager);
    decoder_.client_data = &failure_;
    failure_.manager.error_exit = give_up;
    failure_.manager.emit_message = message;
  }
  ~JpegReader() { jpeg_destroy_decompress(&decoder_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  ImageInfo header();
  Image image();

 private:
  template <typename Step>
  void run(const Step& step) {
    if (!guarded(failure_.jump, step)) explain();
  }
  [[noreturn]] void explain() const;

  const std::filesystem::path& path_;
  File file_;
  Failure failure_;
  jpeg_decompress_struct decoder_{};
};

void JpegReader::explain() const {
  const std::string words = failure_.words.data();
  switch (failure_.code) {
    case JERR_OUT_OF_MEMORY:
      throw std::bad_alloc();
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
      refuse_kind(path_, "JPEG images of this kind (" + words + ")");
    default:
      refuse_damaged(path_, words);
  }
}

ImageInfo JpegReader::header() {
  run([this] {
    jpeg_create_decompress(&decoder_);
    jpeg_stdio_src(&decoder_, file_.get());
    jpeg_read_header(&decoder_, TRUE);
  });
  const auto space = decoder_.jpeg_color_space;
  if (space == JCS_CMYK || space == JCS_YCCK) refuse_kind(path_, "CMYK JPEG images");
  const bool grey = space == JCS_GRAYSCALE;
  if (!grey && space != JCS_YCbCr && space != JCS_RGB) {
    refuse_kind(path_,
                "JPEG images with " + std::to_string(decoder_.num_components) + " components");
  }
  ImageInfo info;
  info.channels = grey ? 1 : 3;
  return checked_info(path_, decoder_.image_width, decoder_.image_height, info);
}

Image JpegReader::image() {
  const auto info = header();
  Image image = reserved_image(info);
  decoder_.out_color_space = info.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  run([this] { jpeg_start_decompress(&decoder_); });

  const std::size_t row_size = image.index(0, 1);
  const auto row = std::make_unique_for_overwrite<JSAMPLE[]>(row_size);
  JSAMPROW data = row.get();
  for (int y = 0; y < info.height; ++y) {
    run([this, &data] { jpeg_read_scanlines(&decoder_, &data, 1); });
    image.values.insert(image.values.end(), row.get(), row.get() + row_size);
  }
  run([this] { jpeg_finish_decompress(&decoder_); });  // reads up to the end mark
  return image;
}

}  // namespace

ImageInfo jpeg_info(const std::filesystem::path& path) {
  return JpegReader(path).header();
}
Image read_jpeg(const std::filesystem::path& path) {
  return JpegReader(path).image();
}

}  // namespace feller::detail

// Opacity of images: read, written, and refused where it is none.

#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "io/contact_sheet.hpp"
#include "io/image.hpp"
#include "tests/image_files.hpp"

using namespace feller;
using Catch::Contains;
using namespace image_files;

namespace {

/// The tags of a TIFF with one more sample than it has colours.
Tags with_extra(int colours, int photometric, int format = SAMPLEFORMAT_UINT) {
  return {{TIFFTAG_PHOTOMETRIC, photometric},
          {TIFFTAG_SAMPLESPERPIXEL, colours + 1},
          {TIFFTAG_SAMPLEFORMAT, format}};
}

/// What the extra sample is said to be.
std::function<void(TIFF*)> extra(std::uint16_t meaning) {
  return [meaning](TIFF* tiff) { TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &meaning); };
}

const auto unassociated = extra(EXTRASAMPLE_UNASSALPHA);
const auto associated = extra(EXTRASAMPLE_ASSOCALPHA);
const Tags grey = with_extra(1, PHOTOMETRIC_MINISBLACK);
const Tags rgb = with_extra(3, PHOTOMETRIC_RGB);
const Tags real = with_extra(1, PHOTOMETRIC_MINISBLACK, SAMPLEFORMAT_IEEEFP);

/// A picture in which all samples that its depth allows occur in turn.
Image sample(int channels, int bits) {
  Image image = make_image(13, 7, channels, bits);
  const double unit = bits == 16 ? 257.0 : 1.0;
  const auto level = [unit](std::size_t i) {
    return std::fmod(37.0 * double(i), 256 * unit) / unit;
  };
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = level(i);
  for (std::size_t i = 0; i < 13 * 7; ++i) {
    image.alpha.push_back(std::fmod(691.0 * double(i), 256 * unit) / (255 * unit));
  }
  return image;
}

}  // namespace

TEST_CASE("image: opacity of PNG files", "[image]") {
  const Folder folder;
  const auto path = folder / "a.png";
  SECTION("opacity, and what is under transparent pixels") {
    make_png(path, {2, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA}, {9, 51, 8, 255});
    CHECK(values(path) == std::vector<double>{9, 8});
    CHECK(read_image(path).alpha == std::vector<double>{0.2, 1});
    make_png(path, {1, 2, 16, PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_ADAM7},
             {9, 9, 8, 8, 7, 7, 0, 0, 1, 1, 2, 2, 3, 3, 0, 1});
    CHECK(values(path) == std::vector<double>{9, 8, 7, 1, 2, 3});
    CHECK(read_image(path).alpha == std::vector<double>{0, 1 / 65535.0});
    check_truncations(path, 7);
  }
  SECTION("a transparent grey level") {
    make_png(path, {4, 1, 2, PNG_COLOR_TYPE_GRAY}, {0b00011011}, [](auto* png, auto* info) {
      const png_color_16 transparent{.index = 0, .red = 0, .green = 0, .blue = 0, .gray = 2};
      png_set_tRNS(png, info, nullptr, 0, &transparent);
    });
    CHECK(values(path) == std::vector<double>{0, 85, 170, 255});
    CHECK(read_image(path).alpha == std::vector<double>{1, 1, 0, 1});
  }
}

TEST_CASE("image: opacity of TIFF files", "[image]") {
  const Folder folder;
  const auto path = folder / "x.tif";
  SECTION("8 and 16 bits, float") {
    make_tiff<std::uint8_t>(path, 2, 1, grey, {{9, 51, 8, 255}}, unassociated);
    CHECK((image_info(path).alpha && image_info(path).channels == 1));
    CHECK(values(path) == std::vector<double>{9, 8});
    CHECK(read_image(path).alpha == std::vector<double>{0.2, 1});
    make_tiff<std::uint16_t>(path, 1, 1, rgb, {{257, 514, 771, 13107}}, unassociated);
    CHECK(values(path) == std::vector<double>{1, 2, 3});
    CHECK(read_image(path).alpha == std::vector<double>{0.2});
    make_tiff<float>(path, 2, 1, real, {{2.0F, 0.25F, -1.0F, 0.0F}}, unassociated);
    CHECK(values(path) == std::vector<double>{510, -255});
    CHECK(read_image(path).alpha == std::vector<double>{0.25, 0});
  }
  SECTION("white as zero leaves opacity as it is") {
    const Tags white = with_extra(1, PHOTOMETRIC_MINISWHITE);
    make_tiff<std::uint8_t>(path, 1, 1, white, {{5, 51}}, unassociated);
    CHECK(values(path) == std::vector<double>{250});
    CHECK(read_image(path).alpha == std::vector<double>{0.2});
    make_tiff<std::uint8_t>(path, 1, 1, white, {{5, 51}}, associated);
    CHECK_THAT(complaint(path), Contains("white as zero and premultiplied opacity"));
  }
  SECTION("planes and tiles") {
    Tags tags = rgb;
    tags.emplace_back(TIFFTAG_PLANARCONFIG, PLANARCONFIG_SEPARATE);
    make_tiff<std::uint8_t>(path, 2, 1, tags, {{1, 2}, {3, 4}, {5, 6}, {0, 255}}, unassociated);
    CHECK(values(path) == std::vector<double>{1, 3, 5, 2, 4, 6});
    CHECK(read_image(path).alpha == std::vector<double>{0, 1});
    check_truncations(path, 13);
    for (const auto tag : {TIFFTAG_TILEWIDTH, TIFFTAG_TILELENGTH}) tags.emplace_back(tag, 16);
    std::vector<Bytes> tiles;  // 2 x 2 tiles for each of 4 planes
    for (int i = 0; i < 16; ++i) tiles.emplace_back(256, static_cast<std::uint8_t>(i * 17));
    make_tiff(path, 20, 17, tags, tiles, unassociated);
    const auto image = read_image(path);
    CHECK(image.at(16, 15, 1) == 5 * 17);
    CHECK((image.opacity(0, 0) == 12 / 15.0 && image.opacity(19, 16) == 1));
  }
  SECTION("palette") {
    std::vector<std::uint16_t> map(256, 0x1234);
    const auto colours = [&map](TIFF* tiff) {
      associated(tiff);
      TIFFSetField(tiff, TIFFTAG_COLORMAP, map.data(), map.data(), map.data());
    };
    make_tiff<std::uint8_t>(path, 1, 1, with_extra(1, PHOTOMETRIC_PALETTE), {{200, 51}}, colours);
    CHECK(values(path) == std::vector<double>{0x12, 0x12, 0x12});
    CHECK(read_image(path).alpha == std::vector<double>{0.2});
  }
}

TEST_CASE("image: premultiplied levels are divided by their opacity", "[image]") {
  const Folder folder;
  const auto path = folder / "x.tif";
  make_tiff<std::uint8_t>(path, 3, 1, rgb, {{10, 51, 60, 51, 7, 0, 0, 0, 9, 8, 7, 255}},
                          associated);
  // More than white is no picture; nothing is divided by 0.
  CHECK(values(path) == std::vector<double>{50, 255, 255, 7, 0, 0, 9, 8, 7});
  CHECK(read_image(path).alpha == std::vector<double>{0.2, 0, 1});
  make_tiff<float>(path, 2, 1, real, {{0.25F, 0.125F, 0.5F, 0.0F}}, associated);
  CHECK(values(path) == std::vector<double>{510, 127.5});  // floats may leave the range
}

TEST_CASE("image: what is no opacity", "[image]") {
  const Folder folder;
  const auto path = folder / "x.tif";
  for (const float bad : {-0.125F, 1.5F, std::nanf(""), HUGE_VALF}) {
    make_tiff<float>(path, 2, 1, real, {{0.5F, 1.0F, 0.5F, bad}}, unassociated);
    CHECK(complaint(path) ==
          path.string() + ": the opacity is not in [0, 1] at column 1, row 0 (counted from 0)");
  }
  make_tiff<float>(path, 1, 1, real, {{0.5F, 7.0F}}, extra(EXTRASAMPLE_UNSPECIFIED));
  CHECK((read_image(path).extra_dropped && !image_info(path).alpha));
  make_tiff<std::uint8_t>(path, 1, 1, {rgb[0], {TIFFTAG_SAMPLESPERPIXEL, 5}}, {{1, 2, 3, 4, 5}});
  CHECK_THAT(complaint(path), Contains("TIFF images with 5 samples a pixel are not supported"));

  Image image = sample(1, 8);
  image.alpha[14] = GENERATE(-0.01, 1.01, std::nan(""));
  const auto words = "cannot write the image: the opacity is not in [0, 1] at column 1, row 1";
  CHECK_THROWS_WITH(write_png(folder / "a.png", image), Contains(words));
  CHECK_THROWS_WITH(write_tiff(folder / "a.tif", image), Contains(words));
  image.alpha.pop_back();
  CHECK_THROWS_WITH(write_png(folder / "a.png", image), Contains("wrong number of opacities"));
}

TEST_CASE("image: round trips with opacity", "[image]") {
  const Folder folder;
  const int channels = GENERATE(1, 3), bits = GENERATE(8, 16);
  const Image image = sample(channels, bits);
  CHECK(write_png(folder / "a.png", image) == 0);
  const auto info = image_info(folder / "a.png");
  CHECK((info.alpha && info.channels == channels && info.bits == bits));
  const auto png = read_image(folder / "a.png");
  CHECK((png.values == image.values && png.alpha == image.alpha));

  write_tiff(folder / "b.tif", image);
  const auto tiff = read_image(folder / "b.tif");
  CHECK((image_info(folder / "b.tif").alpha && tiff.bits == 32));
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    CHECK(tiff.values[i] == Approx(image.values[i]).epsilon(1e-7));
  }
  for (std::size_t i = 0; i < image.alpha.size(); ++i) {
    CHECK(tiff.alpha[i] == static_cast<double>(static_cast<float>(image.alpha[i])));
  }
  write_tiff(folder / "c.tif", tiff);
  CHECK(contents(folder / "c.tif") == contents(folder / "b.tif"));
}

TEST_CASE("image: all opacities of integer files survive", "[image]") {
  const Folder folder;
  const int bits = GENERATE(8, 16), tops = bits == 8 ? 255 : 65535;
  Image image = make_image(tops + 1, 1, 1, bits, 7);
  for (int i = 0; i <= tops; ++i) image.alpha.push_back(i / double(tops));
  write_png(folder / "a.png", image);
  CHECK(read_image(folder / "a.png").alpha == image.alpha);
}

TEST_CASE("image: a contact sheet shows transparent frames on white", "[image]") {
  std::vector<Image> frames(2, make_image(600, 400, 1, 8, 100));
  frames[1].alpha.assign(600 * 400, 0.25);
  const auto sheet = contact_sheet(frames, {});
  CHECK((sheet.alpha.empty() && sheet.at(200, 200) == Approx(100)));
  CHECK(sheet.at(24 + 460 + 24 + 200, 200) == Approx(0.25 * 100 + 0.75 * 255));
  CHECK(reduced(frames[1], 300).at(10, 10) == Approx(0.25 * 100 + 0.75 * 255));
}

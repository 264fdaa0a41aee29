// Images from and to files, colours and the contact sheet.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "io/colormap.hpp"
#include "io/contact_sheet.hpp"
#include "io/image.hpp"
#include "tests/image_files.hpp"

using namespace feller;
using Catch::Contains;
using namespace image_files;

TEST_CASE("image: PNG of every kind", "[image]") {
  const Folder folder;
  const auto path = folder / "a.png";
  SECTION("grey of 2 and 4 bits is spread over 0..255") {
    make_png(path, {4, 1, 2, PNG_COLOR_TYPE_GRAY}, {0b00011011});
    CHECK(values(path) == std::vector<double>{0, 85, 170, 255});
    make_png(path, {2, 1, 4, PNG_COLOR_TYPE_GRAY}, {0x3f});
    CHECK(values(path) == std::vector<double>{51, 255});
  }
  SECTION("16 bits are divided by 257; interlaced") {
    make_png(path, {2, 2, 16, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_ADAM7},
             {0, 0, 255, 255, 1, 2, 128, 128});
    const auto image = read_image(path);
    CHECK(image.bits == 16);
    CHECK(image.values == std::vector<double>{0, 255, 258 / 257.0, 128});
  }
  SECTION("palette, with and without a transparent colour") {
    std::vector<png_color> colours{{1, 2, 3}, {250, 0, 9}};
    const bool transparent = GENERATE(false, true);
    make_png(path, {2, 1, 8, PNG_COLOR_TYPE_PALETTE}, {1, 0}, [&](png_structp png, png_infop info) {
      png_set_PLTE(png, info, colours.data(), 2);
      const png_byte alpha = 7;
      if (transparent) png_set_tRNS(png, info, &alpha, 1, nullptr);
    });
    const auto image = read_image(path);
    CHECK(image.values == std::vector<double>{250, 0, 9, 1, 2, 3});
    CHECK(image.alpha == (transparent ? std::vector{1.0, 7 / 255.0} : std::vector<double>{}));
    CHECK(image_info(path).alpha == transparent);
  }
}

TEST_CASE("image: JPEG, grey and colour", "[image]") {
  const Folder folder;
  const auto path = folder / "photo.png";  // the name does not matter
  const bool progressive = GENERATE(false, true);
  const int channels = GENERATE(1, 3);
  make_jpeg(path, 48, channels, channels == 1 ? JCS_GRAYSCALE : JCS_RGB, progressive);
  const auto image = read_image(path);
  CHECK(image.channels == channels);
  CHECK(image_info(path).height == 48);
  CHECK(image.at(7, 0) == Approx(40).margin(2));
  CHECK(image.at(7, 47, channels - 1) == Approx(134).margin(2));
  check_truncations(path, 37);
  make_jpeg(path, 16, 4, JCS_CMYK);
  CHECK_THAT(complaint(path), Contains(": CMYK JPEG images are not supported; convert to 8-"));
}

TEST_CASE("image: TIFF of every kind", "[image]") {
  const Folder folder;
  const auto path = folder / "x.tif";
  const Tags real{{TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK}, {TIFFTAG_SAMPLEFORMAT, 3}};
  Tags rgb{{TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB}, {TIFFTAG_SAMPLESPERPIXEL, 3}};

  SECTION("8 and 16 bits, float, white as zero") {
    make_tiff<std::uint8_t>(path, 2, 2, kGrey, {{1, 2}, {3, 4}});
    CHECK(values(path) == std::vector<double>{1, 2, 3, 4});
    make_tiff<std::uint16_t>(path, 2, 1, kGrey, {{257, 65535}});
    CHECK(values(path) == std::vector<double>{1, 255});
    make_tiff<float>(path, 2, 1, real, {{0.5F, -1.0F}});
    CHECK(values(path) == std::vector<double>{127.5, -255});
    make_tiff<std::uint8_t>(path, 2, 1, {{TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE}}, {{0, 5}});
    CHECK(values(path) == std::vector<double>{255, 250});
  }
  SECTION("planes, a sample of unknown meaning, and tiles") {
    rgb.emplace_back(TIFFTAG_PLANARCONFIG, PLANARCONFIG_SEPARATE);
    make_tiff<std::uint8_t>(path, 2, 1, rgb, {{1, 2}, {3, 4}, {5, 6}});
    CHECK(values(path) == std::vector<double>{1, 3, 5, 2, 4, 6});
    make_tiff<std::uint8_t>(path, 1, 1, {rgb[0], {TIFFTAG_SAMPLESPERPIXEL, 4}}, {{1, 2, 3, 4}});
    CHECK(values(path) == std::vector<double>{1, 2, 3});
    CHECK((read_image(path).extra_dropped && read_image(path).alpha.empty()));
    for (const auto tag : {TIFFTAG_TILEWIDTH, TIFFTAG_TILELENGTH}) rgb.emplace_back(tag, 16);
    std::vector<Bytes> tiles;  // 2 x 2 tiles for each of 3 planes
    for (int i = 0; i < 12; ++i) tiles.emplace_back(256, static_cast<std::uint8_t>(i));
    make_tiff(path, 20, 17, rgb, tiles);
    const auto image = read_image(path);
    CHECK(std::vector{image.at(0, 0, 2), image.at(16, 15, 1), image.at(19, 16)} ==
          std::vector<double>{8, 5, 3});
    check_truncations(path, 401);
  }
  SECTION("palettes of 8 bits only") {
    std::vector<std::uint16_t> map(65536, 0x1234);
    const auto colours = [&map](TIFF* tiff) {
      TIFFSetField(tiff, TIFFTAG_COLORMAP, map.data(), map.data(), map.data());
    };
    const Tags palette{{TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_PALETTE}};
    make_tiff<std::uint8_t>(path, 1, 1, palette, {{200}}, colours);
    CHECK(values(path) == std::vector<double>{0x12, 0x12, 0x12});
    check_truncations(path, 61);  // the palette may be what is missing
    make_tiff<std::uint16_t>(path, 1, 1, palette, {{200}}, colours);
    const auto words =
        ": 16-bit palette images are not supported; convert to 8- or 16-bit grey or RGB";
    CHECK(complaint(path) == path.string() + words);
  }
  SECTION("what is not a number, and other kinds") {
    make_tiff<float>(path, 2, 1, real, {{0, std::nanf("")}});
    CHECK_THAT(complaint(path), Contains("not a finite number at column 1, row 0"));
    make_tiff<double>(path, 1, 1, real, {{1.0}});
    CHECK_THAT(complaint(path), Contains("64-bit float TIFF images are not supported"));
    make_tiff<std::uint8_t>(path, 1, 1, {{TIFFTAG_PHOTOMETRIC, 5}, {TIFFTAG_SAMPLESPERPIXEL, 4}},
                            {{1, 2, 3, 4}});
    CHECK_THAT(complaint(path), Contains("CMYK TIFF images are not supported"));
  }
  SECTION("compressed and truncated") {
    Tags tags = kGrey;
    tags.emplace_back(TIFFTAG_COMPRESSION, GENERATE(1, 5, 7, 8, 32773));
    make_tiff<std::uint8_t>(path, 160, 16, tags, {Bytes(160 * 8, 3), Bytes(160 * 8, 45)});
    CHECK(read_image(path).at(159, 15) == Approx(45).margin(1));
    check_truncations(path, 41);
  }
}

TEST_CASE("image: what is not an image", "[image]") {
  const Folder folder;
  const auto path = folder / "cat.png";
  CHECK(complaint(path) == path.string() + ": no such file");
  put(path, "");
  CHECK_THAT(complaint(path), Contains(": the file is empty"));
  put(path, "A text that calls itself a picture.\n");
  CHECK_THAT(complaint(path), Contains(": not a PNG, JPEG or TIFF image"));
  CHECK_THAT(complaint(folder.path), Contains(": is a directory, not an image"));
  CHECK_THROWS_AS(image_info(path), InputError);
}

TEST_CASE("image: sizes in the header are not believed", "[image]") {
  const Folder folder;
  const auto path = folder / "huge";
  const auto limit = "the image is too large: 70000 x 70000 pixels; at most 2^31 - 1 samples";
  make_png(path, {70000, 70000, 8, PNG_COLOR_TYPE_GRAY}, {});
  CHECK_THAT(complaint(path), Contains(limit));
  put(path, raw_tiff(70000, 70000, "x"));
  CHECK_THAT(complaint(path), Contains(limit));
  for (const unsigned size : {5U, 40000U}) {  // allowed, but there is nothing behind it
    make_png(path, {size, size, 8, PNG_COLOR_TYPE_GRAY}, {});
    CHECK_THAT(complaint(path), Contains("truncated or damaged: "));
    put(path, raw_tiff(size, size, "x"));
    CHECK_THAT(complaint(path), Contains("truncated or damaged: "));
  }
  put(path, raw_tiff(8, 8, std::string(64, 'a')));
  CHECK(values(path) == std::vector<double>(64, 97.0));
  check_truncations(path, 9);
}

TEST_CASE("image: photographs, whole and truncated", "[image]") {
  const Folder folder;
  const auto photographs = Path(FELLER_SOURCE_DIR) / "studies" / "images";
  CHECK(values(photographs / "chelsea.png").size() == 451 * 300 * 3);
  CHECK(values(photographs / "camera.png").size() == 512 * 512);
  std::filesystem::copy_file(photographs / "chelsea.png", folder / "a.png");
  check_truncations(folder / "a.png", 24001);
}

TEST_CASE("image: round trips", "[image]") {
  const Folder folder;
  const int channels = GENERATE(1, 3), bits = GENERATE(8, 16);
  Image image = make_image(13, 7, channels, bits);
  const double unit = bits == 8 ? 1.0 : 257.0;
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    image.values[i] = std::fmod(static_cast<double>(i * 37), 256 * unit) / unit;
  }
  CHECK(write_png(folder / "a.png", image) == 0);
  CHECK(values(folder / "a.png") == image.values);
  CHECK(read_image(folder / "a.png").bits == bits);

  image.at(2, 3) = 255.4 / unit + 255 - 255 / unit;  // rounds to white
  image.at(3, 3) = 256;
  image.at(4, 3) = -0.6;
  image.at(5, 3) = -0.4 / unit;
  CHECK(write_png(folder / "b.png", image) == 2);
  const auto clipped = read_image(folder / "b.png");
  CHECK((clipped.at(3, 3) == 255 && clipped.at(4, 3) == 0));

  write_tiff(folder / "c.tif", image);
  const auto back = read_image(folder / "c.tif");
  CHECK(back.bits == 32);
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    CHECK(back.values[i] == Approx(image.values[i]).epsilon(1e-7));
  }
  write_tiff(folder / "d.tif", back);
  CHECK(values(folder / "d.tif") == back.values);
  CHECK(contents(folder / "d.tif") == contents(folder / "c.tif"));
}

TEST_CASE("image: a failed write leaves nothing behind", "[image]") {
  const Folder folder;
  Image image = make_image(3, 2, 1);
  CHECK_THROWS_AS(write_png(folder / "none" / "a.png", image), IoError);
  CHECK_THROWS_AS(write_tiff(folder / "none" / "a.tif", image), IoError);
  std::filesystem::create_directories(folder / "taken" / "inside");
  CHECK_THROWS_AS(write_png(folder / "taken", image), IoError);
  CHECK_THROWS_AS(write_tiff(folder / "taken", image), IoError);
  image.at(1, 1) = std::nan("");
  CHECK_THROWS_WITH(write_png(folder / "a.png", image), Contains("at column 1, row 1"));
  image.values.pop_back();
  CHECK_THROWS_AS(write_tiff(folder / "a.tif", image), IoError);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("image: colours of a density rise upwards", "[image]") {
  const std::vector<double> field{0, 1, 2, 3, std::nan(""), 9};
  const auto image = colorize(field, 2, 3, 0, 3);
  CHECK(image.at(0, 2, 2) == 4);                          // the darkest colour, bottom left
  CHECK(image.at(1, 1, 1) == 255);                        // the brightest
  CHECK(image.at(1, 0, 0) == image.at(1, 1, 0));          // clipped
  CHECK(image.at(0, 0, 0) == 128);                        // no number, no colour
  CHECK(colorize(field, 2, 3, 1, 1).at(0, 2, 2) == 4.0);  // constant range
  CHECK_THROWS_AS(colorize(field, 2, 2, 0, 1), std::invalid_argument);
}

TEST_CASE("image: contact sheet", "[image]") {
  const std::vector<std::string> labels{"t = 0", "t = 10", "t = 1000", "T: ~(1/2), e-3_+", ""};
  std::vector<Image> frames(5, make_image(600, 400, 1, 8, 100));
  auto sheet = contact_sheet(frames, labels);
  CHECK((sheet.width <= 2000 && sheet.channels == 1));
  CHECK(sheet.at(200, 200) == Approx(100));
  CHECK(*std::min_element(sheet.values.begin(), sheet.values.end()) == Approx(50));  // labels
  // As many columns as asked for, on a sheet that is no wider than asked for.
  const Image row = contact_sheet(frames, labels, {.max_width = 700, .columns = 5});
  CHECK((row.width > 650 && row.width <= 700 && row.height < 150));
  CHECK(contact_sheet(frames, {}, {.columns = 1}).height > 5 * 300);

  frames.assign(3, make_image(2, 1, 1));
  frames[1] = make_image(2, 1, 3, 8, 80);
  frames[0].at(1, 0) = 30;
  sheet = contact_sheet(frames, {});
  CHECK(sheet.width == 3 * 128 + 4 * 24);
  CHECK(sheet.at(24 + 63, 24) == Approx(0).margin(1e-9));  // whole squares for pixels
  CHECK(sheet.at(24 + 64, 24 + 63, 2) == Approx(30));
  CHECK_THROWS_AS(contact_sheet(frames, std::vector<std::string>(2)), std::invalid_argument);
  CHECK_THROWS_AS(contact_sheet({}, {}), std::invalid_argument);
  frames.push_back(make_image(3, 1, 1));
  CHECK_THROWS_AS(contact_sheet(frames, {}), std::invalid_argument);
}

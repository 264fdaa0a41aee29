/// The study `osmosis` from outside: published figures, controls, symmetries of its pictures.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "io/image.hpp"
#include "tests/process.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const std::string images = std::string{FELLER_SOURCE_DIR} + "/studies/images/";
const std::string cat = std::string{FELLER_SOURCE_DIR} + "/tests/images/cat.png";

/// The columns of a table's first row, by name.
std::map<std::string, double> first_row(const Folder& folder, const std::string& name) {
  std::ifstream stream{folder.path() / name};
  std::string line, heading;
  while (std::getline(stream, line) && line.starts_with("#")) {
  }
  heading = line;
  std::getline(stream, line);
  std::map<std::string, double> row;
  std::istringstream names{heading}, values{line};
  for (std::string key, value; std::getline(names, key, ',') && std::getline(values, value, ',');) {
    row[key] = std::stod(value);
  }
  return row;
}

/// Of a colour image, one channel as a grey image.
void write_channel(const Folder& folder, const std::string& from, int channel,
                   const std::string& name) {
  const Image colour = read_image(from);
  Image grey = make_image(colour.width, colour.height, 1);
  for (int y = 0; y < colour.height; ++y)
    for (int x = 0; x < colour.width; ++x) grey.at(x, y) = colour.at(x, y, channel);
  write_png(folder.path() / name, grey);
}

std::string study(const std::string& lines) {
  return "[study]\nkind = osmosis\noutput = out.h5\noverwrite = true\n[problem]\nkind = osmosis\n" +
         lines;
}

/// PSNR against the reference after a run.
double quality(const Folder& folder, const std::string& arguments) {
  const Outcome outcome = folder.feller("study.ini " + arguments);
  INFO(outcome.error << outcome.out);
  CHECK(outcome.status == 0);
  return first_row(folder, "out_quality.csv").at("psnr");
}

}  // namespace

TEST_CASE("osmosis: the shadow on the cup of coffee, as good as the discrete steady state is",
          "[osmosis_program]") {
  const Folder folder;
  write_channel(folder, images + "coffee_shadow.png", 1, "shadow.png");
  write_channel(folder, images + "coffee.png", 1, "truth.png");
  folder.write("study.ini", study("model = shadow_removal\nimage = shadow.png\nmask = " + images +
                                  "coffee_shadow_mask.png\n[osmosis]\nrescale = lit\n"
                                  "second_start = false\nreference = truth.png\n"));
  // Exact discrete steady states by a direct solver elsewhere (SciPy), to a tenth of a decibel.
  const double published = quality(folder, "--problem.offset=1");
  CHECK(published == Approx(33.2).margin(0.1));
  CHECK(first_row(folder, "out_quality.csv").at("psnr_before") == Approx(21.5).margin(0.1));
  CHECK(quality(folder, "--problem.offset=25.5") == Approx(27.4).margin(0.1));
  CHECK(quality(folder, "--problem.offset=255") == Approx(24.3).margin(0.1));
  CHECK(quality(folder, "--problem.masked_drift=estimated") >= published + 1);
}

TEST_CASE("osmosis: a second shadow, painted, and a third on grey", "[osmosis_program]") {
  const Folder folder;
  write_channel(folder, images + "chelsea_band.png", 1, "shadow.png");
  write_channel(folder, images + "chelsea.png", 1, "truth.png");
  folder.write("study.ini",
               study("model = shadow_removal\nimage = shadow.png\nmask_strokes = " + images +
                     "chelsea_band_strokes.png\n[osmosis]\nrescale = lit\n"
                     "reference = truth.png\n"));
  const double published = quality(folder, "");
  CHECK(quality(folder, "--problem.masked_drift=estimated") >= published + 1);
}

TEST_CASE("osmosis: where published codes stop is far from a steady state", "[osmosis_program]") {
  const Folder folder;
  folder.write("study.ini", study("model = shadow_removal\nimage = " + images +
                                  "chelsea_band.png\nmask = " + images +
                                  "chelsea_band_mask.png\n[osmosis]\npublished_stopping = true\n"));
  const Outcome outcome = folder.feller("study.ini", 2);
  INFO(outcome.error << outcome.out);
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, Catch::Contains("control_published_stopping_red"));
  CHECK_THAT(outcome.out, Catch::Contains("15 of 15 checks held"));
}

TEST_CASE("osmosis: a photograph from its edges", "[osmosis_program]") {
  const Folder folder;
  folder.write("study.ini", study("model = compact\nimage = " + images +
                                  "camera.png\noffset = 25.5\n[osmosis]\nsecond_start = false\n"));
  const auto of_rule = [&](const std::string& rule) {
    return quality(folder, "--problem.mask_width=1 --problem.face_rule=" + rule);
  };
  CHECK(of_rule("any") > of_rule("both") + 5);
  double stored = 0, psnr = 0;
  for (const char* width : {"0", "1", "2", "3"}) {
    const double better = quality(folder, std::string{"--problem.mask_width="} + width);
    const double more = first_row(folder, "out_figures.csv").at("stored_fraction");
    INFO("width " << width);
    CHECK(better > psnr);
    CHECK(more > stored);
    psnr = better;
    stored = more;
  }
}

TEST_CASE("osmosis: permuted channels give the permuted picture, bit by bit", "[osmosis_program]") {
  const Folder folder;
  const Image image = read_image(cat);
  Image permuted = image;
  Image mask = make_image(image.width, image.height, 1);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < 3; ++c) permuted.at(x, y, c) = image.at(x, y, (c + 1) % 3);
      mask.at(x, y) = std::abs(x + y / 3 - 70) < 3 ? 255 : 0;
    }
  }
  write_png(folder.path() / "image.png", image);
  write_png(folder.path() / "permuted.png", permuted);
  write_png(folder.path() / "mask.png", mask);
  const std::string two = "foreground = image.png\nshift = 10, 5\n";
  const std::string steady = "[osmosis]\nsecond_start = false\n";
  const std::vector<std::string> models{
      "model = canonical\nguidance = image\nguidance_image = mask.png\n" + steady,
      "model = shadow_removal\nmask = mask.png\n" + steady,
      "model = shadow_removal\nmask = mask.png\nmasked_drift = estimated\n" + steady,
      "model = cloning\nextent = local\n" + two + steady,
      "model = compact\nmask_width = 1\n" + steady,
      "model = anisotropic\nmask = mask.png\nacross = 0.4\n" + steady,
      "model = nonlinear\nmask = mask.png\n[osmosis]\nmode = evolve\n[time]\nstep = 5\nend = 20\n",
      "model = fusion\n" + two + "[osmosis]\niterations = 3\n",
  };
  for (const auto& model : models) {
    INFO(model);
    std::vector<Image> results;
    for (const char* name : {"image.png", "permuted.png"}) {
      // The foreground is permuted with the image.
      std::string lines = model;
      const auto at = lines.find("foreground = image.png");
      if (at != std::string::npos) lines.replace(at, 22, std::string{"foreground = "} + name);
      folder.write("study.ini", study("image = " + std::string{name} + "\n" + lines));
      const Outcome outcome = folder.feller("study.ini");
      INFO(outcome.error << outcome.out);
      CHECK(outcome.status == 0);
      results.push_back(read_image(folder.path() / "out_result.tif"));
    }
    int different = 0, changed = 0;
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          different += results[1].at(x, y, c) != results[0].at(x, y, (c + 1) % 3);
          changed += results[0].at(x, y, c) != image.at(x, y, c);
        }
      }
    }
    CHECK(different == 0);
    CHECK(changed > 0);
  }
}

TEST_CASE("osmosis: 16-bit and float images come out as they went in", "[osmosis_program]") {
  const Folder folder;
  Image image = read_image(cat);
  image.bits = 16;
  for (double& level : image.values) level = std::min(255.0, level + 100 / 257.0);
  write_png(folder.path() / "image.png", image);
  for (double& level : image.values) level *= 1.5;  // beyond white
  write_tiff(folder.path() / "image.tif", image);
  for (const char* name : {"image.png", "image.tif"}) {
    // From the mean of an image to the image itself.
    folder.write("study.ini",
                 study("model = compact\nmask = " + cat + "\nface_rule = both\nimage = " + name +
                       "\n[osmosis]\nsecond_start = false\n"));
    const Outcome outcome = folder.feller(
        "study.ini --problem.model=canonical "
        "--problem.guidance=image --problem.swapped=false");
    CHECK(outcome.status == 2);  // keys of another model
    folder.write("study.ini", study("model = canonical\nguidance = image\nguidance_image = " +
                                    std::string{name} + "\nimage = " + name + "\n"));
    CHECK(folder.feller("study.ini").status == 0);
    CHECK(image_info(folder.path() / "out_result.png").bits == 16);
    const Image result = read_image(folder.path() / "out_result.tif"),
                wanted = read_image(folder.path() / name);
    double worst = 0;
    for (std::size_t i = 0; i < wanted.values.size(); ++i) {
      worst = std::max(worst, std::abs(result.values[i] - wanted.values[i]));
    }
    CHECK(worst <= 1e-4);
  }
}

TEST_CASE("osmosis: flows in time, linear and not, and a study that is not for them",
          "[osmosis_program]") {
  const Folder folder;
  folder.write("study.ini",
               study("model = nonlinear\npower = 1\nimage = " + cat + "\nmask_region = " + cat +
                     "\n[osmosis]\nmode = evolve\n[time]\nstep = 10\nend = 50\n"));
  CHECK(folder.feller("study.ini", 3).status == 0);
  const Outcome linear = folder.feller("study.ini --study.kind=relaxation");
  CHECK(linear.status == 2);
  CHECK_THAT(linear.error, Catch::Contains("is for linear problems; take study.kind = osmosis"));
  folder.write("study.ini",
               study("model = shadow_removal\nimage = " + cat + "\nmask_region = " + cat +
                     "\n[osmosis]\nmode = evolve\n[time]\nstep = 10\nend = 50\n"));
  const Outcome flow = folder.feller("study.ini", 3);
  INFO(flow.error << flow.out);
  CHECK(flow.status == 0);
  CHECK_THAT(flow.out, Catch::Contains("lyapunov_red"));
  const Outcome endless = folder.feller("study.ini --osmosis.mode=steady");
  CHECK(endless.status == 0);
}

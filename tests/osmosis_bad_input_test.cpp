/// What bad input to the models of osmosis gets: one line, exit status 2, and nothing on the disk.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "io/image.hpp"
#include "tests/bad_input.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const std::string shadow = "--problem.model=shadow_removal ";
const std::string clone = "--problem.model=cloning --problem.foreground=image.png ";

const std::vector<Case> cases{
    {"an unknown model", "--problem.model=shadow_removel", "did you mean 'shadow_removal'?"},
    {"a shadow without a mask", shadow, "problem.mask: must name a file"},
    {"a mask of another size", shadow + "--problem.mask=small.png",
     "problem.mask = small.png: is 5 x 4, grey, but problem.image is 16 x 12, RGB", 3},
    {"an empty mask", shadow + "--problem.mask=black.png",
     "problem.mask = black.png: is empty: no pixel belongs to it", 3},
    {"a full mask", shadow + "--problem.mask=white.png",
     "problem.mask = white.png: is full: every pixel belongs to it"},
    {"a mask that grows over everything", shadow + "--problem.mask=dot.png --problem.mask_width=30",
     "problem.mask_width = 30: is full"},
    {"two masks", shadow + "--problem.mask=dot.png --problem.mask_region=dot.png",
     "take one of problem.mask, problem.mask_region and problem.mask_strokes"},
    {"strokes on grey", shadow + "--problem.mask_strokes=dot.png", "is grey, but must be RGB"},
    {"strokes in no known colour", shadow + "--problem.mask_strokes=image.png",
     "has no pixel of either colour"},
    {"a colour with two numbers",
     shadow + "--problem.mask_strokes=image.png --problem.mask_edge_colour=255,0",
     "problem.mask_edge_colour = 255,0: must be red, green, blue"},
    {"an estimated drift by the lower rule",
     shadow + "--problem.mask=dot.png --problem.masked_drift=estimated --problem.face_rule=lower",
     "problem.face_rule = lower: must be either"},
    {"a key of another model", shadow + "--problem.mask=dot.png --problem.alpha=dot.png",
     "problem.alpha = dot.png: is not for problem.model = shadow_removal, but for cloning, fusion"},
    {"an offset for each of two channels", "--problem.offset=1,2",
     "problem.offset = 1,2: has 2 entries, but the image has 3 channels"},
    {"an offset that leaves black", shadow + "--problem.mask=dot.png --problem.offset=0",
     "problem.offset = 0: the guidance falls to 0, but must be positive", 3},
    {"a float image that is negative", "--problem.image=negative.tif", "must not be negative"},
    {"cloning of nothing", "--problem.model=cloning", "problem.foreground: must name a file"},
    {"a foreground beside the image", clone + "--problem.shift=16,0",
     "problem.foreground = image.png: is 16 x 12, RGB, and shifted by (16, 0) it lies wholly "
     "outside problem.image",
     3},
    {"a foreground above the image", clone + "--problem.shift=0,-12", "wholly outside"},
    {"a shift of one number", clone + "--problem.shift=1", "must be two numbers: columns, rows"},
    {"an alpha beyond 1", clone + "--problem.alpha=beyond.tif",
     "problem.alpha = beyond.tif: goes from 0 to 1.5, but must be in [0, 1]", 3},
    {"an alpha of another size", clone + "--problem.alpha=small.png",
     "problem.alpha = small.png: is 5 x 4, grey, but problem.foreground is 16 x 12, RGB"},
    {"local cloning of nothing", clone + "--problem.alpha=black.png --problem.extent=local",
     "problem.alpha = black.png: is empty"},
    {"fusion of nothing",
     "--problem.model=fusion --problem.foreground=image.png --problem.alpha=black.png",
     "problem.alpha = black.png: is 0 everywhere"},
    {"thresholds the wrong way round",
     "--problem.model=compact --problem.edge_low=9 --problem.edge_high=3",
     "problem.edge_low = 9: must be at most problem.edge_high = 3"},
    {"no edges at all", "--problem.model=compact --problem.edge_high=1e6",
     "problem.edge_high = 1e6: is empty"},
    {"lines that are followed too strictly",
     "--problem.model=anisotropic --problem.across=0.001 --problem.lines=angle --problem.angle=31",
     "problem.across = 0.001: is too small beside problem.along", 3},
    {"an estimated drift along lines",
     "--problem.model=anisotropic --problem.mask=dot.png --problem.masked_drift=estimated",
     "problem.masked_drift = estimated: must be zero or kept"},
    {"an evolution without a time", shadow + "--problem.mask=dot.png --osmosis.mode=evolve",
     "time.step: is missing"},
    {"an evolution of fusion",
     "--problem.model=fusion --problem.foreground=image.png --osmosis.mode=evolve",
     "osmosis.mode = evolve: is not for problem.model = fusion"},
    {"a reference of another size", shadow + "--problem.mask=dot.png --osmosis.reference=small.png",
     "osmosis.reference = small.png: is 5 x 4, grey"},
    {"a non-linear model in a linear study", "--problem.model=nonlinear --study.kind=steady_state",
     "take study.kind = osmosis"},
    {"a density",
     "--problem.kind=fokker_planck --problem.potential=x^2 --grid.cells=8 "
     "--grid.lower=-1 --grid.upper=1 --problem.initial=1",
     "problem.image"},
};

void prepare(const Folder& folder) {
  folder.write("study.ini",
               "[study]\nkind = osmosis\noutput = out.h5\n[problem]\nkind = osmosis\n"
               "image = image.png\n");
  Image image = make_image(16, 12, 3);
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    image.values[i] = static_cast<double>((i * i * 7 + 3 * i) % 200);
  }
  const auto write = [&](const std::string& name, const Image& picture) {
    write_png(folder.path() / name, picture);
  };
  write("image.png", image);
  write("small.png", make_image(5, 4, 1));
  write("black.png", make_image(16, 12, 1));
  write("white.png", make_image(16, 12, 1, 8, 255));
  Image dot = make_image(16, 12, 1);
  dot.at(5, 6) = 255;
  write("dot.png", dot);
  dot.at(5, 6) = 1.5 * 255;
  dot.bits = 32;
  write_tiff(folder.path() / "beyond.tif", dot);
  dot.at(5, 6) = -40;
  write_tiff(folder.path() / "negative.tif", dot);
}

}  // namespace

TEST_CASE("bad input to osmosis: one line, status 2, nothing written", "[bad_input]") {
  for (const auto& c : cases) {
    const Folder folder;
    prepare(folder);
    check_refused(folder, c);
  }
}

TEST_CASE("osmosis: a drift field in pieces is solved piece by piece", "[osmosis_program]") {
  const Folder folder;
  prepare(folder);
  // Diffusion along rows alone leaves one region a row.
  for (const int ranks : {1, 3}) {
    const Outcome outcome = folder.feller(
        "study.ini --study.overwrite=true --problem.model=anisotropic --problem.lines=angle "
        "--problem.angle=0 --problem.along=1 --problem.across=0",
        ranks);
    INFO(outcome.error << outcome.out);
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.out, Catch::Contains("12 disconnected regions, each with its own mass:"));
    CHECK_THAT(outcome.out, Catch::Contains("from pixel (0, 1) on: 16 pixels"));
  }
}

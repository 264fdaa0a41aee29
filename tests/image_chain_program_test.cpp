/// The studies of the chain on photographs from outside: the same bits on any number of ranks,
/// faults that must show, bad input.

#include <catch2/catch.hpp>
#include <filesystem>

#include "io/image.hpp"
#include "tests/process.hpp"

using namespace feller::test;

namespace {

const std::string source = FELLER_SOURCE_DIR;
const std::string studies = source + "/studies/";
const std::string small = " --problem.image='" + source + "/tests/images/cat.png' ";

/// A run that must hold.
void hold(const Folder& folder, const std::string& arguments, int ranks) {
  const Outcome outcome = folder.feller(studies + arguments + small, ranks);
  INFO(arguments << " on " << ranks << "\n" << outcome.out << outcome.error);
  CHECK(outcome.status == 0);
}

/// Grey images, one by one: of one, two and four pixels, a dot, two halves, a board, nothing.
void draw_all(const Folder& folder) {
  const auto draw = [&](const std::string& name, int width, int height, auto&& level) {
    feller::Image image = feller::make_image(width, height, 1);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) image.at(x, y) = level(x, y);
    }
    feller::write_png(folder.path() / name, image);
  };
  const auto some = [](int x, int y) { return 40 + 100 * x + 31 * y; };
  draw("one.png", 1, 1, some);
  draw("two.png", 2, 1, some);
  draw("four.png", 2, 2, some);
  draw("dot.png", 60, 40, [](int x, int y) { return x == 30 && y == 20 ? 255 : 0; });
  draw("half.png", 60, 40, [](int x, int) { return x < 30 ? 0 : 255; });
  draw("board.png", 60, 40, [](int x, int y) { return 255 * ((x + y) % 2); });
  draw("flat.png", 60, 40, [](int, int) { return 77; });
}

void compare(const Folder& folder, const std::string& how, const std::string& a,
             const std::string& b, const std::string& object, int status = 0) {
  const Outcome same = folder.run("h5diff " + how + " " + a + " " + b + " " + object);
  INFO(a << " " << b << " " << object << "\n" << same.out << same.error);
  CHECK(same.status == status);
}

}  // namespace

TEST_CASE("image chain: permuted runs are bitwise equal on 1, 3 and 4 ranks", "[image_chain]") {
  const Folder folder;
  const std::string study =
      "permutation.ini --chain.steps=6 --chain.outputs=2 --permutation.osmosis_time=0 ";
  for (const int ranks : {1, 3, 4}) {
    hold(folder, study + "--study.output=on_" + std::to_string(ranks) + ".h5", ranks);
  }
  // Not even round-off may differ; in the checks neither.
  for (const std::string other : {"on_3.h5", "on_4.h5"}) {
    for (const std::string object :
         {"/entry/trajectory", "/entry/differing", "/entry/difference"}) {
      compare(folder, "", "on_1.h5", other, object);
    }
  }
  // Control: another seed of the noise, another permutation.
  hold(folder, study + "--study.output=seed.h5 --chain.seed=1", 3);
  hold(folder, study + "--study.output=other.h5 --permutation.seed=2", 3);
  compare(folder, "", "on_1.h5", "seed.h5", "/entry/trajectory/u", 1);
  compare(folder, "", "on_1.h5", "other.h5", "/entry/trajectory/permuted", 1);
  compare(folder, "", "on_1.h5", "other.h5", "/entry/trajectory/put_back");
}

TEST_CASE("image chain: ensembles are bitwise equal on 1, 3 and 4 ranks", "[image_chain]") {
  const Folder folder;
  const std::string study =
      "ensemble.ini --chain.steps=4 --chain.outputs=1 --ensemble.members=100 ";
  for (const int ranks : {1, 3, 4}) {
    hold(folder, study + "--study.output=on_" + std::to_string(ranks) + ".h5", ranks);
  }
  for (const std::string other : {"on_3.h5", "on_4.h5"}) {
    compare(folder, "", "on_1.h5", other, "/entry/ensemble");
    for (const std::string object : {"/entry/variance", "/entry/entropy", "/entry/scores"}) {
      compare(folder, "--relative=1e-9", "on_1.h5", other, object);
    }
  }
  // Jumps have the same law, and other numbers.
  hold(folder, study + "--study.output=jumps.h5 --ensemble.moves=jumps", 3);
  compare(folder, "", "on_1.h5", "jumps.h5", "/entry/ensemble/mean", 1);
  CHECK(folder.feller("verify on_4.h5").status == 0);
}

TEST_CASE("image chain: figure 1 on 1, 3 and 4 ranks", "[image_chain]") {
  const Folder folder;
  const std::string study =
      "figure1.ini --chain.steps=20 --chain.outputs=0,5,20 --time.end=10 --time.outputs=0,2,10 "
      "--solver.method=cg_icc --solver.tolerance=1e-15 ";
  for (const int ranks : {1, 3, 4}) {
    hold(folder, study + "--study.output=on_" + std::to_string(ranks) + ".h5", ranks);
  }
  for (const std::string other : {"on_3.h5", "on_4.h5"}) {
    compare(folder, "", "on_1.h5", other, "/entry/chain_images");
    compare(folder, "--relative=1e-12", "on_1.h5", other, "/entry/osmosis_images");
    for (const std::string object :
         {"/entry/chain", "/entry/osmosis", "/entry/aligned_contrast", "/entry/aligned_entropy"}) {
      compare(folder, "--relative=1e-8", "on_1.h5", other, object);
    }
  }
  CHECK(std::filesystem::exists(folder.path() / "on_1_sheet.png"));
  const Outcome shown = folder.run("cmp on_1_sheet.png on_4_sheet.png");
  CHECK(shown.status == 0);
}

TEST_CASE("image chain: signed guidance makes checks of figure 1 fail", "[image_chain]") {
  const Folder folder;
  const Outcome outcome =
      folder.feller(studies +
                    "figure1.ini --chain.steps=2 --chain.outputs=0,2 --time.end=2 "
                    "--time.outputs=0,2 --problem.noise_offset=0 "
                    "--problem.allow_signed_guidance=true --solver.method=direct "
                    "--study.output=out.h5" +
                    small);
  INFO(outcome.out << outcome.error);
  CHECK(outcome.status == 1);
  CHECK_THAT(outcome.out, Catch::Matches("[^]*\nrates_red [^\n]*FAILED[^]*"));
  CHECK_THAT(outcome.out, Catch::Matches("[^]*\npositivity_red [^\n]*FAILED[^]*"));
}

TEST_CASE("image chain: images with few pixels, or few grey levels, hold too", "[image_chain]") {
  const Folder folder;
  draw_all(folder);
  const auto run = [&](const std::string& arguments, const std::vector<std::string>& words) {
    const Outcome outcome =
        folder.feller(studies + arguments + " --study.output=out.h5 --study.overwrite=true", 1);
    INFO(arguments << "\n" << outcome.out << outcome.error);
    CHECK(outcome.status == 0);
    for (const auto& word : words) CHECK_THAT(outcome.out, Catch::Contains(word));
  };
  const std::string some = "--ensemble.members=200 --problem.image=",
                    late = "--chain.steps=1000 --chain.outputs=1000 --ensemble.moves=jumps ";
  run("ensemble.ini " + late + some + "dot.png", {"control_product: left out"});
  run("ensemble.ini --chain.beta=0.0585498 --chain.steps=1 --chain.outputs=1 " + some + "dot.png",
      {"control_half: left out"});
  run("ensemble.ini " + some + "one.png", {"control_product: left out", "control_half: left out"});
  // Seed 1 keeps the four pixels in their columns, seed 2 does not.
  run("permutation.ini --problem.image=four.png", {"control_beta: left out"});
  run("permutation.ini --problem.image=four.png --permutation.seed=2", {"control_beta   "});
  run("permutation.ini --problem.image=two.png --permutation.seed=4", {"control_beta   "});
  const std::string figure1 =
      "figure1.ini --chain.steps=20 --chain.outputs=0,5,20 --time.end=10 "
      "--time.outputs=0,2,10 --problem.image=";
  run(figure1 + "dot.png --problem.offset=0.1", {"control_mean", "chain_contrast: left out, 4 "});
  run(figure1 + "half.png", {"chain_contrast: left out, 40 "});
  run(figure1 + "board.png", {"chain_contrast   "});
  run(figure1 + "four.png --figure1.edges=0.5", {"control_guidance: left out"});
}

TEST_CASE("image chain: bad input has one line and leaves nothing", "[image_chain]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"ensemble.ini --ensemble.members=99", "ensemble.members = 99: must be an integer >= 100"},
      {"ensemble.ini --ensemble.moves=leaps", "ensemble.moves"},
      {"ensemble.ini --photograph.black=2", "photograph.white"},
      {"ensemble.ini --chain.outputs=17", "chain.outputs = 17: 17 lies beyond the last step, 16"},
      {"ornstein_uhlenbeck.ini --study.kind=ensemble --chain.steps=2", "problem.kind = osmosis"},
      {"permutation.ini --permutation.seed=3 --problem.image=two.png",
       "permutation.seed = 3: moves none of the 2 pixels"},
      {"permutation.ini --problem.image=one.png", "problem.image = one.png: has one pixel"},
      {"permutation.ini --permutation.shift=1", "permutation.shift = 1: must be two numbers"},
      {"permutation.ini --chain.beta=1", "chain.beta = 1: must be < 1"},
      {"figure1.ini --time.outputs=0,1", "chain.outputs"},
      {"figure1.ini --figure1.edges=0", "figure1.edges = 0"},
      {"figure1.ini --figure1.edges=1e-9", "figure1.edges = 1e-9: of 90750 faces leaves 1"},
      {"figure1.ini --problem.image=flat.png", "of 4700 faces leaves 0"},
      {"figure1.ini --problem.model=nonlinear", "problem."},
      {"ornstein_uhlenbeck.ini --study.kind=figure1 --chain.steps=2", "problem.kind = osmosis"},
  };
  for (const auto& [arguments, message] : cases) {
    // One or two pixels are too few for three ranks.
    const bool tiny = arguments.ends_with("one.png") || arguments.ends_with("two.png");
    for (const int ranks : tiny ? std::vector{1} : std::vector{1, 3}) {
      const Folder folder;
      const bool image = !arguments.starts_with("ornstein");
      const bool own = arguments.find("problem.image") != std::string::npos;
      draw_all(folder);
      const auto before = folder.files();
      const Outcome outcome = folder.feller(
          studies + arguments + " --study.output=out.h5" + (image && !own ? small : ""), ranks);
      INFO(arguments << "\n" << outcome.out << outcome.error);
      CHECK(outcome.status == 2);
      const auto lines = complaints(outcome.error);
      CHECK(lines.size() == 1);
      CHECK_THAT(outcome.error, Catch::Contains(message));
      CHECK(folder.files() == before);
    }
  }
}

/// What bad input to the reverse processes gets: one line, exit status 2, nothing on disk.

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/bad_input.hpp"

using namespace feller::test;

namespace {

const std::string images = std::string{FELLER_SOURCE_DIR} + "/studies/images/";

const std::vector<Case> cases{
    {"another process", "--problem.kind=ornstein_uhlenbeck", "must be brownian with", 3},
    {"another speed", "--problem.diffusion_coefficient=1", "must be brownian with"},
    {"a uniform population",
     "--problem.population=uniform --problem.means= --problem.sds= --problem.population_lower=0 "
     "--problem.population_upper=1",
     "must be a mixture or points"},
    {"two axes of other widths",
     "--problem.means='(0, 0)' --problem.sds='(1, 2)' --grid.cells=20,20 --grid.lower=-6,-6 "
     "--grid.upper=6,6",
     "must be the same along all axes"},
    {"times upside down", "--reverse.from=0.01", "must be less than reverse.from", 3},
    {"times without the list", "--reverse.times=2,1", "belongs to reverse.spacing = list"},
    {"a list that ascends", "--reverse.spacing=list --reverse.times=1,2", "descending"},
    {"a list and an end", "--reverse.spacing=list --reverse.times=2,1 --reverse.from=2",
     "has no meaning for spacing = list"},
    {"the best steps in the plane",
     "--reverse.spacing=optimal --problem.means='(0, 0)' --problem.sds=1 --grid.cells=20,20 "
     "--grid.lower=-6,-6 --grid.upper=6,6",
     "reverse.spacing = optimal: is for a problem on a line"},
    {"lambda twice", "--reverse.lambda=1,1", "must be numbers that differ"},
    {"a negative lambda", "--reverse.lambda=-1", "a list of numbers, each >= 0"},
    {"unstable steps", "--reverse.lambda=1000", "steps that are unstable for lambda = 1000", 3},
    {"a time that is none", "--reverse.to=1e-320", "reverse.to = 1e-320: must be"},
    {"too few grids", "--reverse.levels=2", "reverse.levels = 2: must be an integer in [3, 12]"},
    {"too many steps", "--reverse.steps=1000000", "more than a million steps"},
};

const std::vector<Case> of_flows{
    {"a flow in the plane",
     "--problem.means='(0, 0)' --problem.sds=1 --grid.cells=20,20 --grid.lower=-6,-6 "
     "--grid.upper=6,6",
     "must be of one axis", 3},
    {"a flow that goes nowhere", "--probability_flow.to=0.2",
     "must be 4 probability_flow.from and probability_flow.from + 0.6"},
    {"a flow out of the box", "--probability_flow.to=1000", "the box must hold half", 3},
    {"too few particles", "--probability_flow.particles=1000",
     "probability_flow.particles = 1000: must be"},
};

const std::vector<Case> of_densities{
    {"another process", "--problem.theta=2", "needs the process that the chain samples", 3},
    {"times upside down", "--reverse_density.to=20", "must be less than reverse_density.from"},
    {"before the start", "--problem.start=1", "the noise that the problem starts with"},
    {"lambda twice", "--reverse_density.lambda=1,1", "must be numbers that differ"},
    {"few particles", "--reverse_density.particles=10", "must be 0 or at least 1000"},
    {"a narrow box", "--grid.lower=-3", "must hold p_T and N(0, T) but for 1e-14", 3},
    {"a wide box", "--grid.lower=-90 --grid.upper=90", "ratios to it need 1e-260"},
    {"a sharp start",
     "--problem.population=uniform --problem.means= --problem.sds= --problem.population_lower=-1 "
     "--problem.population_upper=1",
     "where the density on the grid is 0", 3},
    {"particles of a uniform law",
     "--problem.population=uniform --problem.means= --problem.sds= --problem.population_lower=-1 "
     "--problem.population_upper=1 --problem.start=0.1 --reverse_density.to=0.5",
     "must be 0 for this population"},
    {"too few steps",
     "--problem.population=points --problem.sds= --problem.start=0.04 "
     "--reverse_density.particles=0",
     "the density falls by e^", 3},
    {"too many cells", "--grid.cells=20000", "products with the finest grid's matrix"},
    {"too few grids", "--reverse_density.levels=2", "must be an integer in [3, 8]"},
};

/// The folder of the study has two pictures, too large.
const std::vector<Case> of_images{
    {"another size", "--reverse_images.folder=.", "must be 32 x 32 and grey", 3},
    {"no folder", "--reverse_images.folder=none", "cannot be read as a folder", 3},
    {"no pictures", "--reverse_images.folder=empty", "must have two or more"},
    {"too few weights", "--reverse_images.weights=1,2", "has 2 entries, but there are 16 pictures"},
    {"no such picture", "--reverse_images.known=5x", "is no picture of the folder", 3},
    {"times upside down", "--reverse_images.from=1e-4", "must be less than reverse_images.from"},
    {"a noise too small", "--reverse_images.known_sd=1e-170", "known_sd = 1e-170: must be"},
    {"a time that is none", "--reverse_images.to=1e-320", "reverse_images.to = 1e-320: must be"},
    {"steps that cannot be halved", "--reverse_images.steps=20", "must be a multiple of 8", 3},
    {"unstable steps", "--reverse_images.lambda=50", "makes unstable steps"},
    {"colours", "--problem.image='" + images + "chelsea.png'", "must be osmosis with a grey image"},
};

/// A stranger must be one, and of the size.
const std::vector<Case> of_strangers{
    {"no stranger", "--information_images.stranger='" + images + "population/2b.png'",
     "is a picture of the folder", 3},
    {"a large stranger", "--information_images.stranger='" + images + "camera.png'",
     "must be 32 x 32 and grey", 3},
    {"weights of too few", "--information_images.weights=1", "but there are 16 pictures"},
    {"few draws", "--information_images.samples=10", "information_images.samples = 10: must be"},
};

const std::string study_of_strangers =
    "[study]\nkind = information_images\noutput = out.h5\n"
    "[problem]\nkind = osmosis\nimage = " +
    images + "population/1a.png\noffset = 1\n[information_images]\nfolder = " + images +
    "population\n";

const std::string study_of_images =
    "[study]\nkind = reverse_images\noutput = out.h5\n"
    "[problem]\nkind = osmosis\nimage = " +
    images + "population/1a.png\noffset = 1\n[reverse_images]\nfolder = " + images + "population\n";

const std::string study =
    "[study]\nkind = reverse\noutput = out.h5\n"
    "[problem]\nkind = brownian\nmeans = 0, 1\nsds = 1\n"
    "[grid]\ncells = 60\nlower = -6\nupper = 6\n";

const std::string study_of_densities =
    "[study]\nkind = reverse_density\noutput = out.h5\n"
    "[problem]\nkind = ornstein_uhlenbeck\nmeans = 0, 1\nsds = 1\n"
    "[grid]\ncells = 60\nlower = -9\nupper = 9\n";

void check_all(const std::vector<Case>& all, const std::string& text) {
  for (const auto& c : all) {
    const Folder folder;
    folder.write("study.ini", text);
    std::filesystem::create_directory(folder.path() / "empty");
    for (const std::string name : {"coffee", "camera"}) {
      std::filesystem::copy_file(images + name + ".png", folder.path() / (name + ".png"));
    }
    check_refused(folder, c);
  }
}

}  // namespace

TEST_CASE("bad input to reverse processes: one line, status 2, nothing written", "[bad_input]") {
  check_all(cases, study);
}

TEST_CASE("bad input to probability flows: one line, status 2, nothing written", "[bad_input]") {
  check_all(of_flows, "[study]\nkind = probability_flow\noutput = out.h5\n" +
                          study.substr(study.find("[problem]")));
}

TEST_CASE("bad input to reverse densities: one line, status 2, nothing written", "[bad_input]") {
  check_all(of_densities, study_of_densities);
}

TEST_CASE("bad input to reversed pictures: one line, status 2, nothing written", "[bad_input]") {
  check_all(of_images, study_of_images);
}

TEST_CASE("bad input to information of pictures: one line, status 2, nothing written",
          "[bad_input]") {
  check_all(of_strangers, study_of_strangers);
}

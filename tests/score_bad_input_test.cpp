/// What bad input to the studies of likelihoods and denoisers gets: one line, exit status 2,
/// nothing on disk.

#include <catch2/catch.hpp>

#include "tests/bad_input.hpp"

using namespace feller::test;

namespace {

struct KindCase {
  std::string name;
  std::string kind;
  std::string arguments;
  std::string message;  ///< must stand in the one line
  int ranks = 1;
};

const std::vector<KindCase> cases{
    {"another process", "information", "--problem.theta=2",
     "needs the process that the chain samples", 3},
    {"two axes", "information",
     "--problem.means='(0, 0)' --grid.cells=60,60 --grid.lower=-9,-9 --grid.upper=9,9",
     "must be of one axis", 3},
    {"a level twice", "information", "--information.times=1,0.1,1", "names a level twice"},
    {"no noise", "information", "--information.times=0", "information.times = 0: must be"},
    {"too little noise", "information", "--information.times=1e-9", "must be in [1e-6, 1000]", 3},
    {"odd nodes", "information", "--information.nodes=100", "must be a power of 2"},
    {"no values", "likelihood", "", "likelihood.values"},
    {"a value twice", "likelihood", "--likelihood.values=1,1", "names a value twice"},
    {"a value that does not occur", "likelihood",
     "--likelihood.values=0.5,1 --problem.population=points --problem.start=0.1",
     "1 has no likelihood", 3},
    {"one symbol", "likelihood", "--likelihood.values=1 --likelihood.symbols=1",
     "likelihood.symbols = 1: must be"},
    {"y far from the data", "likelihood_terms", "--likelihood_terms.value=50",
     "likelihood_terms.value = 50: must be among the data", 3},
    {"terms of points", "likelihood_terms",
     "--likelihood_terms.value=1 --problem.population=points --problem.start=0.1",
     "problem.kind = ornstein_uhlenbeck: must start from a mixture of normal laws"},
    {"a point of another size", "information_space", "--information_space.values='(1, 2)'",
     "(1, 2) is no point with 1 coordinates", 3},
    {"a value between points", "information_space",
     "--information_space.values=0.2 --problem.population=points --problem.start=0.1",
     "0.2 has no likelihood", 3},
    {"a level twice in space", "information_space", "--information_space.times=1,1",
     "names a level twice"},
    {"a histogram without a file", "information",
     "--problem.population=histogram --problem.means= --problem.sds=",
     "problem.histogram: must be given", 3},
    {"no such file", "information",
     "--problem.population=histogram --problem.means= --problem.sds= --problem.histogram=no.csv",
     "no.csv: cannot be read", 3},
    {"a histogram of the plane", "information",
     "--problem.population=histogram --problem.means= --problem.sds= --problem.histogram=plane.csv",
     "is a histogram of 2 axes", 3},
    {"a negative count", "information",
     "--problem.population=histogram --problem.means= --problem.sds= --problem.histogram=bad.csv",
     "must be >= 0", 3},
    {"means of a histogram", "information",
     "--problem.population=histogram --problem.sds= --problem.histogram=plane.csv",
     "problem.means = 0: has no meaning for the population histogram"},
    {"a histogram of a mixture", "information", "--problem.histogram=plane.csv",
     "has no meaning for the population mixture"},
    {"deviations of another size", "information", "--problem.sds='(1, 2)'",
     "must be a list of numbers > 0"},
    {"a deviation of 0", "information", "--problem.sds=0", "must be a list of numbers > 0"},
    {"nowhere", "posterior", "--posterior.at=1e4", "is a place where z(t) never comes", 3},
    {"levels that do not ascend", "denoiser", "--denoiser.times=1,0.1", "must ascend", 3},
    {"a level of no noise", "denoiser", "--denoiser.times=1e-9", "must be in [0.0001, 10000]"},
    {"no level", "denoiser", "--denoiser.times=", "must be one to eight levels"},
    {"unknown features", "denoiser", "--denoiser.features=wavelets", "monomials, hermite, radial"},
    {"too high a degree", "denoiser", "--denoiser.features=hermite --denoiser.count=20",
     "must be at most 16 for polynomials", 3},
    {"three splines", "denoiser", "--denoiser.count=3", "must be at least 4 for radial functions"},
    {"too few samples", "denoiser", "--denoiser.count=60 --denoiser.samples=4096",
     "256 samples for each", 3},
    {"the end first", "denoiser", "--denoiser.first=10 --denoiser.last=1",
     "must be beyond denoiser.first"},
    {"no room for raw features to fail", "denoiser", "--denoiser.furthest=0.001",
     "denoiser.furthest = 0.001: must be at least 900", 3},
    {"lines need more room", "denoiser",
     "--denoiser.features=hermite --denoiser.count=2 --denoiser.furthest=1000",
     "must be at least 10000"},
    {"a matrix of no computer", "denoiser", "--denoiser.samples=100000000",
     "denoiser.samples = 100000000: times 128 features is a matrix of 102 GB", 3},
    {"fits for years", "denoiser", "--denoiser.replicates=4096 --denoiser.samples=3000000",
     "denoiser.replicates = 4096: times samples and features is 1.97e+11", 3},
    {"another process for denoisers", "denoiser", "--problem.theta=2",
     "needs the process that the chain samples", 3},
    {"two halvings", "posterior", "--posterior.at=1 --posterior.halvings=2",
     "posterior.halvings = 2: must be"},
};

}  // namespace

TEST_CASE("bad input to likelihoods: one line, status 2, nothing written", "[bad_input]") {
  for (const auto& c : cases) {
    const Folder folder;
    const bool points = c.arguments.find("points") != std::string::npos;
    folder.write("study.ini", "[study]\nkind = " + c.kind +
                                  "\noutput = out.h5\n[problem]\nkind = ornstein_uhlenbeck\n" +
                                  (points ? "means = 0.5\n" : "means = 0\nsds = 1\n") +
                                  "[grid]\ncells = 180\nlower = -9\nupper = 9\n");
    folder.write("plane.csv", "x,y,count\n0,0,1\n1,0,2\n0,1,3\n1,1,4\n");
    folder.write("bad.csv", "lower,upper,count\n0,1,2\n1,2,-1\n");
    check_refused(folder, {c.name, c.arguments, c.message, c.ranks});
  }
}

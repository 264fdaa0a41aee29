/// What bad input to the studies of the Markov chain gets: one line, exit status 2, nothing on
/// disk.

#include <catch2/catch.hpp>

#include "tests/bad_input.hpp"

using namespace feller::test;

namespace {

const std::vector<Case> cases{
    {"another process", "--problem.theta=2", "needs the process that the chain samples", 3},
    {"another process with a population", "--problem.kind=brownian",
     "needs the process that the chain samples"},
    {"a box that loses mass", "--grid.lower=-3", "grid.upper"},
    {"a box that is too small", "--grid.lower=-6 --grid.upper=6", "the box loses", 3},
    {"a law that meets the wall on its way", "--problem.means=7 --problem.sds=0.1",
     "must be at most 1e-14: take it wider", 3},
    {"a kernel that would not fit into memory", "--grid.cells=100000 --chain.outputs=50",
     "are too many for the chain's kernels"},
    {"a folder for a file", "--chain.schedule=file --chain.file=.", "is no file"},
    {"cells that are not equal", "--grid.spacing=sinh --grid.stretch=2", "must be uniform"},
    {"a periodic box", "--grid.boundary=periodic", "must be reflecting"},
    {"noise that the cells do not resolve", "--chain.beta=1e-4 --chain.outputs=1",
     "the noise between steps 0 and 1 has the standard deviation 0.01, less than 1.3 cells", 3},
    {"no length", "--chain.steps=0", "chain.steps = 0: must be"},
    {"a beta of 1", "--chain.beta=1", "chain.beta = 1: must be < 1"},
    {"a beta of another schedule", "--chain.schedule=linear --chain.beta=0.1",
     "chain.beta = 0.1: belongs to chain.schedule = constant"},
    {"an output beyond the end", "--chain.outputs=5,101",
     "chain.outputs = 5,101: 101 lies beyond the last step, 100"},
    {"no file", "--chain.schedule=file", "chain.file: must be given"},
    {"a file that is not there", "--chain.schedule=file --chain.file=none.txt",
     "chain.file = none.txt: cannot be read", 3},
    {"a word in the file", "--chain.schedule=file --chain.file=words.txt",
     "line 2: 'much' must be a number in (0, 1)"},
    {"a number beyond 1 in the file", "--chain.schedule=file --chain.file=large.txt",
     "line 1: '1.5' must be a number in (0, 1)", 3},
    {"a short file", "--chain.schedule=file --chain.file=short.txt",
     "has 2 numbers, chain.steps asks for 100"},
    {"a phase diagram on a coarse grid", "--grid.cells=90 --entropy.phase_diagram=3",
     "entropy.phase_diagram = 3: needs a box of 12.6 or more"},
};

const std::string study =
    "[study]\nkind = entropy\noutput = out.h5\n"
    "[problem]\nkind = ornstein_uhlenbeck\nmeans = 0\nsds = 1\n"
    "[grid]\ncells = 180\nlower = -9\nupper = 9\n[chain]\nsteps = 100\noutputs = 10\n";

}  // namespace

TEST_CASE("bad input to the chain: one line, status 2, nothing written", "[bad_input]") {
  for (const auto& c : cases) {
    const Folder folder;
    folder.write("study.ini", study);
    folder.write("words.txt", "0.1\nmuch\n");
    folder.write("large.txt", "1.5\n");
    folder.write("short.txt", "0.1 0.2\n");
    check_refused(folder, c);
  }
}

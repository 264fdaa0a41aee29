/// The studies of the Markov chain on densities from outside: data of every kind, schedules of
/// every kind, what is wrong with input, and the numbers that show misprints.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/process.hpp"

using namespace feller::test;

namespace {

const std::string data =
    "[study]\nkind = initial_state\noutput = out.h5\noverwrite = true\n"
    "[problem]\nkind = fokker_planck\ndrift = -x\n"
    "[grid]\ncells = 200\nlower = -5\nupper = 5\n[chain]\nsteps = 1\n[sample]\ndraws = 50000\n";

const std::string plane =
    "[study]\nkind = initial_state\noutput = out.h5\noverwrite = true\n"
    "[problem]\nkind = fokker_planck\ndrift = -x, -y\n"
    "[grid]\ncells = 40, 30\nlower = 0, 0\nupper = 4, 3\n[chain]\nsteps = 1\nbeta = 0.1\n"
    "[sample]\ndraws = 50000\n";

std::string chain(const std::string& kind, const std::string& schedule) {
  return "[study]\nkind = " + kind +
         "\noutput = out.h5\noverwrite = true\n[problem]\nkind = ornstein_uhlenbeck\n"
         "means = 0.5, -1\nsds = 0.3\n[grid]\ncells = 256\nlower = -8\nupper = 8\n[chain]\n" +
         schedule;
}

const std::string quick = "schedule = constant\nsteps = 12\nbeta = 0.1\n";

void check_held(const Outcome& outcome, const std::string& row) {
  INFO(outcome.out << outcome.error);
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.out, Catch::Contains("\n" + row));
}

struct Wrong {
  std::string study, arguments, message;
};

}  // namespace

TEST_CASE("chain program: histograms keep every bin", "[chain_program]") {
  const Folder folder;
  folder.write("study.ini", data);
  folder.write("bins.csv", "lower upper count\n-1.5 -1 3\n-1 0 5\n0 0.25 0\n0.25 1 9\n");
  const std::string run = "study.ini --problem.initial_file=bins.csv ";
  for (const int ranks : {1, 3, 4}) check_held(folder.feller(run, ranks), "data ");
  const Outcome across = folder.feller(run + "--grid.cells=333");
  check_held(across, "distribution ");
  CHECK_THAT(across.out, Catch::Contains("data: compared by their distribution functions"));
  // A part of the histogram beyond the box is left out.
  folder.write("wide.csv", "lower upper count\n-6 -4 1\n-4 0 2999\n0 4 3000\n");
  check_held(folder.feller("study.ini --problem.initial_file=wide.csv"), "data ");
  folder.write("plane.ini", plane);
  folder.write("plane.csv", "x y count\n0.5 0.5 1\n1.5 0.5 2\n0.5 1.5 5\n1.5 1.5 3\n");
  for (const int ranks : {1, 4}) {
    check_held(folder.feller("plane.ini --problem.initial_file=plane.csv", ranks), "data ");
  }
}

TEST_CASE("chain program: formulas are compared with a finer grid", "[chain_program]") {
  const Folder folder;
  folder.write("study.ini", data);
  check_held(folder.feller("study.ini --problem.initial='normal(x, 0, 0.3)'"), "data ");
  // Three Gauss points do not see where within a cell a density jumps.
  const Outcome jump = folder.feller("study.ini --problem.initial='uniform(x, -1.003, 1.001)'");
  INFO(jump.out);
  CHECK(jump.status == 1);
  CHECK_THAT(jump.out, Catch::Matches("[^]*\ndata [^]*FAILED[^]*"));
}

TEST_CASE("chain program: every schedule", "[chain_program]") {
  const Folder folder;
  folder.write("betas.txt", "0.05 0.2, 0.1  # as they come\n0.3\n0.02\n0.15\n");
  const std::string outputs = "outputs = 1, 2, 4\n";
  for (const std::string schedule :
       {"schedule = linear\nsteps = 6\nbeta_first = 0.05\nbeta_last = 0.3\n",
        "schedule = cosine\nsteps = 6\n", "schedule = file\nfile = betas.txt\n",
        "schedule = constant\nsteps = 6\nbeta = 0.02\n"}) {
    INFO(schedule);
    folder.write("study.ini", chain("chain_semigroup", schedule + outputs));
    const Outcome outcome = folder.feller("study.ini", 2);
    check_held(outcome, "chapman_kolmogorov ");
    const bool constant = schedule.find("constant") != std::string::npos;
    CHECK((outcome.out.find("control_time: left out") != std::string::npos) == constant);
    CHECK((outcome.out.find("\ncontrol_time ") != std::string::npos) != constant);
    if (!constant) continue;
    CHECK_THAT(outcome.out, Catch::Matches("[^]*\ncontrol_variance [^\n]* 0\\.0196 [^]*"));
  }
}

TEST_CASE("chain program: data that no noise changes need no controls", "[chain_program]") {
  const Folder folder;
  for (const std::string kind : {"initial_state", "chain_semigroup"}) {
    folder.write("study.ini", chain(kind, quick + "outputs = 1, 6\n"));
    const Outcome outcome = folder.feller("study.ini --problem.means=0 --problem.sds=1");
    check_held(outcome, kind == "initial_state" ? "data " : "jumps ");
    CHECK_THAT(outcome.out, Catch::Contains("left out, the data are almost N(0, I)"));
  }
  folder.write("study.ini", data);
  const Outcome ring = folder.feller(
      "study.ini --problem.initial='exp(cos(pi*x/5))' --grid.boundary=periodic "
      "--problem.drift='-sin(pi*x/5)'");
  check_held(ring, "sample_histogram ");
  CHECK_THAT(ring.out, Catch::Contains("controls: left out, there is no kernel"));
}

TEST_CASE("chain program: data that are normal already leave nothing to decay", "[chain_program]") {
  const Folder folder;
  const std::string schedule = "schedule = constant\nsteps = 90\nbeta = 0.1\n";
  folder.write("study.ini", chain("chain_steady_state", schedule));
  const Outcome normal =
      folder.feller("study.ini --problem.means=0 --problem.sds=2 --grid.lower=-18 --grid.upper=18");
  check_held(normal, "decay_slope ");
  CHECK_THAT(normal.out, Catch::Contains("decay_of_shape: left out"));
  const Outcome standard = folder.feller("study.ini --problem.means=0 --problem.sds=1");
  check_held(standard, "stationary ");
  CHECK_THAT(standard.out, Catch::Contains("decay: left out"));
  for (const std::string moments :
       {"--problem.means=0 --problem.sds=1", "--problem.means=0.3 --problem.sds=1",
        "--problem.means=0 --problem.sds=0.6"}) {
    check_held(folder.feller("study.ini --chain.beta=0.05 --chain.steps=1500 " + moments),
               "bound ");
  }
  // In two dimensions with unlike axes.
  const Outcome two = folder.feller(
      "study.ini --problem.means='(0.5, 0), (-0.5, 1)' --problem.sds=0.5 --grid.cells=80,80 "
      "--grid.lower=-8,-8 --grid.upper=8,8",
      2);
  check_held(two, "decay_prefactor ");
}

TEST_CASE("chain program: bad input is one line, status 2, nothing written", "[chain_program]") {
  const std::string semigroup = chain("chain_semigroup", quick);
  const std::string steady = chain("chain_steady_state", quick);
  const std::string other = "--study.kind=chain_semigroup --problem.initial='normal(x, 0, 1)'";
  for (const auto& [study, arguments, message] : std::vector<Wrong>{
           {data, other, "problem.kind = fokker_planck: needs the process that the chain samples"},
           {semigroup, "--chain.steps=1", "chain.steps = 1: must be >= 2"},
           {semigroup, "--chain.outputs=12", "chain.outputs = 12: must name a step to cut at"},
           {semigroup, "--chain.outputs=13", "chain.outputs = 13: 13 lies beyond the last step"},
           {semigroup, "--chain.beta=0.001",
            "grid.cells = 256: the noise of step 1 has the standard"},
           {semigroup, "--grid.upper=3", "grid.upper = 3: the box loses"},
           {semigroup, "--semigroup.terminal=0", "semigroup.terminal = 0: is 0 everywhere"},
           {semigroup, "--semigroup.terminal='y'", "semigroup.terminal = y"},
           {steady, "", "steps with"},
           {steady, "--grid.boundary=absorbing", "grid.boundary = absorbing: must be reflecting"},
           {steady, "--problem.theta=2", "needs the process that the chain samples"},
           {data, "", "problem.initial"},
           {data, "--problem.initial=1 --sample.draws=0", "sample.draws = 0"},
           {data, "--problem.initial=1 --grid.boundary=dirichlet", "lets the initial density"},
       }) {
    for (const int ranks : {1, 3}) {
      const Folder folder;
      folder.write("study.ini", study);
      const Outcome outcome = folder.feller("study.ini " + arguments, ranks);
      INFO(arguments << "\n" << outcome.out << outcome.error);
      CHECK(outcome.status == 2);
      const auto lines = complaints(outcome.error);
      CHECK(lines.size() == 1);
      CHECK_THAT(lines.empty() ? "" : lines[0], Catch::Contains(message));
      CHECK(folder.files() == std::vector<std::string>{"study.ini"});
    }
  }
}

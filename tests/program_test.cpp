/// The program from outside: studies and their controls.

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/process.hpp"

using namespace feller::test;

namespace {

const std::string studies = std::string{FELLER_SOURCE_DIR} + "/studies/";

}  // namespace

TEST_CASE("program: every propagator on densities and images", "[program]") {
  for (const std::string method : {"crank_nicolson", "crank_nicolson_plain", "sdirk2", "bdf2",
                                   "uniformization", "chebyshev", "mfn"}) {
    const Folder folder;
    const std::string choice =
        " --study.output=out.h5 --study.overwrite=true --time.method=" + method;
    const Outcome density =
        folder.feller(studies +
                          "ornstein_uhlenbeck.ini --grid.cells=400 --time.step=0.01 --time.end=1 "
                          "--time.outputs=0,1" +
                          choice,
                      2);
    INFO(method << density.out << density.error);
    CHECK(density.status == 0);
    const Outcome picture = folder.feller(
        studies + "osmosis_cat.ini --time.end=4 --time.outputs=0,4 --observe.spectral_gap=false" +
            choice,
        2);
    INFO(picture.out << picture.error);
    CHECK(picture.status == 0);
  }
}

TEST_CASE("program: control, the reversed drift fails the check of accuracy", "[program]") {
  const Folder folder;
  const Outcome outcome =
      folder.feller(studies +
                    "ornstein_uhlenbeck.ini --problem.drift=x --time.step=0.01 --time.end=0.5 "
                    "--time.outputs=0,0.5 --study.output=out.h5");
  INFO(outcome.out);
  CHECK(outcome.status == 1);
  CHECK(folder.feller("verify out.h5").status == 1);
  CHECK_THAT(folder.feller("verify out.h5").out, Catch::Matches("[^]*accuracy [^\n]*FAILED[^]*"));
}

TEST_CASE("program: control, upwind and a reversed drift miss the order", "[program]") {
  const Folder folder;
  const std::string study = studies +
                            "convergence_space.ini --study.overwrite=true "
                            "--study.output=out.h5 ";
  const Outcome upwind = folder.feller(study + "--scheme.flux=upwind");
  INFO(upwind.out << upwind.error);
  CHECK(upwind.status == 1);
  CHECK_THAT(upwind.out, Catch::Matches("[^]*\norder_L1 [^\n]* to 2: 0\\.9[^\n]*FAILED[^]*"));
  CHECK_THAT(upwind.out, Catch::Matches("[^]*\ndecrease [^\n]*held[^]*"));
  CHECK(
      folder.feller(study + "--scheme.flux=upwind --convergence.expected_order=1 --grid.cells=400")
          .status == 0);
  const Outcome reversed = folder.feller(study + "--problem.drift=x --time.method=uniformization");
  INFO(reversed.out << reversed.error);
  CHECK(reversed.status == 1);
  CHECK_THAT(reversed.out, Catch::Matches("[^]*\norder_L2 [^\n]*FAILED[^]*"));
  CHECK_THAT(reversed.out, Catch::Matches("[^]*\ncontrol_sign [^\n]*FAILED[^]*"));
}

TEST_CASE("program: a ladder has its rows from fine to coarse", "[program]") {
  const Folder folder;
  CHECK(folder
            .feller(studies + "convergence_space.ini --convergence.levels=3 "
                              "--convergence.reference=next --study.output=out.h5")
            .status == 0);
  const std::string table = folder.run("grep -v '^#' out.csv").out;
  CHECK_THAT(table, Catch::Matches("h,error_L2,error_L1,error_Linf,error_entropy,error_KL,"
                                   "error_mean_x,error_second_moment,order_L2,fit_L2,spread_L2,"
                                   "[^\n]*,dt\n0\\.04,nan,[^\n]*\n0\\.08,[^\n]*\n0\\.16,[^\n]*\n"));
}

TEST_CASE("program: control, a guidance that changes sign breaks positivity", "[program]") {
  const Folder folder;
  const Outcome outcome =
      folder.feller(studies +
                    "osmosis_cat.ini --problem.noise_offset=0 --problem.allow_signed_guidance=true "
                    "--solver.method=direct --time.end=2 --time.outputs=0,2 --study.output=out.h5");
  INFO(outcome.out << outcome.error);
  CHECK(outcome.status == 1);
  for (const std::string channel : {"red", "green", "blue"}) {
    CHECK_THAT(outcome.out, Catch::Matches("[^]*positivity_" + channel + " [^\n]*FAILED[^]*"));
  }
}

TEST_CASE("program: control, without positive rates expectations leave the range of their data",
          "[program]") {
  const Folder folder;
  const Outcome outcome = folder.feller(
      studies +
      "osmosis_cat.ini --study.kind=duality --duality.terminal=x --problem.noise_offset=0 "
      "--problem.allow_signed_guidance=true --solver.method=direct --time.end=2 "
      "--time.outputs=0,2 --study.output=out.h5 --problem.image='" +
      FELLER_SOURCE_DIR + "/tests/images/cat.png'");
  INFO(outcome.out << outcome.error);
  CHECK(outcome.status == 1);
  for (const std::string channel : {"red", "green", "blue"}) {
    CHECK_THAT(outcome.out,
               Catch::Matches("[^]*maximum_principle_" + channel + " [^\n]*FAILED[^]*"));
  }
}

TEST_CASE("program: control, the backward equation is no sampler: mass grows by e^T", "[program]") {
  const Folder folder;
  const Outcome outcome = folder.feller(studies + "duality.ini --study.output=out.h5");
  INFO(outcome.out << outcome.error);
  CHECK(outcome.status == 0);
  // e^1 - 1 = 1.718, with an error of order h^2.
  CHECK_THAT(outcome.out, Catch::Matches("[^]*control_sampler +[^\n]* 1\\.71[0-9]* +>[^]*"));
}

TEST_CASE("program: control, entropies of a run that goes negative fail, saying where",
          "[program]") {
  const Folder folder;
  const Outcome outcome = folder.feller(
      studies +
      "lyapunov.ini --time.method=crank_nicolson_plain --problem.initial='abs(x-1) < 0.02' "
      "--time.end=1 --time.outputs=0,1 --study.output=out.h5");
  INFO(outcome.out << outcome.error);
  CHECK(outcome.status == 1);
  CHECK(folder.feller("verify out.h5").status == 1);
  for (const std::string entropy :
       {"relative_entropy", "reverse_relative_entropy", "hellinger", "total_variation"}) {
    CHECK_THAT(outcome.out, Catch::Matches("[^]*\n" + entropy + " [^\n]*FAILED[^]*"));
  }
  CHECK_THAT(outcome.out, Catch::Matches("[^]*undefined\\s+from\\s+step\\s+1\\s[^]*"));
  CHECK_THAT(outcome.out, Catch::Matches("[^]*x = 1\\.01[^]*"));
}

TEST_CASE("program: what is wrong in the studies of operators fails", "[program]") {
  const Folder folder;
  const auto fails = [&](const std::string& arguments, const std::vector<std::string>& checks) {
    const Outcome outcome =
        folder.feller(studies + arguments + " --study.output=out.h5 --study.overwrite=true", 2);
    INFO(arguments << "\n" << outcome.out << outcome.error);
    CHECK(outcome.status == 1);
    for (const auto& name : checks) {
      CHECK_THAT(outcome.out, Catch::Matches("[^]*\n" + name + " [^\n]*FAILED[^]*"));
    }
  };
  fails(
      "osmosis_is_fokker_planck.ini --scheme.flux=upwind --osmosis_is_fokker_planck.levels=3",
      {"scharfetter_gummel_order_l1", "scharfetter_gummel_gap", "scharfetter_gummel_steady_state"});
  fails("osmosis_theorem.ini --solver.tolerance=1e-5 --time.end=20 --time.outputs=0,20",
        {"agree_bicgstab_ilu", "agree_cg_icc"});
}

TEST_CASE("program: operators leave out or adapt what a choice makes meaningless", "[program]") {
  const Folder folder;
  const auto holds = [&](const std::string& arguments, const std::string& words) {
    const Outcome outcome =
        folder.feller(studies + arguments + " --study.output=out.h5 --study.overwrite=true", 2);
    INFO(arguments << "\n" << outcome.out << outcome.error);
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.out, Catch::Contains(words));
  };
  const std::string small =
      "signed_guidance.ini --signed_guidance.line=4 --signed_guidance.points=4 ";
  // The darkest pixel of that line is at an end; that of the other has dark neighbours.
  holds(small + "--signed_guidance.plane=4,4 --signed_guidance.seeds=2",
        "line_gap_closes, line_growth_starts: left out");
  holds(small + "--signed_guidance.plane=4,4 --signed_guidance.seeds=5", "line_gap_closes");
  // Stable windows: planes that do not grow.
  holds(small + "--signed_guidance.plane=3,3 --signed_guidance.seeds=1,2,3,4,5,6,7,8,9,10,11,12",
        "images grow");
  // One dark pixel in the plane.
  holds(small +
            "--signed_guidance.plane=4,4 --grid.cells=4,4 --grid.lower=0,0 --grid.upper=4,4 "
            "--problem.initial_values=1,2,1,3,1,2,2,1,1,1,2,3,2,1,1,2 "
            "--problem.guidance_values=2,3,2,3,2,-0.01,2,3,3,2,3,3,2,3,2,2",
        "control_eigenvalue: left out");
  // Times too short for the flow to show anything.
  const std::string short_times = " --time.step=1e-6 --time.end=1e-5 --time.outputs=0,1e-5";
  holds(small + "--signed_guidance.plane=4,4 --signed_guidance.seeds=1" + short_times,
        "control_flow");
  holds("osmosis_theorem.ini" + short_times, "control_signed");
  // Neighbours that would add up to 0 if the guidance were moved halfway to its mean.
  holds(
      "osmosis_theorem.ini --grid.cells=3 --grid.lower=0 --grid.upper=3 --problem.initial=1+x "
      "--problem.guidance=0.5+x --problem.noise_deviation=0 --problem.noise_offset=0",
      "control_signed");
}

TEST_CASE("program: the studies of operators print the numbers of the reference", "[program]") {
  const Folder folder;
  const Outcome moments = folder.feller(
      studies + "feller_moments.ini --feller_moments.paths=1000000 --study.output=a.h5");
  INFO(moments.out << moments.error);
  CHECK(moments.status == 0);
  CHECK_THAT(moments.out, Catch::Matches("[^]*-0\\.231753[^]*"));
  CHECK_THAT(moments.out, Catch::Matches("[^]*control_backward_sign[^\n]* 0\\.2907 [^]*"));
  CHECK_THAT(moments.out, Catch::Matches("[^]*control_sampler[^]*mass 2\\.718282[^]*"));
  const Outcome guidance =
      folder.feller(studies +
                    "signed_guidance.ini --signed_guidance.line=16 --signed_guidance.plane=5,5 "
                    "--signed_guidance.seeds=1 --signed_guidance.points=4 --study.output=b.h5");
  INFO(guidance.out << guidance.error);
  CHECK(guidance.status == 0);
  CHECK_THAT(guidance.out, Catch::Matches("[^]*control_eigenvalue[^\n]* 1\\.745 [^]*"));
  CHECK_THAT(guidance.out, Catch::Matches("[^]*control_flow[^\n]* -6\\.342 [^]*"));
  CHECK_THAT(guidance.out, Catch::Matches("[^]*control_euler[^\n]* -37\\.04 [^]*"));
}

TEST_CASE("program: every propagator keeps entropies and semigroup", "[program]") {
  const Folder folder;
  for (const std::string method :
       {"implicit_euler", "crank_nicolson", "sdirk2", "uniformization", "auto"}) {
    const std::string choice =
        " --study.output=out.h5 --study.overwrite=true --time.method=" + method;
    const Outcome entropies = folder.feller(
        studies + "lyapunov.ini --grid.cells=200 --time.end=1 --time.outputs=0,1" + choice);
    INFO(method << entropies.out << entropies.error);
    CHECK(entropies.status == 0);
    const Outcome composed =
        folder.feller(studies + "semigroup.ini --grid.cells=200 --time.outputs=0,1" + choice);
    INFO(composed.out << composed.error);
    CHECK(composed.status == 0);
  }
}

TEST_CASE("program: control, a solver that does not solve fails its check", "[program]") {
  const Folder folder;
  const Outcome outcome =
      folder.feller(studies +
                    "double_well.ini --grid.cells=32,32 --time.end=0.1 --time.outputs=0,0.1 "
                    "--study.output=out.h5 -- -pc_type jacobi");
  INFO(outcome.out << outcome.error);
  CHECK(outcome.status == 1);
  CHECK_THAT(outcome.out, Catch::Matches("[^]*\nsolver [^\n]*FAILED[^]*"));
}

TEST_CASE("program: what cannot be checked is left out with a word", "[program]") {
  const Folder folder;
  const std::string density =
      "--time.end=0.1 --time.outputs=0,0.1 --study.overwrite=true --study.output=out.h5 ";
  for (const std::string change :
       {"--problem.potential='50*x^2' --grid.cells=200,8 --grid.lower=-8,-1 --grid.upper=8,1",
        "--grid.cells=1,1", "--grid.cells=3,1", "--problem.initial=1 --problem.potential='0*x'"}) {
    const Outcome outcome = folder.feller(studies + "double_well.ini " + density + change);
    INFO(change << outcome.out << outcome.error);
    CHECK(outcome.status == 0);
  }
  const Outcome odd = folder.feller(studies +
                                    "ornstein_uhlenbeck.ini --grid.cells=80 --scheme.flux=central "
                                    "--time.step=0.02 " +
                                    density);
  INFO(odd.out << odd.error);
  CHECK(odd.status == 0);
  CHECK_THAT(odd.out, Catch::Contains("accuracy: not checked on a coarser grid"));
}

TEST_CASE("program: describe lists everything that is declared", "[program]") {
  const Folder folder;
  const std::string all = folder.feller("describe").out;
  for (const std::string name : {"relaxation",
                                 "steady_state",
                                 "convergence",
                                 "convergence.reference",
                                 "fokker_planck",
                                 "osmosis",
                                 "scharfetter_gummel",
                                 "central",
                                 "upwind",
                                 "sqra",
                                 "spectrum",
                                 "first_passage",
                                 "first_passage.target",
                                 "mfn",
                                 "stratonovich",
                                 "absorbing",
                                 "geometric",
                                 "jacobi",
                                 "implicit_euler",
                                 "auto",
                                 "bicgstab_ilu",
                                 "cg_icc",
                                 "amg",
                                 "multigrid",
                                 "direct",
                                 "relative_entropy",
                                 "lyapunov",
                                 "chi_square",
                                 "study.output",
                                 "problem.noise_offset",
                                 "grid.cells",
                                 "time.step",
                                 "solver.tolerance",
                                 "observe.every",
                                 "[petsc]",
                                 "[constants]",
                                 "normal(x, mean, sd)"}) {
    CHECK_THAT(all, Catch::Contains(name));
    if (name.find_first_of(".[(") == std::string::npos) {
      CHECK(folder.feller("describe " + name).status == 0);
    }
  }
}

TEST_CASE("program: help and version, and PETSc's own options", "[program]") {
  const Folder folder;
  CHECK_THAT(folder.feller("--help").out, Catch::Contains("feller STUDY.ini"));
  CHECK_THAT(folder.feller("--version").out, Catch::Contains("PETSc 3."));
  const std::string study =
      studies + "osmosis_cat.ini --time.end=1 --time.outputs=0,1 --observe.spectral_gap=false ";
  const Outcome monitored = folder.feller(study + "--study.output=a.h5 -- -ksp_monitor");
  CHECK_THAT(monitored.out, Catch::Contains("KSP Residual norm"));
  const Outcome misspelt = folder.feller(study + "--study.output=b.h5 -- -ksp_mnitor");
  CHECK_THAT(misspelt.out, Catch::Contains("PETSc option -ksp_mnitor was not used"));
}

TEST_CASE("program: what is right holds, however hard its parameters", "[program]") {
  const Folder folder;
  const auto holds = [&](const std::string& arguments, const std::string& words = "") {
    const Outcome outcome =
        folder.feller(studies + arguments + " --study.output=out.h5 --study.overwrite=true");
    INFO(arguments << "\n" << outcome.out << outcome.error);
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.out, Catch::Matches("[^]*" + words + "[^]*"));
  };
  // Mass on stiff problems, by the methods that multiply most.
  for (const std::string method : {"chebyshev", "uniformization"}) {
    holds(
        "ornstein_uhlenbeck.ini --time.step=0.2 --time.end=1 --time.outputs=0,1 "
        "--grid.cells=3200 --observe.spectral_gap=false --time.method=" +
        method);
  }
  // A tolerance bounds the error, which then need not fall with the step.
  for (const std::string method : {"chebyshev", "auto", "sdirk2"}) {
    holds(
        "ornstein_uhlenbeck.ini --time.step=0.2 --time.end=1 --time.outputs=0,1 "
        "--time.tolerance=1e-3 --grid.cells=400 --time.method=" +
            method,
        "beyond\\s+time\\.tolerance");
  }
  // Negative by round-off: no entropy, said and not failed.
  holds(
      "double_well.ini --time.method=mfn --grid.cells=24,24 --grid.lower=-3,-3 "
      "--grid.upper=3,3 --time.step=0.25 --time.end=0.5 --time.outputs=0,0.5");
  // Symmetric data do not fail the controls of duality.
  holds(
      "duality.ini --problem.potential= --problem.drift='-y, x' --duality.terminal='x^2+y^2' "
      "--problem.initial='exp(-x^2-y^2)' --grid.cells=30,30 --grid.lower=-3,-3 "
      "--grid.upper=3,3 --time.method=implicit_euler --time.step=0.1");
  holds(
      "duality.ini --problem.potential= --problem.drift=1 --duality.terminal='cos(x)' "
      "--problem.initial='exp(cos(x))' --grid.cells=100 --grid.lower=0 "
      "--grid.upper=6.283185307 --grid.boundary=periodic --time.step=0.1",
      "free of divergence");
  // Mean times where the drift carries all, though no state is quasi-stationary.
  holds(
      "first_passage.ini --problem.potential=-x --problem.diffusion=0.01 "
      "--first_passage.target= --time.end=0.1 --time.outputs=0,0.1",
      "quasi-stationary state: left out");
}

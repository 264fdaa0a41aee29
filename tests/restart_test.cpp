/// Runs that are interrupted or killed, and go on: the finished file is that of an uninterrupted
/// run.

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/process.hpp"

using namespace feller::test;
namespace fs = std::filesystem;

namespace {

const std::string studies = std::string{FELLER_SOURCE_DIR} + "/studies/";
const std::string environment = " --exclude-path /entry/provenance/environment/";

/// What differs between two runs of one study wherever and whenever they ran.
const std::string times_and_places = environment + "mpi_ranks" + environment + "hostname" +
                                     environment + "study.output" + environment +
                                     "study.overwrite" +
                                     " --exclude-path /entry/start_time --exclude-path "
                                     "/entry/end_time --exclude-path /entry/provenance/date ";
/// And on different numbers of ranks: residuals and what follows from them.
const std::string rounding =
    times_and_places + "--exclude-path /entry/checks --exclude-path /entry/solver ";

const std::string density =
    studies +
    "double_well.ini --grid.cells=64,48 --time.step=0.002 --time.end=0.4 "
    "--time.outputs=0,0.02,0.1,0.2,0.3,0.4 --checkpoint.steps=10 --observe.spectral_gap=false ";

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

/// A study that runs whole in `whole/`, and with disturbances in `broken/`.
class Trial {
 public:
  explicit Trial(std::string study, int ranks = 1) : study_{std::move(study)} {
    fs::create_directory(folder_.path() / "whole");
    fs::create_directory(folder_.path() / "broken");
    const auto start = std::chrono::steady_clock::now();
    const Outcome outcome = folder_.feller(study_ + "--study.output=whole/out.h5", ranks);
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    INFO(outcome.out << outcome.error);
    REQUIRE(outcome.status == 0);
  }

  const Folder& folder() const { return folder_; }
  double seconds() const { return seconds_; }
  fs::path broken(const std::string& name) const { return folder_.path() / "broken" / name; }
  bool has_checkpoint() const {
    return fs::exists(broken("out.checkpoint.h5")) || fs::exists(broken("out.checkpoint.old.h5"));
  }
  void start_anew() const {
    fs::remove_all(folder_.path() / "broken");
    fs::create_directory(folder_.path() / "broken");
  }

  /// Runs the broken one to its end.
  Outcome run(const std::string& arguments, int ranks = 1) const {
    return folder_.feller(command(arguments), ranks);
  }

  /// Starts it, waits for what `until` says in the shell and sends a signal to every rank. The
  /// status is the program's own on one rank, else that of mpirun.
  Outcome disturb(const std::string& signal, const std::string& until, int ranks = 1,
                  const std::string& arguments = "") const {
    const std::string program = std::string{"'"} + FELLER_PROGRAM + "' " + command(arguments);
    const std::string launch =
        ranks == 1 ? "" : std::string{FELLER_MPIEXEC} + " " + std::to_string(ranks) + " ";
    folder_.write("rank.sh", "echo $$ >pids/$$\nexec " + program + "\n");
    folder_.write("disturb.sh", "rm -rf pids; mkdir pids\n" + launch + "sh rank.sh & job=$!\n" +
                                    until + "\nkill -" + signal + " $(cat pids/*)\nwait $job\n");
    return folder_.run("sh disturb.sh");
  }

  Outcome diff(const std::string& excluded) const {
    return folder_.run("h5diff --relative=1e-12 " + excluded + "whole/out.h5 broken/out.h5");
  }

  void require_equal(const std::string& excluded) const {
    const Outcome same = diff(excluded);
    INFO(same.out << same.error);
    CHECK(same.status == 0);
    CHECK(folder_.feller("verify broken/out.h5").status == 0);
    CHECK_FALSE(has_checkpoint());
  }

 private:
  std::string command(const std::string& arguments) const {
    return study_ + "--study.output=broken/out.h5 " + arguments;
  }

  Folder folder_;
  std::string study_;
  double seconds_ = 0;
};

/// Waits while a condition of the shell holds, a minute at most.
std::string wait_while(const std::string& condition) {
  return "i=0; while " + condition + " && [ $i -lt 3000 ]; do i=$((i+1)); sleep 0.02; done";
}

std::string wait_for(const std::string& file) {
  return wait_while("[ ! -e broken/" + file + " ]");
}

const std::string first_checkpoint = wait_for("out.checkpoint.h5");

std::string seconds(double time) {
  return "sleep " + std::to_string(time);
}

}  // namespace

TEST_CASE("restart: SIGTERM and SIGINT leave a checkpoint and a readable file", "[restart]") {
  const Trial trial{density};
  for (const std::string signal : {"TERM", "INT"}) {
    trial.start_anew();
    const Outcome stopped = trial.disturb(signal, first_checkpoint);
    INFO(stopped.out << stopped.error);
    CHECK(stopped.status == 5);
    CHECK_THAT(stopped.out, Catch::Contains("interrupted by SIG" + signal + " after step ") &&
                                Catch::Contains("go on with") && Catch::Contains(" --restart "));
    REQUIRE(trial.has_checkpoint());
    const Outcome verdict = trial.folder().feller("verify broken/out.h5");
    CHECK(verdict.status == 1);
    CHECK_THAT(verdict.out, Catch::Contains("out.h5: interrupted"));

    const Outcome finished = trial.run("--restart");
    INFO(finished.out << finished.error);
    CHECK(finished.status == 0);
    CHECK_THAT(finished.out, Catch::Contains("goes on after step "));
    trial.require_equal(times_and_places);
    for (const std::string file : {"out.csv", "out_solver.csv", "out.xdmf", "out_t0.02.png",
                                   "out_t0.4.png", "out_sheet.png"}) {
      INFO(file);
      CHECK((text_of(trial.broken(file)) == text_of(trial.folder().path() / "whole" / file)));
    }
  }
}

TEST_CASE("restart: control, h5diff sees a restart with other coefficients", "[restart]") {
  const Trial trial{density};
  CHECK(trial.run("--problem.diffusion=1.000000001").status == 0);
  CHECK(trial.diff(times_and_places + environment + "problem.diffusion ").status == 1);
}

TEST_CASE("restart: on other numbers of ranks", "[restart]") {
  const Trial trial{density};
  for (const auto& [before, after] : {std::pair{1, 3}, std::pair{4, 1}, std::pair{3, 4}}) {
    trial.start_anew();
    const Outcome stopped = trial.disturb("TERM", first_checkpoint, before);
    INFO(before << " ranks, then " << after << "\n" << stopped.out << stopped.error);
    CHECK(stopped.status != 0);
    REQUIRE(trial.has_checkpoint());
    const Outcome finished = trial.run("--restart", after);
    INFO(finished.out << finished.error);
    CHECK(finished.status == 0);
    trial.require_equal(rounding);
  }
}

TEST_CASE("restart: methods with memory, coefficients in time, open borders", "[restart]") {
  for (const std::string change :
       {"--time.method=bdf2 ", "--time.method=crank_nicolson ",
        "--problem.potential='' --problem.drift='-(1+sin(20*t))*x,-y' --time.end=0.1 "
        "--time.outputs=0,0.02,0.1 ",
        "--grid.boundary=absorbing ", "--time.method=uniformization "}) {
    const Trial trial{density + change};
    const Outcome stopped = trial.disturb("TERM", first_checkpoint);
    INFO(change << stopped.out << stopped.error);
    CHECK(stopped.status == 5);
    CHECK(trial.run("--restart").status == 0);
    trial.require_equal(times_and_places);
  }
}

TEST_CASE("restart: a density against the exact one", "[restart]") {
  const Trial trial{studies +
                    "ornstein_uhlenbeck.ini --grid.cells=300 --time.step=0.001 --time.end=0.6 "
                    "--time.outputs=0,0.01,0.3,0.6 --checkpoint.steps=15 "};
  CHECK(trial.disturb("TERM", first_checkpoint).status == 5);
  CHECK(trial.run("--restart").status == 0);
  trial.require_equal(times_and_places);
}

TEST_CASE("restart: images of three channels", "[restart]") {
  const Trial trial{studies +
                    "osmosis_cat.ini --time.end=6 --time.outputs=0,1,3,6 --solver.method=cg_icc "
                    "--solver.tolerance=1e-15 --observe.spectral_gap=false "
                    "--checkpoint.steps=1 "};
  CHECK(trial.disturb("TERM", first_checkpoint).status == 5);
  CHECK(trial.run("--restart", 3).status == 0);
  trial.require_equal(rounding);
}

TEST_CASE("restart: killed at 20 moments", "[restart][killed]") {
  const Trial trial{density};
  int unfinished = 0;
  for (int i = 0; i < 20; ++i) {
    // Moments from the birth of the file to about the end, in an order that jumps.
    const double moment = 0.7 * trial.seconds() * ((7 * i) % 20) / 20.0;
    const int before = i % 5 == 4 ? 3 : 1, after = i % 5 == 2 ? 3 : 1;
    trial.start_anew();
    trial.disturb("KILL", wait_for("out.h5") + "; " + seconds(moment), before);
    INFO("killed after " << moment << " of " << trial.seconds() << " s, on " << before
                         << " ranks, goes on with " << after);
    const Outcome whole = trial.folder().run("h5dump broken/out.h5");
    INFO(whole.error);
    CHECK(whole.status == 0);
    const Outcome verdict = trial.folder().feller("verify broken/out.h5");
    CHECK(verdict.error.empty());
    if (trial.has_checkpoint()) {
      ++unfinished;
      const Outcome finished = trial.run("--restart", after);
      INFO(finished.out << finished.error);
      CHECK(finished.status == 0);
    } else if (verdict.status != 0) {
      CHECK(trial.run("--study.overwrite=true", after).status == 0);
    }
    trial.require_equal(rounding);
  }
  CHECK(unfinished >= 5);
}

TEST_CASE("restart: killed again and again", "[restart][killed]") {
  const Trial trial{density};
  trial.disturb("KILL", first_checkpoint);
  for (int i = 0; i < 5 && trial.has_checkpoint(); ++i) {
    trial.disturb("KILL", seconds(trial.seconds() * (0.3 + 0.1 * i)), 1, "--restart");
  }
  if (trial.has_checkpoint()) CHECK(trial.run("--restart").status == 0);
  trial.require_equal(times_and_places);
}

TEST_CASE("restart: by wall time, and on demand alone", "[restart]") {
  const Trial trial{density + "--checkpoint.steps=0 --checkpoint.minutes=0.0001 "};
  CHECK(trial.disturb("KILL", first_checkpoint).status == 137);
  CHECK(trial.run("--restart --checkpoint.minutes=0").status == 0);
  trial.require_equal(times_and_places + environment + "checkpoint.minutes ");

  const std::string never = "--checkpoint.steps=0 --checkpoint.minutes=0";
  const std::string first_row = wait_while("! grep -q '^0\\.' broken/out.csv");
  trial.start_anew();
  CHECK(trial.disturb("KILL", first_row, 1, never).status == 137);
  CHECK_FALSE(trial.has_checkpoint());
  trial.start_anew();
  CHECK(trial.disturb("TERM", first_row, 1, never).status == 5);
  CHECK(trial.has_checkpoint());
  CHECK(trial.run("--restart " + never).status == 0);
}

TEST_CASE("restart: the second signal acts at once", "[restart]") {
  // Steps that take longer than the pause between both signals.
  const Trial trial{density + "--grid.cells=300,300 --time.end=0.04 --time.outputs=0,0.04 "};
  const std::string first = "; kill -TERM $(cat pids/*); sleep 0.01";
  CHECK(trial.disturb("TERM", first_checkpoint + first).status == 143);
}

TEST_CASE("restart: what does not fit is refused, and nothing is touched", "[restart]") {
  const Trial trial{density};
  const Folder& folder = trial.folder();
  CHECK(trial.disturb("KILL", first_checkpoint).status == 137);
  REQUIRE(trial.has_checkpoint());
  const Outcome before = folder.run("md5sum broken/*");
  const std::vector<std::pair<std::string, std::string>> changes{
      {"--problem.diffusion=2",
       "command line: problem.diffusion = 2 differs from the 1 of the checkpoint "
       "broken/out.checkpoint.h5"},
      {"--time.end=0.8", "time.end = 0.8 differs from the 0.4 of"},
      {"--time.method=bdf2", "time.method = bdf2 differs from the implicit_euler of"},
      {"--solver.tolerance=1e-9", "solver.tolerance = 1e-09 differs from the 1e-10 of"},
      {"--constants.a=3", "constants.a = 3 is not known to"},
      {"--study.kind=steady_state", "study.kind = steady_state differs from the relaxation of"},
      {"--grid.cells=64,49", "grid.cells = 64, 49 differs from the 64, 48 of"}};
  for (const auto& [change, message] : changes) {
    for (const int ranks : {1, 3}) {
      const Outcome refused = trial.run("--restart " + change, ranks);
      INFO(change << refused.error);
      CHECK(refused.status == 2);
      CHECK_THAT(refused.error, Catch::Contains(message));
    }
  }
  const Outcome other = folder.feller(studies +
                                      "osmosis_cat.ini --study.output=broken/out.h5 "
                                      "--restart");
  CHECK(other.status == 2);
  CHECK_THAT(other.error, Catch::Contains("osmosis_cat.ini:17: problem.kind = osmosis differs from "
                                          "the fokker_planck of the checkpoint"));
  const Outcome anew = trial.run("");
  CHECK(anew.status == 2);
  CHECK_THAT(anew.error, Catch::Contains("give --restart to go on from its checkpoint"));
  CHECK(folder.run("md5sum broken/*").out == before.out);
  CHECK(trial.run("--restart --solver.max_iterations=20000 --checkpoint.steps=50").status == 0);
}

TEST_CASE("restart: an input file must hold what it held, wherever it lies", "[restart]") {
  const Folder folder;
  fs::copy_file(studies + "images/chelsea.png", folder.path() / "a.png");
  fs::copy_file(studies + "images/chelsea.png", folder.path() / "b.png");
  fs::copy_file(studies + "images/coffee.png", folder.path() / "c.png");
  const std::string study = studies +
                            "osmosis_cat.ini --time.end=3 --time.outputs=0,3 --checkpoint.steps=1 "
                            "--observe.spectral_gap=false --study.output=out.h5 --problem.image=";
  folder.write("run.sh", std::string{"'"} + FELLER_PROGRAM + "' " + study +
                             "a.png & job=$!\nwhile [ ! -e out.checkpoint.h5 ]; do sleep 0.02; "
                             "done\nkill -9 $job\n");
  folder.run("sh run.sh");
  const Outcome other = folder.feller(study + "c.png --restart");
  CHECK(other.status == 2);
  CHECK_THAT(other.error, Catch::Contains("problem.image = c.png does not hold what a.png held"));
  CHECK(folder.feller(study + "b.png --restart").status == 0);
}

TEST_CASE("restart: a truncated checkpoint falls back to the older one", "[restart]") {
  const Trial trial{density};
  const Folder& folder = trial.folder();
  trial.disturb("KILL", wait_for("out.checkpoint.old.h5"));
  REQUIRE(trial.has_checkpoint());
  fs::resize_file(trial.broken("out.checkpoint.h5"), 20000);
  folder.run("cp -r broken spoilt");
  for (const int ranks : {1, 3}) {
    folder.run("rm -rf broken; cp -r spoilt broken");
    const Outcome finished = trial.run("--restart", ranks);
    INFO(finished.out << finished.error);
    CHECK(finished.status == 0);
    CHECK_THAT(finished.out, Catch::Contains("broken/out.checkpoint.h5 cannot be used: it is "
                                             "truncated") &&
                                 Catch::Contains("taking the older broken/out.checkpoint.old.h5"));
    trial.require_equal(rounding);
  }
  folder.run("rm -rf broken; cp -r spoilt broken");
  const std::string still_spoilt = "[ $(stat -c %s broken/out.checkpoint.h5) -eq 20000 ]";
  CHECK(trial.disturb("KILL", wait_while(still_spoilt), 1, "--restart").status == 137);
  REQUIRE(trial.has_checkpoint());
  CHECK(trial.run("--restart").status == 0);
  trial.require_equal(times_and_places);

  folder.run("rm -rf broken; cp -r spoilt broken");
  fs::resize_file(trial.broken("out.checkpoint.old.h5"), 0);
  const Outcome none = trial.run("--restart");
  CHECK(none.status == 2);
  CHECK_THAT(none.error, Catch::Contains("out.checkpoint.old.h5 cannot be used") &&
                             Catch::Contains("there is no older one"));
  folder.run("rm -rf broken; cp -r spoilt broken");
  fs::remove(trial.broken("out.checkpoint.density.raw"));
  CHECK(trial.run("--restart").status == 2);
  CHECK(fs::exists(trial.broken("out.h5")));
}

TEST_CASE("restart: without a checkpoint", "[restart]") {
  const Trial trial{density};
  const Folder& folder = trial.folder();
  const Outcome none = trial.run("--restart");
  CHECK(none.status == 2);
  CHECK_THAT(none.error, Catch::Contains("there is no checkpoint broken/out.checkpoint.h5"));
  CHECK(fs::is_empty(folder.path() / "broken"));
  const Outcome complete = folder.feller(density + "--study.output=whole/out.h5 --restart");
  CHECK(complete.status == 2);
  CHECK_THAT(complete.error, Catch::Contains("whole/out.h5 is complete"));
  const Outcome steady = trial.run("--restart --study.kind=steady_state");
  CHECK(steady.status == 2);
  CHECK_THAT(steady.error, Catch::Contains("this kind of study writes none"));
  const Outcome verify = folder.feller("verify whole/out.h5 --restart");
  CHECK(verify.status == 2);
}

TEST_CASE("restart: a run that starts anew forgets older checkpoints", "[restart]") {
  const Trial trial{density};
  CHECK(trial.disturb("KILL", first_checkpoint).status == 137);
  fs::remove(trial.broken("out.h5"));
  const Outcome refused = trial.run("");
  CHECK(refused.status == 2);
  CHECK_THAT(refused.error, Catch::Contains("give --restart"));
  CHECK(trial.run("--study.overwrite=true --checkpoint.steps=0").status == 0);
  CHECK_FALSE(trial.has_checkpoint());
}

TEST_CASE("restart: a checkpoint that cannot be written ends no run", "[restart]") {
  const Trial trial{density + "--time.step=0.0005 "};
  const Folder& folder = trial.folder();
  CHECK(trial.disturb("KILL", first_checkpoint).status == 137);
  const auto newest = text_of(trial.broken("out.checkpoint.h5"));
  fs::remove(trial.broken("out.checkpoint.tmp"));
  fs::remove(trial.broken("out_t0.2.png"));
  folder.run("mkdir -p broken/out.checkpoint.tmp/full");
  const Outcome stopped = trial.disturb("TERM", wait_for("out_t0.2.png"), 1, "--restart");
  INFO(stopped.out << stopped.error);
  CHECK(stopped.status == 4);
  CHECK_THAT(stopped.out, Catch::Contains("no checkpoint after step"));
  CHECK((text_of(trial.broken("out.checkpoint.h5")) == newest));
  const Outcome finished = trial.run("--restart", 3);
  CHECK(finished.status == 0);
  CHECK_THAT(finished.out, Catch::Contains("no checkpoint after step"));
  trial.require_equal(rounding);
}

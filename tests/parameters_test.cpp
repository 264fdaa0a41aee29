#include "io/parameters.hpp"

#include <catch2/catch.hpp>

using namespace feller;

namespace {

/// A few parameters of each type, read from the text of a study.
struct Sample {
  double step = 0.5;
  int count = 3;
  bool flag = false;
  std::string word = "red";
  std::vector<double> list;
  std::vector<std::string> formulas;
  std::filesystem::path file;
  Constants constants;
  Parameters parameters;
  StudyFile study;

  explicit Sample(const std::string& text, const std::vector<std::string>& overrides = {})
      : study{"some/study.ini", text} {
    for (const auto& assignment : overrides) study.override_with(assignment);
    parameters.add("time.step", step, {.meaning = "step", .unit = "T", .range = range::positive});
    parameters.add("time.count", count, {.meaning = "count", .range = range::at_least_one});
    parameters.add("study.flag", flag, {.meaning = "flag"});
    parameters.add("study.word", word, {.meaning = "word", .choices = {"red", "green"}});
    parameters.add("time.list", list, {.meaning = "list", .range = range::not_negative});
    parameters.add("problem.formulas", formulas, {.meaning = "formulas"});
    parameters.add("problem.file", file, {.meaning = "file"});
    parameters.add_section("constants", constants, {.meaning = "constants"});
    parameters.read(study);
  }
};

std::string complaint(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    const Sample sample{text, overrides};
  } catch (const InputError& error) {
    return error.what();
  }
  return "no complaint";
}

}  // namespace

TEST_CASE("parameters: values, defaults, lists, constants and paths", "[parameters]") {
  const Sample s{
      "# a comment\n[time]\nstep = 1e-3   # why\nlist = 0, 1, 2.5\n[study]\nflag = true\n"
      "[problem]\nformulas = -x, max(x, y) ,normal(x, 0, 1)\nfile = a/b.png\n"
      "[constants]\nkappa = -2\n"};
  CHECK(s.step == 1e-3);
  CHECK(s.count == 3);
  CHECK(s.flag);
  CHECK(s.word == "red");
  CHECK(s.list == std::vector<double>{0, 1, 2.5});
  CHECK(s.formulas == std::vector<std::string>{"-x", "max(x, y)", "normal(x, 0, 1)"});
  CHECK(s.file == "some/a/b.png");
  CHECK(s.constants.at("kappa") == -2);
}

TEST_CASE("parameters: the command line goes over the file, its paths are its own",
          "[parameters]") {
  const Sample s{"[time]\nstep = 1\n", {"time.step=2", "problem.file=c.png", "study.word=green"}};
  CHECK(s.step == 2);
  CHECK(s.file == "c.png");
  CHECK(s.word == "green");
}

TEST_CASE("parameters: complaints name file, line, key and what is allowed", "[parameters]") {
  CHECK(complaint("[time]\n\nstpe = 1\n") ==
        "some/study.ini:3: unknown key 'time.stpe'; did you mean 'time.step'?");
  CHECK(complaint("[time]\nstep = 0\n") == "some/study.ini:2: time.step = 0: must be a number > 0");
  CHECK(complaint("[time]\nstep = fast\n") ==
        "some/study.ini:2: time.step = fast: must be a number > 0");
  CHECK(complaint("[time]\nstep = 1 2\n") ==
        "some/study.ini:2: time.step = 1 2: must be a number > 0");
  CHECK(complaint("[time]\nstep = nan\n") ==
        "some/study.ini:2: time.step = nan: must be a number > 0");
  CHECK(complaint("[time]\nstep = 1e999\n") ==
        "some/study.ini:2: time.step = 1e999: must be a number > 0");
  CHECK(complaint("[time]\ncount = 2.5\n") ==
        "some/study.ini:2: time.count = 2.5: must be an integer >= 1");
  CHECK(complaint("[time]\nlist = 1, -1\n") ==
        "some/study.ini:2: time.list = 1, -1: must be a list of numbers, each >= 0");
  CHECK(complaint("[study]\nflag = maybe\n") ==
        "some/study.ini:2: study.flag = maybe: must be true or false");
  CHECK(complaint("[study]\nword = gren\n") ==
        "some/study.ini:2: study.word = gren: must be one of red, green; did you mean 'green'?");
  CHECK(complaint("[constants]\nk = a\n") == "some/study.ini:2: constants.k = a: must be a number");
  CHECK(complaint("[time]\nstep = 1\nstep = 2\n") ==
        "some/study.ini:3: time.step is given twice (first in line 2)");
  CHECK(complaint("[time]\nstep 1\n") == "some/study.ini:2: neither '[section]' nor 'key = value'");
  CHECK(complaint("", {"time.step=x"}) == "command line: time.step = x: must be a number > 0");
  CHECK(complaint("", {"tim.step=1"}) ==
        "command line: unknown key 'tim.step'; did you mean 'time.step'?");
  CHECK(complaint("[time]\ncompletely_unlike_anything = 1\n") ==
        "some/study.ini:2: unknown key 'time.completely_unlike_anything'");
}

TEST_CASE("parameters: a required one that is missing is named", "[parameters]") {
  const StudyFile study{"study.ini", "[a]\nb = 1\n"};
  double b = 0, c = 0;
  Parameters parameters;
  parameters.add("a.b", b, {.meaning = "b"});
  parameters.add("a.c", c, {.meaning = "the thing", .required = true});
  CHECK_THROWS_WITH(parameters.read(study), "study.ini: a.c is missing: the thing");
}

TEST_CASE("parameters: one key cannot be declared twice", "[parameters]") {
  double b = 0;
  Parameters parameters;
  parameters.add("a.b", b, {.meaning = "b"});
  CHECK_THROWS_AS(parameters.add("a.b", b, {.meaning = "b"}), std::logic_error);
}

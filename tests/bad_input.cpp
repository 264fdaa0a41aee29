#include "tests/bad_input.hpp"

#include <catch2/catch.hpp>

namespace feller::test {

void check_refused(const Folder& folder, const Case& c) {
  const auto before = folder.files();
  const Outcome outcome = folder.feller("study.ini " + c.arguments, c.ranks);
  INFO(c.name << ": " << outcome.error << outcome.out);
  CHECK(outcome.status == 2);
  const auto lines = complaints(outcome.error);
  CHECK(lines.size() == 1);
  CHECK_THAT(lines.empty() ? "" : lines[0], Catch::Contains(c.message));
  CHECK(folder.files() == before);
}

}  // namespace feller::test

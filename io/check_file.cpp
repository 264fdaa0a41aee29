#include "io/check_file.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <sstream>

#include "io/hdf5.hpp"

namespace feller {
namespace {

constexpr std::array relations{Relation::at_most, Relation::less, Relation::at_least,
                               Relation::greater};

Relation relation_of(const std::string& text) {
  for (const auto relation : relations) {
    if (symbol(relation) == text) return relation;
  }
  throw IoError(fmt::format("'{}' is no relation of a check", text));
}

std::string_view word(RunStatus status) {
  switch (status) {
    case RunStatus::complete:
      return "complete";
    case RunStatus::failed:
      return "failed";
    case RunStatus::interrupted:
      return "interrupted";
  }
  return "";
}

/// One line of text a check.
std::string lines(const Checks& checks, auto&& text) {
  std::string all;
  for (const auto& check : checks) {
    std::string line{text(check)};
    std::ranges::replace(line, '\n', ' ');
    all += line + '\n';
  }
  return all;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

template <class T>
std::vector<T> column(const Checks& checks, auto&& value) {
  std::vector<T> values;
  for (const auto& check : checks) values.push_back(T(value(check)));
  return values;
}

/// Numbers are arrays, texts have a line a check: netCDF 4.9.0 overruns its buffer on arrays of
/// fixed-length strings, and Octave loads no file with variable-length ones.
void write_checks(hid_t entry, const Checks& checks) {
  const auto home = create_group(entry, "checks", "NXcollection");
  const hid_t group = home.get();
  set_attribute(group, "title", "What the run verified: measured, relation, bound");
  std::vector<int> numbers(checks.size());
  std::iota(numbers.begin(), numbers.end(), 1);
  const auto scale = write_numbers(group, "check", numbers);
  set_attribute(scale.get(), "long_name", "number of the check, and of its line in the texts");
  set_attribute(scale.get(), "units", "1");
  check_h5(H5DSset_scale(scale.get(), "check"));
  const auto add = [&](const std::string& name, const auto& values, const char* meaning) {
    const auto dataset = write_numbers(group, name, values);
    set_attribute(dataset.get(), "long_name", meaning);
    set_attribute(dataset.get(), "units", "1");
    check_h5(H5DSattach_scale(dataset.get(), scale.get(), 0));
  };
  write_text(group, "name", lines(checks, [](auto& c) { return c.name; }));
  write_text(group, "claim", lines(checks, [](auto& c) { return c.claim; }));
  add("measured", column<double>(checks, [](auto& c) { return c.measured; }), "measured value");
  write_text(group, "relation", lines(checks, [](auto& c) { return symbol(c.relation); }));
  add("bound", column<double>(checks, [](auto& c) { return c.bound; }), "bound");
  add("passed", column<int>(checks, [](auto& c) { return c.passed(); }), "1 where the check held");
  add("is_control", column<int>(checks, [](auto& c) { return c.is_control; }),
      "1 where a wrong formula is checked to fail");
  write_text(group, "statement", lines(checks, [](auto& c) { return c.statement; }));
  write_text(group, "misprint", lines(checks, [](auto& c) { return c.misprint; }));
}

}  // namespace

void record_end(const std::filesystem::path& path, RunStatus status, std::string_view end_time,
                const Checks& checks) {
  FileHandle file = open_file(path, H5F_ACC_RDWR);
  GroupHandle entry = open_group(file.get(), "entry");
  write_text(entry.get(), "end_time", end_time);
  if (!checks.empty()) write_checks(entry.get(), checks);
  rewrite_text(entry.get(), "status", word(status));
  entry.close();
  file.close();
}

std::string read_status(const std::filesystem::path& path) {
  const FileHandle file = open_file(path, H5F_ACC_RDONLY);
  return read_text(open_group(file.get(), "entry").get(), "status");
}

Checks read_checks(const std::filesystem::path& path) {
  const FileHandle file = open_file(path, H5F_ACC_RDONLY);
  const auto entry = open_group(file.get(), "entry");
  if (!has_link(entry.get(), "checks")) return {};
  const auto home = open_group(entry.get(), "checks");
  const hid_t group = home.get();
  const auto names = split(read_text(group, "name"));
  const auto claims = split(read_text(group, "claim"));
  const auto symbols = split(read_text(group, "relation"));
  const auto measured = read_numbers(group, "measured");
  const auto bounds = read_numbers(group, "bound");
  const auto controls = read_numbers(group, "is_control");
  // Older files know neither of these.
  const auto optional_lines = [&](const std::string& name) {
    auto found = has_link(group, name) ? split(read_text(group, name)) : std::vector<std::string>{};
    found.resize(names.size());
    return found;
  };
  const auto statements = optional_lines("statement");
  const auto misprints = optional_lines("misprint");
  Checks checks;
  for (std::size_t i = 0; i < names.size(); ++i) {
    checks.push_back({names[i], claims.at(i), measured.at(i), relation_of(symbols.at(i)),
                      bounds.at(i), controls.at(i) != 0, statements[i], misprints[i]});
  }
  return checks;
}

}  // namespace feller

#include "io/study_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/trim.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <numeric>
#include <sstream>

namespace feller {
namespace {

namespace options = boost::program_options;

/// Where a study's text assigns something, in the order in which Boost reports it, and the first
/// line that is neither that, a section, a comment nor empty (0: none).
struct Lines {
  std::vector<int> assignments;
  int nonsense = 0;
};

Lines scan(const std::string& text) {
  Lines lines;
  std::istringstream stream{text};
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    line = boost::trim_copy(line.substr(0, line.find('#')));
    if (line.empty() || (line.starts_with('[') && line.ends_with(']'))) continue;
    if (line.find('=') != std::string::npos) {
      lines.assignments.push_back(number);
    } else if (lines.nonsense == 0) {
      lines.nonsense = number;
    }
  }
  return lines;
}

/// Edits (insertions, deletions, replacements, swaps of neighbours) from one word to another.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

StudyFile::StudyFile(std::filesystem::path path, std::string text)
    : path_{std::move(path)}, text_{std::move(text)} {
  std::istringstream stream{text_};
  const options::options_description nothing_declared;
  options::parsed_options parsed{&nothing_declared};
  try {
    parsed = options::parse_config_file(stream, nothing_declared, true);
  } catch (const options::error& error) {
    const int line = scan(text_).nonsense;
    throw InputError(
        line > 0 ? fmt::format("{}:{}: neither '[section]' nor 'key = value'", path_.string(), line)
                 : fmt::format("{}: {}", path_.string(), error.what()));
  }
  const auto lines = scan(text_).assignments;
  for (std::size_t i = 0; i < parsed.options.size(); ++i) {
    const auto& option = parsed.options[i];
    const Entry entry{option.string_key, option.value.empty() ? "" : option.value.front(),
                      i < lines.size() ? lines[i] : 1};
    if (const Entry* earlier = find(entry.key)) {
      throw InputError(
          at(entry, fmt::format("{} is given twice (first in line {})", entry.key, earlier->line)));
    }
    entries_.push_back(entry);
  }
}

void StudyFile::override_with(const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError(fmt::format("command line: --{}: write --section.key=value", assignment));
  }
  const Entry entry{assignment.substr(0, equals), boost::trim_copy(assignment.substr(equals + 1)),
                    0};
  const auto found = std::ranges::find(entries_, entry.key, &Entry::key);
  if (found != entries_.end()) {
    *found = entry;
  } else {
    entries_.push_back(entry);
  }
}

const Entry* StudyFile::find(std::string_view key) const {
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  return found == entries_.end() ? nullptr : &*found;
}

std::string StudyFile::at(const Entry& entry, std::string_view message) const {
  if (entry.line == 0) return fmt::format("command line: {}", message);
  return fmt::format("{}:{}: {}", path_.string(), entry.line, message);
}

std::optional<std::string> nearest(std::string_view misspelt,
                                   const std::vector<std::string>& known) {
  const auto closer = [misspelt](const std::string& a, const std::string& b) {
    return distance(misspelt, a) < distance(misspelt, b);
  };
  const auto best = std::ranges::min_element(known, closer);
  if (best == known.end()) return std::nullopt;
  const std::size_t far = std::max<std::size_t>(2, misspelt.size() / 3);
  if (distance(misspelt, *best) > far) return std::nullopt;
  return *best;
}

std::string suggestion(std::string_view misspelt, const std::vector<std::string>& known) {
  const auto name = nearest(misspelt, known);
  return name ? fmt::format("; did you mean '{}'?", *name) : "";
}

}  // namespace feller

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "io/check.hpp"

namespace feller {
namespace {

constexpr std::size_t line_width = 110;

/// Characters that a terminal shows of UTF-8 text.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t to) {
  const std::size_t now = width(text);
  if (now < to) text.append(to - now, ' ');
  return text;
}

/// Lines of at most `limit` characters, broken between words.
std::vector<std::string> wrapped(std::string_view text, std::size_t limit) {
  std::vector<std::string> lines{""};
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.empty()) continue;
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (width(line) + 1 + width(word) <= limit) {
      line += fmt::format(" {}", word);
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

/// Measured value and bound, short, but not so short that different numbers look the same.
std::array<std::string, 2> numbers(Check check) {
  for (double* number : {&check.measured, &check.bound}) {
    if (std::isnan(*number)) *number = std::abs(*number);  // no "-nan"
  }
  for (int digits = 4; digits < 17; ++digits) {
    const auto measured = fmt::format("{:.{}g}", check.measured, digits);
    const auto bound = fmt::format("{:.{}g}", check.bound, digits);
    if (measured != bound || !(check.measured < check.bound || check.bound < check.measured)) {
      return {measured, bound};
    }
  }
  return {fmt::format("{:.17g}", check.measured), fmt::format("{:.17g}", check.bound)};
}

using Row = std::array<std::string, 5>;  // name, claim, measured, relation and bound, verdict

Row row_of(const Check& check) {
  const auto [measured, bound] = numbers(check);
  return {check.name, (check.is_control ? "control: " : "") + check.claim, measured,
          fmt::format("{:<2} {}", symbol(check.relation), bound),
          check.passed() ? "held" : "FAILED"};
}

std::string text_of(const Row& row, const std::array<std::size_t, 5>& widths) {
  const auto lines = wrapped(row[1], widths[1]);
  std::string text =
      fmt::format("{}  {}  {}  {}  {}\n", padded(row[0], widths[0]), padded(lines[0], widths[1]),
                  padded(row[2], widths[2]), padded(row[3], widths[3]), row[4]);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    text += fmt::format("{:{}}  {}\n", "", widths[0], lines[i]);
  }
  return text;
}

}  // namespace

std::string_view symbol(Relation relation) {
  switch (relation) {
    case Relation::at_most:
      return "<=";
    case Relation::less:
      return "<";
    case Relation::at_least:
      return ">=";
    case Relation::greater:
      return ">";
  }
  return "?";
}

bool Check::passed() const {
  switch (relation) {
    case Relation::at_most:
      return measured <= bound;
    case Relation::less:
      return measured < bound;
    case Relation::at_least:
      return measured >= bound;
    case Relation::greater:
      return measured > bound;
  }
  return false;
}

bool raise(double& worst, double value) {
  if (std::isnan(worst) || value <= worst) return false;
  worst = value;
  return true;
}

bool lower(double& worst, double value) {
  if (std::isnan(worst) || value >= worst) return false;
  worst = value;
  return true;
}

bool all_passed(const Checks& checks) {
  return std::ranges::all_of(checks, &Check::passed);
}

std::string table(const Checks& checks) {
  std::vector<Row> rows{{"name", "claim", "measured", "   bound", "verdict"}};
  for (const auto& check : checks) rows.push_back(row_of(check));
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
  }
  const std::size_t others = widths[0] + widths[2] + widths[3] + widths[4] + 8;
  widths[1] =
      std::min(widths[1], std::max<std::size_t>(30, line_width - std::min(others, line_width)));
  std::string text;
  for (const auto& row : rows) {
    text += text_of(row, widths);
    if (&row == &rows.front()) text += std::string(others + widths[1], '-') + '\n';
  }
  const auto held = std::ranges::count_if(checks, &Check::passed);
  return text + fmt::format("{} of {} checks held\n", held, checks.size());
}

}  // namespace feller

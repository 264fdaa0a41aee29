// Histograms from text: columns of numbers, parted by what the writer of the file liked.

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string.hpp>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>

#include "discretisation/grid.hpp"
#include "io/histogram_formats.hpp"

namespace feller::detail {
namespace {

constexpr double same = 1e-9;   // centres this near to each other, relative to their range, are one
constexpr double even = 1e-3;   // deviation of bins that still are of one size
constexpr double touch = 1e-6;  // gap between bins that still touch, relative to their size

struct Rows {
  std::string file;
  std::vector<std::string> names{};  ///< of the columns, in lower case; none: the file has none
  std::size_t width = 0;             ///< columns
  std::vector<double> numbers{};     ///< row by row
  std::vector<int> lines{};          ///< of each row

  std::size_t count() const { return lines.size(); }
  double at(std::size_t row, std::size_t column) const { return numbers[row * width + column]; }
  std::string where(std::size_t row) const { return fmt::format("{}:{}", file, lines[row]); }
};

std::vector<std::string> fields_of(std::string line) {
  line = boost::trim_copy(line.substr(0, line.find('#')));
  std::vector<std::string> fields;
  if (line.empty()) return fields;
  const bool blanks = line.find_first_of(";,") == std::string::npos;
  const char* separators = line.find(';') != std::string::npos ? ";" : blanks ? " \t" : ",";
  boost::split(fields, line, boost::is_any_of(separators),
               blanks ? boost::token_compress_on : boost::token_compress_off);
  for (auto& field : fields) boost::trim(field);
  return fields;
}

std::optional<double> number_in(const std::string& field) {
  const char* begin = field.data() + (field.starts_with('+') ? 1 : 0);
  const char* end = field.data() + field.size();
  double number = 0;
  const auto [rest, error] = std::from_chars(begin, end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

/// The file may be anything, a message is one short line.
std::string printable(std::string field) {
  std::ranges::replace_if(
      field, [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return field.size() > 40 ? field.substr(0, 40) + "..." : field;
}

void take_names(Rows& rows, const std::vector<std::string>& fields) {
  for (const auto& field : fields) {
    rows.names.push_back(boost::to_lower_copy(boost::trim_copy_if(field, boost::is_any_of("\"'"))));
  }
}

void take_numbers(Rows& rows, const std::vector<std::string>& fields, int line) {
  const std::string where = fmt::format("{}:{}", rows.file, line);
  const std::size_t expected = rows.width > 0 ? rows.width : rows.names.size();
  if (expected > 0 && fields.size() != expected) {
    reject(where, fmt::format("has {} columns, above there are {}", fields.size(), expected));
  }
  if (fields.size() < 2 || fields.size() > 4) {
    reject(where, fmt::format("has {} columns; allowed are: centre, value; lower, upper, value; "
                              "x, y, value; x, y, z, value",
                              fields.size()));
  }
  if (static_cast<double>(rows.count()) >= most_bins) reject(where, "more than 1e8 bins");
  for (const auto& field : fields) {
    const auto number = number_in(field);
    if (!number) reject(where, fmt::format("'{}' is not a number", printable(field)));
    if (&field != &fields.back() && !std::isfinite(*number)) {
      reject(where, fmt::format("{} is no place for a bin, must be finite", field));
    }
    rows.numbers.push_back(*number);
  }
  rows.width = fields.size();
  rows.lines.push_back(line);
}

Rows read_rows(const std::filesystem::path& file) {
  Rows rows{file.string()};
  std::ifstream stream{file, std::ios::binary};
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    if (++number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    const auto fields = fields_of(line);
    if (fields.empty()) continue;
    const bool names =
        rows.width == 0 && rows.names.empty() &&
        std::ranges::none_of(fields, [](const auto& f) { return number_in(f).has_value(); });
    if (names) {
      take_names(rows, fields);
    } else {
      take_numbers(rows, fields, number);
    }
  }
  if (stream.bad()) reject(rows.file, "reading failed");
  if (rows.count() == 0) reject(rows.file, "holds no numbers");
  return rows;
}

/// What the name of the last column says; nothing if there are no names.
std::optional<Meaning> meaning_of(const Rows& rows) {
  if (rows.names.empty()) return std::nullopt;
  const auto& name = rows.names.back();
  if (name == "count" || name == "counts" || name == "mass") return Meaning::mass;
  if (name == "density" || name == "p" || name == "value") return Meaning::density;
  reject(rows.file,
         fmt::format("the last column is called '{}', must be 'count' or 'mass' (of each bin), or "
                     "'density', 'p' or 'value'",
                     printable(name)));
}

/// The meaning, which may be left open if the bins are of one size.
Meaning meaning_of(const Rows& rows, const std::vector<std::vector<double>>& axes) {
  if (const auto meaning = meaning_of(rows)) return *meaning;
  for (const auto& edges : axes) {
    const double mean = (edges.back() - edges.front()) / static_cast<double>(edges.size() - 1);
    for (std::size_t i = 1; i < edges.size(); ++i) {
      if (std::abs(edges[i] - edges[i - 1] - mean) <= even * mean) continue;
      reject(rows.file,
             "the bins are of different sizes, so a first line must name the columns, the last one "
             "'count' or 'density'");
    }
  }
  return Meaning::mass;
}

/// True if three columns are lower, upper, value. On a grid of at least 2 x 2 points each x comes
/// twice, which no lower edge does.
bool are_bins(const Rows& rows) {
  if (!rows.names.empty() && rows.names[0] == "lower" && rows.names[1] == "upper") return true;
  if (!rows.names.empty() && rows.names[0] == "x" && rows.names[1] == "y") return false;
  std::vector<double> first;
  for (std::size_t row = 0; row < rows.count(); ++row) first.push_back(rows.at(row, 0));
  std::ranges::sort(first);
  return std::ranges::adjacent_find(first) == first.end();
}

Histogram from_bins(const Rows& rows) {
  std::vector<double> edges{rows.at(0, 0)}, values;
  for (std::size_t row = 0; row < rows.count(); ++row) {
    const double lower = rows.at(row, 0), upper = rows.at(row, 1);
    if (!(lower < upper)) {
      reject(rows.where(row),
             fmt::format("edges must ascend, but the bin's are {} and {}", lower, upper));
    }
    if (std::abs(lower - edges.back()) > touch * (upper - lower)) {
      reject(rows.where(row),
             fmt::format("edges must ascend without gaps, but the bin begins at {} "
                         "and the one before ends at {}",
                         lower, edges.back()));
    }
    edges.push_back(upper);
    values.push_back(rows.at(row, 2));
  }
  require_ascending(edges, rows.file);
  const auto meaning = meaning_of(rows, {edges});
  return make_histogram({edges}, values, meaning, rows.file,
                        [&](std::size_t b) { return rows.where(b); });
}

/// The different numbers of a column, ascending.
struct Centres {
  std::vector<double> values;
  double tolerance;

  Centres(const Rows& rows, std::size_t column) {
    for (std::size_t row = 0; row < rows.count(); ++row) values.push_back(rows.at(row, column));
    std::ranges::sort(values);
    tolerance = same * (values.back() - values.front());
    const auto equal = [this](double a, double b) { return b - a <= tolerance; };
    values.erase(std::unique(values.begin(), values.end(), equal), values.end());
  }
  std::size_t position(double value) const {
    const auto next = std::ranges::upper_bound(values, value);
    return static_cast<std::size_t>(next - values.begin()) - 1;
  }
};

/// The row of each point of the grid, x fastest; rows in any order.
std::vector<std::size_t> sorted_rows(const Rows& rows, const std::vector<Centres>& axes) {
  double points = 1;
  std::string sizes;
  for (const auto& axis : axes) {
    points *= static_cast<double>(axis.values.size());
    sizes += fmt::format("{}{}", sizes.empty() ? "" : " x ", axis.values.size());
  }
  const std::string incomplete = fmt::format(
      "the grid is incomplete: {} points are needed, there are {}", sizes, rows.count());
  // A grid with far more points than rows is none, and might not fit into memory.
  if (points > 2 * static_cast<double>(rows.count())) reject(rows.file, incomplete);
  const std::size_t none = rows.count();
  std::vector<std::size_t> row_of(static_cast<std::size_t>(points), none);
  for (std::size_t row = 0; row < rows.count(); ++row) {
    std::size_t point = 0;
    for (std::size_t a = axes.size(); a-- > 0;) {
      point = point * axes[a].values.size() + axes[a].position(rows.at(row, a));
    }
    if (row_of[point] != none) {
      reject(rows.where(row),
             fmt::format("the same centre as in line {}", rows.lines[row_of[point]]));
    }
    row_of[point] = row;
  }
  const auto hole = std::ranges::find(row_of, none);
  if (hole == row_of.end()) return row_of;
  std::string place;
  auto point = static_cast<std::size_t>(hole - row_of.begin());
  for (const auto& axis : axes) {
    place +=
        fmt::format("{}{}", place.empty() ? "" : ", ", axis.values[point % axis.values.size()]);
    point /= axis.values.size();
  }
  reject(rows.file, fmt::format("{}; ({}) is missing", incomplete, place));
}

Histogram from_centres(const Rows& rows) {
  std::vector<Centres> axes;
  for (std::size_t a = 0; a + 1 < rows.width; ++a) axes.emplace_back(rows, a);
  const auto row_of = sorted_rows(rows, axes);
  std::vector<std::vector<double>> edges;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    edges.push_back(
        edges_around(axes[a].values, fmt::format("{}: column {}", rows.file, Grid::axis_names[a])));
  }
  std::vector<double> values;
  for (const std::size_t row : row_of) values.push_back(rows.at(row, rows.width - 1));
  const auto meaning = meaning_of(rows, edges);
  return make_histogram(std::move(edges), std::move(values), meaning, rows.file,
                        [&](std::size_t b) { return rows.where(row_of[b]); });
}

}  // namespace

Histogram read_csv_histogram(const std::filesystem::path& file) {
  const Rows rows = read_rows(file);
  return rows.width == 3 && are_bins(rows) ? from_bins(rows) : from_centres(rows);
}

}  // namespace feller::detail

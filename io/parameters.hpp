#pragma once

/// Parameters, each declared once: key, home, default, unit, meaning and range in one statement.
///
///     double step = 0.01;
///     parameters.add("time.step", step, {.meaning = "time step", .unit = "T", .range =
///     range::positive});
///
/// The home's value at the declaration is the default. `read` then takes the values of a study
/// file, rejects what was not declared (with the nearest known name) and what is out of range, and
/// throws InputError naming file, line and key. Nothing here is collective.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "io/study_file.hpp"

namespace feller {

/// Allowed numbers; for lists it holds for each entry.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_allowed = true;

  bool contains(double value) const;
  std::string text() const;  ///< "> 0", ">= 1", "in [0, 1]", or "" for every number
};

namespace range {

inline constexpr Range any{};
inline constexpr Range positive{.low = 0, .low_allowed = false};
inline constexpr Range not_negative{.low = 0};
inline constexpr Range at_least_one{.low = 1};

}  // namespace range

/// What a parameter means, for the person who sets it.
struct About {
  std::string meaning;
  std::string unit = "";
  Range range = range::any;
  std::vector<std::string> choices = {};  ///< for words: those allowed
  bool required = false;
};

/// A number or text as it goes into the output file.
using Value = std::variant<std::int64_t, double, std::string>;

struct Declaration {
  std::string key;
  std::string type;  ///< "number", "integer", "yes/no", "word", "text", "file", "list of numbers"
  std::string standard;  ///< the default as text
  About about;
  std::function<void(const Entry&)>
      assign;  ///< throws std::invalid_argument saying what is allowed
  std::function<Value()> value;
};

using Constants = std::map<std::string, double>;

class Parameters {
 public:
  void add(const std::string& key, double& home, About about);
  void add(const std::string& key, int& home, About about);
  void add(const std::string& key, std::int64_t& home, About about);
  void add(const std::string& key, bool& home, About about);
  void add(const std::string& key, std::string& home, About about);
  void add(const std::string& key, std::vector<double>& home, About about);
  void add(const std::string& key, std::vector<int>& home, About about);
  /// Lists of texts are split at commas outside parentheses: `drift = -x, max(x, y)`.
  void add(const std::string& key, std::vector<std::string>& home, About about);
  /// An input file; a relative path in a study file starts from the study file's folder.
  void add(const std::string& key, std::filesystem::path& home, About about);
  /// A section whose keys the user invents: named numbers, or free text.
  void add_section(const std::string& section, Constants& home, About about);
  void add_section(const std::string& section, std::map<std::string, std::string>& home,
                   About about);

  /// Keys that other studies know: not an error here, but `unused` after reading.
  void tolerate(const Parameters& others);

  /// Assigns every value of the file. Throws InputError.
  void read(const StudyFile& file);

  /// Keys that the file or the command line gave a value.
  std::vector<std::string> given() const;

  /// Keys of the file that were tolerated, not used.
  const std::vector<std::string>& unused() const { return unused_; }

  /// An InputError that points at a parameter: "study.ini:7: problem.drift = sin(: <message>".
  InputError blame(const std::string& key, const std::string& message) const;

  /// Input files that parameters name.
  std::vector<std::filesystem::path> files() const;

  const std::vector<Declaration>& declarations() const { return declarations_; }
  const std::vector<Declaration>& sections() const { return sections_; }
  /// Every parameter with the value it has now.
  std::vector<std::pair<std::string, Value>> resolved() const;

 private:
  void declare(Declaration declaration);
  void assign(const Entry& entry);
  InputError unknown(const Entry& entry) const;

  std::vector<Declaration> declarations_;
  std::vector<Declaration> sections_;  ///< key is "section."
  std::vector<std::string> tolerated_;
  std::vector<std::string> unused_;
  const StudyFile* file_ = nullptr;
};

/// Splits "a, f(b, c)" into "a" and "f(b, c)".
std::vector<std::string> split_list(const std::string& text);

}  // namespace feller

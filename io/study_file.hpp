#pragma once

/// The text of a study: `[section]`, `key = value`, and what the command line puts over it.
///
/// A study file is a Boost.Program_options configuration file (`#` starts a comment). Every entry
/// remembers where it came from, so that a complaint can point at file and line.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discretisation/error.hpp"

namespace feller {

struct Entry {
  std::string key;  ///< "section.key"
  std::string value;
  int line = 0;  ///< 0: from the command line
};

class StudyFile {
 public:
  /// Throws InputError for a line that is no assignment or a key that is given twice.
  StudyFile(std::filesystem::path path, std::string text);

  /// "section.key=value" from the command line, over what the file says.
  void override_with(const std::string& assignment);

  const std::filesystem::path& path() const { return path_; }
  const std::string& text() const { return text_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const Entry* find(std::string_view key) const;

  /// "study.ini:12: message" or "command line: message".
  std::string at(const Entry& entry, std::string_view message) const;

 private:
  std::filesystem::path path_;
  std::string text_;
  std::vector<Entry> entries_;
};

/// The known name that a misspelt one was probably meant to be.
std::optional<std::string> nearest(std::string_view misspelt,
                                   const std::vector<std::string>& known);

/// "; did you mean 'step'?" or nothing.
std::string suggestion(std::string_view misspelt, const std::vector<std::string>& known);

}  // namespace feller

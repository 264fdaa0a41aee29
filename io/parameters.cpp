#include "io/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/algorithm/string/trim.hpp>
#include <charconv>
#include <cmath>

namespace feller {
namespace {

template <class Number>
Number parse_number(const std::string& text, const Range& range, std::string_view kind) {
  Number value{};
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  const bool finite = std::isfinite(static_cast<double>(value));
  if (error != std::errc{} || stop != end || !finite ||
      !range.contains(static_cast<double>(value))) {
    const std::string limits = range.text();
    throw std::invalid_argument(
        fmt::format("must be {}{}{}", kind, limits.empty() ? "" : " ", limits));
  }
  return value;
}

bool parse_bool(const std::string& text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  throw std::invalid_argument("must be true or false");
}

void validate_choice(const std::string& text, const std::vector<std::string>& choices) {
  if (choices.empty() || std::ranges::find(choices, text) != choices.end()) return;
  throw std::invalid_argument(
      fmt::format("must be one of {}{}", fmt::join(choices, ", "), suggestion(text, choices)));
}

template <class T>
std::vector<T> parse_list(const std::string& text,
                          const std::function<T(const std::string&)>& parse) {
  std::vector<T> list;
  for (const auto& part : split_list(text)) list.push_back(parse(part));
  return list;
}

std::string join(const auto& list) {
  return fmt::format("{}", fmt::join(list, ", "));
}

}  // namespace

bool Range::contains(double value) const {
  return (low_allowed ? value >= low : value > low) && value <= high;
}

std::string Range::text() const {
  if (std::isinf(low) && std::isinf(high)) return "";
  if (std::isinf(high)) return fmt::format("{} {}", low_allowed ? ">=" : ">", low);
  if (std::isinf(low)) return fmt::format("<= {}", high);
  return fmt::format("in {}{}, {}]", low_allowed ? "[" : "(", low, high);
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts{""};
  int depth = 0;
  for (const char c : text) {
    depth += (c == '(') - (c == ')');
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (auto& part : parts) boost::trim(part);
  if (parts.size() == 1 && parts.front().empty()) parts.clear();
  return parts;
}

void Parameters::add(const std::string& key, double& home, About about) {
  declare({key, "number", fmt::format("{}", home), about,
           [&home, about](const Entry& e) {
             home = parse_number<double>(e.value, about.range, "a number");
           },
           [&home] { return Value{home}; }});
}

void Parameters::add(const std::string& key, int& home, About about) {
  declare({key, "integer", fmt::format("{}", home), about,
           [&home, about](const Entry& e) {
             home = parse_number<int>(e.value, about.range, "an integer");
           },
           [&home] { return Value{std::int64_t{home}}; }});
}

void Parameters::add(const std::string& key, std::int64_t& home, About about) {
  declare({key, "integer", fmt::format("{}", home), about,
           [&home, about](const Entry& e) {
             home = parse_number<std::int64_t>(e.value, about.range, "an integer");
           },
           [&home] { return Value{home}; }});
}

void Parameters::add(const std::string& key, bool& home, About about) {
  declare({key, "true/false", home ? "true" : "false", about,
           [&home](const Entry& e) { home = parse_bool(e.value); },
           [&home] { return Value{std::string{home ? "true" : "false"}}; }});
}

void Parameters::add(const std::string& key, std::string& home, About about) {
  declare({key, about.choices.empty() ? "text" : "word", home, about,
           [&home, about](const Entry& e) {
             validate_choice(e.value, about.choices);
             if (about.required && e.value.empty())
               throw std::invalid_argument("must not be empty");
             home = e.value;
           },
           [&home] { return Value{home}; }});
}

void Parameters::add(const std::string& key, std::vector<double>& home, About about) {
  declare({key, "list of numbers", join(home), about,
           [&home, about](const Entry& e) {
             home = parse_list<double>(e.value, [&](const std::string& part) {
               return parse_number<double>(part, about.range, "a list of numbers, each");
             });
           },
           [&home] { return Value{join(home)}; }});
}

void Parameters::add(const std::string& key, std::vector<int>& home, About about) {
  declare({key, "list of integers", join(home), about,
           [&home, about](const Entry& e) {
             home = parse_list<int>(e.value, [&](const std::string& part) {
               return parse_number<int>(part, about.range, "a list of integers, each");
             });
           },
           [&home] { return Value{join(home)}; }});
}

void Parameters::add(const std::string& key, std::vector<std::string>& home, About about) {
  declare({key, about.choices.empty() ? "list of texts" : "list of words", join(home), about,
           [&home, about](const Entry& e) {
             home = split_list(e.value);
             for (const auto& part : home) validate_choice(part, about.choices);
           },
           [&home] { return Value{join(home)}; }});
}

void Parameters::add(const std::string& key, std::filesystem::path& home, About about) {
  declare({key, "file", home.string(), about,
           [&home, this](const Entry& e) {
             if (e.value.empty()) throw std::invalid_argument("must name a file");
             const bool from_file = e.line > 0 && file_ != nullptr;
             home =
                 from_file ? file_->path().parent_path() / e.value : std::filesystem::path{e.value};
           },
           [&home] { return Value{home.string()}; }});
}

void Parameters::add_section(const std::string& section, Constants& home, About about) {
  sections_.push_back({section + ".", "numbers", "", about,
                       [&home, section](const Entry& e) {
                         home[e.key.substr(section.size() + 1)] =
                             parse_number<double>(e.value, range::any, "a number");
                       },
                       [] { return Value{std::string{}}; }});
}

void Parameters::add_section(const std::string& section, std::map<std::string, std::string>& home,
                             About about) {
  sections_.push_back(
      {section + ".", "texts", "", about,
       [&home, section](const Entry& e) { home[e.key.substr(section.size() + 1)] = e.value; },
       [] { return Value{std::string{}}; }});
}

void Parameters::declare(Declaration declaration) {
  if (std::ranges::find(declarations_, declaration.key, &Declaration::key) != declarations_.end()) {
    throw std::logic_error(fmt::format("parameter {} is declared twice", declaration.key));
  }
  declarations_.push_back(std::move(declaration));
}

void Parameters::read(const StudyFile& file) {
  file_ = &file;
  for (const auto& entry : file.entries()) assign(entry);
  for (const auto& declared : declarations_) {
    if (declared.about.required && file.find(declared.key) == nullptr) {
      throw InputError(fmt::format("{}: {} is missing: {}", file.path().string(), declared.key,
                                   declared.about.meaning));
    }
  }
}

void Parameters::tolerate(const Parameters& others) {
  for (const auto& declared : others.declarations_) tolerated_.push_back(declared.key);
}

void Parameters::assign(const Entry& entry) {
  auto home = std::ranges::find(declarations_, entry.key, &Declaration::key);
  if (home == declarations_.end()) {
    home = std::ranges::find_if(
        sections_, [&](const auto& section) { return entry.key.starts_with(section.key); });
    if (home == sections_.end()) {
      if (std::ranges::find(tolerated_, entry.key) == tolerated_.end()) throw unknown(entry);
      unused_.push_back(entry.key);
      return;
    }
  }
  try {
    home->assign(entry);
  } catch (const std::invalid_argument& error) {
    throw blame(entry.key, error.what());
  }
}

InputError Parameters::unknown(const Entry& entry) const {
  std::vector<std::string> known;
  for (const auto& declared : declarations_) known.push_back(declared.key);
  return InputError(
      file_->at(entry, fmt::format("unknown key '{}'{}", entry.key, suggestion(entry.key, known))));
}

InputError Parameters::blame(const std::string& key, const std::string& message) const {
  const Entry* entry = file_ != nullptr ? file_->find(key) : nullptr;
  if (entry != nullptr) {
    return InputError(file_->at(*entry, fmt::format("{} = {}: {}", key, entry->value, message)));
  }
  const std::string where = file_ != nullptr ? file_->path().string() + ": " : "";
  return InputError(fmt::format("{}{}: {}", where, key, message));
}

std::vector<std::string> Parameters::given() const {
  std::vector<std::string> keys;
  if (file_ == nullptr) return keys;
  for (const auto& entry : file_->entries()) keys.push_back(entry.key);
  return keys;
}

std::vector<std::filesystem::path> Parameters::files() const {
  std::vector<std::filesystem::path> files;
  for (const auto& declared : declarations_) {
    if (declared.type == "file") files.emplace_back(std::get<std::string>(declared.value()));
  }
  return files;
}

std::vector<std::pair<std::string, Value>> Parameters::resolved() const {
  std::vector<std::pair<std::string, Value>> list;
  for (const auto& declared : declarations_) list.emplace_back(declared.key, declared.value());
  if (file_ == nullptr) return list;
  for (const auto& entry : file_->entries()) {
    const bool free = std::ranges::any_of(
        sections_, [&](const auto& section) { return entry.key.starts_with(section.key); });
    if (free) list.emplace_back(entry.key, entry.value);
  }
  return list;
}

}  // namespace feller

#include "io/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace feller {
namespace {

/// Names that share a home.
class Names {
 public:
  explicit Names(std::string home, std::set<std::string> taken = {})
      : home_{std::move(home)}, taken_{std::move(taken)} {}

  void add(const std::string& name) {
    if (name.empty() || name == "." || name.find('/') != std::string::npos) {
      throw std::invalid_argument(fmt::format("'{}' cannot be a name in {}", name, home_));
    }
    if (!taken_.insert(name).second) {
      throw std::invalid_argument(fmt::format("'{}' is used twice in {}", name, home_));
    }
  }
  bool contains(const std::string& name) const { return taken_.contains(name); }

 private:
  std::string home_;
  std::set<std::string> taken_;
};

void add_all(Names& names, const std::string& home, const std::vector<Labels>& labels) {
  if (labels.empty()) throw std::invalid_argument(fmt::format("{} holds nothing", home));
  for (const auto& label : labels) names.add(label.name);
}

}  // namespace

void validate(const FileLayout& layout) {
  const std::string home = fmt::format("the output file '{}'", layout.title);
  Names names{home, {"title", "start_time", "end_time", "status", "checks", "provenance"}};
  for (const auto& group : layout.groups) {
    names.add(group.name);
    Names inside{group.name};
    for (const auto& axis : layout.axes) inside.add(axis.name);
    if (!group.channels.empty()) inside.add("channel");
    if (group.time) inside.add(group.time->name);
    add_all(inside, group.name, group.fields);
  }
  for (const auto& table : layout.tables) {
    names.add(table.name);
    Names inside{table.name};
    inside.add(table.axis.name);
    add_all(inside, table.name, table.columns);
  }
  const auto is_main = [&](const auto& group) { return group.name == layout.main_group; };
  if (std::ranges::none_of(layout.groups, is_main) &&
      std::ranges::none_of(layout.tables, is_main)) {
    throw std::invalid_argument(fmt::format("'{}' is not a group of {}", layout.main_group, home));
  }
}

}  // namespace feller

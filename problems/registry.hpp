#pragma once

/// The kinds of problems there are. A new one is a file and a line in registry.cpp;
/// processes with closed forms have their own registry, in problems/processes.

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "problems/problem.hpp"

namespace feller {

struct ProblemEntry {
  std::string_view name;
  std::string_view meaning;
  std::function<std::unique_ptr<ProblemKind>()> make;
};

std::span<const ProblemEntry> problem_kinds();

}  // namespace feller

#pragma once

/// The processes with closed forms there are. A new one is a file and a line in registry.cpp.

#include <memory>
#include <span>
#include <string_view>

#include "problems/processes/kinds.hpp"

namespace feller {

struct ProcessEntry {
  std::string_view name;
  std::string_view meaning;
  std::unique_ptr<ProcessKind> (*make)();
};

std::span<const ProcessEntry> process_kinds();

}  // namespace feller

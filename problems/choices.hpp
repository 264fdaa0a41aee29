#pragma once

/// The words that a study file may use for forms, borders and spacings: what each
/// guarantees and when to take it. One line an entry; declarations and `feller describe` read
/// these.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discretisation/grid.hpp"
#include "problems/equation.hpp"

namespace feller {

template <class T>
struct NamedChoice {
  std::string_view name;
  std::string_view meaning;
  T value;
};

std::span<const NamedChoice<Form>> forms();
std::span<const NamedChoice<Boundary>> boundaries();

enum class Spacing { uniform, geometric, sinh, faces };
std::span<const NamedChoice<Spacing>> spacings();

/// Their names, for a declaration.
template <class T>
std::vector<std::string> names_of(std::span<const NamedChoice<T>> choices) {
  std::vector<std::string> names;
  for (const auto& choice : choices) names.emplace_back(choice.name);
  return names;
}

/// The value of a name, which must be one of them.
template <class T>
T value_of(std::span<const NamedChoice<T>> choices, std::string_view name) {
  for (const auto& choice : choices) {
    if (choice.name == name) return choice.value;
  }
  return choices.front().value;
}

}  // namespace feller

#include "studies/program/describe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "discretisation/weights.hpp"
#include "problems/choices.hpp"
#include "problems/expression.hpp"
#include "problems/registry.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "studies/registry.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

std::string row(const Declaration& d) {
  std::string line = fmt::format("    {:<30} {}", d.key, d.about.meaning);
  if (!d.about.unit.empty()) line += fmt::format(" [{}]", d.about.unit);
  std::string detail = d.type;
  if (!d.about.choices.empty()) detail += fmt::format(": {}", fmt::join(d.about.choices, ", "));
  const std::string limits = d.about.range.text();
  if (!limits.empty()) detail += ", " + limits;
  if (d.about.required) {
    detail += "; required";
  } else if (!d.standard.empty()) {
    detail += fmt::format("; default {}", d.standard);
  }
  return fmt::format("{}\n    {:<30}   {}\n", line, "", detail);
}

std::string rows(const Parameters& parameters) {
  std::string text;
  for (const auto& declared : parameters.declarations()) text += row(declared);
  for (auto section : parameters.sections()) {
    section.key = "[" + section.key.substr(0, section.key.size() - 1) + "]";
    text += row(section);
  }
  return text;
}

/// A kind with its own parameters.
template <class Entry>
std::string kind(const Entry& entry) {
  const auto made = entry.make();
  Parameters parameters;
  made->declare(parameters);
  return fmt::format("  {}: {}\n{}", entry.name, entry.meaning, rows(parameters));
}

std::string common() {
  StudyOptions options;
  Parameters parameters;
  options.declare(parameters);
  return rows(parameters);
}

template <class Entries>
std::string list(const Entries& entries) {
  std::string text;
  for (const auto& entry : entries) {
    text += fmt::format("  {:<30}   {}\n", entry.name, entry.meaning);
  }
  return text;
}

std::string everything() {
  std::string text = "Every study file\n" + common() + "\nStudies (study.kind)\n";
  for (const auto& entry : study_kinds()) text += kind(entry) + "\n";
  text += "Problems (problem.kind)\n";
  for (const auto& entry : problem_kinds()) text += kind(entry) + "\n";
  text += "Forms (scheme.form)\n" + list(forms());
  text += "\nFluxes (scheme.flux)\n" + list(flux_weights());
  text += "\nBorders (grid.boundary)\n" + list(boundaries());
  text += "\nSpacings (grid.spacing)\n" + list(spacings());
  text += "\nPropagators (time.method)\n" + list(propagators());
  text += "\nLinear solvers (solver.method)\n" + list(solver_methods());
  text += "\nFunctionals (observe.functionals)\n" + list(functionals());
  return text + "\nExpressions\n" + expression_help();
}

template <class Entries>
void add_lines(std::map<std::string, std::string>& pages, const Entries& entries) {
  for (const auto& entry : entries) {
    pages[std::string{entry.name}] += fmt::format("{}: {}\n", entry.name, entry.meaning);
  }
}

}  // namespace

std::string describe(const std::string& name) {
  if (name.empty()) return everything();
  std::map<std::string, std::string> pages{{"expressions", expression_help()}};
  for (const auto& entry : study_kinds()) pages[std::string{entry.name}] = kind(entry);
  for (const auto& entry : problem_kinds()) pages[std::string{entry.name}] = kind(entry);
  add_lines(pages, forms());
  add_lines(pages, boundaries());
  add_lines(pages, spacings());
  add_lines(pages, flux_weights());
  add_lines(pages, propagators());
  add_lines(pages, solver_methods());
  add_lines(pages, functionals());
  const auto found = pages.find(name);
  if (found != pages.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& page : pages) known.push_back(page.first);
  throw InputError(fmt::format("command line: nothing is called '{}'{} (feller describe lists all)",
                               name, suggestion(name, known)));
}

}  // namespace feller

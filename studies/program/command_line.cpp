#include "studies/program/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>

#include "io/study_file.hpp"

namespace feller {
namespace {

namespace options = boost::program_options;

std::string joined(std::vector<std::string>::const_iterator from,
                   std::vector<std::string>::const_iterator to) {
  std::string text;
  for (; from != to; ++from) text += *from + " ";
  return text;
}

options::options_description declared() {
  options::options_description all{"Options"};
  all.add_options()("help,h", "this text")("version", "version and libraries")(
      "restart", "go on from the last checkpoint");
  return all;
}

CommandLine interpret(const std::vector<std::string>& words,
                      const std::vector<std::string>& overrides) {
  CommandLine line{.overrides = overrides};
  if (words.empty()) {
    throw InputError("command line: no study file; see feller --help");
  }
  const bool command = words[0] == "describe" || words[0] == "verify";
  if (words.size() > (command ? 2U : 1U)) {
    throw InputError(fmt::format("command line: '{}' is one argument too many; see feller --help",
                                 words.back()));
  }
  line.action = words[0] == "describe" ? CommandLine::Action::describe
                : words[0] == "verify" ? CommandLine::Action::verify
                                       : CommandLine::Action::run;
  if (!command) line.argument = words[0];
  if (words.size() == 2) line.argument = words[1];
  if (line.action == CommandLine::Action::verify && words.size() < 2) {
    throw InputError("command line: feller verify needs an HDF5 file");
  }
  return line;
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  const std::vector<std::string> all(argv + std::min(argc, 1), argv + argc);
  const auto dashes = std::find(all.begin(), all.end(), "--");
  std::vector<std::string> ours, words, overrides;
  bool restart = false;
  for (auto token = all.begin(); token != dashes; ++token) {
    const bool assignment = token->starts_with("--") && token->find('=') != std::string::npos;
    if (assignment) {
      overrides.push_back(token->substr(2));
    } else {
      ours.push_back(*token);
    }
  }
  const auto description = declared();
  try {
    const auto parsed = options::command_line_parser{ours}
                            .options(description)
                            .style(options::command_line_style::unix_style &
                                   ~options::command_line_style::allow_guessing)
                            .allow_unregistered()
                            .run();
    for (const auto& option : parsed.options) {
      if (option.string_key == "help") return {.action = CommandLine::Action::help};
      if (option.string_key == "version") return {.action = CommandLine::Action::version};
      if (option.string_key == "restart") {
        restart = true;
        continue;
      }
      const std::string& original = option.original_tokens.at(0);
      if (original.starts_with("-")) {
        throw InputError(
            fmt::format("command line: unknown option {}: write --section.key=value, "
                        "and PETSc options after --",
                        original));
      } else {
        words.insert(words.end(), option.value.begin(), option.value.end());
        if (option.value.empty()) words.push_back(original);
      }
    }
  } catch (const options::error& error) {
    throw InputError(fmt::format("command line: {}", error.what()));
  }
  CommandLine line = interpret(words, overrides);
  line.restart = restart;
  if (restart && line.action != CommandLine::Action::run) {
    throw InputError("command line: --restart goes with a study file");
  }
  if (dashes != all.end()) line.petsc_options = joined(dashes + 1, all.end());
  return line;
}

std::string usage() {
  return "Feller: drift-diffusion on densities and images\n"
         "\n"
         "  mpirun -n 4 feller STUDY.ini [--restart] [--section.key=value ...] [-- PETSC OPTIONS]\n"
         "  feller describe [NAME]     studies, problems, fluxes, methods and their parameters\n"
         "  feller verify FILE.h5      the checks that a finished run recorded\n"
         "  tools/report.py FILE.h5... --output PAGE.md     a page about the checks of many runs\n"
         "  feller --help | --version\n"
         "\n"
         "--restart goes on from the last checkpoint of a run that was killed or interrupted.\n"
         "Exit status: 0 every check held; 1 a check failed; 2 the input was wrong;\n"
         "             3 a solver failed; 4 reading or writing failed; 5 interrupted by SIGTERM "
         "or\n"
         "             SIGINT after writing a checkpoint.\n";
}

}  // namespace feller

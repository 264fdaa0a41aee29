#include "studies/program/restart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/check_file.hpp"
#include "io/fingerprint.hpp"
#include "io/record_copy.hpp"

namespace feller {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> free_keys{"study.output", "study.overwrite",
                                                    "solver.max_iterations"};

bool is_free(const std::string& key) {
  return key.starts_with("checkpoint.") || std::ranges::find(free_keys, key) != free_keys.end();
}

std::string contents_name(const std::string& key) {
  return "contents of " + key;
}

std::string contents_of(const fs::path& path) {
  return path.empty() ? "none" : hexadecimal(fingerprint(path));
}

bool is_file(const Parameters& parameters, const std::string& key) {
  const auto& all = parameters.declarations();
  const auto found = std::ranges::find(all, key, &Declaration::key);
  return found != all.end() && found->type == "file";
}

/// A complaint about a key, with its place in the study file if it stands there.
InputError differs(const StudyFile& file, const std::string& key, const std::string& words) {
  const Entry* entry = file.find(key);
  return InputError(entry != nullptr ? file.at(*entry, words)
                                     : fmt::format("{}: {}", file.path().string(), words));
}

/// On rank 0.
void compare(const StudyFile& file, const Parameters& parameters, const Restart& restart) {
  const Checkpoint& checkpoint = restart.checkpoint;
  const std::string whose = "the checkpoint " + restart.path.string();
  auto theirs = checkpoint.parameters;
  for (const auto& [key, value] : parameters.resolved()) {
    const auto was = std::ranges::find(theirs, key, &std::pair<std::string, std::string>::first);
    const std::string mine = text_of(value);
    const bool known = was != theirs.end();
    const std::string before = known ? was->second : "";
    if (known) theirs.erase(was);
    if (is_free(key)) continue;
    if (!known) {
      throw differs(file, key, fmt::format("{} = {} is not known to {}", key, mine, whose));
    }
    if (is_file(parameters, key)) {
      const auto contents = checkpoint.texts.find(contents_name(key));
      if (contents != checkpoint.texts.end() && contents->second == contents_of(mine)) continue;
      throw differs(
          file, key,
          fmt::format("{} = {} does not hold what {} held for {}", key, mine, before, whose));
    }
    if (mine == before) continue;
    throw differs(file, key,
                  fmt::format("{} = {} differs from the {} of {}", key, mine, before, whose));
  }
  for (const auto& [key, value] : theirs) {
    if (is_free(key)) continue;
    throw differs(file, key, fmt::format("{} = {} of {} is missing", key, value, whose));
  }
}

std::string why_none(const Parameters& parameters, const fs::path& output,
                     const CheckpointFiles& files) {
  std::error_code ignored;
  std::string why = fmt::format("there is no checkpoint {}", files.newest().string());
  const bool writes_them = std::ranges::any_of(
      parameters.declarations(), [](const auto& d) { return d.key == "checkpoint.steps"; });
  if (!writes_them) return why + ": this kind of study writes none";
  if (!fs::exists(output, ignored)) return why;
  try {
    if (read_status(output) == "complete") why += fmt::format(": {} is complete", output.string());
  } catch (const IoError&) {
    // Then it is not complete, and that is all that matters here.
  }
  return why;
}

/// On rank 0.
void find(Restart& restart, const Parameters& parameters, const fs::path& output) {
  std::error_code ignored;
  for (const auto& path : {restart.files.newest(), restart.files.older()}) {
    if (!fs::exists(path, ignored)) continue;
    try {
      restart.checkpoint = read_checkpoint(path);
      RecordCopy::verify(restart.checkpoint, restart.files);
      restart.path = path;
      if (!restart.words.empty()) restart.words.back() += "; taking the older " + path.string();
      return;
    } catch (const IoError& error) {
      restart.words.push_back(fmt::format("{} cannot be used: {}", path.string(), error.what()));
    }
  }
  if (restart.words.empty()) {
    throw InputError("command line: --restart: " + why_none(parameters, output, restart.files));
  }
  throw InputError(fmt::format("command line: --restart: {}; there is no older one that can",
                               restart.words.back()));
}

}  // namespace

std::string text_of(const Value& value) {
  return std::visit([](const auto& plain) { return fmt::format("{}", plain); }, value);
}

void add_contents(const Parameters& parameters, Checkpoint& checkpoint) {
  for (const auto& [key, value] : parameters.resolved()) {
    if (is_file(parameters, key)) {
      checkpoint.texts[contents_name(key)] = contents_of(text_of(value));
    }
  }
}

Restart find_restart(const StudyFile& file, const Parameters& parameters,
                     const std::filesystem::path& output) {
  Restart restart{CheckpointFiles{output}, {}, {}, {}};
  agree_on(PETSC_COMM_WORLD, [&] {
    if (rank_of(PETSC_COMM_WORLD) != 0) return;
    find(restart, parameters, output);
    compare(file, parameters, restart);
  });
  restart.path = broadcast(PETSC_COMM_WORLD, restart.path.string());
  return restart;
}

}  // namespace feller

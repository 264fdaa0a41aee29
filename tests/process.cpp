#include "tests/process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace feller::test {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

}  // namespace

std::vector<std::string> complaints(const std::string& error) {
  std::vector<std::string> lines;
  std::istringstream stream{error};
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("feller: ")) lines.push_back(line);
  }
  return lines;
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "feller_test_XXXXXX").string();
  path_ = mkdtemp(name.data());
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream{path_ / name} << text;
}

std::vector<std::string> Folder::files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{path_}) {
    names.push_back(std::filesystem::relative(entry.path(), path_).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Outcome Folder::run(const std::string& command) const {
  const auto logs = path_.string() + ".log";
  const std::string whole = "cd '" + path_.string() + "' && " + command + " >'" + logs +
                            ".out' 2>'" + logs + ".err' </dev/null";
  const int result = std::system(whole.c_str());
  Outcome outcome{WIFEXITED(result) ? WEXITSTATUS(result) : -1, text_of(logs + ".out"),
                  text_of(logs + ".err")};
  std::filesystem::remove(logs + ".out");
  std::filesystem::remove(logs + ".err");
  return outcome;
}

Outcome Folder::feller(const std::string& arguments, int ranks) const {
  const std::string program = std::string{"'"} + FELLER_PROGRAM + "' " + arguments;
  if (ranks == 1) return run(program);
  return run(std::string{FELLER_MPIEXEC} + " " + std::to_string(ranks) + " " + program);
}

}  // namespace feller::test

#pragma once

/// Running the program as a user does, in a folder of its own.

#include <filesystem>
#include <string>
#include <vector>

namespace feller::test {

struct Outcome {
  int status = -1;
  std::string out;
  std::string error;
};

/// The lines that our program wrote: mpirun adds its own after a failure.
std::vector<std::string> complaints(const std::string& error);

/// A temporary folder that goes away with the object.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file into the folder.
  void write(const std::string& name, const std::string& text) const;
  /// Names of all files, sorted.
  std::vector<std::string> files() const;

  /// Runs a shell command in the folder.
  Outcome run(const std::string& command) const;
  /// Runs `feller ARGUMENTS` there, under mpirun if more than one rank is asked for.
  Outcome feller(const std::string& arguments, int ranks = 1) const;

 private:
  std::filesystem::path path_;
};

}  // namespace feller::test

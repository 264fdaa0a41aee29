#pragma once

/// The list of what must outlive a run: homes of numbers and fields, each with its name.
///
///     state.add("worst", worst_);          // like Parameters: one statement for both directions
///     state.add("masses", masses_);
///     state.on_restore([this] { density_ = densities_of(masses_); });
///
/// One list serves writing and reading, so that neither can forget what the other knows.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "io/checkpoint.hpp"

namespace feller {

class KeptState {
 public:
  /// Refers to the home, which must outlive this. Names are unique in a run and hold no '/'.
  void add(const std::string& name, double& home);
  void add(const std::string& name, int& home);
  void add(const std::string& name, Field& home) { fields_.emplace_back(name, &home); }
  /// What is to be done once all homes have their values again.
  void on_restore(std::function<void()> action) { actions_.push_back(std::move(action)); }

  const NamedFields& fields() const { return fields_; }
  /// Puts the numbers into a checkpoint.
  void save(Checkpoint& checkpoint) const;
  /// Takes numbers from a checkpoint (that of rank 0) and fields from its file. Collective; throws
  /// IoError.
  void restore(const Checkpoint& checkpoint, const std::filesystem::path& path,
               const Grid& grid) const;

 private:
  struct Number {
    std::string name;
    std::function<double()> value;
    std::function<void(double)> assign;
  };

  std::vector<Number> numbers_;
  NamedFields fields_;
  std::vector<std::function<void()>> actions_;
};

}  // namespace feller

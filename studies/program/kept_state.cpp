#include "studies/program/kept_state.hpp"

#include <fmt/format.h>

#include "io/agreement.hpp"

namespace feller {

void KeptState::add(const std::string& name, double& home) {
  numbers_.push_back({name, [&home] { return home; }, [&home](double value) { home = value; }});
}

void KeptState::add(const std::string& name, int& home) {
  numbers_.push_back({name, [&home] { return static_cast<double>(home); },
                      [&home](double value) { home = static_cast<int>(value); }});
}

void KeptState::save(Checkpoint& checkpoint) const {
  for (const auto& number : numbers_) checkpoint.numbers[number.name] = {number.value()};
}

void KeptState::restore(const Checkpoint& checkpoint, const std::filesystem::path& path,
                        const Grid& grid) const {
  std::vector<double> values(numbers_.size());
  on_root(grid.comm(), [&] {
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      const auto found = checkpoint.numbers.find(numbers_[i].name);
      if (found == checkpoint.numbers.end() || found->second.size() != 1) {
        throw IoError(fmt::format("{} has no number '{}'", path.string(), numbers_[i].name));
      }
      values[i] = found->second.front();
    }
  });
  check_mpi(MPI_Bcast(values.data(), static_cast<int>(values.size()), MPI_DOUBLE, 0, grid.comm()));
  for (std::size_t i = 0; i < numbers_.size(); ++i) numbers_[i].assign(values[i]);
  read_checkpoint_fields(path, fields_, grid);
  for (const auto& action : actions_) action();
}

}  // namespace feller

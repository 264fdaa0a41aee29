#include "problems/osmosis/osmosis_problem.hpp"

#include <fmt/format.h>

namespace feller {

std::vector<Field> with_offsets(std::vector<Field> levels, const std::vector<double>& offsets) {
  for (std::size_t c = 0; c < levels.size(); ++c) {
    check(VecShift(levels[c].vector(), offsets[c]));
  }
  return levels;
}

OsmosisProblem::OsmosisProblem(const Parameters& parameters, const Canvas& canvas,
                               std::vector<double> offsets, std::vector<Field> initial)
    : canvas_{canvas},
      quantity_{.group = "image",
                .symbol = "u",
                .name = "grey level plus offset",
                .unit = "grey level",
                .length = "pixel",
                .is_image = true,
                .offsets = offsets,
                .bits = canvas.info().bits == 8 ? 8 : 16},
      channels_{canvas.channel_names()},
      initial_{with_offsets(std::move(initial), offsets)},
      opacity_{canvas.opacity()} {
  refuse_unphysical(parameters);
}

/// Grey levels are concentrations: none may be negative, and there must be something to move.
void OsmosisProblem::refuse_unphysical(const Parameters& parameters) const {
  for (std::size_t c = 0; c < initial_.size(); ++c) {
    const std::string name = channels_[c].empty() ? "" : " (" + channels_[c] + ")";
    double low = 0, high = 0;
    check(VecMin(initial_[c].vector(), nullptr, &low));
    check(VecMax(initial_[c].vector(), nullptr, &high));
    if (low < 0) {
      throw parameters.blame("problem.image",
                             fmt::format("falls to {:.6g} after the offset{}, but must not be "
                                         "negative: raise problem.offset",
                                         low, name));
    }
    if (!(high > 0)) {
      throw parameters.blame("problem.image",
                             fmt::format("is 0 everywhere after the offset{}", name));
    }
  }
}

}  // namespace feller

#include "studies/chain/photograph.hpp"

namespace feller {

void PhotographOptions::declare(Parameters& p) {
  p.add("photograph.black", black_, {.meaning = "state of the chain for grey level 0"});
  p.add("photograph.white", white_,
        {.meaning = "state of the chain for grey level 255, > black; noise has variance 1"});
  p.add("chain.seed", seed_,
        {.meaning = "of the noise; the same seed gives the same trajectories",
         .range = range::not_negative});
}

void PhotographOptions::validate(const Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  if (!experiment.problem().quantity().is_image) {
    throw parameters.blame("study.kind", "needs a photograph, problem.kind = osmosis");
  }
  if (!(white_ > black_)) {
    throw parameters.blame("photograph.white", "must be above photograph.black");
  }
}

std::vector<Field> PhotographOptions::states(const Problem& problem,
                                             std::vector<Field> levels) const {
  const auto& offsets = problem.quantity().offsets;
  for (std::size_t c = 0; c < levels.size(); ++c) {
    levels[c] = transformed(levels[c],
                            [&](double level) { return black_ + scale() * (level - offsets[c]); });
  }
  return levels;
}

std::vector<Field> PhotographOptions::states(const Problem& problem) const {
  std::vector<Field> fields;
  for (std::size_t c = 0; c < problem.channels().size(); ++c) {
    fields.push_back(problem.initial(static_cast<int>(c)));
  }
  return states(problem, std::move(fields));
}

std::vector<Field> PhotographOptions::levels(const Problem& problem,
                                             std::vector<Field> states) const {
  const auto& offsets = problem.quantity().offsets;
  for (std::size_t c = 0; c < states.size(); ++c) {
    states[c] =
        transformed(states[c], [&](double u) { return (u - black_) / scale() + offsets[c]; });
  }
  return states;
}

NoiseKey PhotographOptions::key(int channel, std::uint32_t member) const {
  return {.seed = static_cast<std::uint64_t>(seed_),
          .stream = member,
          .channel = static_cast<std::uint16_t>(channel)};
}

std::vector<ChainMove> chain_steps(const NoiseSchedule& schedule, int first, int last) {
  std::vector<ChainMove> steps;
  for (int i = first + 1; i <= last; ++i) steps.push_back(chain_step(schedule.beta(i), i));
  return steps;
}

ChainMove chain_jump(const NoiseSchedule& schedule, int first, int last) {
  return chain_jump(schedule.log_survival(first, last), last);
}

}  // namespace feller

#include "studies/score/image_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/chain/normal_scores.hpp"
#include "studies/score/image_choices.hpp"
#include "studies/score/image_population.hpp"

namespace feller {
namespace {

/// For the noise of the run, where a control's effect is judged by its expected size.
constexpr double margin = 1.5;

class Judge {
 public:
  Judge(const Clusters& pictures, const KnownPixels& known, const ImageRuns& runs)
      : pictures_{pictures},
        known_{known},
        runs_{runs},
        shares_{pictures.shares()},
        conditional_{exact_choice(pictures, known)} {}

  void start();
  void left(const std::string& name, const std::string& words, const ImageOutcome& coarse,
            const ImageOutcome& fine);
  void choice(const std::string& name, const std::string& words, const std::vector<double>& counts,
              const std::vector<double>& shares) {
    const ImageChecks more = choice_checks(runs_.plan, pictures_, name, words, counts, shares);
    for (const auto& check : more.checks) found.checks.push_back(check);
    for (const auto& line : more.left_out) found.left_out.push_back(line);
  }
  void known_kept();
  void control_free();
  void control_replaced();

  const std::vector<double>& shares() const { return shares_; }
  const std::vector<double>& conditional() const { return conditional_; }
  ImageChecks found;

 private:
  double samples() const { return runs_.plan.samples; }
  void add(Check check) {
    check.statement = "V19";
    found.checks.push_back(std::move(check));
  }
  void leave_out(std::string line) { found.left_out.push_back(std::move(line)); }

  const Clusters& pictures_;
  const KnownPixels& known_;
  const ImageRuns& runs_;
  std::vector<double> shares_, conditional_;
};

/// z_T has the second moment of its law, and E P(y = m_k | z_T) = w_k, under p_T alone.
void Judge::start() {
  const ImageOutcome& free = runs_.free.back();
  const double T = runs_.plan.from;
  double squares = 0;
  for (const double m : pictures_.mean()) squares += m * m;
  const double exact =
      T + (runs_.plan.exact_start ? pictures_.variance()
                                  : squares / static_cast<double>(pictures_.dimension));
  add({.name = "start",
       .claim = fmt::format("mean of |z_T - E y|^2/n is {:.6g}; against {:.6g}, in standard errors",
                            free.spread.value, exact),
       .measured = std::abs(free.spread.value - exact) / free.spread.error,
       .bound = 4});
  if (!runs_.plan.exact_start) return;
  double worst = 0, looks = 0;
  for (std::size_t k = 0; k < pictures_.size(); ++k) {
    if (samples() * shares_[k] < 5) continue;
    looks += 1;
    raise(worst, std::abs(free.shares[k].value - shares_[k]) / free.shares[k].error);
  }
  if (looks == 0) return;
  add({.name = "start_weights",
       .claim = "E P(y = m_k | z_T) = w_k: worst picture, in standard errors",
       .measured = worst,
       .bound = worst_of(looks)});
}

/// Noise left around pictures: t_0 as the steps become short, and what Heun's steps add to that.
void Judge::left(const std::string& name, const std::string& words, const ImageOutcome& coarse,
                 const ImageOutcome& fine) {
  const ImagePlan& plan = runs_.plan;
  const double n = static_cast<double>(pictures_.dimension);
  const double by_fine = plan.left_noise(plan.steps), by_coarse = plan.left_noise(plan.steps / 2);
  const double limit = (4 * fine.left.value - coarse.left.value) / 3 / plan.to;
  // 4 standard errors of each; what the extrapolation leaves; what is left of another start.
  const double noise = 4 * std::sqrt(2 / (n * samples()));
  double furthest = 0;
  for (const double m : pictures_.means) furthest = std::max(furthest, m * m);
  const double far =
      plan.exact_start ? 0 : furthest / plan.to * std::pow(plan.to / plan.from, 1 + plan.lambda);
  const double remainder = std::abs((4 * by_fine - by_coarse) / 3 - 1);
  if (remainder > 0.1) {
    leave_out(fmt::format("{}: left out, steps too long: {} of them leave {:.3g} t_0", name,
                          plan.steps, by_fine));
    return;
  }
  add({.name = name,
       .claim = fmt::format("{}: mean of |z - nearest picture|^2/n over t_0, extrapolated from {} "
                            "and {} steps: {:.6g} (furthest {:.3g}); distance from 1",
                            words, plan.steps / 2, plan.steps, limit, fine.furthest / plan.to),
       .measured = std::abs(limit - 1),
       .bound = (4 * by_fine + by_coarse) / 3 * noise + remainder + far});
  add({.name = name + "_steps",
       .claim =
           fmt::format("{}: what halving the steps changes in that, {:.4g}, against {:.4g} in "
                       "closed form: distance",
                       words, (coarse.left.value - fine.left.value) / plan.to, by_coarse - by_fine),
       .measured = std::abs((coarse.left.value - fine.left.value) / plan.to - by_coarse + by_fine),
       .bound = (by_coarse + by_fine) * noise + far});
}

/// The known pixels of completed pictures are those of a picture that fits, with the noise t_0.
void Judge::known_kept() {
  const ImagePlan& plan = runs_.plan;
  if (!plan.exact_start) return;
  double exact = plan.to, by_all = plan.to;
  for (std::size_t k = 0; k < pictures_.size(); ++k) {
    exact += conditional_[k] * known_distance(known_, pictures_, k);
    by_all += shares_[k] * known_distance(known_, pictures_, k);
  }
  const Estimate& with = runs_.completed.back().known;
  const double steps = std::abs(plan.left_noise(plan.steps) - 1) * plan.to;
  const double tolerance = 4 * with.error + steps;
  add({.name = "known",
       .claim = fmt::format("mean of |z_K - c|^2/|K| over the known pixels of completed pictures, "
                            "{:.5g}, against its exact conditional mean {:.5g}",
                            with.value, exact),
       .measured = std::abs(with.value - exact),
       .bound = tolerance});
  if (std::abs(by_all - exact) < margin * 10 * tolerance) {
    leave_out(fmt::format("control_known: left out, {:.3g} is expected of it, {:.3g} could be told",
                          std::abs(by_all - exact), 10 * tolerance));
    return;
  }
  add({.name = "control_known",
       .claim = "the same of pictures made without knowing these pixels",
       .measured = std::abs(runs_.free.back().known.value - exact),
       .relation = Relation::at_least,
       .bound = 10 * tolerance,
       .is_control = true});
}

/// Without knowing the half, pictures come out that do not fit it, or as often as they should not.
void Judge::control_free() {
  const auto& counts = runs_.free.back().counts;
  std::vector<double> expected;
  for (const double w : shares_) expected.push_back(samples() * w);
  const ChoiceTest mean = choice_test(expected, conditional_),
                   test = choice_test(counts, conditional_);
  Check check{.name = "control_completed",
              .claim = "pictures made without knowing the half, that do not fit it",
              .measured = test.rare,
              .relation = Relation::at_least,
              .bound = 10 * std::max(1.0, test.rare_bound()),
              .is_control = true};
  double hoped = mean.rare;
  if (hoped < margin * check.bound && test.freedom > 0) {
    check.claim = "chi-square of pictures made without knowing the half";
    check.measured = test.square;
    check.bound = 10 * test.bound();
    hoped = mean.square;
  }
  if (hoped < margin * check.bound) {
    leave_out(fmt::format("control_completed: left out, {:.3g} is expected, {:.3g} could be told",
                          hoped, check.bound));
    return;
  }
  add(check);
}

/// The replacement method, where theory says that it chooses by the weights w_k alone: among
/// pictures that fit, of which the known pixels differ a hundred times less than the others.
void Judge::control_replaced() {
  const auto& counts = runs_.replaced.back().counts;
  std::vector<std::size_t> fitting;
  std::vector<double> expected(counts.size());
  double weight = 0, conditional_weight = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (samples() * conditional_[k] < 5) continue;
    fitting.push_back(k);
    weight += shares_[k];
    conditional_weight += conditional_[k];
  }
  for (const std::size_t k : fitting) {
    expected[k] = samples() * conditional_weight * shares_[k] / weight;
  }
  const double ratio = known_against_unknown(pictures_, known_, fitting);
  const ChoiceTest mean = choice_test(expected, conditional_),
                   test = choice_test(counts, conditional_);
  if (test.freedom <= 0 || ratio > 0.01 || mean.square < margin * 10 * test.bound()) {
    leave_out(
        fmt::format("control_replaced: left out, of {} pictures that fit the known pixels "
                    "differ {:.2g} times as much as the others, chi-square about {:.3g}",
                    fitting.size(), ratio, mean.square));
    return;
  }
  add({.name = "control_replaced",
       .claim = fmt::format("replacement method, {} steps: chi-square of how often pictures come "
                            "out against the exact conditional weights; about {:.3g} expected",
                            runs_.plan.steps, mean.square),
       .measured = test.square,
       .relation = Relation::at_least,
       .bound = 10 * test.bound(),
       .is_control = true});
}

}  // namespace

ImageChecks image_checks(const Clusters& pictures, const KnownPixels& known,
                         const ImageRuns& runs) {
  Judge judge{pictures, known, runs};
  const std::size_t last = runs.completed.size() - 1;
  judge.start();
  judge.left("nearest", "noise returns to the population", runs.free[0], runs.free[1]);
  judge.left("nearest_completed", "completed halves", runs.completed[last - 1],
             runs.completed[last]);
  judge.choice("chosen", "by their weights", runs.free.back().counts, judge.shares());
  judge.choice("completed", "left half known, by the exact conditional weights",
               runs.completed.back().counts, judge.conditional());
  judge.known_kept();
  judge.control_free();
  judge.control_replaced();
  return std::move(judge.found);
}

}  // namespace feller

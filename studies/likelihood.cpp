/// Likelihoods without a density (McAllester, section 2): of a Markov chain read backward, (2) to
/// (5), and of data under noise by the errors of the best guess at every level of it,
///
///     -ln p(y) = int_t^inf E|y - E[y|s,z(s)]|^2/(2 s^2) ds + E[-ln p(y|z(t))]              (10)
///
/// for single y, at any t: both terms diverge for t -> 0, their sum does not depend on t. By
/// quadrature, by Monte Carlo, and with the score of a density on a grid. Controls: expectations
/// dropped, another generator claimed to be as good, the factor 1/2 dropped.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/score/chain_likelihood.hpp"
#include "studies/score/pointwise_likelihood.hpp"
#include "studies/score/sampled_information.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr double quadrature_bound = 1e-10;

/// One y at one t.
struct Term {
  double y = 0, t = 0, left = 0, integral = 0, posterior = 0, no_noise = 0;
  SampledIntegral sampled;  ///< with all that is beyond the last level
};

class Likelihood : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  void require_values(const Parameters& parameters, const Noised& noised) const;
  std::vector<double> sorted_times(const Parameters& parameters) const;
  FileLayout layout(const Experiment& experiment) const;
  std::vector<Term> terms(const Noised& noised, const std::vector<double>& times,
                          MPI_Comm comm) const;
  static void record(Recorder& recorder, const std::vector<Term>& terms,
                     const std::vector<double>& times);
  static void add_sides(Experiment& experiment, const std::vector<Term>& terms);
  static void add_sampled(Experiment& experiment, const std::vector<Term>& terms);
  void compare_grids(Experiment& experiment, const Noised& noised,
                     const std::vector<double>& times) const;

  std::vector<double> values_;
  std::vector<double> times_{0.01, 0.1, 1, 10};
  std::int64_t samples_ = 100000;
  std::int64_t seed_ = 1;
  int symbols_ = 4;
  int chains_ = 20;
};

void Likelihood::declare(Parameters& p) {
  p.add("likelihood.values", values_,
        {.meaning = "y of which -ln p(y) is found", .unit = "L", .required = true});
  p.add("likelihood.times", times_,
        {.meaning = "levels t of noise at which the integral of (10) starts",
         .unit = "L^2",
         .range = {.low = 1e-6, .high = 1000}});
  p.add("likelihood.samples", samples_,
        {.meaning = "draws of (G, t) of each Monte Carlo estimate", .range = {.low = 100}});
  p.add("likelihood.seed", seed_,
        {.meaning = "of draws and random chains", .range = range::not_negative});
  p.add("likelihood.symbols", symbols_,
        {.meaning = "symbols of the random chains", .range = {.low = 2, .high = 6}});
  p.add("likelihood.chains", chains_,
        {.meaning = "how many random chains", .range = {.low = 1, .high = 1000}});
}

void Likelihood::require_values(const Parameters& parameters, const Noised& noised) const {
  for (const double y : values_) {
    if (std::isfinite(noised.surprise(y))) continue;
    throw parameters.blame("likelihood.values",
                           fmt::format("{:g} has no likelihood in this population", y));
  }
  auto values = values_;
  std::ranges::sort(values);
  if (std::ranges::adjacent_find(values) != values.end()) {
    throw parameters.blame("likelihood.values", "names a value twice");
  }
}

std::vector<double> Likelihood::sorted_times(const Parameters& parameters) const {
  if (times_.empty()) throw parameters.blame("likelihood.times", "must have an entry");
  auto times = times_;
  std::ranges::sort(times);
  if (std::ranges::adjacent_find(times) != times.end()) {
    throw parameters.blame("likelihood.times", "names a level twice");
  }
  return times;
}

FileLayout Likelihood::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("likelihood");
  Table table{.name = "likelihood",
              .title = "-ln p(y) and its two terms [nat]",
              .axis = {"noise", "variance t of the noise", "L^2"},
              .log_axis = true,
              .together = true};
  const auto column = [&](const std::string& name, const std::string& meaning) {
    for (std::size_t k = 0; k < values_.size(); ++k) {
      table.columns.push_back({fmt::format("{}_{}", name, k + 1),
                               fmt::format("y = {:g}: {}", values_[k], meaning), "1"});
    }
  };
  column("right", "-ln p(y), sum of both terms");
  column("integral", "integral beyond t");
  column("posterior", "E[-ln p(y|z(t))]");
  table.signals = table.columns.size();
  column("left", "-ln p(y)");
  column("sampled", "integral by Monte Carlo");
  column("sampled_error", "its standard error");
  layout.tables.push_back(table);
  layout.tables.push_back({.name = "chains",
                           .title = "bound (5) of random chains with random generators [nat]",
                           .axis = {"chain", "number of the chain", "1"},
                           .columns = {{"bound", "bound (5)", "1"},
                                       {"entropy", "H(y)", "1"},
                                       {"sum", "H(y) + KL of the paths", "1"}},
                           .together = true,
                           .points = 1});
  return layout;
}

std::vector<Term> Likelihood::terms(const Noised& noised, const std::vector<double>& times,
                                    MPI_Comm comm) const {
  std::vector<Term> list;
  std::uint32_t stream = 0;
  for (const double y : values_) {
    const PointwiseLikelihood likelihood{noised, y};
    auto levels = times;
    levels.push_back(likelihood.far());
    const auto integrals = likelihood.integrals(levels);
    const auto no_noise = likelihood.integrals_without_noise(levels);
    for (std::size_t k = 0; k < times.size(); ++k) {
      const NoiseSampler sampler{
          noised, {.seed = static_cast<std::uint64_t>(seed_), .stream = stream++}, samples_, y};
      list.push_back({.y = y,
                      .t = times[k],
                      .left = likelihood.left(),
                      .integral = integrals[k],
                      .posterior = likelihood.posterior(times[k]),
                      .no_noise = no_noise[k],
                      .sampled = sampler.integral(times[k], levels.back(), comm)});
      list.back().sampled.plain.value += integrals.back();
      list.back().sampled.controlled.value += integrals.back();
    }
  }
  return list;
}

void Likelihood::record(Recorder& recorder, const std::vector<Term>& terms,
                        const std::vector<double>& times) {
  for (std::size_t k = 0; k < times.size(); ++k) {
    std::vector<double> row{times[k]};
    const auto column = [&](auto&& value) {
      for (std::size_t i = k; i < terms.size(); i += times.size()) row.push_back(value(terms[i]));
    };
    column([](const Term& term) { return term.integral + term.posterior; });
    column([](const Term& term) { return term.integral; });
    column([](const Term& term) { return term.posterior; });
    column([](const Term& term) { return term.left; });
    column([](const Term& term) { return term.sampled.plain.value; });
    column([](const Term& term) { return term.sampled.plain.error; });
    recorder.row("likelihood", row);
  }
}

void Likelihood::add_sides(Experiment& experiment, const std::vector<Term>& terms) {
  double worst = 0, doubled = HUGE_VAL, silent = 0;
  for (const auto& term : terms) {
    raise(worst, std::abs(term.left - term.integral - term.posterior));
    doubled = std::min(doubled, std::abs(term.left - 2 * term.integral - term.posterior));
    raise(silent, std::abs(term.left - term.no_noise - term.posterior));
  }
  experiment.add({.name = "likelihood",
                  .claim = "(10): largest |-ln p(y) - right side| over all y and t, by quadrature",
                  .measured = worst,
                  .bound = quadrature_bound,
                  .statement = "V15"});
  experiment.add({.name = "control_factor",
                  .claim = "(10) with the factor 1/2 dropped: least distance over all y and t",
                  .measured = doubled,
                  .relation = Relation::greater,
                  .bound = 10 * quadrature_bound,
                  .is_control = true,
                  .statement = "V15"});
  experiment.add({.name = "control_no_expectation",
                  .claim = "(10) with z(s) = y in the integral in place of the expectation over "
                           "z(s): largest distance",
                  .measured = silent,
                  .relation = Relation::greater,
                  .bound = 10 * quadrature_bound,
                  .is_control = true,
                  .statement = "V15"});
}

void Likelihood::add_sampled(Experiment& experiment, const std::vector<Term>& terms) {
  double worst = 0;
  for (const auto& term : terms) {
    for (const auto& estimate : {term.sampled.plain, term.sampled.controlled}) {
      // The control variate of a normal law leaves nothing but round-off to sample.
      raise(worst,
            std::abs(estimate.value + term.posterior - term.left) / (estimate.error + 1e-10));
    }
  }
  experiment.add({.name = "likelihood_sampled",
                  .claim =
                      "(10) with the integral by Monte Carlo, without and with control variate: "
                      "largest error in standard errors",
                  .measured = worst,
                  .bound = 4,
                  .statement = "V15"});
}

void Likelihood::compare_grids(Experiment& experiment, const Noised& noised,
                               const std::vector<double>& times) const {
  const auto coarser = experiment.coarser_problem();
  const double first = first_noise(experiment);
  const LogNodes nodes = coarser ? resolved_nodes(coarser->grid(), first, times) : LogNodes{};
  if (nodes.from == 0) {
    experiment.say(
        "likelihood on the grid: left out, the noise is narrower than 1.3 cells of the "
        "grid with half as many");
    return;
  }
  const auto coarse = grid_likelihood(*coarser, first, nodes, values_);
  const auto fine = grid_likelihood(experiment.problem(), first, nodes, values_);
  double coarse_error = 0, fine_error = 0;
  for (std::size_t k = 0; k < values_.size(); ++k) {
    const double exact = PointwiseLikelihood{noised, values_[k]}.part(nodes);
    coarse_error += std::pow(coarse[k] - exact, 2);
    fine_error += std::pow(fine[k] - exact, 2);
  }
  experiment.add(
      {.name = "likelihood_on_grid",
       .claim = fmt::format("integral of (10) between t = {:g} and {:g} with the score of the "
                            "density on the grid: order in h of its error, here {:.3g}: distance "
                            "from 2",
                            nodes.from, nodes.to, std::sqrt(fine_error)),
       .measured = std::abs(std::log2(coarse_error / fine_error) / 2 - 2),
       .bound = 0.1,
       .statement = "V15"});
}

void Likelihood::run(Experiment& experiment) const {
  const Noised noised = require_noised(experiment);
  require_values(experiment.parameters(), noised);
  const auto times = sorted_times(experiment.parameters());
  Recorder& recorder = experiment.open(layout(experiment), {});
  const auto list = terms(noised, times, experiment.problem().grid().comm());
  record(recorder, list, times);
  add_sides(experiment, list);
  add_sampled(experiment, list);
  compare_grids(experiment, noised, times);
  const ChainLikelihood chains{symbols_, chains_, static_cast<std::uint64_t>(seed_)};
  double number = 0;
  for (const auto& row : chains.rows()) {
    recorder.row("chains", {++number, row.bound, row.entropy, row.entropy + row.divergence});
  }
  for (auto& check : chains.checks()) experiment.add(check);
  experiment.add(normal_chain_check());
}

}  // namespace

std::unique_ptr<Study> likelihood_study() {
  return std::make_unique<Likelihood>();
}

}  // namespace feller

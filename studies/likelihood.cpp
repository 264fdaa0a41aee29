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
#include "studies/score/likelihood_checks.hpp"
#include "studies/score/pointwise_likelihood.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class Likelihood : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  void require_values(const Parameters& parameters, const Noised& noised) const;
  std::vector<double> sorted_times(const Parameters& parameters) const;
  FileLayout layout(const Experiment& experiment) const;
  std::vector<LikelihoodTerm> terms(const Noised& noised, const std::vector<double>& times,
                                    MPI_Comm comm) const;
  static void record(Recorder& recorder, const std::vector<LikelihoodTerm>& terms,
                     const std::vector<double>& times);
  /// Those whose noise from level t on stays in the box, in scaling variables.
  std::vector<double> values_within(const Grid& grid, double t) const;
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
        {.meaning = "draws of (G, t) of each Monte Carlo estimate", .range = {.low = 4000}});
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

std::vector<LikelihoodTerm> Likelihood::terms(const Noised& noised,
                                              const std::vector<double>& times,
                                              MPI_Comm comm) const {
  std::vector<LikelihoodTerm> list;
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

void Likelihood::record(Recorder& recorder, const std::vector<LikelihoodTerm>& terms,
                        const std::vector<double>& times) {
  for (std::size_t k = 0; k < times.size(); ++k) {
    std::vector<double> row{times[k]};
    const auto column = [&](auto&& value) {
      for (std::size_t i = k; i < terms.size(); i += times.size()) row.push_back(value(terms[i]));
    };
    column([](const LikelihoodTerm& term) { return term.integral + term.posterior; });
    column([](const LikelihoodTerm& term) { return term.integral; });
    column([](const LikelihoodTerm& term) { return term.posterior; });
    column([](const LikelihoodTerm& term) { return term.left; });
    column([](const LikelihoodTerm& term) { return term.sampled.plain.value; });
    column([](const LikelihoodTerm& term) { return term.sampled.plain.error; });
    recorder.row("likelihood", row);
  }
}

std::vector<double> Likelihood::values_within(const Grid& grid, double t) const {
  std::vector<double> inside;
  const Axis& axis = grid.axis(0);
  for (const double y : values_) {
    const double centre = y / std::sqrt(1 + t), reach = 9 * std::sqrt(t / (1 + t));
    if (centre - reach > axis.lower && centre + reach < axis.upper) inside.push_back(y);
  }
  return inside;
}

void Likelihood::compare_grids(Experiment& experiment, const Noised& noised,
                               const std::vector<double>& times) const {
  const auto compared = compared_nodes(experiment, noised, times, "likelihood on the grid");
  if (!compared) return;
  const LogNodes& nodes = compared->nodes;
  const auto inside = values_within(compared->coarser->grid(), nodes.from);
  if (inside.empty()) {
    experiment.say("likelihood on the grid: left out, noise takes all values beyond the box");
    return;
  }
  const double first = first_noise(experiment);
  const auto coarse = grid_likelihood(*compared->coarser, first, nodes, inside);
  const auto fine = grid_likelihood(experiment.problem(), first, nodes, inside);
  double coarse_error = 0, fine_error = 0;
  for (std::size_t k = 0; k < inside.size(); ++k) {
    const double exact = PointwiseLikelihood{noised, inside[k]}.part(nodes);
    coarse_error += std::pow(coarse[k] - exact, 2);
    fine_error += std::pow(fine[k] - exact, 2);
  }
  experiment.add(
      {.name = "likelihood_on_grid",
       .claim = fmt::format("integral of (10) between t = {:g} and {:g} with the score of the "
                            "density on the grid: order in h of its error, here {:.3g}, "
                            "2 less the size of the next order",
                            nodes.from, nodes.to, std::sqrt(fine_error)),
       .measured = std::log2(coarse_error / fine_error) / 2,
       .relation = Relation::at_least,
       .bound = 2 - compared->next_order,
       .statement = "V15"});
}

void Likelihood::run(Experiment& experiment) const {
  const Noised noised = require_noised(experiment);
  require_values(experiment.parameters(), noised);
  const auto times = sorted_times(experiment.parameters());
  Recorder& recorder = experiment.open(layout(experiment), {});
  const auto list = terms(noised, times, experiment.problem().grid().comm());
  record(recorder, list, times);
  for (auto& check : likelihood_checks(list)) experiment.add(check);
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

/// What a noisy variable z(t) = y + sqrt(t) G tells of y in the plane and in space (McAllester,
/// (10), (12)), by Monte Carlo with the exact denoiser, stratified in ln t:
///
///     I(y; z(t)) = int_t^inf mmse(s)/(2 s^2) ds,    mmse(s) = E|y - E[y|s,z(s)]|^2
///
/// against sums of quadratures on the line where the axes are independent, and against entropies
/// by quadrature in the plane; and -ln p(y) of single y. Of points: where it becomes decidable
/// which one it was. Control: the factor 1/2 dropped.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "problems/processes/population.hpp"
#include "problems/processes/process.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/product_population.hpp"
#include "studies/score/space_information.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr double most_draws = 2e9;  ///< over all strata

class InformationSpace : public Study {
 public:
  void declare(Parameters& p) override;
  void run(Experiment& experiment) const override;

 private:
  std::vector<GivenValue> values(const Parameters& parameters, const NoisyMixture& population,
                                 const DiscreteLaw* discrete) const;
  FileLayout layout(const Experiment& experiment, bool discrete) const;

  StrataOptions strata_{"information_space"};
  std::vector<std::string> values_;
};

void InformationSpace::declare(Parameters& p) {
  strata_.declare(p);
  p.add("information_space.values", values_,
        {.meaning = "y of which -ln p(y) is found: 0.2, 1 or (0.2, 1), (3, 4)", .unit = "L"});
}

NoisyMixture require_population(const Experiment& experiment) {
  const Process* process = experiment.problem().process();
  const auto population = process == nullptr ? nullptr : process->population();
  if (!population) {
    throw experiment.parameters().blame(
        "problem.kind", "must be brownian or ornstein_uhlenbeck, which start from a population");
  }
  return NoisyMixture{*population};
}

std::vector<GivenValue> InformationSpace::values(const Parameters& parameters,
                                                 const NoisyMixture& population,
                                                 const DiscreteLaw* discrete) const {
  const auto n = static_cast<int>(population.dimension());
  std::vector<GivenValue> list;
  for (const auto& text : values_) {
    const auto point = point_of(text, n);
    if (!point) {
      throw parameters.blame("information_space.values",
                             fmt::format("{} is no point with {} coordinates", text, n));
    }
    GivenValue value{.y = {point->begin(), point->begin() + n}};
    if (discrete != nullptr) {
      value.point = discrete->at(value.y);
      value.left = value.point ? discrete->surprise(*value.point) : HUGE_VAL;
    } else {
      value.left = -population.population().log_density(*point);
    }
    if (!std::isfinite(value.left)) {
      throw parameters.blame("information_space.values",
                             fmt::format("{} has no likelihood in this population", text));
    }
    list.push_back(std::move(value));
  }
  return list;
}

FileLayout InformationSpace::layout(const Experiment& experiment, bool discrete) const {
  FileLayout layout = experiment.layout("information");
  add_information_tables(layout, discrete);
  if (values_.empty()) return layout;
  Table table{.name = "likelihood",
              .title = "-ln p(y) and its two terms [nat]",
              .axis = {"noise", "variance t of the noise", "L^2"},
              .log_axis = true,
              .together = true};
  const auto column = [&](const std::string& name, const std::string& meaning) {
    for (std::size_t k = 0; k < values_.size(); ++k) {
      table.columns.push_back(
          {fmt::format("{}_{}", name, k + 1), fmt::format("y = {}: {}", values_[k], meaning), "1"});
    }
  };
  column("right", "-ln p(y), sum of both terms");
  column("integral", "integral beyond t");
  column("posterior", "E[-ln p(y|z(t))]");
  table.signals = table.columns.size();
  column("left", "-ln p(y)");
  column("right_error", "standard error of the sum");
  layout.tables.push_back(table);
  return layout;
}

/// `terms`: all times of the first y, then of the next.
void record_terms(Recorder& recorder, const std::vector<SpaceTerm>& terms,
                  const std::vector<double>& times) {
  for (std::size_t k = 0; k < times.size(); ++k) {
    std::vector<double> row{times[k]};
    const auto column = [&](auto&& value) {
      for (std::size_t i = k; i < terms.size(); i += times.size()) row.push_back(value(terms[i]));
    };
    column([](const SpaceTerm& term) { return term.right(); });
    column([](const SpaceTerm& term) { return term.integral.value; });
    column([](const SpaceTerm& term) { return term.left + term.log_ratio.value; });
    column([](const SpaceTerm& term) { return term.left; });
    column([](const SpaceTerm& term) { return term.right_error(); });
    recorder.row("likelihood", row);
  }
}

/// H(z(t)) - H(z(t)|y) by quadrature; nothing where that would take too long.
std::vector<double> by_entropy(const NoisyMixture& population, const std::vector<double>& times) {
  const auto n = static_cast<double>(population.dimension());
  std::vector<double> found;
  if (population.dimension() > 2) return found;
  for (const double t : times) {
    const auto entropy = population.law(t).entropy();
    if (!entropy) return {};
    found.push_back(*entropy - n / 2 * std::log(2 * std::numbers::pi * std::numbers::e * t));
  }
  return found;
}

void compare(Experiment& experiment, const NoisyMixture& population,
             const SpaceInformation& information, const std::vector<double>& times) {
  Checks checks;
  if (const auto axes = independent_axes(population.population())) {
    checks = reference_checks("independent_axes",
                              "the sum of quadratures on the line, the axes being independent",
                              information, times, information_of_axes(*axes, times));
  } else if (const auto reference = by_entropy(population, times); !reference.empty()) {
    checks = reference_checks("by_entropy", "H(z(t)) - H(z(t)|y) by quadrature in the plane",
                              information, times, reference);
  }
  add_with_controls(experiment, checks, "(12)");
}

std::unique_ptr<SpacePopulation> sampled_population(const NoisyMixture& mixture,
                                                    const std::optional<Clusters>& points) {
  if (points) return std::make_unique<NoisyPoints>(*points);
  return std::make_unique<NoisyMixture>(mixture);
}

/// Sums of all blocks take a byte for each draw in each stratum.
void require_room(const Parameters& parameters, const StrataOptions& options,
                  const SpacePopulation& population, const std::vector<double>& times) {
  const auto strata = information_strata(population, times);
  if (static_cast<double>(strata) * options.samples() > most_draws) {
    throw parameters.blame(
        "information_space.samples",
        fmt::format("must be at most {:.3g} in {} strata, from t = {:g} to 1e5 "
                    "times all variances",
                    most_draws / static_cast<double>(strata), strata, times.front()));
  }
}

/// Shows how far all is: first the information, then the terms of every y.
class Done {
 public:
  Done(std::size_t values, MPI_Comm comm) : all_{1 + share * double(values)}, progress_{100, comm} {
    progress_.heading(fmt::format("{:>9}", "done"));
  }

  Tell information() {
    return [this](double part) { show(part); };
  }
  /// Of the i-th y.
  Tell value(std::size_t i) {
    return [this, i](double part) { show(1 + share * (double(i) + part)); };
  }

 private:
  static constexpr double share = 0.25;  ///< of the strata

  void show(double done) {
    const int now = static_cast<int>(100 * done / all_);
    if (now == shown_ || !progress_.due(now)) return;
    progress_.show(now, fmt::format("{:>7} %", now));
    shown_ = now;
  }

  double all_;
  int shown_ = -1;
  Progress progress_;
};

void InformationSpace::run(Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  const MPI_Comm comm = experiment.problem().grid().comm();
  NoisyMixture mixture = require_population(experiment);
  const auto times = strata_.times(parameters);
  const auto points = points_of(mixture.population());
  std::optional<DiscreteLaw> law;
  if (points) law.emplace(*points);
  const DiscreteLaw* discrete = law ? &*law : nullptr;
  const auto given = values(parameters, mixture, discrete);
  const auto sampled = sampled_population(mixture, points);
  require_room(parameters, strata_, *sampled, times);
  Recorder& recorder = experiment.open(layout(experiment, points.has_value()), {});

  Done done{given.size(), comm};
  const auto information = space_information(*sampled, strata_, times, comm, done.information());
  record_information(recorder, *sampled, information, times, discrete);
  compare(experiment, mixture, information, times);
  for (auto& check : limit_checks(*sampled, information, discrete)) experiment.add(check);
  if (given.empty()) return;
  std::vector<SpaceTerm> terms;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto stream = static_cast<std::uint32_t>(i + 1);
    const auto own =
        space_terms(*sampled, given[i], discrete, strata_, times, stream, comm, done.value(i));
    terms.insert(terms.end(), own.begin(), own.end());
  }
  record_terms(recorder, terms, times);
  add_with_controls(experiment, term_checks(terms, points.has_value()), "(10)");
}

}  // namespace

std::unique_ptr<Study> information_space() {
  return std::make_unique<InformationSpace>();
}

}  // namespace feller

#include "studies/score/space_information.hpp"

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

/// For curves; and where only integrals are asked for.
constexpr int fine = 8, coarse = 2;

const Labels noise{"noise", "variance t of the noise", "L^2"};

}  // namespace

void StrataOptions::declare(Parameters& p) {
  p.add(section_ + ".times", times_,
        {.meaning = "levels of noise t from which on integrals are taken",
         .unit = "L^2",
         .range = range::positive});
  p.add(section_ + ".samples", samples_,
        {.meaning = "draws of (y, G) in each stratum of the noise, eight strata an e-fold",
         .range = {.low = 2048, .high = 1e8}});
  p.add(section_ + ".seed", seed_, {.meaning = "of the draws", .range = range::not_negative});
}

std::vector<double> StrataOptions::times(const Parameters& parameters) const {
  const std::string key = section_ + ".times";
  if (times_.empty()) throw parameters.blame(key, "must have an entry");
  auto times = times_;
  std::ranges::sort(times);
  if (std::ranges::adjacent_find(times) != times.end()) {
    throw parameters.blame(key, "names a level twice");
  }
  if (times.front() < 1e-12 || times.back() > 1e12) {
    throw parameters.blame(key, "must be in [1e-12, 1e12]");
  }
  return times;
}

const NoiseTotal& SpaceInformation::at(double t) const {
  return *std::ranges::min_element(totals, std::less{}, [t](const NoiseTotal& total) {
    return std::abs(std::log(total.t / t));
  });
}

std::size_t information_strata(const SpacePopulation& population,
                               const std::vector<double>& times) {
  return noise_levels(times, far_noise(population), fine).size() - 1;
}

SpaceInformation space_information(SpacePopulation& population, const StrataOptions& options,
                                   const std::vector<double>& times, MPI_Comm comm,
                                   const Tell& tell) {
  const NoiseStrata strata{population, options.key(0), options.samples()};
  SpaceInformation found;
  found.parts = strata.parts(noise_levels(times, far_noise(population), fine), comm, tell);
  found.totals = strata.totals(found.parts);
  return found;
}

std::vector<SpaceTerm> space_terms(SpacePopulation& population, const GivenValue& value,
                                   const DiscreteLaw* discrete, const StrataOptions& options,
                                   const std::vector<double>& times, std::uint32_t stream,
                                   MPI_Comm comm, const Tell& tell) {
  const NoiseStrata strata{population, options.key(stream), options.samples(), value.y};
  const auto levels = noise_levels(times, far_noise(population, value.y), coarse);
  SpaceInformation found;
  found.totals = strata.totals(strata.parts(levels, comm, tell));
  std::vector<SpaceTerm> terms;
  for (const double t : times) {
    const auto& total = found.at(t);
    const bool bounded = discrete != nullptr && value.point;
    terms.push_back({.t = t,
                     .left = value.left,
                     .integral = total.plain,
                     .controlled = total.controlled,
                     .log_ratio = strata.log_ratio(t, comm),
                     .left_bound = bounded ? discrete->left_bound(*value.point, t) : 0});
  }
  return terms;
}

void add_information_tables(FileLayout& layout, bool discrete) {
  layout.tables.push_back({.name = "mmse",
                           .title = "least mean squared error, over the variance of the data",
                           .axis = noise,
                           .columns = {{"mmse", "mmse(t)/tr Cov(y)", "1"},
                                       {"gauss", "of a normal law, sum of v t/(v + t)", "1"},
                                       {"error", "standard error", "1"}},
                           .log_axis = true,
                           .together = true,
                           .signals = 2});
  layout.tables.push_back({.name = "rate",
                           .title = "information lost an e-fold of the noise [nat]",
                           .axis = noise,
                           .columns = {{"rate", "mmse(t)/(2t)", "1"},
                                       {"gauss", "of a normal law, sum of v/(2(v + t))", "1"},
                                       {"error", "standard error", "1"}},
                           .log_axis = true,
                           .together = true,
                           .signals = 2});
  Table table{.name = "information",
              .title = "information I(y; z(t)) [nat]",
              .axis = noise,
              .columns = {{"information", "(12) by Monte Carlo", "1"}},
              .log_axis = true,
              .together = true};
  const Labels gauss{"gauss", "of a normal law, sum of ln(1 + v/t)/2", "1"};
  if (discrete) {
    table.columns.push_back({"entropy", "H(P), all there is to know", "1"});
    table.columns.push_back({"half", "H(P)/2: its crossing is the threshold t*", "1"});
    table.signals = 3;  // a normal law knows so much more that it would press them together
  } else {
    table.signals = 2;
  }
  for (const Labels& column : {gauss, Labels{"information_error", "standard error", "1"},
                               Labels{"controlled", "by Monte Carlo with control variate", "1"},
                               Labels{"controlled_error", "its standard error", "1"}}) {
    table.columns.push_back(column);
  }
  layout.tables.push_back(table);
}

void record_information(Recorder& recorder, SpacePopulation& population,
                        const SpaceInformation& information, const std::vector<double>& times,
                        const DiscreteLaw* discrete) {
  const double v = population.total_variance();
  // Beyond, everything is as of a normal law.
  const double last = std::max(100 * v, times.back());
  for (const auto& part : information.parts) {
    const double t = part.middle(), length = part.length();
    if (t > last) break;
    double gauss = 0;
    for (const double a : population.variances()) gauss += a / (2 * (a + t));
    const double rate = part.plain.value / length, error = part.plain.error / length;
    recorder.row("mmse", {t, 2 * t * rate / v, 2 * t * gauss / v, 2 * t * error / v});
    recorder.row("rate", {t, rate, gauss, error});
  }
  for (const auto& total : information.totals) {
    if (total.t > last) break;
    std::vector<double> row{total.t, total.plain.value};
    if (discrete != nullptr) {
      row.insert(row.end(), {discrete->entropy(), discrete->entropy() / 2});
    }
    row.insert(row.end(), {population.normal_information(total.t), total.plain.error,
                           total.controlled.value, total.controlled.error});
    recorder.row("information", row);
  }
}

std::pair<double, double> half_known(const SpaceInformation& information, double entropy) {
  const auto& all = information.totals;
  for (std::size_t k = 0; k + 1 < all.size(); ++k) {
    const double here = all[k].plain.value, next = all[k + 1].plain.value;
    if (!(here >= entropy / 2 && next < entropy / 2)) continue;
    const double length = std::log(all[k + 1].t / all[k].t);
    const double share = (here - entropy / 2) / (here - next);
    return {all[k].t * std::exp(share * length), all[k].plain.error / (here - next) * length};
  }
  return {std::nan(""), std::nan("")};
}

}  // namespace feller

#include "studies/chain/figure1_curves.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace feller {
namespace {

/// A curve that both processes have.
struct Shared {
  std::string name, title;
  double Moment::*value;
  bool log_signal;
};

const std::array shared{
    Shared{"aligned_contrast", "edge contrast-to-noise, per unit of contrast",
           &Moment::contrast_to_noise},
    Shared{"aligned_information", "mutual information with the photograph, Gaussian surrogate",
           &Moment::information},
    Shared{"aligned_variation", "total variation relative to the steady state's",
           &Moment::variation},
    Shared{"aligned_entropy", "relative entropy to the steady state", &Moment::relative_entropy}};

/// At a chi-square between those of the first and the last; both descend.
double interpolated(const std::vector<Moment>& moments, double log_distance,
                    double Moment::*value) {
  const auto above = [&](const Moment& m) { return std::log(m.chi_square) > log_distance; };
  const auto after = std::ranges::partition_point(moments, above);
  if (after == moments.begin()) return moments.front().*value;
  if (after == moments.end()) return moments.back().*value;
  const Moment &near = *(after - 1), &far = *after;
  const double from = std::log(near.chi_square), to = std::log(far.chi_square);
  const double part = (log_distance - from) / (to - from);
  return (1 - part) * (near.*value) + part * (far.*value);
}

}  // namespace

std::vector<Table> figure1_tables() {
  std::vector<Table> tables;
  tables.push_back(
      {.name = "chain",
       .title = "the chain",
       .axis = {"step", "step of the chain", "1"},
       .columns = {{"conditional_entropy", "H(U_i|U_0) a pixel", "1"},
                   {"relative_entropy", "KL of a pixel's law to N(0, 1), mean", "1"},
                   {"chi_square", "chi-square of a pixel's law to N(0, 1), mean", "1"},
                   {"contrast_to_noise", "edge contrast-to-noise sqrt(a/(1-a))", "1"},
                   {"information", "mutual information a pixel, Gaussian surrogate", "1"},
                   {"variation", "total variation relative to that of pure noise", "1"},
                   {"mean", "mean of the trajectory", "1"},
                   {"found_entropy", "H(U_i|U_0) a pixel, plug-in of the trajectory", "1"},
                   {"found_contrast", "edge contrast-to-noise of the trajectory", "1"},
                   {"found_information", "mutual information a pixel of the trajectory", "1"}},
       .signals = 7});
  tables.push_back(
      {.name = "osmosis",
       .title = "osmosis",
       .axis = {"time", "time", "T"},
       .columns = {{"lyapunov", "L of a unit of mass, Peter 2023 eq. (28)", "1"},
                   {"chi_square", "chi-square to the steady state, of a unit of mass", "1"},
                   {"contrast_to_noise", "edge contrast-to-noise, per unit of contrast", "1"},
                   {"contrast", "contrast left across the strong edges", "1"},
                   {"information", "mutual information a pixel, Gaussian surrogate", "1"},
                   {"variation", "total variation relative to that of the steady state", "1"},
                   {"mean", "mean of the image, in the chain's units", "1"}}});
  for (const auto& curve : shared) {
    tables.push_back({.name = curve.name,
                      .title = curve.title,
                      .axis = {"chi_square", "chi-square to the steady state", "1"},
                      .columns = {{"chain", "chain", "1"}, {"osmosis", "osmosis", "1"}},
                      .log_axis = true,
                      .together = true});
  }
  return tables;
}

void record_chain(Recorder& recorder, const Moment& m) {
  recorder.row("chain", {m.at, m.law.conditional_entropy(), m.relative_entropy, m.chi_square,
                         m.contrast_to_noise, m.information, m.variation, m.traces.mean, m.entropy,
                         m.traces.contrast_to_noise, m.traces.information()});
}

void record_osmosis(Recorder& recorder, const Moment& m) {
  recorder.row("osmosis", {m.at, -m.relative_entropy, m.chi_square, m.contrast_to_noise,
                           m.traces.contrast, m.information, m.variation, m.traces.mean});
}

Overlap record_aligned(Recorder& recorder, const std::vector<Moment>& chain,
                       const std::vector<Moment>& osmosis) {
  Overlap overlap{std::max(chain.back().chi_square, osmosis.back().chi_square),
                  std::min(chain.front().chi_square, osmosis.front().chi_square), HUGE_VAL};
  if (!(overlap.low < overlap.high)) return {};
  constexpr int rows = 40;
  const double low = std::log(overlap.low), high = std::log(overlap.high);
  for (int r = 0; r <= rows; ++r) {
    const double at = low + r * (high - low) / rows;
    for (const auto& curve : shared) {
      recorder.row(curve.name, {std::exp(at), interpolated(chain, at, curve.value),
                                interpolated(osmosis, at, curve.value)});
    }
    const double ratio = interpolated(osmosis, at, &Moment::information) /
                         interpolated(chain, at, &Moment::information);
    lower(overlap.factor, std::max(ratio, 1 / ratio));
  }
  return overlap;
}

}  // namespace feller

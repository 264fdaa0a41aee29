#include "studies/osmosis/signed_guidance_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace feller {
namespace {

double worst_of(const std::vector<OffsetFindings>& all, double OffsetFindings::*value) {
  double worst = 0;
  for (const auto& findings : all) raise(worst, findings.*value);
  return worst;
}

double least_of(const std::vector<OffsetFindings>& all, double OffsetFindings::*value) {
  double worst = std::numeric_limits<double>::infinity();
  for (const auto& findings : all) lower(worst, findings.*value);
  return worst;
}

}  // namespace

Closing closing_of(const OffsetGuidance& guidance) {
  Closing closing;
  for (const double distance : closing_distances) {
    closing.above.push_back(guidance.growth(guidance.critical() + distance));
    closing.below.push_back(guidance.growth(guidance.critical() - distance));
  }
  return closing;
}

void add_positivity_checks(Experiment& experiment, const std::vector<OffsetFindings>& lines,
                           const std::vector<OffsetFindings>& planes) {
  const auto add = [&](const std::string& name, const std::vector<OffsetFindings>& all) {
    experiment.add({.name = "positivity_" + name,
                    .claim = fmt::format("offset c at which a rate turns negative, by bisection, "
                                         "{}: largest |c + min v| / max(1, |min v|)",
                                         name),
                    .measured = worst_of(all, &OffsetFindings::positivity),
                    .bound = 4 * std::numeric_limits<double>::epsilon(),
                    .statement = "V11"});
  };
  add("line", lines);
  add("plane", planes);
}

void add_line_checks(Experiment& experiment, const std::vector<OffsetGuidance>& lines,
                     const std::vector<Closing>& closings) {
  double closes = 0, grows = 0, steepest = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto [slope, resistance, gain] = lines[i].bottleneck();
    if (slope == 0) {
      experiment.say("a line has its darkest pixel at an end, where it parts nothing: left out");
      continue;
    }
    steepest = std::max(steepest, slope);
    const auto off = [slope = slope, next = resistance + gain](double rate, double distance) {
      return std::abs(rate / (slope * distance) - 1) / (distance * next + 1e-9 / distance);
    };
    // The two smallest distances: the next order is in the bound.
    for (std::size_t k = 0; k < 2; ++k) {
      raise(closes, off(-closings[i].above[k], closing_distances[k]));
      raise(grows, off(closings[i].below[k], closing_distances[k]));
    }
  }
  if (steepest == 0) {
    experiment.say("line_gap_closes, line_growth_starts: left out, there is no line for them");
    return;
  }
  const std::string formula = fmt::format(
      "d (1/S_- + 1/S_+) / h^2 at d = 1e-6 and 1e-5: largest relative difference over d (R + Q) + "
      "round-off (steepest slope {:.4g})",
      steepest);
  experiment.add({.name = "line_gap_closes",
                  .claim = "line, c = -min v + d: spectral gap against " + formula,
                  .measured = closes,
                  .bound = 1,
                  .statement = "V11"});
  experiment.add({.name = "line_growth_starts",
                  .claim = "line, c = -min v - d: positive eigenvalue against " + formula,
                  .measured = grows,
                  .bound = 1,
                  .statement = "V11"});
}

void add_plane_checks(Experiment& experiment, const std::vector<Closing>& closings,
                      const std::vector<OffsetFindings>& planes) {
  double moved = 0, leading = -std::numeric_limits<double>::infinity();
  for (const auto& closing : closings) {
    raise(moved, std::abs(closing.above[0] / closing.above[2] - 1));
    for (std::size_t k = 0; k < 4; ++k) raise(leading, closing.below[k]);
  }
  experiment.add({.name = "plane_gap_stays",
                  .claim =
                      "plane: |gap(d = 1e-6) / gap(d = 1e-4) - 1|, largest of all seeds; a gap "
                      "that closes would give 0.99",
                  .measured = moved,
                  .bound = 0.01,
                  .statement = "V11"});
  experiment.add({.name = "plane_stable_below",
                  .claim = "plane, up to 1e-3 below -min v, where positivity is lost: largest real "
                           "part of an eigenvalue apart from 0",
                  .measured = leading,
                  .relation = Relation::less,
                  .bound = -eigenvalue_tolerance,
                  .statement = "V11"});
  experiment.add({.name = "plane_growth_later",
                  .claim = fmt::format("plane: growth starts {:.3g} to {:.3g} below -min v, the "
                                       "least of all seeds",
                                       least_of(planes, &OffsetFindings::onset),
                                       worst_of(planes, &OffsetFindings::onset)),
                  .measured = least_of(planes, &OffsetFindings::onset),
                  .relation = Relation::greater,
                  .bound = 1e-3,
                  .statement = "V11"});
}

void add_resolvent_checks(Experiment& experiment, const OffsetGuidance& line,
                          const OffsetGuidance& plane) {
  constexpr double distance = 1e-3, round_off = 1e-14;
  const auto least = [&](double offset) {
    return std::min(line.least_of_resolvent(line.critical() + offset),
                    plane.least_of_resolvent(plane.critical() + offset));
  };
  experiment.add({.name = "resolvent_positive",
                  .claim = "(I - tau A)^-1 b at c = -min v + 1e-3, b = 1 but 0 in the darkest "
                           "pixel: least over largest value, line and plane",
                  .measured = least(distance),
                  .relation = Relation::at_least,
                  .bound = -round_off,
                  .statement = "V11"});
  experiment.add({.name = "control_resolvent",
                  .claim = "the same at c = -min v - 1e-3",
                  .measured = least(-distance),
                  .relation = Relation::less,
                  .bound = -10 * round_off,
                  .is_control = true,
                  .statement = "V11",
                  .misprint = guidance_misprint});
}

}  // namespace feller

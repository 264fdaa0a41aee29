/// Osmosis towards noise whose offset falls until it changes sign: positivity is lost at once,
/// stability at once on a line and later in the plane. See studies/osmosis/offset_guidance.hpp.
///
/// Peter 2023, section 4.2, takes standard normal noise itself as guidance (c = 0). The problem is
/// that choice on a few cells; lines and planes of noise are the study's own.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "problems/osmosis_box.hpp"
#include "solvers/functionals.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/osmosis/signed_guidance_checks.hpp"
#include "studies/program/progress.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// The noise images of one shape, by seed, and what was found of each.
struct Family {
  std::vector<OffsetGuidance> guidances;
  std::vector<OffsetFindings> findings;
  std::vector<Closing> closings;
};

class SignedGuidance : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  void validate(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment) const;
  OffsetFindings findings(const OffsetGuidance& guidance) const;
  void add_noise(Family& family, const Grid& grid, int seed) const;
  void look_at_seeds(Experiment& experiment, Recorder& record, Family& lines, Family& planes) const;
  std::optional<double> sweep(Recorder& record, const OffsetGuidance& line,
                              const OffsetGuidance& plane, Progress& progress) const;

  TimeOptions time_;
  int line_ = 64;
  std::vector<int> plane_{12, 12};
  std::vector<int> seeds_{1, 2, 3, 4, 5};
  double below_ = 1.5;
  double above_ = 0.5;
  int points_ = 80;
};

void SignedGuidance::declare(Parameters& p) {
  time_.declare(p);
  p.add("signed_guidance.line", line_,
        {.meaning = "cells of the line", .range = {.low = 4, .high = 500}});
  p.add("signed_guidance.plane", plane_,
        {.meaning = "cells of the plane along x and y", .range = {.low = 3, .high = 30}});
  p.add("signed_guidance.seeds", seeds_,
        {.meaning = "noise images that are tried, ascending; curves are those of the first",
         .range = range::not_negative});
  p.add("signed_guidance.below", below_,
        {.meaning = "how far below -min v the offset goes", .range = range::positive});
  p.add("signed_guidance.above", above_,
        {.meaning = "how far above it goes", .range = range::positive});
  p.add("signed_guidance.points", points_,
        {.meaning = "offsets of the curves", .range = {.low = 4, .high = 1000}});
}

void SignedGuidance::validate(const Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  const Problem& problem = experiment.problem();
  if (!problem.stationary(0) || problem.channels().size() != 1 || problem.grid().cells() > 1000) {
    throw parameters.blame("problem.kind", "must be osmosis_box with at most 1000 cells");
  }
  refuse_given(parameters, {"time.method", "time.tolerance"},
               "is not used: implicit Euler is what hides growth");
  if (plane_.size() != 2) {
    throw parameters.blame("signed_guidance.plane", "must be two numbers of cells");
  }
  if (seeds_.empty() || !std::ranges::is_sorted(seeds_, std::less_equal{})) {
    throw parameters.blame("signed_guidance.seeds", "must be ascending, at least one");
  }
  const Field v = *problem.stationary(0);
  if (!(least(v) < 0) || !(largest(v) > 0)) {
    throw parameters.blame("problem.kind",
                           "must be osmosis_box with a guidance that changes sign: positive ones "
                           "are for osmosis_theorem");
  }
}

Table curves(const std::string& name, const std::string& title, Labels axis,
             std::vector<Labels> columns, bool logarithmic) {
  return {.name = name,
          .title = title,
          .axis = std::move(axis),
          .columns = std::move(columns),
          .log_signal = logarithmic,
          .together = true};
}

std::vector<Table> sweep_tables() {
  const Labels offset{"offset", "offset of the guidance above -min v", "1"};
  const std::vector<Labels> both{{"line", "line", "1/T"}, {"plane", "plane", "1/T"}};
  const std::vector<Labels> numbers{{"line", "line", "1"}, {"plane", "plane", "1"}};
  return {
      curves("growth", "largest eigenvalue where it is positive", offset, both, true),
      curves("gap", "spectral gap where nothing grows", offset, both, true),
      curves("euler", "largest factor of implicit Euler with tau = 1: below 1 it hides growth",
             offset, numbers, true),
      curves("least_rate", "most negative off-diagonal entry, with the sign changed", offset, both,
             true),
      curves("steady_state", "least value of the steady state over its mean", offset, numbers,
             false),
      curves("resolvent", "least over largest value of (I - tau A)^-1 b", offset, numbers, false)};
}

std::vector<Table> noise_tables() {
  std::vector<Table> tables{
      curves("closing", "gap above and growth below -min v",
             {"distance", "distance from -min v", "1"},
             {{"line_gap", "line, gap above", "1/T"},
              {"line_growth", "line, growth below", "1/T"},
              {"plane_gap", "plane, gap above", "1/T"},
              {"plane_gap_below", "plane, gap below", "1/T"}},
             true),
      curves("seeds", "where stability is lost, by noise image", {"seed", "seed of the noise", "1"},
             {{"line", "line: growth starts so far below -min v", "1"},
              {"plane", "plane: growth starts so far below -min v", "1"},
              {"line_critical", "line, -min v", "1"},
              {"plane_critical", "plane, -min v", "1"},
              {"line_as_written", "line, largest eigenvalue at offset 0 of the noise", "1/T"},
              {"plane_as_written", "plane, largest eigenvalue at offset 0 of the noise", "1/T"}},
             true)};
  tables[0].log_axis = true;
  tables[1].signals = 2;
  return tables;
}

FileLayout SignedGuidance::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("growth");
  layout.groups = {experiment.group("image", "guidance as written, and the image",
                                    {{"v", "guidance", "1"}, {"f", "image", "1"}})};
  layout.groups.back().time.reset();
  layout.tables = sweep_tables();
  for (auto& table : noise_tables()) layout.tables.push_back(std::move(table));
  return layout;
}

OffsetFindings SignedGuidance::findings(const OffsetGuidance& guidance) const {
  const double critical = guidance.critical();
  return {critical,
          std::abs(guidance.loss_of_positivity() - critical) / std::max(1.0, std::abs(critical)),
          guidance.onset(0.05, below_), guidance.growth(0)};
}

/// Offsets lie midway between round numbers, so that no pixel is 0 and no two neighbours add up to
/// 0. One at which implicit Euler with tau = 1 hides what grows in the plane, if there is one.
std::optional<double> SignedGuidance::sweep(Recorder& record, const OffsetGuidance& line,
                                            const OffsetGuidance& plane, Progress& progress) const {
  const auto positive = [](double value) { return value > eigenvalue_tolerance ? value : none; };
  std::optional<double> hidden;
  for (int i = 0; i < points_; ++i) {
    const double offset = -below_ + (below_ + above_) * (i + 0.5) / points_;
    const double on_line = line.critical() + offset, in_plane = plane.critical() + offset;
    const auto of_line = line.eigenvalues(on_line), of_plane = plane.eigenvalues(in_plane);
    const double a = of_line.front().real(), b = of_plane.front().real();
    const double factor = largest_euler_factor(of_plane, 1);
    if (b > eigenvalue_tolerance && factor < 0.99) hidden = offset;
    record.row("euler", {offset, largest_euler_factor(of_line, 1), factor});
    record.row("growth", {offset, positive(a), positive(b)});
    record.row("gap", {offset, positive(-a), positive(-b)});
    record.row("least_rate", {offset, positive(-line.least_rate(on_line)),
                              positive(-plane.least_rate(in_plane))});
    record.row("steady_state", {offset, line.least_of_steady_state(on_line),
                                plane.least_of_steady_state(in_plane)});
    record.row("resolvent",
               {offset, line.least_of_resolvent(on_line), plane.least_of_resolvent(in_plane)});
    if (progress.due(i + 1)) {
      progress.show(i + 1, fmt::format("{:>10.4f} {:>14.6g} {:>14.6g}", offset, a, b));
    }
  }
  return hidden;
}

void SignedGuidance::add_noise(Family& family, const Grid& grid, int seed) const {
  family.guidances.emplace_back(standard_noise(grid, static_cast<std::uint64_t>(seed)));
  family.findings.push_back(findings(family.guidances.back()));
  family.closings.push_back(closing_of(family.guidances.back()));
}

void SignedGuidance::look_at_seeds(Experiment& experiment, Recorder& record, Family& lines,
                                   Family& planes) const {
  const MPI_Comm comm = experiment.problem().grid().comm();
  const Grid line{{{line_, 0, 1.0 * line_}}, 1, comm};
  const Grid plane{{{plane_[0], 0, 1.0 * plane_[0]}, {plane_[1], 0, 1.0 * plane_[1]}}, 1, comm};
  for (const int seed : seeds_) {
    add_noise(lines, line, seed);
    add_noise(planes, plane, seed);
    const OffsetFindings &l = lines.findings.back(), &p = planes.findings.back();
    record.row("seeds",
               {1.0 * seed, l.onset, p.onset, l.critical, p.critical, l.as_written, p.as_written});
    experiment.say(
        fmt::format("noise {}: growth starts {:.3g} (line) and {:.3g} (plane) below "
                    "-min v; eigenvalue {:.4g} and {:.4g} without offset",
                    seed, l.onset, p.onset, l.as_written, p.as_written));
  }
  const Closing &of_line = lines.closings.front(), &of_plane = planes.closings.front();
  for (std::size_t k = 0; k < std::size(closing_distances); ++k) {
    record.row("closing", {closing_distances[k], -of_line.above[k], of_line.below[k],
                           -of_plane.above[k], -of_plane.below[k]});
  }
}

void SignedGuidance::run(Experiment& experiment) const {
  validate(experiment);
  const Schedule schedule = time_.schedule(experiment.parameters());
  Recorder& record = experiment.open(layout(experiment), {});
  const Problem& problem = experiment.problem();
  record.constant("image", {{*problem.stationary(0)}, {problem.initial(0)}});

  Family lines, planes;
  look_at_seeds(experiment, record, lines, planes);
  Progress progress{points_, problem.grid().comm()};
  progress.heading(fmt::format("{:>10} {:>14} {:>14}", "offset", "line", "plane"));
  const auto hidden = sweep(record, lines.guidances.front(), planes.guidances.front(), progress);

  add_positivity_checks(experiment, lines.findings, planes.findings);
  add_line_checks(experiment, lines.guidances, lines.closings);
  add_plane_checks(experiment, planes.closings, planes.findings);
  add_resolvent_checks(experiment, lines.guidances.front(), planes.guidances.front());
  if (hidden) {
    add_hidden_growth_check(experiment, planes.guidances.front(), *hidden);
  } else {
    experiment.say("hidden_growth: left out, tau = 1 hides growth at none of the plane's offsets");
  }
  add_as_written_checks(experiment, schedule, planes.findings);
}

}  // namespace

std::unique_ptr<Study> signed_guidance() {
  return std::make_unique<SignedGuidance>();
}

}  // namespace feller

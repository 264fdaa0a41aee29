/// Osmosis towards noise whose offset falls until it changes sign: positivity is lost at once,
/// stability at once on a line and later in the plane. See studies/offset_guidance.hpp.
///
/// Peter 2023, section 4.2, takes standard normal noise itself as guidance (c = 0). The problem is
/// that choice on a few cells; lines and planes of noise are the study's own.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "problems/osmosis_box.hpp"
#include "solvers/functionals.hpp"
#include "studies/progress.hpp"
#include "studies/signed_guidance_checks.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

class SignedGuidance : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  void validate(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment) const;
  OffsetFindings findings(const OffsetGuidance& guidance) const;
  void sweep(Recorder& record, const OffsetGuidance& line, const OffsetGuidance& plane,
             Progress& progress) const;

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
  if (plane_.size() != 2) {
    throw parameters.blame("signed_guidance.plane", "must be two numbers of cells");
  }
  if (seeds_.empty() || !std::ranges::is_sorted(seeds_, std::less_equal{})) {
    throw parameters.blame("signed_guidance.seeds", "must be ascending, at least one");
  }
}

FileLayout SignedGuidance::layout(const Experiment& experiment) const {
  const Labels offset{"offset", "offset of the guidance above -min v", "1"};
  const std::vector<Labels> both{{"line", "line", "1/T"}, {"plane", "plane", "1/T"}};
  FileLayout layout = experiment.layout("growth");
  layout.groups = {experiment.group("image", "guidance as written, and the image",
                                    {{"v", "guidance", "1"}, {"f", "image", "1"}})};
  layout.groups.back().time.reset();
  const auto curves = [&](const std::string& name, const std::string& title, Labels axis,
                          std::vector<Labels> columns, bool logarithmic) {
    return Table{.name = name,
                 .title = title,
                 .axis = std::move(axis),
                 .columns = std::move(columns),
                 .log_signal = logarithmic,
                 .together = true};
  };
  layout.tables = {
      curves("growth", "largest eigenvalue where it is positive", offset, both, true),
      curves("gap", "spectral gap where nothing grows", offset, both, true),
      curves("least_rate", "most negative off-diagonal entry, with the sign changed", offset, both,
             true),
      curves("resolvent", "least over largest value of (I - tau A)^-1 b", offset,
             {{"line", "line", "1"}, {"plane", "plane", "1"}}, false),
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
  layout.tables[4].log_axis = true;
  layout.tables[5].signals = 2;
  return layout;
}

OffsetFindings SignedGuidance::findings(const OffsetGuidance& guidance) const {
  const double critical = guidance.critical();
  return {critical,
          std::abs(guidance.loss_of_positivity() - critical) / std::max(1.0, std::abs(critical)),
          guidance.onset(0.05, below_), guidance.growth(0)};
}

/// Midway between round numbers, so that no pixel is 0 and no two neighbours add up to 0.
void SignedGuidance::sweep(Recorder& record, const OffsetGuidance& line,
                           const OffsetGuidance& plane, Progress& progress) const {
  const auto positive = [](double value) { return value > 1e-9 ? value : none; };
  for (int i = 0; i < points_; ++i) {
    const double offset = -below_ + (below_ + above_) * (i + 0.5) / points_;
    const double on_line = line.critical() + offset, in_plane = plane.critical() + offset;
    const double a = line.growth(on_line), b = plane.growth(in_plane);
    record.row("growth", {offset, positive(a), positive(b)});
    record.row("gap", {offset, positive(-a), positive(-b)});
    record.row("least_rate", {offset, positive(-line.least_rate(on_line)),
                              positive(-plane.least_rate(in_plane))});
    record.row("resolvent",
               {offset, line.least_of_resolvent(on_line), plane.least_of_resolvent(in_plane)});
    if (progress.due(i + 1)) {
      progress.show(i + 1, fmt::format("{:>10.4f} {:>14.6g} {:>14.6g}", offset, a, b));
    }
  }
}

void SignedGuidance::run(Experiment& experiment) const {
  validate(experiment);
  const Schedule schedule = time_.schedule(experiment.parameters());
  const MPI_Comm comm = experiment.problem().grid().comm();
  const Grid line_grid{{{line_, 0, 1.0 * line_}}, 1, comm};
  const Grid plane_grid{
      {{plane_[0], 0, 1.0 * plane_[0]}, {plane_[1], 0, 1.0 * plane_[1]}}, 1, comm};
  Recorder& record = experiment.open(layout(experiment), {});
  record.constant("image",
                  {{*experiment.problem().stationary(0)}, {experiment.problem().initial(0)}});

  std::vector<OffsetGuidance> lines, planes;
  std::vector<OffsetFindings> of_lines, of_planes;
  std::vector<Closing> line_closings, plane_closings;
  for (const int seed : seeds_) {
    const auto number = static_cast<std::uint64_t>(seed);
    lines.emplace_back(standard_noise(line_grid, number));
    planes.emplace_back(standard_noise(plane_grid, number));
    of_lines.push_back(findings(lines.back()));
    of_planes.push_back(findings(planes.back()));
    line_closings.push_back(closing_of(lines.back()));
    plane_closings.push_back(closing_of(planes.back()));
    const auto &l = of_lines.back(), &p = of_planes.back();
    record.row("seeds",
               {1.0 * seed, l.onset, p.onset, l.critical, p.critical, l.as_written, p.as_written});
    experiment.say(
        fmt::format("noise {}: growth starts {:.3g} (line) and {:.3g} (plane) below "
                    "-min v; eigenvalue {:.4g} and {:.4g} without offset",
                    seed, l.onset, p.onset, l.as_written, p.as_written));
  }
  for (std::size_t k = 0; k < std::size(closing_distances); ++k) {
    record.row("closing",
               {closing_distances[k], -line_closings[0].above[k], line_closings[0].below[k],
                -plane_closings[0].above[k], -plane_closings[0].below[k]});
  }
  Progress progress{points_, comm};
  progress.heading(fmt::format("{:>10} {:>14} {:>14}", "offset", "line", "plane"));
  sweep(record, lines.front(), planes.front(), progress);
  add_positivity_checks(experiment, of_lines, of_planes);
  add_line_checks(experiment, lines, line_closings);
  add_plane_checks(experiment, plane_closings, of_planes);
  add_resolvent_checks(experiment, lines.front(), planes.front());
  add_as_written_checks(experiment, schedule, of_planes);
}

}  // namespace

std::unique_ptr<Study> signed_guidance() {
  return std::make_unique<SignedGuidance>();
}

}  // namespace feller

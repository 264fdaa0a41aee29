/// The Ornstein-Uhlenbeck process is osmosis towards the Gaussian (Peter 2023, section 4.1, made
/// precise): its Fokker-Planck equation solved by the osmosis discretisation with v = gamma, by
/// Scharfetter and Gummel's, and exactly, on a ladder of grids. See
/// studies/operators/twin_equation.hpp.
///
/// Time steps are exact exponentials, so all that is left is the error of the grid.
///
/// Control: the drift -x by centred differences where h |x| > 2 has negative rates and another
/// steady state.

#include "studies/flow/propagation.hpp"
#include "studies/operators/twin_ladder.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class OsmosisIsFokkerPlanck : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  FileLayout layout(const Experiment& experiment) const;
  TimeOptions time_;
  int levels_ = 3;
};

void OsmosisIsFokkerPlanck::declare(Parameters& p) {
  time_.declare(p);
  p.add("osmosis_is_fokker_planck.levels", levels_,
        {.meaning = "grids of the ladder, each with twice the cells of the one before",
         .range = {.low = 2, .high = 8}});
}

FileLayout OsmosisIsFokkerPlanck::layout(const Experiment& experiment) const {
  const std::string unit = experiment.problem().quantity().unit;
  const Labels h{"h", "width of a cell", "L"};
  const auto both = [](const std::string& what, const std::string& units) {
    return std::vector<Labels>{{"osmosis", what + ", osmosis", units},
                               {"scharfetter_gummel", what + ", Scharfetter-Gummel", units}};
  };
  FileLayout layout = experiment.layout("error");
  layout.groups = {experiment.group("density", "osmosis towards the Gaussian, coarsest grid",
                                    {{"p", "density by osmosis", unit},
                                     {"scharfetter_gummel", "by Scharfetter-Gummel", unit},
                                     {"exact", "exact cell means", unit}})};
  const auto table = [&](const std::string& name, const std::string& title,
                         std::vector<Labels> columns) {
    return Table{.name = name,
                 .title = title,
                 .axis = h,
                 .columns = std::move(columns),
                 .log_axis = true,
                 .log_signal = true,
                 .together = true};
  };
  layout.tables = {
      table("error", "error against the exact law, L1", both("L1 error", "1")),
      table("error_l2", "error against the exact law, L2", both("L2 error", unit)),
      table("entropy", "error of the differential entropy", both("error", "1")),
      table("gap", "error of the spectral gap", both("theta - gap", "1/T")),
      table("steady_state", "gamma at the centres as steady state", both("defect", "1"))};
  return layout;
}

void record_all(Recorder& record, const TwinLadder& ladder, const Schedule& schedule) {
  const auto rows = [&](const std::string& table, double Solution::*value) {
    for (auto rung = ladder.rbegin(); rung != ladder.rend(); ++rung) {  // h ascends
      const TwinRung& r = **rung;
      record.row(table, {r.twin.width(), r.osmosis.*value, r.scharfetter_gummel.*value});
    }
  };
  rows("error", &Solution::l1);
  rows("error_l2", &Solution::l2);
  rows("entropy", &Solution::entropy);
  rows("gap", &Solution::gap_error);
  rows("steady_state", &Solution::defect);
  const TwinRung& coarsest = *ladder.front();
  for (std::size_t i = 0; i < schedule.outputs.size(); ++i) {
    const double time = schedule.time(schedule.outputs[i]);
    record.snapshot("density", time,
                    {{coarsest.osmosis.states[i]},
                     {coarsest.scharfetter_gummel.states[i]},
                     {*coarsest.problem.exact(0, time)}});
  }
}

void OsmosisIsFokkerPlanck::run(Experiment& experiment) const {
  require_exponential(experiment.parameters(), time_.method);
  const Schedule schedule = time_.schedule(experiment.parameters());
  if (schedule.outputs.back() == 0) {
    throw experiment.parameters().blame("time.outputs", "must hold a time after 0");
  }
  TwinLadder rungs = twin_ladder(experiment, levels_, time_.method, schedule);
  require_smooth_inside(experiment, rungs, schedule);
  wide_cells(rungs.front()->twin.grid(), rungs.front()->twin.theta());  // ranks may be too many
  Recorder& record = experiment.open(layout(experiment), {});
  climb(experiment, rungs, schedule);
  record_all(record, rungs, schedule);
  add_twin_checks(experiment, rungs);
}

}  // namespace

std::unique_ptr<Study> osmosis_is_fokker_planck() {
  return std::make_unique<OsmosisIsFokkerPlanck>();
}

}  // namespace feller

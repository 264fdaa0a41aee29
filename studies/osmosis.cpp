/// Osmosis on images: the steady state, or what is reached in time, of any of its models.

#include <fmt/format.h>

#include "studies/osmosis/osmosis_flow.hpp"
#include "studies/osmosis/osmosis_fusion.hpp"
#include "studies/osmosis/osmosis_nonlinear.hpp"
#include "studies/osmosis/osmosis_steady.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class OsmosisStudy : public Study {
 public:
  void declare(Parameters& p) override {
    p.add("osmosis.mode", mode_,
          {.meaning = "the steady state directly, or the flow up to time.end",
           .choices = {"steady", "evolve"}});
    p.add("osmosis.iterations", iterations_,
          {.meaning = "most iterations of a non-linear steady state, and of a fusion",
           .range = range::at_least_one});
    output_.declare(p);
    steady_.declare(p);
    flow_.declare(p);
    solver_.declare(p);
  }

  bool takes_nonlinear() const override { return true; }

  void run(Experiment& experiment) const override {
    const OsmosisProblem* problem = experiment.problem().osmosis();
    if (problem == nullptr) {
      throw experiment.parameters().blame("study.kind", "needs problem.kind = osmosis");
    }
    const OsmosisOutput output{experiment, output_};
    const bool evolves = mode_ == "evolve";
    if (!evolves) say_idle_time(experiment);
    if (problem->fusion() != nullptr) {
      if (evolves) {
        throw experiment.parameters().blame("osmosis.mode", "is not for problem.model = fusion");
      }
      run_fusion(experiment, output, solver_.options, iterations_);
    } else if (problem->diffusivity() != nullptr) {
      const NonlinearOsmosisRun nonlinear{experiment, output, solver_.options};
      evolves ? nonlinear.evolve(flow_.time) : nonlinear.settle(iterations_, steady_.second_start);
    } else {
      evolves ? flow_.run(experiment, output, solver_.options)
              : steady_.run(experiment, output, solver_.options);
    }
  }

 private:
  static void say_idle_time(const Experiment& experiment) {
    for (const auto& key : experiment.parameters().given()) {
      if (!key.starts_with("time.")) continue;
      experiment.say(fmt::format("{} is not used, as osmosis.mode = steady", key));
    }
  }

  std::string mode_ = "steady";
  int iterations_ = 200;
  PictureOptions output_;
  OsmosisSteady steady_;
  OsmosisFlow flow_;
  SolverSection solver_;
};

}  // namespace

std::unique_ptr<Study> osmosis_study() {
  return std::make_unique<OsmosisStudy>();
}

}  // namespace feller

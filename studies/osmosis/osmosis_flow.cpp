#include "studies/osmosis/osmosis_flow.hpp"

#include "studies/flow/flow_record.hpp"
#include "studies/flow/relaxation_checks.hpp"

namespace feller {

void OsmosisFlow::declare(Parameters& parameters) {
  time.declare(parameters, false);
  observe.declare(parameters);
  checkpoint.declare(parameters);
}

void OsmosisFlow::run(Experiment& experiment, const OsmosisOutput& output,
                      const SolverOptions& solver) const {
  const Problem& problem = experiment.problem();
  const Schedule schedule = time.schedule(experiment.parameters());
  observe.validate(experiment.parameters());
  const auto all = evolutions(problem, schedule, time.method, solver);
  FlowRecord record{experiment,
                    schedule,
                    observe,
                    all,
                    {[&](FileLayout& layout) { output.add_to(layout); }, output.pictures()}};
  record.walk(checkpoint);
  record.draw_steady_state();
  std::vector<Field> result;
  for (std::size_t c = 0; c < all.size(); ++c) {
    const RelaxationChecks checks{*all[c], schedule, solver.tolerance, problem.channels()[c],
                                  all[c]->initial("minimum") > 0};
    for (auto& check : checks.always()) experiment.add(check);
    if (const auto words = checks.left_out()) experiment.say(*words);
    result.push_back(all[c]->state());
  }
  output.write(record.recorder(), result);
}

}  // namespace feller

/// The forward process z(t) = y + sqrt(t) eps of McAllester's section 3, and what else moves its
/// densities p_t: noise in any number of steps (1), the ordinary differential equation (20) forth
/// and (22) back, Langevin's dynamics at a fixed level. By particles against the exact laws, and
/// the equations (18), (19) of the density by differences.
///
/// Controls: noise of variance dt^2, (20) with twice its drift, the display after (22) as printed,
/// Langevin's dynamics with the noise that (23) as printed leaves for it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "studies/program/progress.hpp"
#include "studies/score/flow_particles.hpp"
#include "studies/score/flow_residuals.hpp"
#include "studies/score/reverse_counts.hpp"
#include "studies/score/reverse_options.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

constexpr std::array steps_of_noise{1, 4, 64};
constexpr int levels = 5;
constexpr int relaxation_steps = 100;
/// For chi-square to tell the controls by 40: it grows with their number.
constexpr int enough_to_tell = 50000;

class ProbabilityFlow : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  FlowPlan plan(const Experiment& experiment, const ForwardProcess& forward) const;
  FileLayout layout(const Experiment& experiment) const;

  double from_ = 0.1;
  double to_ = 10;
  int steps_ = 16;
  int particles_ = 100000;
  std::int64_t seed_ = 1;
};

void ProbabilityFlow::declare(Parameters& p) {
  p.add("probability_flow.from", from_,
        {.meaning = "t_0", .unit = "L^2", .range = {.low = 1e-6, .high = 1e6}});
  p.add("probability_flow.to", to_,
        {.meaning = "T > t_0", .unit = "L^2", .range = {.low = 1e-6, .high = 1e6}});
  p.add("probability_flow.steps", steps_,
        {.meaning = "of the coarsest of five time grids, uniform in ln t",
         .range = {.low = 2, .high = 1e4}});
  p.add("probability_flow.particles", particles_,
        {.meaning = "of each way to move them", .range = {.low = enough_to_tell}});
  p.add("probability_flow.seed", seed_, {.meaning = "of the draws", .range = range::not_negative});
}

FlowPlan ProbabilityFlow::plan(const Experiment& experiment, const ForwardProcess& forward) const {
  const Parameters& parameters = experiment.parameters();
  const Grid& grid = experiment.problem().grid();
  if (grid.dimension() > 1) {
    throw parameters.blame("grid.cells", "must be of one axis for this study");
  }
  // Less noise changes too little for the controls to be told.
  const double variance = forward.clusters.variance();
  if (!(to_ >= 4 * from_) || !(to_ - from_ >= variance / 2)) {
    throw parameters.blame("probability_flow.to",
                           fmt::format("must be 4 probability_flow.from and probability_flow.from "
                                       "+ {:.4g} (half the variance of the data) at least",
                                       variance / 2));
  }
  if (grid.cells() < 20 || forward.process->mass_outside(region_of(grid), to_) > 0.5) {
    throw parameters.blame("grid.upper", "the box must hold half of z(T) at least, in 20 cells");
  }
  return {from_, to_, particles_, static_cast<std::uint64_t>(seed_)};
}

FileLayout ProbabilityFlow::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("density");
  const std::string unit = experiment.problem().quantity().unit;
  layout.tables.push_back({.name = "density",
                           .title = "Langevin's dynamics at t_0, from p_t0",
                           .axis = {"x", "z", "L"},
                           .columns = {{"exact", "p_t0", unit},
                                       {"langevin", "noise of (23) corrected", unit},
                                       {"printed_half", "as printed, lambda = 0.5", unit},
                                       {"printed_two", "as printed, lambda = 2", unit}},
                           .together = true});
  layout.tables.push_back(
      {.name = "order",
       .title = "errors of the probability flow by Heun's scheme",
       .axis = {"steps", "steps from t_0 to T", "1"},
       .columns = {{"quantile", "rms of F_T(z(T)) - F_t0(z(t_0))", "1"},
                   {"return_trip", "rms of z after (20) and (22) from its start", "L"}},
       .log_axis = true,
       .log_signal = true});
  return layout;
}

Check in_cells(const std::string& name, const std::string& claim, double score) {
  return {.name = name,
          .claim = claim + ": cells against the exact law, chi-square as a normal score",
          .measured = score,
          .bound = 4,
          .statement = "V18"};
}

Check not_in_cells(const std::string& name, const std::string& claim, double score) {
  Check check = in_cells(name, claim, score);
  check.relation = Relation::at_least;
  check.bound = 40;
  check.is_control = true;
  return check;
}

/// Counts the particles that a way to move them leaves.
class Cells {
 public:
  explicit Cells(const Grid& grid) : counts_{grid} {}

  FlowParticles::Harvest harvest() {
    return [this](const std::vector<double>& z) { counts_.take(z, z.size()); };
  }
  double score(const Law& law) {
    counts_.gather();
    return counts_.score(law);
  }
  const CellCounts& counts() const { return counts_; }

 private:
  CellCounts counts_;
};

void add_noise(Experiment& experiment, FlowParticles& particles, const Law& late, double time) {
  const Grid& grid = experiment.problem().grid();
  for (const int steps : steps_of_noise) {
    Cells cells{grid};
    particles.diffuse(steps, 1, cells.harvest());
    experiment.add(in_cells(fmt::format("noise_{}", steps),
                            fmt::format("(1) from t_0 to T in {} step(s)", steps),
                            cells.score(late)));
  }
  if (time > 0.1 * steps_of_noise.back()) {
    experiment.say("control_noise: left out, steps of length 1 have the same variance");
    return;
  }
  Cells cells{grid};
  particles.diffuse(steps_of_noise.back(), 2, cells.harvest());
  experiment.add(not_in_cells(
      "control_noise",
      fmt::format("{} steps with noise of standard deviation dt", steps_of_noise.back()),
      cells.score(late)));
}

void add_flow(Experiment& experiment, FlowParticles& particles, const Law& late, int steps) {
  const Grid& grid = experiment.problem().grid();
  Cells right{grid}, doubled{grid};
  particles.flow(steps, 0.5, right.harvest());
  experiment.add(in_cells("flow", "(20) from t_0 to T without noise", right.score(late)));
  particles.flow(steps, 1, doubled.harvest());
  experiment.add(not_in_cells("control_flow", "(20) with twice its drift", doubled.score(late)));
}

void add_orders(Experiment& experiment, Recorder& record, FlowParticles& particles,
                const Process& process, const FlowPlan& plan, int coarsest) {
  const auto early = process.law(plan.from), late = process.law(plan.to);
  const auto below = [&](double t, double z) {
    Region region;
    region.upper[0] = z;
    return (t == plan.from ? *early : *late).probability(region);
  };
  std::vector<FlowParticles::FlowError> errors;
  for (int l = 0; l < levels; ++l) {
    const int steps = coarsest << l;
    errors.push_back(particles.flow_error(steps, below));
    record.row("order", {double(steps), errors.back().quantile, errors.back().return_trip});
  }
  const auto& before = errors[levels - 2];
  const auto& last = errors[levels - 1];
  experiment.add({.name = "flow_quantiles",
                  .claim = "(20) keeps quantiles: |order of rms(F_T(z(T)) - F_t0(z(t_0))) - 2| on "
                           "the finest two time grids",
                  .measured = std::abs(std::log2(before.quantile / last.quantile) - 2),
                  .bound = 0.1,
                  .statement = "V18"});
  // Heun's errors forth and back cancel to leading order.
  experiment.add({.name = "return_trip",
                  .claim = "(22) leads back along (20): order of the rms distance to the start",
                  .measured = std::log2(before.return_trip / last.return_trip),
                  .relation = Relation::at_least,
                  .bound = 1.9,
                  .statement = "V18"});
}

void add_langevin(Experiment& experiment, Recorder& record, FlowParticles& particles,
                  const Law& early, double narrowest) {
  const Grid& grid = experiment.problem().grid();
  const double ds = 0.05 * narrowest;
  Cells right{grid}, half{grid}, two{grid};
  particles.relax(relaxation_steps, ds, 1, right.harvest());
  experiment.add(in_cells("langevin",
                          "what (23), corrected, does beyond (22) is Langevin's dynamics, which "
                          "leaves p_t0 as it is",
                          right.score(early)));
  const auto control = [&](Cells& cells, double lambda, const char* name) {
    particles.relax(relaxation_steps, ds, std::sqrt(lambda), cells.harvest());
    Check check = not_in_cells(
        name,
        fmt::format("the same with noise lambda = {} as printed leads to p^(1/lambda)", lambda),
        cells.score(early));
    check.misprint = "McAllester, section 4 (Langevin dynamics)";
    experiment.add(check);
  };
  control(half, 0.5, "control_langevin_0.5");
  control(two, 2, "control_langevin_2");
  for_each(grid.whole(), [&](const Index& k) {
    const Axis& axis = grid.axis(0);
    const double p = early.probability({{axis.face(k[0])}, {axis.face(k[0] + 1)}});
    record.row("density", {axis.centre(k[0]), p / axis.width(k[0]), right.counts().density(k),
                           half.counts().density(k), two.counts().density(k)});
  });
}

void ProbabilityFlow::run(Experiment& experiment) const {
  const ForwardProcess forward = forward_process(experiment);
  const FlowPlan flow = plan(experiment, forward);
  const auto early = forward.process->law(from_), late = forward.process->law(to_);
  Recorder& record = experiment.open(layout(experiment), {});
  const Grid& grid = experiment.problem().grid();
  FlowParticles particles{grid.comm(), forward.clusters, flow};
  constexpr int parts = 4;
  Progress progress{parts, grid.comm()};
  progress.heading(fmt::format("{:>9}", "part"));
  progress.show(0, fmt::format("{:>9}", "noise"));
  add_noise(experiment, particles, *late, to_ - from_);
  for (const auto& check : residual_checks(*forward.process, std::sqrt(from_ * to_))) {
    experiment.add(check);
  }
  progress.show(1, fmt::format("{:>9}", "flow"));
  add_flow(experiment, particles, *late, steps_ << (levels - 1));
  progress.show(2, fmt::format("{:>9}", "orders"));
  add_orders(experiment, record, particles, *forward.process, flow, steps_);
  progress.show(3, fmt::format("{:>9}", "Langevin"));
  const double least = *std::ranges::min_element(forward.clusters.variances);
  add_langevin(experiment, record, particles, *early, least + from_);
}

}  // namespace

std::unique_ptr<Study> probability_flow() {
  return std::make_unique<ProbabilityFlow>();
}

}  // namespace feller

/// The link from a Markov process to its two equations (Peter 2023, section 3.2, after Feller
/// 1949):
///
///     m_k(x) = lim (1/h) E[(X_{t+h} - X_t)^k | X_t = x]           (23), conditional density
///     dp/dt = (1/2) (m_2 p)'' - (m_1 p)'                          (24), forward
///     -dp/dtau = (1/2) m_2 p'' + m_1 p'                           (25), backward, transition
///     density
///
/// for the Ornstein-Uhlenbeck process: (23) from simulated paths, (24) and (25) on the grid, each
/// beside what the paper prints: the joint density in (23), the other sign of the drift in (24), of
/// time in (25), and (25) taken for what generates samples.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/processes/process.hpp"
#include "solvers/functionals.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/operators/feller_limits.hpp"
#include "studies/program/progress.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class FellerMoments : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  Schedule schedule(const Parameters& parameters) const;
  FellerPoint point(const Parameters& parameters) const;
  void require_paths(const Parameters& parameters,
                     const OrnsteinUhlenbeckTransition& transition) const;
  FileLayout layout(const Experiment& experiment) const;
  std::vector<PathMoments> walk(const Experiment& experiment,
                                const OrnsteinUhlenbeckTransition& transition) const;

  TimeOptions time_;
  double value_ = 0.8;
  std::vector<double> ladder_{0.025, 0.05, 0.1, 0.2, 0.4};
  std::int64_t paths_ = 10'000'000;
  std::int64_t seed_ = 1;
  std::vector<double> point_{0.5, 0.3, 0.7};
};

void FellerMoments::declare(Parameters& p) {
  time_.declare(p);
  p.add("feller_moments.value", value_,
        {.meaning = "x from which the paths of (23) start, not 0", .unit = "L"});
  p.add("feller_moments.ladder", ladder_,
        {.meaning = "times h of (23), ascending, at least four",
         .unit = "T",
         .range = range::positive});
  p.add("feller_moments.paths", paths_,
        {.meaning = "simulated paths for each h", .range = {.low = 1000, .high = 1e12}});
  p.add("feller_moments.seed", seed_,
        {.meaning = "which noise drives the paths", .range = range::not_negative});
  p.add("feller_moments.point", point_,
        {.meaning = "where the transition density is put into (25): later value, earlier value, "
                    "time between them"});
}

Schedule FellerMoments::schedule(const Parameters& parameters) const {
  require_exponential(parameters, time_.method);
  return time_.schedule(parameters);
}

FellerPoint FellerMoments::point(const Parameters& parameters) const {
  if (point_.size() != 3 || !(point_[2] > 0)) {
    throw parameters.blame("feller_moments.point", "must be three numbers, the last > 0");
  }
  if (value_ == 0) {
    throw parameters.blame("feller_moments.value", "must not be 0, where no path drifts");
  }
  const bool ascends = std::ranges::is_sorted(ladder_, std::less_equal{});
  if (ladder_.size() < 4 || !ascends) {
    throw parameters.blame("feller_moments.ladder", "must be at least four ascending times");
  }
  return {point_[0], point_[1], point_[2]};
}

/// Too few could not tell a moment from its limit, so that a control would say nothing.
void FellerMoments::require_paths(const Parameters& parameters,
                                  const OrnsteinUhlenbeckTransition& transition) const {
  const double least = paths_to_tell(transition, value_, ladder_.back(), control_errors + 4);
  if (static_cast<double>(paths_) >= least) return;
  throw parameters.blame("feller_moments.paths",
                         fmt::format("must be {:.3g} at least, to tell m_1({:g}) from its limit",
                                     std::ceil(least), ladder_.back()));
}

std::vector<Table> moment_tables() {
  const Labels h{"h", "time of an increment h", "T"};
  return {{.name = "m_1",
           .title = "first moment (23) from paths",
           .axis = h,
           .columns = {{"paths", "m_1(h) from paths", "L/T"},
                       {"exact", "m_1(h), exact", "L/T"},
                       {"limit", "limit, h to 0", "L/T"},
                       {"joint", "with the joint density, as printed", "1/T"},
                       {"error", "standard error of the paths", "L/T"}},
           .together = true,
           .signals = 4},
          {.name = "m_2",
           .title = "second moment (23) from paths",
           .axis = h,
           .columns = {{"paths", "m_2(h) from paths", "L^2/T"},
                       {"exact", "m_2(h), exact", "L^2/T"},
                       {"limit", "limit, h to 0", "L^2/T"},
                       {"error", "standard error of the paths", "L^2/T"}},
           .together = true,
           .signals = 3}};
}

std::vector<Table> equation_tables() {
  return {{.name = "forward",
           .title = "variance along the forward equation (24)",
           .axis = {"time", "time", "T"},
           .columns = {{"variance", "grid, corrected sign", "L^2"},
                       {"variance_law", "law, corrected sign", "L^2"},
                       {"printed", "grid, sign as printed", "L^2"},
                       {"printed_law", "law of the equation as printed", "L^2"}},
           .log_signal = true,
           .together = true},
          {.name = "residual",
           .title = "transition density in the backward equation (25) on the grid",
           .axis = {"h", "width of a cell", "L"},
           .columns = {{"corrected", "residual, corrected sign", "1/(L T)"},
                       {"printed", "residual, sign as printed", "1/(L T)"}},
           .log_axis = true,
           .log_signal = true,
           .together = true},
          {.name = "sampler",
           .title = "a density as terminal data of (25) does not stay one",
           .axis = {"time_back", "time before the end", "T"},
           .columns = {{"mass", "mass on the grid", "1"}, {"law", "e^(theta s)", "1"}},
           .together = true}};
}

FileLayout FellerMoments::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("forward");
  layout.groups = {
      experiment.group("density", "forward equation (24)",
                       {{"p", "density, corrected sign", "1/L"},
                        {"printed", "density, sign of the drift as printed", "1/L"}}),
      experiment.group("backward", "backward equation (25) with a density as terminal data",
                       {{"g", "solution at this time before the end", "1/L"}})};
  layout.groups.back().time = Labels{"time_back", "time before the end", "T"};
  layout.tables = moment_tables();
  for (auto& table : equation_tables()) layout.tables.push_back(std::move(table));
  return layout;
}

std::vector<PathMoments> FellerMoments::walk(const Experiment& experiment,
                                             const OrnsteinUhlenbeckTransition& transition) const {
  const MPI_Comm comm = experiment.problem().grid().comm();
  const int rungs = static_cast<int>(ladder_.size());
  Progress progress{rungs, comm};
  progress.heading(fmt::format("{:>10} {:>12} {:>12}", "h", "m_1", "m_2"));
  std::vector<PathMoments> all;
  for (int i = 0; i < rungs; ++i) {
    all.push_back(path_moments(comm, transition, value_, ladder_[static_cast<std::size_t>(i)],
                               paths_, static_cast<std::uint64_t>(seed_),
                               static_cast<std::uint32_t>(i)));
    const auto& [m_1, m_2] = all.back().estimate;
    progress.show(i + 1, fmt::format("{:>10.4g} {:>12.6f} {:>12.6f}", all.back().h, m_1, m_2));
  }
  return all;
}

void record_moments(Recorder& record, const std::vector<PathMoments>& all, double density) {
  for (const auto& m : all) {
    record.row("m_1",
               {m.h, m.estimate[0], m.exact[0], m.limit[0], density * m.estimate[0], m.error[0]});
    record.row("m_2", {m.h, m.estimate[1], m.exact[1], m.limit[1], m.error[1]});
  }
}

void record_forward(Recorder& record, const ForwardPair& pair, const Schedule& schedule) {
  for (std::size_t n = 0; n < pair.corrected.times.size(); ++n) {
    const double time = pair.corrected.times[n];
    record.row("forward", {time, pair.corrected.variance[n], pair.law.variance(time),
                           pair.printed.variance[n], pair.printed_law.variance(time)});
  }
  for (std::size_t i = 0; i < schedule.outputs.size(); ++i) {
    record.snapshot("density", schedule.time(schedule.outputs[i]),
                    {{pair.corrected.densities[i]}, {pair.printed.densities[i]}});
  }
}

void record_backward(Recorder& record, const std::vector<Field>& states, const Schedule& schedule,
                     double theta) {
  for (int n = 0; n <= schedule.steps; ++n) {
    const Field& g = states[static_cast<std::size_t>(n)];
    const double time = schedule.time(n);
    record.row("sampler", {time, mass(g), std::exp(theta * time)});
    if (schedule.is_output(n)) record.snapshot("backward", time, {{g}});
  }
}

void FellerMoments::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  const OrnsteinUhlenbeckTransition transition = transition_of(problem, parameters);
  const Schedule times = schedule(parameters);
  const FellerPoint where = point(parameters);
  require_paths(parameters, transition);
  const FellerGrids grids{experiment};
  try_methods(problem, time_.method, times);
  require_box(experiment, transition, times.end());
  require_resolved(experiment, grids, transition, where);
  Recorder& record = experiment.open(layout(experiment), {});

  const auto moments = walk(experiment, transition);
  const double density = problem.process()->stationary()->density({value_});
  add_moment_checks(experiment, moments, value_, density);
  record_moments(record, moments, density);

  const ForwardPair forward = forward_pair(grids, transition, time_.method, times);
  add_forward_checks(experiment, forward);
  record_forward(record, forward, times);

  const Generator generator = problem.generator(0);
  add_duality_check(experiment, generator, time_.method, times);
  const auto residuals = grid_residuals(grids, transition, where);
  for (const auto& r : residuals) record.row("residual", {r.h, r.corrected, r.printed});
  add_backward_checks(experiment, transition, where, residuals);
  const auto back = carried_back(generator, problem.initial(0), time_.method, times);
  add_sampler_checks(experiment, transition, mass(back.back()) / mass(back.front()), times.end());
  record_backward(record, back, times, transition.theta);
}

}  // namespace

std::unique_ptr<Study> feller_moments() {
  return std::make_unique<FellerMoments>();
}

}  // namespace feller

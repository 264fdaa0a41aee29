/// What an equation with state-dependent noise means (McAllester, (16) and (17)):
///
///     z_{t+h} = z_t + v h + sqrt(Sigma h) eps                          (16): Ito's, by its steps
///     dp/dt   = -div(v p - (1/2) div(Sigma p))                         Ito's
///     dp/dt   = -div(v p - (1/2) Sigma grad p)                         (17) as printed: Fick's
///
/// for v = -theta z, Sigma = 2 (a + b z^2), where E z^2(t) and the steady states of Ito's,
/// Stratonovich's and Fick's forms are known (score/quadratic_noise.hpp). Particles take the steps
/// (16), with the drift v + (1 - c) div Sigma / 2 where another form is meant.
///
/// Controls: (17) as printed against the particles of (16), against the law of (16), and its steady
/// state for Ito's.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "problems/process_problem.hpp"
#include "problems/processes/mixture.hpp"
#include "solvers/functionals.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/forms_on_grid.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

/// All that is computed for one form.
struct FormResult {
  FormRun base, fine;  ///< on the grid, and on twice the cells
  NoisyPaths paths;
};
using Results = std::map<Form, FormResult>;

/// Particles against the law: 4 standard errors, and what Euler's scheme is off by, which is known.
struct ParticleError {
  double distance, bound;
};

class ItoFick : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  QuadraticNoise noise(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment) const;
  PathPlan plan(const Schedule& schedule) const;
  double standard_error(const QuadraticNoise& noise, Form form, double time) const;
  ParticleError particle_error(const QuadraticNoise& noise, Form form, const Schedule& schedule,
                               const NoisyPaths& paths, int step, Form law) const;
  void add_form_checks(Experiment& experiment, const QuadraticNoise& noise, Form form,
                       const Schedule& schedule, const FormResult& result) const;
  void add_weak_order(Experiment& experiment, Recorder& record, const QuadraticNoise& noise,
                      double end) const;
  void add_controls(Experiment& experiment, const QuadraticNoise& noise, const Schedule& schedule,
                    const Results& results) const;
  void record_all(Recorder& record, const QuadraticNoise& noise, const Schedule& schedule,
                  const Results& results) const;

  TimeOptions time_;
  double variance_ = 0.5;
  std::int64_t particles_ = 400'000;
  int substeps_ = 16;
  std::int64_t seed_ = 1;
  Bins bins_;
};

void ItoFick::declare(Parameters& p) {
  time_.declare(p);
  p.add("ito_fick.variance", variance_,
        {.meaning = "variance at time 0: problem.initial must be normal(x, 0, its root)",
         .unit = "L^2",
         .range = range::positive});
  p.add("ito_fick.particles", particles_,
        {.meaning = "particles for each form", .range = {.low = 1000, .high = 1e12}});
  p.add("ito_fick.substeps", substeps_,
        {.meaning = "steps (16) of the particles for each time.step", .range = {.low = 1}});
  p.add("ito_fick.seed", seed_,
        {.meaning = "which noise drives the particles", .range = range::not_negative});
}

/// What the study's laws hold for; everything is judged here, on all ranks.
QuadraticNoise ItoFick::noise(const Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  refuse_given(parameters, {"scheme.flux"}, "is not used: all forms run by scharfetter_gummel");
  const Equation* equation = problem.equation();
  const auto found = equation == nullptr || problem.depends_on_time()
                         ? std::nullopt
                         : quadratic_noise(*equation, problem.grid());
  if (!found) {
    throw parameters.blame("problem.kind",
                           "must be fokker_planck on a line, scheme.form = ito, with a drift "
                           "-theta x and a diffusion a + b x^2, all three numbers > 0");
  }
  const Grid& grid = problem.grid();
  const Mixture start{1, {{.along = {Spread{0, 0, std::sqrt(variance_)}, {}, {}}}}};
  if (!(l1_distance(problem.initial(0), cell_means(start, grid)) <= 1e-3)) {
    throw parameters.blame("ito_fick.variance",
                           "is not that of problem.initial, which must be normal with mean 0");
  }
  if (!grid.is_closed() || grid.axis(0).is_periodic()) {
    throw parameters.blame("grid.boundary", "must be reflecting");
  }
  return *found;
}

FileLayout ItoFick::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("second_moment");
  std::vector<Labels> fields, marks, lines, shares, curves;
  for (const Form form : all_forms) {
    const std::string name = name_of(form);
    fields.push_back({name, "density, " + name, "1/L"});
    marks.push_back({"particles_" + name, "particles, " + name, "L^2"});
    lines.push_back({"law_" + name, "law, " + name, "L^2"});
    lines.push_back({"grid_" + name, "grid, " + name, "L^2"});
    shares.push_back({"particles_" + name, "particles, " + name, "1/L"});
    curves.push_back({"grid_" + name, "grid, " + name, "1/L"});
  }
  marks.insert(marks.end(), lines.begin(), lines.end());
  shares.insert(shares.end(), curves.begin(), curves.end());
  layout.groups = {experiment.group("density", "density of each form", fields),
                   experiment.group("steady_state", "steady state of each form", fields)};
  layout.groups.back().time.reset();
  layout.tables = {{.name = "second_moment",
                    .title = "second moment of the three readings of one equation",
                    .axis = {"time", "time", "T"},
                    .columns = marks,
                    .together = true,
                    .points = 3},
                   {.name = "histogram",
                    .title = "densities at the end",
                    .axis = {"z", "z", "L"},
                    .columns = shares,
                    .log_signal = true,
                    .together = true,
                    .points = 3},
                   {.name = "weak_order",
                    .title = "error of the second moment of Euler's steps (16)",
                    .axis = {"h", "step", "T"},
                    .columns = {{"particles", "particles", "L^2"},
                                {"predicted", "predicted", "L^2"},
                                {"error", "standard error", "L^2"}},
                    .log_axis = true,
                    .log_signal = true,
                    .together = true,
                    .signals = 2,
                    .points = 1}};
  return layout;
}

PathPlan ItoFick::plan(const Schedule& schedule) const {
  return {.particles = particles_,
          .seed = static_cast<std::uint64_t>(seed_),
          .variance = variance_,
          .step = schedule.step / substeps_,
          .steps = schedule.steps * substeps_,
          .every = substeps_};
}

double ItoFick::standard_error(const QuadraticNoise& noise, Form form, double time) const {
  const double second = noise.second_moment(form, variance_, time);
  const double fourth = noise.even_moment(form, 2, variance_, time);
  return std::sqrt((fourth - second * second) / static_cast<double>(particles_));
}

ParticleError ItoFick::particle_error(const QuadraticNoise& noise, Form form,
                                      const Schedule& schedule, const NoisyPaths& paths, int step,
                                      Form law) const {
  const double time = schedule.time(step);
  const double exact = noise.second_moment(form, variance_, time);
  const double euler =
      noise.euler_second_moment(form, variance_, schedule.step / substeps_, step * substeps_);
  return {.distance = std::abs(paths.second_moments[static_cast<std::size_t>(step)] -
                               noise.second_moment(law, variance_, time)),
          .bound = 4 * standard_error(noise, form, time) + std::abs(euler - exact)};
}

/// Largest |E z^2 - law| over the steps.
double worst_error(const QuadraticNoise& noise, Form law, double variance, const Schedule& schedule,
                   const FormRun& run) {
  double worst = 0;
  for (int n = 0; n <= schedule.steps; ++n) {
    raise(worst, std::abs(run.second_moments[static_cast<std::size_t>(n)] -
                          noise.second_moment(law, variance, schedule.time(n))));
  }
  return worst;
}

/// 1.5 times the error of a scheme of order 2 as the next grid shows it.
double grid_bound(const FormResult& result) {
  double change = 0;
  for (std::size_t n = 0; n < result.base.second_moments.size(); ++n) {
    raise(change, std::abs(result.base.second_moments[n] - result.fine.second_moments[n]));
  }
  return 1.5 * 4 / 3 * change;
}

void ItoFick::add_form_checks(Experiment& experiment, const QuadraticNoise& noise, Form form,
                              const Schedule& schedule, const FormResult& result) const {
  const std::string name = name_of(form);
  const double end = schedule.end(), beyond = experiment.problem().grid().axis(0).upper;
  const double sixth = noise.even_moment(form, 3, variance_, end);
  // What is beyond x holds at most E z^6 / x^4 of the second moment, and no more mass than / x^6.
  const double lost = sixth / std::pow(beyond, 4);
  experiment.add(
      {.name = "grid_" + name,
       .claim = fmt::format("{}: largest |E z^2 - law| on the grid, {:.6f} at t = {:g}; bound 1.5 "
                            "h^2 errors, and {:.1e} beyond the box (mass {:.1e})",
                            name, noise.second_moment(form, variance_, end), end, lost,
                            sixth / std::pow(beyond, 6)),
       .measured = worst_error(noise, form, variance_, schedule, result.base),
       .bound = grid_bound(result) + lost + 1e-10,
       .statement = "V17"});
  const auto order = [](double coarse, double fine) { return std::log2(coarse / fine); };
  const double exact = noise.second_moment(form, variance_, end);
  const double found = order(std::abs(result.base.second_moments.back() - exact),
                             std::abs(result.fine.second_moments.back() - exact));
  experiment.add({.name = "order_" + name,
                  .claim = fmt::format("{}: order {:.4f} of E z^2 at the end in the width of a "
                                       "cell, its distance from 2",
                                       name, found),
                  .measured = std::abs(found - 2),
                  .bound = 0.1,
                  .statement = "V17"});
  double worst = 0;
  for (int n = 0; n <= schedule.steps; ++n) {
    const auto [distance, bound] = particle_error(noise, form, schedule, result.paths, n, form);
    raise(worst, distance / bound);
  }
  experiment.add({.name = "particles_" + name,
                  .claim = fmt::format("{}: largest |E z^2 of the particles - law|, over 4 "
                                       "standard errors and the error of steps h = {:g}",
                                       name, schedule.step / substeps_),
                  .measured = worst,
                  .bound = 1,
                  .statement = "V17"});
  const double steady = order(result.base.steady_error, result.fine.steady_error);
  experiment.add(
      {.name = "steady_" + name,
       .claim = fmt::format("{}: order {:.4f} of the steady state to Sigma^-(1-alpha) exp int 2 v "
                            "/ Sigma, L1 error {:.2e} ({:.1e} of the mass, {:.1e} of int z^2 w / "
                            "int w beyond the box); its distance from 2",
                            name, steady, result.fine.steady_error,
                            noise.stationary_tail(form, 0, beyond),
                            noise.stationary_tail(form, 2, beyond)),
       .measured = std::abs(steady - 2),
       .bound = 0.1,
       .statement = "V17"});
  experiment.add({.name = "mass_" + name,
                  .claim = name + ": largest relative change of the mass",
                  .measured = result.fine.mass_defect,
                  .bound = schedule.mass_bound()});
  experiment.add({.name = "positivity_" + name,
                  .claim = name + ": smallest value of the density",
                  .measured = result.fine.least,
                  .relation = Relation::at_least,
                  .bound = 0});
}

/// Steps of 1/4 to 1/32 of the end, where the error is far above that of the particles.
void ItoFick::add_weak_order(Experiment& experiment, Recorder& record, const QuadraticNoise& noise,
                             double end) const {
  const double exact = noise.second_moment(Form::ito, variance_, end);
  double worst = 0, before = 0, order = 0;
  std::vector<std::vector<double>> rows;
  for (int steps = 8; steps <= 64; steps *= 2) {
    const PathPlan plan{.particles = particles_,
                        .seed = static_cast<std::uint64_t>(seed_),
                        .stream = static_cast<std::uint32_t>(steps),
                        .variance = variance_,
                        .step = end / steps,
                        .steps = steps,
                        .every = steps};
    const auto paths =
        noisy_paths(experiment.problem().grid().comm(), noise, Form::ito, plan, bins_);
    const double euler = noise.euler_second_moment(Form::ito, variance_, plan.step, steps);
    const double error = standard_error(noise, Form::ito, end);
    raise(worst, std::abs(paths.second_moments.back() - euler) / error);
    order = std::log2(before / (euler - exact));
    before = euler - exact;
    rows.push_back({plan.step, paths.second_moments.back() - exact, euler - exact, error});
  }
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) record.row("weak_order", *row);
  experiment.add({.name = "weak_error",
                  .claim =
                      "steps (16) from 1/8 to 1/64 of the end: largest |E z^2 of the particles "
                      "- its recursion| in standard errors",
                  .measured = worst,
                  .bound = 4,
                  .statement = "V17"});
  experiment.add({.name = "weak_order",
                  .claim = fmt::format("order {:.4f} of the steps (16) in E z^2, its distance from "
                                       "1",
                                       order),
                  .measured = std::abs(order - 1),
                  .bound = 0.1,
                  .statement = "V17"});
}

void ItoFick::add_controls(Experiment& experiment, const QuadraticNoise& noise,
                           const Schedule& schedule, const Results& results) const {
  const FormResult &ito = results.at(Form::ito), &fick = results.at(Form::fick);
  const double end = schedule.end();
  const auto [distance, bound] =
      particle_error(noise, Form::ito, schedule, ito.paths, schedule.steps, Form::fick);
  experiment.add(
      {.name = "control_printed",
       .claim = fmt::format("(17) as printed is Fick's form: E z^2 = {:.5f} at t = {:g}, the "
                            "particles of (16) have {:.5f}; apart by",
                            noise.second_moment(Form::fick, variance_, end), end,
                            ito.paths.second_moments.back()),
       .measured = distance,
       .relation = Relation::greater,
       .bound = 10 * bound,
       .is_control = true,
       .statement = "V17",
       .misprint = "McAllester, (17)"});
  experiment.add({.name = "control_printed_grid",
                  .claim = fmt::format("(17) as printed on the grid: E z^2 = {:.5f} at the end, by "
                                       "the law of (16) {:.5f}; apart by",
                                       fick.base.second_moments.back(),
                                       noise.second_moment(Form::ito, variance_, end)),
                  .measured = worst_error(noise, Form::ito, variance_, schedule, fick.base),
                  .relation = Relation::greater,
                  .bound = 10 * (grid_bound(ito) + 1e-10),
                  .is_control = true,
                  .statement = "V17",
                  .misprint = "McAllester, (17)"});
  experiment.add({.name = "control_steady",
                  .claim = "the steady state of (17) as printed for that of (16): L1 distance",
                  .measured = l1_distance(
                      ito.fine.steady, stationary_means(noise, Form::fick, ito.fine.steady.grid())),
                  .relation = Relation::greater,
                  .bound = 10 * ito.fine.steady_error,
                  .is_control = true,
                  .statement = "V17",
                  .misprint = "McAllester, (17)"});
}

void ItoFick::record_all(Recorder& record, const QuadraticNoise& noise, const Schedule& schedule,
                         const Results& results) const {
  for (int n = 0; n <= schedule.steps; ++n) {
    const auto step = static_cast<std::size_t>(n);
    std::vector<double> row{schedule.time(n)};
    for (const Form form : all_forms) row.push_back(results.at(form).paths.second_moments[step]);
    for (const Form form : all_forms) {
      row.push_back(noise.second_moment(form, variance_, schedule.time(n)));
      row.push_back(results.at(form).base.second_moments[step]);
    }
    record.row("second_moment", row);
  }
  std::vector<std::vector<double>> shares;
  for (const Form form : all_forms) shares.push_back(results.at(form).paths.histogram);
  for (const Form form : all_forms) {
    shares.push_back(in_bins(results.at(form).base.densities.back(), bins_));
  }
  for (int b = 0; b < bins_.count; ++b) {
    std::vector<double> row{bins_.centre(b)};
    for (const auto& share : shares) {
      row.push_back(share[static_cast<std::size_t>(b)] / bins_.width);
    }
    record.row("histogram", row);
  }
  for (std::size_t i = 0; i < schedule.outputs.size(); ++i) {
    std::vector<Channels> fields;
    for (const Form form : all_forms) fields.push_back({results.at(form).base.densities[i]});
    record.snapshot("density", schedule.time(schedule.outputs[i]), fields);
  }
  std::vector<Channels> steady;
  for (const Form form : all_forms) steady.push_back({results.at(form).base.steady});
  record.constant("steady_state", steady);
}

void ItoFick::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  require_exponential(parameters, time_.method);
  const Schedule schedule = time_.schedule(parameters);
  const QuadraticNoise law = noise(experiment);
  const auto fine = experiment.refined_problem(2);
  make_propagator(time_.method, problem.generator(0), schedule.step, {.solves = schedule.steps})
      ->start_from(masses_of(problem.initial(0)));
  Recorder& record = experiment.open(layout(experiment), {});

  Progress progress{static_cast<int>(all_forms.size()), problem.grid().comm()};
  progress.heading(fmt::format("{:>14} {:>12} {:>12}", "form", "E z^2", "particles"));
  Results results;
  int done = 0;
  for (const Form form : all_forms) {
    const auto on = [&](const Problem& level) {
      return run_form(level, parameters, law, form, time_.method, schedule);
    };
    results.emplace(
        form, FormResult{on(problem), on(*fine),
                         noisy_paths(problem.grid().comm(), law, form, plan(schedule), bins_)});
    const FormResult& result = results.at(form);
    progress.show(
        ++done, fmt::format("{:>14} {:>12.6f} {:>12.6f}", name_of(form),
                            result.base.second_moments.back(), result.paths.second_moments.back()));
    add_form_checks(experiment, law, form, schedule, result);
  }
  add_weak_order(experiment, record, law, schedule.end());
  add_controls(experiment, law, schedule, results);
  record_all(record, law, schedule, results);
}

}  // namespace

std::unique_ptr<Study> ito_fick() {
  return std::make_unique<ItoFick>();
}

}  // namespace feller

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

#include <cmath>

#include "problems/process_problem.hpp"
#include "problems/processes/mixture.hpp"
#include "solvers/functionals.hpp"
#include "studies/flow/propagation.hpp"
#include "studies/program/progress.hpp"
#include "studies/score/ito_fick_checks.hpp"
#include "studies/score/ito_fick_record.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class ItoFick : public Study {
 public:
  void declare(Parameters& parameters) override;
  void run(Experiment& experiment) const override;

 private:
  QuadraticNoise noise(const Experiment& experiment) const;

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

/// Too few could not tell Ito's form from Fick's, so that the control would say nothing.
void require_particles(const Parameters& parameters, const ItoFickCase& c) {
  const double end = c.schedule.end();
  const double apart = std::abs(c.noise.second_moment(Form::fick, c.variance, end) -
                                c.noise.second_moment(Form::ito, c.variance, end));
  if (apart > 11 * c.particle_bound(Form::ito, c.schedule.steps)) return;
  throw parameters.blame("ito_fick.particles",
                         "are too few, or time.end is too early, or ito_fick.substeps are too few, "
                         "to tell Ito's form from Fick's at the end");
}

void ItoFick::run(Experiment& experiment) const {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  require_exponential(parameters, time_.method);
  const Schedule schedule = time_.schedule(parameters);
  const ItoFickCase c{.noise = noise(experiment),
                      .schedule = schedule,
                      .variance = variance_,
                      .particles = particles_,
                      .substeps = substeps_,
                      .seed = static_cast<std::uint64_t>(seed_),
                      .bins = bins_};
  require_particles(parameters, c);
  const auto fine = experiment.refined_problem(2);
  make_propagator(time_.method, problem.generator(0), schedule.step, {.solves = schedule.steps})
      ->start_from(masses_of(problem.initial(0)));
  Recorder& record = experiment.open(ito_fick_layout(experiment, schedule), {});

  Progress progress{static_cast<int>(all_forms.size()), problem.grid().comm()};
  progress.heading(fmt::format("{:>14} {:>12} {:>12}", "form", "E z^2", "particles"));
  FormResults results;
  int done = 0;
  for (const Form form : all_forms) {
    const auto on = [&](const Problem& level) {
      return run_form(level, parameters, c.noise, form, time_.method, schedule);
    };
    results.emplace(form,
                    FormResult{on(problem), on(*fine),
                               noisy_paths(problem.grid().comm(), c.noise, form, c.plan(), bins_)});
    const FormResult& result = results.at(form);
    progress.show(
        ++done, fmt::format("{:>14} {:>12.6f} {:>12.6f}", name_of(form),
                            result.base.second_moments.back(), result.paths.second_moments.back()));
    add_form_checks(experiment, c, form, result);
  }
  add_weak_order(experiment, record, c);
  add_ito_fick_controls(experiment, c, results);
  record_forms(record, c, results);
}

}  // namespace

std::unique_ptr<Study> ito_fick() {
  return std::make_unique<ItoFick>();
}

}  // namespace feller

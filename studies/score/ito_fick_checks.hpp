#pragma once

/// What the study ito_fick claims: V17 for Ito's, Stratonovich's and Fick's form by particles and
/// on the grid, and its controls.

#include <map>

#include "studies/score/forms_on_grid.hpp"

namespace feller {

/// All that is computed for one form.
struct FormResult {
  FormRun base, fine;  ///< on the grid, and on twice the cells
  NoisyPaths paths;
};
using FormResults = std::map<Form, FormResult>;

struct ItoFickCase {
  QuadraticNoise noise;
  Schedule schedule;
  double variance = 0.5;  ///< at time 0
  std::int64_t particles = 0;
  int substeps = 1;  ///< steps (16) for each of the schedule
  std::uint64_t seed = 1;
  Bins bins;

  PathPlan plan() const;
  /// Of the mean of z^2 over the particles.
  double standard_error(Form form, double time) const;
  /// E z^4 of the steps, exactly, after a step of the schedule.
  double euler_fourth(Form form, int step) const;
  /// How far particles of a form may be from its law after a step of the schedule: 4 standard
  /// errors, and what Euler's scheme is off by, which is known.
  double particle_bound(Form form, int step) const;
  /// Particles of a form against a law.
  struct ParticleError {
    double distance, bound;
  };
  ParticleError particle_error(Form form, const NoisyPaths& paths, int step, Form law) const;
};

void add_form_checks(Experiment& experiment, const ItoFickCase& c, Form form,
                     const FormResult& result);
/// E z^4, on which the standard errors rest, by the particles and by Euler's recursion.
void add_fourth_checks(Experiment& experiment, const ItoFickCase& c, Form form,
                       const NoisyPaths& paths);
/// Also records the table weak_order. Collective.
void add_weak_order(Experiment& experiment, Recorder& record, const ItoFickCase& c);
void add_ito_fick_controls(Experiment& experiment, const ItoFickCase& c,
                           const FormResults& results);

}  // namespace feller

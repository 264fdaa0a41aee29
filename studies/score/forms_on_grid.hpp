#pragma once

/// The forward equation of a state-dependent noise in its three readings (problems/equation.hpp) on
/// grids: second moments in time, densities, steady states.

#include <array>
#include <string>
#include <vector>

#include "studies/experiment.hpp"
#include "studies/score/noisy_paths.hpp"

namespace feller {

inline constexpr std::array all_forms{Form::ito, Form::stratonovich, Form::fick};
std::string name_of(Form form);

/// One form on one grid.
struct FormRun {
  std::vector<double> second_moments;  ///< at each step, time 0 first
  std::vector<Field> densities;        ///< at the outputs of the schedule
  Field steady;
  double mass_defect = 0;   ///< largest |M_n / M_0 - 1|
  double least = 0;         ///< of all densities
  double steady_error = 0;  ///< L1 distance of `steady` to the closed form, that scaled to mass 1
};

/// `noise` must be that of the problem. Collective; throws MethodError, SolverError, InputError.
FormRun run_form(const Problem& problem, const Parameters& parameters, const QuadraticNoise& noise,
                 Form form, const std::string& method, const Schedule& schedule);

/// The closed form's cell means, scaled to mass 1 in the box. Collective.
Field stationary_means(const QuadraticNoise& noise, Form form, const Grid& grid);

/// A density's probability in each bin, constant in each of its cells. Collective.
std::vector<double> in_bins(const Field& density, const Bins& bins);

}  // namespace feller

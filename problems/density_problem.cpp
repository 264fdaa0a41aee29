#include "problems/density_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "discretisation/detailed_balance.hpp"
#include "problems/sampling.hpp"

namespace feller {

Quantity density_quantity(int dimension) {
  return {.group = "density",
          .symbol = "p",
          .name = "probability density",
          .unit = dimension == 1 ? "1/L" : fmt::format("1/L^{}", dimension),
          .length = "L"};
}

DensityProblem::DensityProblem(const Parameters& parameters, DensityParts parts, bool form_given)
    : parameters_{parameters},
      parts_{std::move(parts)},
      quantity_{density_quantity(parts_.initial.grid().dimension())},
      form_given_{form_given},
      varies_at_start_{varies_in_space(0)} {
  require_form(0);
}

double DensityProblem::diffusion_at(const TimeFunction& component, const Point& x,
                                    double time) const {
  try {
    return require(grid(), x, component(x, time), Sign::any);
  } catch (const InputError& error) {
    throw parameters_.blame("problem.diffusion", error.what());
  }
}

bool DensityProblem::varies_in_space(double time) const {
  bool found = false;
  agree_on(grid().comm(), [&] {
    const Point origin = grid().centre({0, 0, 0});
    for (const auto& component : parts_.equation.diffusion) {
      const double first = diffusion_at(component, origin, time);
      for_each(grid().owned(), [&](const Index& cell) {
        found = found || diffusion_at(component, grid().centre(cell), time) != first;
      });
    }
  });
  return maximum(grid().comm(), found ? 1 : 0) > 0;
}

bool DensityProblem::varies(double time) const {
  return parts_.depends_on_time && time != 0 ? varies_in_space(time) : varies_at_start_;
}

/// A diffusion may come to vary later.
void DensityProblem::require_form(double time) const {
  if (!varies(time)) return;
  if (!form_given_) {
    throw parameters_.blame("problem.diffusion",
                            "varies in space, so scheme.form must say what the equation means: "
                            "ito, stratonovich or fick");
  }
  const bool tensor = parts_.equation.is_tensor(grid().dimension());
  if (tensor && parts_.equation.form == Form::stratonovich) {
    throw parameters_.blame("scheme.form",
                            "stratonovich depends on which root of the tensor drives the noise: "
                            "convert the drift and take ito");
  }
}

JumpRates DensityProblem::rates(int, double time) const {
  require_form(time);
  return rates_of(parts_.equation, grid(), *parts_.flux, time, parameters_);
}

/// ln of |K| exp(-U/D) D^-c, where the rates are in detailed balance with it.
std::optional<Field> DensityProblem::gibbs_weight(double time) const {
  const Equation& equation = parts_.equation;
  const bool scalar = equation.diffusion.size() == 1;
  const double share = share_of_divergence(equation.form);
  const bool constant = !varies(time);
  const bool balanced = parts_.flux->balanced || !equation.potential;
  if (!equation.drift.empty() || !balanced) return std::nullopt;
  if (!constant && (!scalar || equation.potential)) {
    if (!(equation.is_tensor(grid().dimension()) && share == 0 && !equation.potential)) {
      return std::nullopt;
    }
  }
  if (!scalar && equation.potential) return std::nullopt;
  if (!constant && share != 0 && !parts_.flux->balanced) return std::nullopt;
  return fill(grid(), [&](const Index& cell) {
    const Point x = grid().centre(cell);
    double log_weight = std::log(grid().volume(cell));
    if (!scalar) return log_weight;
    const double d = equation.diffusion[0](x, time);
    if (equation.potential) log_weight -= equation.potential(x, time) / d;
    return log_weight - share * std::log(d);
  });
}

std::optional<Field> DensityProblem::log_weight(int channel, double time) const {
  if (auto weight = gibbs_weight(time)) return weight;
  return detailed_balance(rates(channel, time));
}

std::optional<Field> DensityProblem::exact(int, double time) const {
  if (!parts_.exact) return std::nullopt;
  return parts_.exact(time);
}

Field normalised(Field density, const Parameters& parameters, const std::string& key) {
  const double mass = total(masses_of(density));
  if (!(mass > 0) || !std::isfinite(mass)) {
    throw parameters.blame(key, fmt::format("has mass {} in the box, must be > 0", mass));
  }
  check(VecScale(density.vector(), 1 / mass));
  return density;
}

}  // namespace feller

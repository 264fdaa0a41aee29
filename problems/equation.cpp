#include "problems/equation.hpp"

#include "problems/axis_rates.hpp"
#include "problems/tensor_rates.hpp"

namespace feller {

double share_of_divergence(Form form) {
  switch (form) {
    case Form::fick:
      return 0;
    case Form::stratonovich:
      return 0.5;
    case Form::ito:
      return 1;
  }
  return 0;
}

JumpRates rates_of(const Equation& equation, const Grid& grid, const FluxWeight& weight,
                   double time, const Parameters& parameters) {
  return equation.is_tensor(grid.dimension())
             ? tensor_rates(equation, grid, weight, time, parameters)
             : axis_rates(equation, grid, weight, time, parameters);
}

}  // namespace feller

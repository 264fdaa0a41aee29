#pragma once

/// A drift-diffusion equation as functions of space and time:
///
///     dp/dt = div( D grad p - f p ),      f = b - grad U - c div D,     (div D)_i = sum_j d_j D_ij
///
/// b is the drift, U a potential, D a scalar, a diagonal or a full symmetric tensor, and c says
/// what the equation means where D varies: `share_of_divergence`.

#include <functional>
#include <string_view>
#include <vector>

#include "discretisation/jump_rates.hpp"
#include "io/parameters.hpp"

namespace feller {

enum class Form {
  fick,          ///< dp/dt = div(D grad p - b p)
  stratonovich,  ///< dX = b dt + sigma o dW,  D = sigma^2 / 2 along each axis
  ito            ///< dX = b dt + sigma dW,    D = sigma sigma^T / 2
};

/// c above: 0, 1/2, 1. The one place where the three forms differ.
double share_of_divergence(Form form);

using TimeFunction = std::function<double(const Point&, double time)>;

struct Equation {
  std::vector<TimeFunction> drift;      ///< [L/T] none, or one an axis
  TimeFunction potential;               ///< [L^2/T] or none
  std::vector<TimeFunction> diffusion;  ///< [L^2/T] 1, d, or d * d by rows
  Form form = Form::ito;
  TimeFunction border_density;  ///< [1/L^d] at Dirichlet borders; none: 0

  bool is_tensor(int dimension) const {
    return dimension > 1 && static_cast<int>(diffusion.size()) == dimension * dimension;
  }
};

/// The rates of the equation at a time. For a scalar or diagonal D across a face K|L:
///
///     R = integral of 1/D from centre to centre,      conductance |face| / R,
///     z = integral of b/D + (U_K - U_L) R / distance - c ln(D_L / D_K)
///
/// with two Gauss points on either side of the face, so that D may jump there, and may vanish at a
/// border without loss of order.
///
/// Balanced weights keep exp(-U/D) exactly if D is constant and b = 0. For a tensor see
/// problems/tensor_rates.hpp. Complaints name the parameters "problem.drift" and so on. Collective;
/// throws InputError.
JumpRates rates_of(const Equation& equation, const Grid& grid, const FluxWeight& weight,
                   double time, const Parameters& parameters);

}  // namespace feller

#pragma once

/// What the initial state of a problem was made from, to compare it with: a law in closed form, the
/// bins of a histogram, or a formula (sampled again on a grid twice as fine).

#include <memory>
#include <optional>
#include <string>

#include "studies/experiment.hpp"

namespace feller {

class InitialData {
 public:
  virtual ~InitialData() = default;

  /// P(X_a < face) of the data, within the box.
  virtual double below(int axis, int face) const = 0;
  /// sum |mass of the data - mass on the grid| over what the data tell apart: cells or bins;
  /// nothing where those are not made of whole cells. Collective.
  virtual std::optional<double> difference(const Field& density) const = 0;
  /// Of what, and the bound of both: round-off, or the error of a quadrature.
  virtual std::string words() const = 0;
  virtual double tolerance() const = 0;
};

/// Throws InputError where the data do not fit into the box. Collective.
std::unique_ptr<InitialData> initial_data(const Experiment& experiment);

}  // namespace feller

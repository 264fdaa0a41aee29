#pragma once

/// What a ladder leaves in the output file, rows from the finest grid to the coarsest:
///
///     convergence/   error_L2 and the other errors against h or dt; beside them, of each error,
///                    order_  between this grid and the next coarser one,
///                    fit_    least squares over this grid and all coarser ones, spread_ its error
///     richardson/    entropy and the other observables; beside them, of each,
///                    limit_  extrapolated from this grid and the next coarser one, remaining_ what
///                    may still be wrong with it
///
/// The first row with an error has the orders of the whole ladder.

#include "io/layout.hpp"
#include "studies/flow/ladder.hpp"
#include "studies/flow/orders.hpp"

namespace feller {

class ConvergenceTable {
 public:
  /// Refers to its arguments. `order` for extrapolation; `spacing` names the axis, "h" or "dt".
  ConvergenceTable(const Ladder& ladder, const LadderOptions& options, const Quantity& quantity,
                   int dimension, double order);

  Table errors(const std::string& title) const;
  Table values() const;
  std::vector<std::vector<double>> error_rows() const;
  std::vector<std::vector<double>> value_rows() const;

  /// The observed order of error i of `names`: L2, L1, Linf, then the observables.
  const std::vector<std::string>& names() const { return names_; }
  Order order(std::size_t i) const { return order(i, known()); }
  Limit limit(std::size_t observable) const { return limit(observable, ladder_.rungs().size()); }

  /// For the terminal: a line a rung, the orders, the extrapolated values.
  static std::string heading();
  std::string line(std::size_t rung) const;
  std::string orders_text() const;
  std::string limits_text() const;

 private:
  std::size_t known() const;
  double error(std::size_t rung, std::size_t i) const;
  std::vector<double> errors_of(std::size_t i, std::size_t rungs) const;
  std::vector<double> spacings(std::size_t rungs) const;
  Order order(std::size_t i, std::size_t rungs) const;
  double pairwise(std::size_t i, std::size_t rung) const;
  Limit limit(std::size_t observable, std::size_t rungs) const;

  const Ladder& ladder_;
  const LadderOptions& options_;
  const Quantity& quantity_;
  int dimension_;
  double order_;
  std::vector<std::string> names_{"L2", "L1", "Linf"};
};

}  // namespace feller

#include <fmt/format.h>

#include <cmath>

#include "discretisation/negative_rates.hpp"
#include "problems/osmosis.hpp"
#include "problems/processes/process.hpp"
#include "solvers/steady_state.hpp"
#include "studies/flow/orders.hpp"
#include "studies/operators/twin_ladder.hpp"

namespace feller {
namespace {

constexpr double steady_tolerance = 1e-13;

/// Claims about one of the two, and the control.
class TwinChecks {
 public:
  TwinChecks(Experiment& experiment, const TwinLadder& ladder)
      : experiment_{experiment}, ladder_{ladder} {}

  void add_all() const {
    add_claims("osmosis", &TwinRung::osmosis, 4);
    add_claims("scharfetter_gummel", &TwinRung::scharfetter_gummel, 6);
    add_centred_control();
  }

 private:
  void add_claims(const std::string& name, Solution TwinRung::*solution, double gap_divisor) const;
  void add_order(const std::string& name, Solution TwinRung::*solution, double Solution::*error,
                 const std::string& what) const;
  void add_gap(const std::string& name, Solution TwinRung::*solution, double divisor) const;
  void add_centred_control() const;

  Experiment& experiment_;
  const TwinLadder& ladder_;
};

void TwinChecks::add_order(const std::string& name, Solution TwinRung::*solution,
                           double Solution::*error, const std::string& what) const {
  std::vector<double> widths, errors;
  for (const auto& rung : ladder_) {
    widths.push_back(rung->twin.width());
    errors.push_back((*rung).*solution.*error);
  }
  const Order order = observed_order(widths, errors);
  experiment_.add({.name = name,
                   .claim = fmt::format("{}: {:.3g} on the finest grid, order {:.4f}; its distance "
                                        "from 2",
                                        what, errors.back(), order.value),
                   .measured = std::abs(order.value - 2),
                   .bound = 0.1,
                   .statement = "V12"});
}

/// theta - gap = theta^2 h^2 / divisor, up to a relative theta h^2.
void TwinChecks::add_gap(const std::string& name, Solution TwinRung::*solution,
                         double divisor) const {
  double worst = 0, finest = 0;
  for (const auto& rung : ladder_) {
    const double theta = rung->twin.theta(), h2 = theta * std::pow(rung->twin.width(), 2);
    finest = (*rung).*solution.*(&Solution::gap_error);
    raise(worst, std::abs(finest / (theta * h2 / divisor) - 1) / h2);
  }
  experiment_.add({.name = name + "_gap",
                   .claim = fmt::format("theta - spectral gap, {:.3g} on the finest grid, against "
                                        "theta^2 h^2 / {:g}: relative difference over theta h^2",
                                        finest, divisor),
                   .measured = worst,
                   .bound = 1,
                   .statement = "V12"});
}

void TwinChecks::add_claims(const std::string& name, Solution TwinRung::*solution,
                            double gap_divisor) const {
  add_order(name + "_order_l1", solution, &Solution::l1, "L1 error against the exact law");
  add_order(name + "_order_l2", solution, &Solution::l2, "L2 error against the exact law");
  add_order(name + "_order_entropy", solution, &Solution::entropy, "error of the entropy");
  add_gap(name, solution, gap_divisor);
  double defect = 0;
  for (const auto& rung : ladder_) raise(defect, ((*rung).*solution).defect);
  experiment_.add({.name = name + "_steady_state",
                   .claim =
                       "|A w|_1 / (max|a_ii| |w|_1), w the normalised values gamma(x_i) at the "
                       "centres of cells, all grids",
                   .measured = defect,
                   .bound = steady_tolerance,
                   .statement = "V12"});
}

/// On cells so wide that h |x| > 2 near the ends of the box.
void TwinChecks::add_centred_control() const {
  const TwinEquation& twin = ladder_.front()->twin;
  const Grid grid = wide_cells(twin.grid(), twin.theta());
  const JumpRates centred = centred_rates(grid, twin.theta());
  const auto law = ladder_.front()->problem.process()->stationary();
  const Field gamma =
      fill(grid, [&](const Index& cell) { return law->density(grid.centre(cell)); });
  const NegativeRates good = negative_rates(osmosis_rates(gamma, flux_weight("central")));
  const NegativeRates bad = negative_rates(centred);
  const double h = grid.axis(0).width(0);
  constexpr double round_off = 1e-14;
  experiment_.add({.name = "osmosis_positive",
                   .claim = fmt::format("osmosis on cells of h = {:.4g}: least rate times h^2", h),
                   .measured = good.least * h * h,
                   .relation = Relation::at_least,
                   .bound = -round_off,
                   .statement = "V12"});
  experiment_.add({.name = "control_centred_rates",
                   .claim = fmt::format("centred drift there, h|x| > 2: {} negative off-diagonal "
                                        "entries; the least one times h^2",
                                        bad.count),
                   .measured = bad.least * h * h,
                   .relation = Relation::less,
                   .bound = -10 * round_off,
                   .is_control = true,
                   .statement = "V12"});
  experiment_.add({.name = "control_centred_steady_state",
                   .claim = "centred drift there: |A w|_1 / (max|a_ii| |w|_1), w = gamma(x_i)",
                   .measured = stationarity_defect(Generator{centred}, gamma),
                   .relation = Relation::greater,
                   .bound = 10 * steady_tolerance,
                   .is_control = true,
                   .statement = "V12"});
}

}  // namespace

void add_twin_checks(Experiment& experiment, const TwinLadder& ladder) {
  TwinChecks{experiment, ladder}.add_all();
}

}  // namespace feller

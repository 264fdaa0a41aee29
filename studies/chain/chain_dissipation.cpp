#include "studies/chain/chain_dissipation.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/functionals.hpp"
#include "studies/chain/chain_entropies.hpp"

namespace feller {
namespace {

struct Dissipation {
  double loss;    ///< -dKL/dt
  double fisher;  ///< I on the grid
};

Dissipation at(const Problem& problem, double time) {
  const ChainEntropies entropies{problem};
  const Field start = problem.initial(0);
  const auto moved = [&](double t) { return ChainKernel{problem.grid(), -2 * t}.forward(start); };
  const auto slope = [&](double d) {
    return (entropies.divergence(moved(time + d)) - entropies.divergence(moved(time - d))) /
           (2 * d);
  };
  const double d = time / 20;
  const Field p = moved(time);
  return {-(4 * slope(d / 2) - slope(d)) / 3,
          relative_fisher_information(p, entropies.log_gamma())};
}

}  // namespace

Checks dissipation_checks(const Experiment& experiment, double time) {
  const auto coarser = experiment.coarser_problem();
  if (!coarser || !ChainKernel::resolves(coarser->grid(), -1.8 * time)) return {};
  const Dissipation coarse = at(*coarser, time), fine = at(experiment.problem(), time);
  const double defect = std::abs(fine.loss - fine.fisher);
  const double order = std::log2(std::abs(coarse.loss - coarse.fisher) / defect);
  return {{.name = "dissipation",
           .claim = fmt::format("-dKL/dt = {:.8g} and I(p|N(0,I)) = {:.8g} at t = {:g}: order in h "
                                "of what is between them {:.4f}, its distance from 2",
                                fine.loss, fine.fisher, time, order),
           .measured = std::abs(order - 2),
           .bound = 0.1,
           .statement = "V4"}};
}

}  // namespace feller

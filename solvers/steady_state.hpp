#pragma once

/// Steady states: A w = 0 with given mass, or A w = -s where borders supply and remove mass. Where
/// mass only leaves there is none but 0.
///
/// Reversible generators have w = c exp(ln pi) in closed form, each value to round-off however
/// small. Otherwise w is found by inverse iteration  u <- (I - tau A)^-1 (u + tau s): each solve
/// keeps the mass and shrinks the rest by 1 / (1 + tau gap).
///
/// | method    | tau max|A_KK|                            | where                                |
/// |-----------|------------------------------------------|--------------------------------------|
/// | multigrid | 10^12, solved as a correction            | planes; solvers/refined_steady_state |
/// | direct    | 10^12                                    | where factors fit                    |
/// | others    | 10^7                                     |                                      |
///
/// Mass is kept in each region that none leaves (discretisation/regions.hpp), and cells that no
/// face leads to keep their value exactly. Where a region has faces that are crossed one way only,
/// the state may vanish in some cells, and multigrid gives way to the others.

#include <string>
#include <vector>

#include "solvers/linear_solver.hpp"

namespace feller {

struct SteadyState {
  Field density;
  Field log_density;  ///< finite even where the density underflows
  std::string how;    ///< "closed form" or "null vector by ..."
};

/// Mass is conserved or supplied.
bool has_steady_state(const Generator& generator);

/// The closed form where there is one, otherwise the null vector or, with sources, the supplied
/// state (of whatever mass). Only where there is a steady state. Collective.
SteadyState steady_state(const Generator& generator, double mass, const SolverOptions& options);

/// The same that the density `start` tends to: with its mass in each region that none leaves, where
/// there are several. Collective.
SteadyState steady_state(const Generator& generator, const Field& start,
                         const SolverOptions& options);

/// A state known to be stationary, scaled to the given mass; ln is NaN where it is negative.
SteadyState scaled(Field stationary, double mass);

/// c exp(ln pi) with the given mass. Only for reversible generators. Collective.
SteadyState closed_form(const Generator& generator, double mass);
/// The same with the mass of the density `start` in each region, and its value in cells alone.
SteadyState closed_form(const Generator& generator, const Field& start);

/// One solve on the way to a steady state.
struct SteadySolve {
  double tau = 0;
  int iterations = 0;
  double residual = 0;  ///< |A m + s|_inf / |m|_inf after it, m the masses [1/T]
};

struct NullVector {
  SteadyState state;
  int solves = 0;
  double change = 0;  ///< |u_new - u_old|_1 / |u|_1 at the last solve; with multigrid an estimate
                      ///< of what a further solve would change
  std::vector<SteadySolve> history = {};
};

/// m* with A m* = -s: what sources and killing balance to, from 0. Collective; throws SolverError.
Field supplied_masses(const Generator& generator, const SolverOptions& options);

/// The steady state that the density `start` tends to: in each closed region the null vector with
/// the mass of the start, in each region that mass can leave the balance with the sources. Until a
/// solve changes less than 1e-12; with multigrid until a further one would change less than
/// options.tolerance (1e-12 at least). Method `auto` takes what is estimated to be
/// cheapest, and a factorisation where multigrid does not settle. Collective; throws SolverError.
NullVector null_vector(const Generator& generator, Field start, const SolverOptions& options);

/// |A m + s|_1 / (max|A_KK| |m|_1), m the masses of the density u: how stationary u is, free of
/// units. Collective.
double stationarity_defect(const Generator& generator, const Field& u);

}  // namespace feller

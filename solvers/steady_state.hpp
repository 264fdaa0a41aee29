#pragma once

/// Steady states: A w = 0 with given mass, or A w = -s where borders supply and remove mass. Where
/// mass only leaves there is none but 0.
///
/// Reversible generators have w = c exp(ln pi) in closed form, each value to round-off however
/// small. Otherwise w is the null vector, found by inverse iteration  u <- (I - tau A)^-1 u  with
/// tau max|A_KK| = 10^12 where a factorisation fits, else 10^7: each solve keeps the mass and
/// shrinks the rest by 1 / (1 + tau gap).

#include <string>

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

/// A state known to be stationary, scaled to the given mass; ln is NaN where it is negative.
SteadyState scaled(Field stationary, double mass);

/// c exp(ln pi) with the given mass. Only for reversible generators. Collective.
SteadyState closed_form(const Generator& generator, double mass);

struct NullVector {
  SteadyState state;
  int solves = 0;
  double change = 0;  ///< |u_new - u_old|_1 / |u|_1 at the last solve
};

/// m* with A m* = -s: what sources and killing balance to. Collective; throws SolverError.
Field supplied_masses(const Generator& generator, const SolverOptions& options);

/// Inverse iteration from the density `start`, whose mass is kept, until a solve changes less than
/// 1e-12. Collective; throws SolverError if that does not happen.
NullVector null_vector(const Generator& generator, Field start, const SolverOptions& options);

/// |A m + s|_1 / (max|A_KK| |m|_1), m the masses of the density u: how stationary u is, free of
/// units. Collective.
double stationarity_defect(const Generator& generator, const Field& u);

}  // namespace feller

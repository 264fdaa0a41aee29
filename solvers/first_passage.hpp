#pragma once

/// When and where mass is killed: functions of the starting point, by the backward equation.
///
///     mean time            -A^T tau = 1            tau(x) = E_x[T]
///     second moment        -A^T tau_2 = 2 tau      E_x[T^2],  variance tau_2 - tau^2
///     exit probability     -A^T q = kappa_B        P_x(killed in B),  kappa_B the part of killing
///     quasi-stationary     A nu = -lambda nu       nu > 0 of mass 1: E_nu[T] = 1 / lambda
///
/// A is killed where mass is absorbed: at borders of the grid or in a set
/// (discretisation/absorbing_set.hpp), whose cells count as left: there `alive` is 0. q is the
/// committor if mass is absorbed in two sets. No variance is lost to cancellation: a process of n
/// jumps or fewer has var T >= E[T]^2 / n. References: Gardiner 2009, ch. 5; Weinan E &
/// Vanden-Eijnden 2006 (committor); Collet, Martinez & San Martin 2013 (quasi-stationary states).

#include "solvers/killed_system.hpp"

namespace feller {

/// E_x[T] [T]. Collective; throws SolverError as all of these.
Field mean_time(KilledSystem& system, const Field& alive);

/// (Var_x T)^1/2 [T].
Field standard_deviation(KilledSystem& system, const Field& alive, const Field& mean_time);

/// P_x(killed by these rates), which are part of the killing.
Field exit_probability(KilledSystem& system, const Field& exit_rate);

struct QuasiStationary {
  Field masses;       ///< nu, of mass 1
  double rate = 0;    ///< lambda = sum of killing times nu [1/T]
  int solves = 0;     ///< of inverse iteration
  double change = 0;  ///< |nu_new - nu_old|_1 at the last one

  /// Not where other modes decay nearly as slowly: then it is no state that a process stays in.
  bool settled() const { return change <= 1e-12; }
};

/// By inverse iteration from the masses `start`; every iterate is positive where mass can come. It
/// shrinks what is not nu by lambda / lambda_2 a time, and stops where nothing changes any more or
/// after 500 times. Collective.
QuasiStationary quasi_stationary(KilledSystem& system, Field start);

}  // namespace feller

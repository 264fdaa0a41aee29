#pragma once

/// Integrals of a density or an image u, and its distances to a steady state w of the same mass.
///
///     mass                          M = int u
///     differential entropy          H = -int u ln u
///     relative entropy              KL(u|w) = int u ln(u/w)
///     Lyapunov functional           L = -KL(u|w), increasing (Peter 2023, eq. (28))
///     chi-square                    int (u - w)^2 / w
///     Fisher information            J = int |grad ln u|^2 u
///     relative Fisher information   I = int |grad ln(u/w)|^2 u      (= -dKL/dt for D = 1)
///
/// Integrals are sums over cells with u the cell mean: entropy is then biased by h^2 J / 24. The
/// Fisher informations are written with roots, J = 4 int |grad sqrt u|^2, and stay finite where u
/// vanishes. w comes as ln w, so that it may be smaller than any number. 0 ln 0 = 0. All are
/// collective; sums are carried in long double and do not depend on the number of ranks beyond
/// round-off.

#include <span>
#include <string_view>

#include "discretisation/field.hpp"

namespace feller {

double mass(const Field& u);
double mean(const Field& u);
double least(const Field& u);
double largest(const Field& u);
double differential_entropy(const Field& u);
double fisher_information(const Field& u);

double relative_entropy(const Field& u, const Field& log_w);
double lyapunov(const Field& u, const Field& log_w);
double relative_fisher_information(const Field& u, const Field& log_w);
double chi_square(const Field& u, const Field& log_w);

/// max |ln(u/w)| over the cells where u > 0.
double largest_log_ratio(const Field& u, const Field& log_w);

/// int |a - b|, (int (a - b)^2)^1/2 and max |a - b|.
double l1_distance(const Field& a, const Field& b);
double l2_distance(const Field& a, const Field& b);
double linf_distance(const Field& a, const Field& b);

/// int x_a u and int |x|^2 u, u constant in each cell.
double first_moment(const Field& u, int axis);
double second_moment(const Field& u);

/// A functional by its name: what a study can observe.
struct Functional {
  std::string_view name;
  std::string_view symbol;
  std::string_view meaning;
  double (*value)(const Field& u, const Field& log_w);
  bool relative = false;  ///< compares u with w
};

std::span<const Functional> functionals();

}  // namespace feller

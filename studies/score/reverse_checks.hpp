#pragma once

/// What ladders of reverse particles verify: V18 and V19 of docs/properties.md.
///
/// Errors of a scheme go with x = g dt/(v + t - dt), the part of its distance to a cluster that a
/// particle covers in a step; an order p is seen to p + O(x), on the three grids where x and 4
/// standard errors are least. Where these exceed 1/2, by which p and p + 1 can be told apart,
/// nothing is judged: a line says so. Limits need x < 1/2 on the coarsest of the finest three.
/// Controls, too, are left out where they could not tell, by the effect to be expected.

#include <memory>
#include <optional>
#include <string>

#include "io/check.hpp"
#include "studies/score/reverse_counts.hpp"
#include "studies/score/reverse_ladder.hpp"
#include "studies/score/reverse_law.hpp"

namespace feller {

constexpr double longest_step = 0.5;  ///< x of which orders can be seen

/// Where a motion should end: where the process with the noise sqrt(lambda) does, if known.
struct KnownEnd {
  std::shared_ptr<const Law> law;
  std::optional<double> second;  ///< E|z - mu|^2/n
};

struct ReverseLaw {
  Clusters clusters;
  std::vector<KnownEnd> ends;             ///< one a motion
  std::shared_ptr<const Law> goal;        ///< p_t0
  double start_entropy = 0;               ///< KL of the start to p_T, or more
  std::optional<NormalState> population;  ///< of one cluster, axis by axis: what it is,
  NormalState start;                      ///< what it starts from
};

/// Checks, and why others were left out.
struct Judged {
  Checks checks;
  std::vector<std::string> left_out;
};

/// Where they end, from what they start.
ReverseLaw reverse_law(const Clusters& clusters, const LadderPlan& plan,
                       const std::vector<NamedMotion>& motions, std::shared_ptr<const Law> goal);

/// The largest x on a grid of every stride-th time.
double relative_step(const ReverseLaw& law, const LadderPlan& plan, const ReverseMotion& motion,
                     int stride);

/// What the printed noise does at the least to E|z - mu|^2/n and to KL(q|p) at t_0: the smaller of
/// what it does to a normal population of the same variance from T on, and within the clusters once
/// they lie apart, when t is the variance of the population.
struct PrintedEffect {
  double shift = 0, entropy = 0;
  double square = 0;  ///< int (q - p)^2/p or 2 KL, if that is less
};
PrintedEffect printed_effect(const ReverseLaw& law, const LadderPlan& plan, double lambda);

/// Of every motion: order in the time step, and the limit where it is known.
Judged ladder_checks(const ReverseLaw& law, const LadderPlan& plan,
                     const std::vector<NamedMotion>& motions,
                     const std::vector<LadderResult>& results);

/// Of every motion: particles in the cells against the law at the end where that is known; from
/// N(0, T), that KL(q|p) did not grow.
Judged cell_checks(const ReverseLaw& law, const LadderPlan& plan,
                   const std::vector<NamedMotion>& motions,
                   const std::vector<LadderResult>& results, const std::vector<CellCounts>& counts);

}  // namespace feller

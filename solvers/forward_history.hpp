#pragma once

/// A forward solution kept for a way back: the masses at times t_0 < ... < t_N, and what crossed
/// every face between two of them.
///
///     m_{n+1} = e^(tau A) m_n                                     by uniformization
///     D_n = int_0^tau e^(s A) m_n ds = 1/Lambda sum over k of P[N > k] P^k m_n
///     m_{n+1} - m_n = A D_n,    through a face:  forth D_K - back D_L
///
/// N is a Poisson number of mean Lambda tau, P = I + A/Lambda. All weights are >= 0: the masses
/// stay positive to the last digit of each, in tails of 1e-100 too, and the two sides of the
/// continuity equation differ by round-off of each cell's own mass. There is no error in time.
///
/// If not all steps fit into the room, some states are kept and the steps between two of them are
/// made anew when they are asked for. Reference for this: Griewank & Walther 2008, chapter 12.

#include <vector>

#include "discretisation/jump_matrix.hpp"
#include "solvers/time_grids.hpp"

namespace feller {

/// From m_n to m_{n+1}; fields are masses.
struct ForwardStep {
  Field before, after;
  Field integral;  ///< D_n [M T]
  double length = 0;
};

class ForwardHistory {
 public:
  /// `times` ascend; they are those of the generator, which must outlive this and conserve mass.
  /// At most `room` fields are kept, if so many are enough for sqrt(N) states. Collective.
  ForwardHistory(const Generator& generator, const Field& start, Times times, int room);

  int steps() const { return static_cast<int>(times_.size()) - 1; }
  const Times& times() const { return times_; }
  const Generator& generator() const { return generator_; }
  /// Step n, the way from t_n to t_{n+1}. Asked for from the last to the first, each is made at
  /// most twice. Valid until the next call. Collective.
  const ForwardStep& step(int n);

  /// Bayes' reversal of step n, a Markov chain for which the forward solution is as right:
  ///     q_n = diag(m_n) R^T diag(m_{n+1})^-1 q_{n+1},   R = e^(tau A)
  /// It is the reverse process with lambda = 1 and has no error in time. Collective.
  void reverse_by_bayes(Field& q, int n);

  const Field& last() const { return last_; }
  /// The least mass in a cell at any of the times.
  double least() const { return least_; }
  /// The largest |ln(m_{n+1}/m_n)| of a cell.
  double largest_change() const { return largest_change_; }
  /// Products with P so far.
  int products() const { return products_; }
  /// Fields that are kept.
  int kept() const;

 private:
  Polynomial exponential(int n) const;
  ForwardStep made(const Field& from, int n);
  void watch(const ForwardStep& step);

  const Generator& generator_;
  Times times_;
  double rate_;  ///< Lambda
  JumpMatrix matrix_;
  int stride_ = 1;
  std::vector<Field> states_;  ///< m_0, m_stride, ...
  std::vector<ForwardStep> segment_;
  int first_ = -1;  ///< step that the segment begins with
  Field last_;
  double least_ = 0;
  double largest_change_ = 0;
  int products_ = 0;
};

}  // namespace feller

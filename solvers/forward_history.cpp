#include "solvers/forward_history.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "solvers/uniformization.hpp"

namespace feller {
namespace {

/// P[N > k] / rate for k = 0, 1, ..., from the weights P[N = k].
Polynomial integrated(const Polynomial& poisson, double rate) {
  const std::size_t first = static_cast<std::size_t>(poisson.first);
  Polynomial result{.weights = std::vector<double>(first + poisson.weights.size() - 1, 1 / rate)};
  double above = 0;
  for (std::size_t k = poisson.weights.size(); k-- > 1;) {
    above += poisson.weights[k];
    result.weights[first + k - 1] = above / rate;
  }
  return result;
}

/// How many steps from one kept state to the next, all of them if they fit.
int stride_of(int steps, int room) {
  constexpr int fields_a_step = 3;
  if (fields_a_step * steps + 2 <= room) return steps;
  return static_cast<int>(std::ceil(std::sqrt(steps / static_cast<double>(fields_a_step))));
}

}  // namespace

ForwardHistory::ForwardHistory(const Generator& generator, const Field& start, Times times,
                               int room)
    : generator_{generator},
      times_{std::move(times)},
      rate_{generator.largest_outflow()},
      matrix_{generator, rate_},
      stride_{stride_of(steps(), room)},
      last_{start},
      least_{std::numeric_limits<double>::infinity()} {
  for (int n = 0; n < steps(); ++n) {
    if (n % stride_ == 0) {
      states_.push_back(last_);
      segment_.clear();
      first_ = n;
    }
    segment_.push_back(made(last_, n));
    watch(segment_.back());
    last_ = segment_.back().after;
  }
}

Polynomial ForwardHistory::exponential(int n) const {
  const auto i = static_cast<std::size_t>(n);
  auto [first, weights] = poisson_weights((times_[i + 1] - times_[i]) * rate_);
  return {.first = first, .weights = std::move(weights)};
}

void ForwardHistory::reverse_by_bayes(Field& q, int n) {
  const ForwardStep& now = step(n);
  check(VecPointwiseDivide(q.vector(), q.vector(), now.after.vector()));
  matrix_.apply(exponential(n), JumpMatrix::Direction::backward, q);
  check(VecPointwiseMult(q.vector(), q.vector(), now.before.vector()));
}

ForwardStep ForwardHistory::made(const Field& from, int n) {
  const auto i = static_cast<std::size_t>(n);
  ForwardStep step{
      .before = from, .after = from, .integral = from, .length = times_[i + 1] - times_[i]};
  const Polynomial whole = exponential(n);
  matrix_.apply(whole, JumpMatrix::Direction::forward, step.after);
  matrix_.apply(integrated(whole, rate_), JumpMatrix::Direction::forward, step.integral);
  products_ += whole.degree();
  return step;
}

void ForwardHistory::watch(const ForwardStep& step) {
  double least = std::numeric_limits<double>::infinity(), change = 0;
  const auto before = step.before.values(), after = step.after.values();
  for (std::size_t i = 0; i < before.size(); ++i) {
    least = std::min({least, before[i], after[i]});
    const double ratio = std::abs(std::log(after[i] / before[i]));
    change = ratio <= change ? change : ratio;  // NaN counts as large
  }
  const MPI_Comm comm = step.before.grid().comm();
  least_ = std::min(least_, minimum(comm, least));
  change = maximum(comm, std::isnan(change) ? std::numeric_limits<double>::infinity() : change);
  largest_change_ = std::max(largest_change_, change);
}

const ForwardStep& ForwardHistory::step(int n) {
  const int first = n / stride_ * stride_;
  if (first != first_) {
    segment_.clear();
    first_ = first;
    for (int k = first; k < std::min(first + stride_, steps()); ++k) {
      const Field& from =
          k == first ? states_[static_cast<std::size_t>(first / stride_)] : segment_.back().after;
      segment_.push_back(made(from, k));
    }
  }
  return segment_[static_cast<std::size_t>(n - first)];
}

int ForwardHistory::kept() const {
  return static_cast<int>(states_.size()) + 3 * stride_;
}

}  // namespace feller

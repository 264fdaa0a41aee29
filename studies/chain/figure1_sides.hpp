#pragma once

/// The two processes of figure1 on their way.

#include "studies/chain/figure1_curves.hpp"
#include "studies/chain/photograph.hpp"
#include "studies/flow/evolution.hpp"

namespace feller {

/// A trajectory of the chain, and its law. Refers to its arguments.
class ChainSide {
 public:
  ChainSide(const std::vector<Field>& start, const NoiseSchedule& schedule,
            const PhotographOptions& photograph, const TraceFinder& finder)
      : start_{start}, now_{start}, schedule_{schedule}, photograph_{photograph}, finder_{finder} {}

  void advance(int i);
  const std::vector<Field>& state() const { return now_; }
  /// A draw of what it tends to, by the noise of step i.
  std::vector<Field> limit(int i) const;
  /// After step i >= 1. Collective.
  Moment moment(int i) const;

 private:
  const std::vector<Field>& start_;
  std::vector<Field> now_;
  const NoiseSchedule& schedule_;
  const PhotographOptions& photograph_;
  const TraceFinder& finder_;
};

/// All channels of osmosis. Refers to its arguments.
class OsmosisSide {
 public:
  /// Collective, as all.
  OsmosisSide(const Problem& problem, Evolutions evolutions, const PhotographOptions& photograph,
              const TraceFinder& finder);

  void advance();
  std::vector<Field> state() const;
  std::vector<Field> limit() const;
  Moment moment(double time);
  const Evolution& evolution(std::size_t channel) const { return *all_[channel]; }
  /// L of all times so far.
  double largest_lyapunov(std::size_t channel) const { return largest_lyapunov_[channel]; }

 private:
  const Problem& problem_;
  Evolutions all_;
  const PhotographOptions& photograph_;
  const TraceFinder& finder_;
  std::vector<double> largest_lyapunov_;
  double variation_ = 0;  ///< of the steady state
};

}  // namespace feller

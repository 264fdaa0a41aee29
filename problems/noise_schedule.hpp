#pragma once

/// The Markov chain of probabilistic diffusion ("variance preserving"), by its noise schedule:
///
///     U_i = sqrt(1 - beta_i) U_{i-1} + sqrt(beta_i) G_i,   G_i ~ N(0, I),   i = 1..m      step
///     U_i = sqrt(a_i/a_k) U_k + sqrt(1 - a_i/a_k) G,                        k < i         jump
///     a_i = prod_{j=1}^i (1 - beta_j)                                       survival
///
/// It samples the process dX = -X dt + sqrt(2) dW at the times t_i = -ln(a_i)/2 without error, and
/// U_i / sqrt(a_i) is the initial state with noise of the variance (1 - a_i)/a_i added to it
/// ("variance exploding" time). References: Peter 2023, (3)-(5), where the product of (5) must
/// begin with j = 1; Ho, Jain & Abbeel 2020 (linear); Nichol & Dhariwal 2021 (cosine).

#include <filesystem>
#include <string>
#include <vector>

#include "io/parameters.hpp"

namespace feller {

class NoiseSchedule {
 public:
  /// beta_1..beta_m, each in (0, 1).
  explicit NoiseSchedule(std::vector<double> betas);

  int steps() const { return static_cast<int>(betas_.size()); }
  /// i = 1..steps.
  double beta(int i) const { return betas_[static_cast<std::size_t>(i - 1)]; }
  /// ln(a_last / a_first) <= 0, for 0 <= first <= last.
  double log_survival(int first, int last) const;
  double log_survival(int i) const { return log_survival(0, i); }
  double survival(int i) const;
  /// 1 - a_i, without cancellation.
  double noise(int i) const;
  double ou_time(int i) const { return -log_survival(i) / 2; }
  double ve_time(int i) const;

 private:
  std::vector<double> betas_;
  std::vector<double> log_survival_;
};

/// [chain]: which schedule, and after which steps a study looks.
class NoiseScheduleOptions {
 public:
  void declare(Parameters& parameters);
  /// Collective, as a file may be read; throws InputError on all ranks.
  NoiseSchedule build(const Parameters& parameters) const;
  /// The steps to look at, ascending, 0 and the last among them; default: a few per octave.
  std::vector<int> outputs(const Parameters& parameters, const NoiseSchedule& schedule) const;
  const std::string& kind() const { return kind_; }

 private:
  std::vector<double> from_file(const Parameters& parameters) const;
  void reject_others(const Parameters& parameters) const;

  std::string kind_ = "constant";
  int steps_ = 0;
  double beta_ = 0.02;
  double first_ = 1e-4;
  double last_ = 0.02;
  double offset_ = 0.008;
  std::filesystem::path file_;
  std::vector<int> outputs_;
};

}  // namespace feller

#pragma once

/// Normal laws for which Property 3 as printed in Peter 2023 fails, and translates, for which
/// Theorem D is sharp; each on the grid of the study, with its exact value.
///
///     (10), (13)   H rises if beta (1 - beta) >= (2 pi e)^-n: not so for N(0, 4 I), beta = 0.1,
///     and
///                  H rises without it for N(0, 0.25), beta = 0.02, n = 1
///     Theorem A with its weights interchanged fails for N(0, I/4), beta = 0.02
///     (12)         H(U_{i+1}) = H(U_i) + H(G) + ln sqrt(beta (1 - beta)): entropies do not add
///     (18)         H(U_i|U_0) = ln((2 pi e)^n (1 - a_i)^n): twice the entropy
///     N(m, I)      KL(p_t|gamma) = |m|^2 e^(-2t) / 2: no faster rate; with the drift's sign
///                  reversed it rises

#include "io/check.hpp"
#include "studies/chain/chain_entropies.hpp"

namespace feller {

class EntropyExamples {
 public:
  /// Refers to its arguments. `problem` gives the grid.
  EntropyExamples(const Problem& problem, const ChainEntropies& entropies);

  /// Collective.
  Checks checks() const;
  /// Examples that do not fit into the box, or whose noise its cells do not resolve.
  const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  struct Step;
  std::optional<Step> step(double mean, double variance, double beta) const;
  bool fits(double mean, double variance, const std::string& example) const;
  void falling(Checks& checks) const;
  void rising(Checks& checks) const;
  void interchanged(Checks& checks) const;
  void additive(Checks& checks) const;
  void conditional(Checks& checks) const;
  void translates(Checks& checks) const;

  const Problem& problem_;
  const ChainEntropies& entropies_;
  int n_;
  double h2_;
  mutable std::vector<std::string> left_out_;
};

}  // namespace feller

#include "solvers/phi_entropies.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "solvers/integral.hpp"

namespace feller {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The deformed logarithm (x^a - 1) / a, which is ln x for a = 0.
double deformed_log(double a, double log_x) {
  return a == 0 ? log_x : std::expm1(a * log_x) / a;
}

/// e^log_scale times that, finite where the product is.
double scaled_deformed_log(double log_scale, double a, double log_x) {
  if (std::abs(a * log_x) < 1) return std::exp(log_scale) * deformed_log(a, log_x);
  return a == 0 ? std::exp(log_scale) * log_x
                : (std::exp(log_scale + a * log_x) - std::exp(log_scale)) / a;
}

class PowerEntropy : public PhiEntropy {
 public:
  explicit PowerEntropy(double power, double factor = 1) : a_{power}, factor_{factor} {}

  double term(double u, double log_w) const override {
    if (u < 0) return a_ == 2 ? factor_ * of_negative(u, log_w) : std::nan("");
    return distance(std::log(u), log_w, 0);
  }

  /// As  d(a|b) = b^p phi_p(a/b).
  double distance(double log_f, double log_g, double log_b) const override {
    if (log_f == -infinity && (log_g == -infinity || log_b == -infinity)) return 0;
    if (log_g == -infinity) {
      return a_ < 1 ? factor_ * std::exp(log_f + (a_ - 1) * log_b) / (1 - a_) : infinity;
    }
    if (log_b == -infinity) {
      const double log_power = log_g + a_ * (log_f - log_g);
      return a_ > 1 ? factor_ * std::exp(log_power) / (a_ * (a_ - 1)) : infinity;
    }
    return factor_ * scaled_phi(log_g + a_ * log_b, log_f - log_g - log_b);
  }

  double slope(double log_x) const override { return factor_ * deformed_log(a_ - 1, log_x); }
  double intercept(double log_x) const override { return -factor_ * deformed_log(a_, log_x); }

 protected:
  double power() const { return a_; }

 private:
  /// (u - w)^2 / 2w, which needs no logarithm of u.
  static double of_negative(double u, double log_w) {
    const double root = (u - std::exp(log_w)) * std::exp(-log_w / 2);
    return root * root / 2;
  }

  /// e^log_scale phi(x).
  double scaled_phi(double log_scale, double log_x) const {
    const double excess = std::expm1(log_x);
    if (std::abs(excess) < 0.1) return std::exp(log_scale) * series(excess);
    if (log_x == -infinity) return a_ > 0 ? std::exp(log_scale) / a_ : infinity;
    const double log_scaled_x = log_scale + log_x;
    const double scaled_excess = std::exp(log_scaled_x) - std::exp(log_scale);
    if (a_ >= 0.5) {
      return (scaled_deformed_log(log_scaled_x, a_ - 1, log_x) - scaled_excess) / a_;
    }
    return (scaled_deformed_log(log_scale, a_, log_x) - scaled_excess) / (a_ - 1);
  }

  /// phi(1 + e) = sum over k >= 2 of (a - 2) ... (a - k + 1) e^k / k!
  double series(double e) const {
    double term = e * e / 2, total = term;
    for (int k = 2; k < 200 && std::abs(term) > 1e-17 * std::abs(total); ++k) {
      term *= (a_ - k) / (k + 1) * e;
      total += term;
    }
    return total;
  }

  double a_;
  double factor_;
};

class Renyi : public PowerEntropy {
 public:
  using PowerEntropy::PowerEntropy;
  double shown(double divergence, double mass) const override {
    if (power() == 1) return divergence / mass;
    const double excess = power() * (power() - 1) * divergence / mass;
    return std::log1p(std::max(-1.0, excess)) / (power() - 1);
  }
};

class TotalVariation : public PhiEntropy {
 public:
  double term(double u, double log_w) const override { return std::abs(u - std::exp(log_w)) / 2; }

  double distance(double log_f, double log_g, double log_b) const override {
    const double excess =
        log_g == -infinity ? std::exp(log_f) : std::exp(log_g) * std::expm1(log_f - log_g);
    if (log_b == 0) return std::abs(excess) / 2;
    return (excess > 0) == (log_b > 0) ? 0 * excess : std::abs(excess);
  }

  double slope(double log_x) const override { return log_x > 0 ? 0.5 : log_x < 0 ? -0.5 : 0; }
  double intercept(double log_x) const override { return -slope(log_x); }
};

std::unique_ptr<PhiEntropy> power(double a, double factor = 1) {
  return std::make_unique<PowerEntropy>(a, factor);
}

constexpr std::array entries{
    PhiEntropyEntry{"relative_entropy", "KL(u|w)", "relative entropy: int u ln(u/w)",
                    [](double) { return power(1); }},
    PhiEntropyEntry{"reverse_relative_entropy", "KL(w|u)",
                    "reverse relative entropy: int w ln(w/u)", [](double) { return power(0); }},
    PhiEntropyEntry{"chi_square", "chi2(u|w)", "chi-square: int (u-w)^2 / w",
                    [](double) { return power(2, 2); }},
    PhiEntropyEntry{"reverse_chi_square", "chi2(w|u)", "reverse chi-square: int (u-w)^2 / u",
                    [](double) { return power(-1, 2); }},
    PhiEntropyEntry{"hellinger", "H2", "squared Hellinger distance: 1/2 int (sqrt u - sqrt w)^2",
                    [](double) { return power(0.5, 0.25); }},
    PhiEntropyEntry{
        "total_variation", "TV", "total variation: 1/2 int |u-w|",
        [](double) -> std::unique_ptr<PhiEntropy> { return std::make_unique<TotalVariation>(); }},
    PhiEntropyEntry{
        "renyi", "R", "Renyi divergence of order a: ln(int u^a w^(1-a)) / (a-1)",
        [](double order) -> std::unique_ptr<PhiEntropy> { return std::make_unique<Renyi>(order); }},
};

}  // namespace

double divergence(const PhiEntropy& entropy, const Field& u, const Field& log_w) {
  return integral(u, log_w, [&](double x, double log_y) { return entropy.term(x, log_y); });
}

std::span<const PhiEntropyEntry> phi_entropies() {
  return entries;
}

const PhiEntropyEntry& phi_entropy(std::string_view name) {
  const auto* found = std::ranges::find(entries, name, &PhiEntropyEntry::name);
  if (found == entries.end()) throw std::invalid_argument("no such entropy");
  return *found;
}

}  // namespace feller

#include "studies/chain/entropy_theorems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace feller {
namespace {

/// Rounding of an entropy of size 1, which is a sum over the cells.
constexpr double round_off = 1e-13;
/// To which laws give their entropies.
constexpr double quadrature = 1e-12;

/// What rounding can add to a divergence of this size: D = delta^2 where densities differ by delta,
/// but for total variation, which is delta.
double noise(std::string_view name, double divergence) {
  if (name == "total_variation") return round_off;
  return round_off * (divergence + std::sqrt(divergence) + round_off);
}

/// The larger of two; NaN wins.
double worse(double a, double b) {
  raise(a, b);
  return a;
}

}  // namespace

EntropyTheorems::EntropyTheorems(std::span<const EntropyRow> rows, int dimension,
                                 double square_width)
    : rows_{rows}, n_{dimension}, h2_{square_width} {}

double EntropyTheorems::survival(std::size_t row) const {
  return std::exp(rows_[row].log_survival - rows_[row - 1].log_survival);
}

Checks EntropyTheorems::all() const {
  Checks checks;
  against_law(checks);
  theorem_a(checks);
  theorems_b_and_c(checks);
  theorem_d(checks);
  conditional(checks);
  return checks;
}

void EntropyTheorems::against_law(Checks& checks) const {
  double entropy = 0, divergence = 0;
  for (const auto& row : rows_.subspan(1)) {
    if (row.exact_entropy) {
      const double bias = h2_ * row.fisher / 24 + row.fisher * row.sampling / 2 + quadrature;
      entropy = worse(entropy, std::abs(row.entropy - *row.exact_entropy) / bias);
    }
    if (row.exact_divergence) {
      const double bias =
          h2_ * row.relative_fisher / 24 + (1 + row.fisher) * row.sampling / 2 + quadrature;
      divergence =
          worse(divergence, std::abs(row.divergences.front() - *row.exact_divergence) / bias);
    }
  }
  if (rows_.back().exact_entropy) {
    checks.push_back(
        {.name = "entropy",
         .claim = "largest |H - exact| over h^2 J / 24, by which cell means raise it, and J/2 "
                  "of the second moment's error",
         .measured = entropy,
         .bound = 1.5,
         .statement = "V3"});
  }
  if (!rows_.back().exact_divergence) return;
  checks.push_back({.name = "relative_entropy",
                    .claim = "largest |KL(p|N(0,I)) - exact| over h^2 I / 24, by which cell means "
                             "lower it, and (1 + J)/2 of the second moment's error",
                    .measured = divergence,
                    .bound = 1.5,
                    .statement = "V4"});
}

void EntropyTheorems::theorem_a(Checks& checks) const {
  const double top = normal_entropy(n_, 1);
  double power = HUGE_VAL, linear = HUGE_VAL, swapped = 0, allowed = 0;
  for (std::size_t r = 1; r < rows_.size(); ++r) {
    const double a = survival(r), b = 1 - a;
    const double before = entropy_power(rows_[r - 1].entropy, n_);
    const double after = entropy_power(rows_[r].entropy, n_);
    lower(power, after - a * before - b);
    lower(linear, rows_[r].entropy - a * rows_[r - 1].entropy - b * top);
    raise(swapped, b * before + a - after);
    raise(allowed, h2_ / 12 * rows_[r].fisher * after / n_);
  }
  checks.push_back({.name = "theorem_A",
                    .claim = "smallest N(U_{i+1}) - (1-b) N(U_i) - b, by the entropy power "
                             "inequality >= 0, up to h^2 J N / (12 n)",
                    .measured = power,
                    .relation = Relation::at_least,
                    .bound = -allowed,
                    .statement = "V3"});
  checks.push_back({.name = "theorem_A_linear",
                    .claim = "smallest H(U_{i+1}) - (1-b) H(U_i) - b H(G), >= 0 up to h^2 J / 12",
                    .measured = linear,
                    .relation = Relation::at_least,
                    .bound = -allowed * n_ / 2,
                    .statement = "V3"});
  // With N(U_0) >= 1 the weights do not matter for the sign.
  if (!(entropy_power(rows_.front().entropy, n_) < 0.9)) return;
  checks.push_back({.name = "control_weights",
                    .claim = "how far N(U_{i+1}) falls short of b N(U_i) + 1 - b, the inequality "
                             "with its weights interchanged",
                    .measured = swapped,
                    .relation = Relation::greater,
                    .bound = 10 * allowed,
                    .is_control = true,
                    .statement = "V3"});
}

bool EntropyTheorems::turns_within() const {
  return rows_.back().fisher < n_;
}

std::string EntropyTheorems::left_out() const {
  const bool wide = rows_.front().spread > 1;
  if (wide && !turns_within()) {
    return "theorem B: the chain ends before the entropy turns, so that it is not seen to fall";
  }
  return "";
}

void EntropyTheorems::theorems_b_and_c(Checks& checks) const {
  double fall = 0, rise_after_fall = 0, peak = -HUGE_VAL;
  bool fallen = false;
  for (std::size_t r = 1; r < rows_.size(); ++r) {
    const double change = rows_[r].entropy - rows_[r - 1].entropy;
    if (fallen) raise(rise_after_fall, change);
    raise(fall, -change);
    raise(peak, rows_[r].entropy);
    fallen = fallen || change < -round_off;
  }
  const double spread = rows_.front().spread;
  if (spread <= 1) {
    checks.push_back(
        {.name = "theorem_B",
         .claim = fmt::format("tr Cov / n = {:.6g} <= 1: largest fall of H in a step", spread),
         .measured = fall,
         .bound = round_off,
         .statement = "V3"});
  } else if (turns_within()) {
    checks.push_back(
        {.name = "theorem_B",
         .claim = fmt::format("tr Cov / n = {:.6g} > 1: H falls from its maximum by", spread),
         .measured = std::max(peak, rows_.front().entropy) - rows_.back().entropy,
         .relation = Relation::greater,
         .bound = round_off,
         .statement = "V3"});
  }
  checks.push_back(
      {.name = "theorem_C",
       .claim = "largest rise of H in a step after it has fallen: it turns once at most",
       .measured = rise_after_fall,
       .bound = round_off,
       .statement = "V3"});
}

void EntropyTheorems::theorem_d(Checks& checks) const {
  const auto entries = phi_entropies();
  for (std::size_t k = 0; k < entries.size(); ++k) {
    double worst = -HUGE_VAL;
    int finite = 0;
    for (std::size_t r = 1; r < rows_.size(); ++r) {
      const double before = rows_[r - 1].divergences[k], after = rows_[r].divergences[k];
      if (std::isinf(before)) continue;
      ++finite;
      raise(worst, (after - before) / noise(entries[k].name, before));
    }
    if (finite == 0) continue;
    checks.push_back({.name = fmt::format("theorem_D_{}", entries[k].name),
                      .claim = fmt::format("largest rise of D(p_i|N(0,I)) in a step, over what "
                                           "rounding can do: {}",
                                           entries[k].meaning),
                      .measured = worst,
                      .bound = 1,
                      .statement = "V4"});
  }
  double ratio = -HUGE_VAL;
  for (std::size_t r = 1; r < rows_.size(); ++r) {
    const double before = rows_[r - 1].divergences.front(), after = rows_[r].divergences.front();
    if (std::isinf(before)) continue;
    raise(ratio, (after - survival(r) * before) / noise("relative_entropy", before));
  }
  checks.push_back({.name = "theorem_D_rate",
                    .claim = "largest KL(p_{i+1}) - (1-b) KL(p_i), <= 0 by the logarithmic Sobolev "
                             "inequality, over what rounding can do",
                    .measured = ratio,
                    .bound = 1,
                    .statement = "V4"});
}

void EntropyTheorems::conditional(Checks& checks) const {
  double step = HUGE_VAL, information = -HUGE_VAL;
  for (std::size_t r = 2; r < rows_.size(); ++r) {
    lower(step, rows_[r].conditional - rows_[r - 1].conditional);
    raise(information, rows_[r].information() - rows_[r - 1].information());
  }
  if (rows_.size() < 3) return;
  checks.push_back({.name = "conditional_entropy",
                    .claim = "smallest rise of H(U_i|U_0) = n/2 ln(2 pi e (1 - a_i)) in a step",
                    .measured = step,
                    .relation = Relation::greater,
                    .bound = 0,
                    .statement = "V5"});
  checks.push_back({.name = "information_decreases",
                    .claim = "largest rise of I(U_0; U_i) in a step: none, by data processing, "
                             "U_0 -> U_i -> U_{i+1} being a chain",
                    .measured = information,
                    .bound = round_off,
                    .statement = "V6"});
}

}  // namespace feller

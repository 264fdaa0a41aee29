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

EntropyTheorems::EntropyTheorems(std::span<const EntropyRow> rows, const ChainEntropies& entropies,
                                 int dimension)
    : rows_{rows},
      n_{dimension},
      h2_{entropies.square_width()},
      noise_{entropies.noise_entropy()} {}

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
  const double noise_power = entropy_power(noise_, n_);
  double power = HUGE_VAL, linear = HUGE_VAL, largest = 1;
  for (std::size_t r = 1; r < rows_.size(); ++r) {
    const double a = survival(r), b = 1 - a;
    const double before = entropy_power(rows_[r - 1].entropy, n_);
    const double after = entropy_power(rows_[r].entropy, n_);
    raise(largest, before);
    lower(power, after - a * before - b * noise_power);
    lower(linear, rows_[r].entropy - a * rows_[r - 1].entropy - b * noise_);
  }
  checks.push_back({.name = "theorem_A",
                    .claim = "smallest N(U_{i+1}) - (1-b) N(U_i) - b N(G), >= 0 by the entropy "
                             "power inequality; N(G) = 1 + h^2/12 on cells",
                    .measured = power,
                    .relation = Relation::at_least,
                    .bound = -round_off * largest,
                    .statement = "V3"});
  checks.push_back({.name = "theorem_A_linear",
                    .claim = "smallest H(U_{i+1}) - (1-b) H(U_i) - b H(G), >= 0",
                    .measured = linear,
                    .relation = Relation::at_least,
                    .bound = -round_off,
                    .statement = "V3"});
}

/// The first output from which on J < n, seen beyond what discretisation does to J.
std::size_t EntropyTheorems::first_falling() const {
  const auto found =
      std::ranges::find_if(rows_, [this](const EntropyRow& row) { return row.fisher < 0.99 * n_; });
  return static_cast<std::size_t>(found - rows_.begin());
}

std::vector<std::string> EntropyTheorems::left_out() const {
  std::vector<std::string> words;
  if (rows_.front().spread > 1 && first_falling() + 1 >= rows_.size()) {
    words.emplace_back(
        "theorem_B: left out, no two outputs lie where J < n, so that no fall of H is to be seen");
  }
  return words;
}

void EntropyTheorems::theorems_b_and_c(Checks& checks) const {
  double fall = 0, rise_after_fall = 0;
  bool fallen = false;
  for (std::size_t r = 1; r < rows_.size(); ++r) {
    const double change = rows_[r].entropy - rows_[r - 1].entropy;
    if (fallen) raise(rise_after_fall, change);
    raise(fall, -change);
    fallen = fallen || change < -round_off;
  }
  const double spread = rows_.front().spread;
  const std::size_t first = first_falling();
  if (spread <= 1) {
    checks.push_back(
        {.name = "theorem_B",
         .claim = fmt::format("tr Cov / n = {:.6g} <= 1: largest fall of H in a step", spread),
         .measured = fall,
         .bound = round_off,
         .statement = "V3"});
  } else if (first + 1 < rows_.size()) {
    checks.push_back({.name = "theorem_B",
                      .claim = fmt::format("tr Cov / n = {:.6g} > 1: H falls from step {}, the "
                                           "first with J < n, to the last by",
                                           spread, rows_[first].step),
                      .measured = rows_[first].entropy - rows_.back().entropy,
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
  double sobolev = 0;
  for (const auto& row : rows_) {
    // Below, both are round-off.
    if (row.divergences.front() < 1e-20 || std::isinf(row.divergences.front())) continue;
    raise(sobolev, 2 * row.divergences.front() / ((1 + h2_ / 12) * row.relative_fisher));
  }
  checks.push_back({.name = "log_sobolev",
                    .claim =
                        "largest 2 KL / ((1 + h^2/12) I) of all outputs, I the sum over faces; "
                        "at most 1 by the logarithmic Sobolev inequality, up to its order h^2",
                    .measured = sobolev,
                    .bound = 1 + h2_,
                    .statement = "V4"});
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
  double step = HUGE_VAL, off = 0, information = -HUGE_VAL;
  const double cells = noise_ - normal_entropy(n_, 1);
  const EntropyRow* before = nullptr;
  for (const auto& row : rows_.subspan(1)) {
    if (before != nullptr) raise(information, row.information() - before->information());
    if (!std::isnan(row.column)) raise(off, std::abs(row.column - row.conditional - cells));
    // Later 1 - a is 1 to round-off.
    const bool seen = before != nullptr && !std::isnan(before->column) && !std::isnan(row.column) &&
                      row.log_survival > -25;
    if (seen) lower(step, row.column - before->column);
    before = &row;
  }
  checks.push_back({.name = "conditional_entropy",
                    .claim = "largest |entropy of the kernel's column - n/2 ln(2 pi e (1 - a_i))| "
                             "less n/2 ln(1 + h^2/12), by which the cells raise it",
                    .measured = off,
                    .bound = 1e-11,
                    .statement = "V5"});
  if (std::isfinite(step)) {
    checks.push_back({.name = "conditional_entropy_rises",
                      .claim = "smallest rise of the column's entropy H(U_i|U_0) in a step",
                      .measured = step,
                      .relation = Relation::greater,
                      .bound = 0,
                      .statement = "V5"});
  }
  if (rows_.size() < 3) return;
  checks.push_back({.name = "information_decreases",
                    .claim = "largest rise of I(U_0; U_i) in a step: none, by data processing, "
                             "U_0 -> U_i -> U_{i+1} being a chain",
                    .measured = information,
                    .bound = round_off,
                    .statement = "V6"});
}

}  // namespace feller

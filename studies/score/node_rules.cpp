#include "studies/score/node_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace feller {
namespace {

/// Nodes uniform in x(t), as t and as weight of f in int f d(ln t).
struct Rule {
  double from, to;
  double (*t)(double x);
  double (*weight)(double x);  ///< |d ln t / dx|
};

}  // namespace

NodeRules::NodeRules(const Noised& noised, double t, double far, double exact)
    : noised_{noised}, t_{t}, far_{far}, exact_{exact} {}

NodeErrors NodeRules::errors(int nodes) const {
  const auto same = [](double x) { return x; };
  const auto inverse = [](double x) { return 1 / x; };
  const std::array<Rule, NodeErrors::rules> all{
      {{t_, far_, same, inverse},
       {std::log(t_), std::log(far_), [](double x) { return std::exp(x); },
        [](double) { return 1.0; }},
       {1 / far_, 1 / t_, inverse, inverse}}};
  const double v = noised_.variance();
  NodeErrors found{.nodes = nodes};
  for (std::size_t r = 0; r < all.size(); ++r) {
    const double h = (all[r].to - all[r].from) / nodes;
    double plain = std::log1p(v / far_) / 2, controlled = std::log1p(v / t_) / 2;
    for (int i = 0; i < nodes; ++i) {
      const double x = all[r].from + (i + 0.5) * h, t = all[r].t(x);
      const double value = f(t), weight = h * all[r].weight(x);
      plain += weight * value;
      controlled -= weight * (noised_.relative_gauss_mmse(t) / 2 - value);
    }
    found.plain[r] = std::abs(plain - exact_);
    found.controlled[r] = std::abs(controlled - exact_);
  }
  return found;
}

std::vector<double> NodeRules::values(int nodes) const {
  const double h = std::log(far_ / t_) / nodes;
  std::vector<double> list;
  for (int i = 0; i < nodes; ++i) list.push_back(f(t_ * std::exp((i + 0.5) * h)));
  return list;
}

std::vector<double> NodeRules::gains(int nodes) const {
  const double h = std::log(far_ / t_) / nodes;
  auto list = values(nodes);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const double t = t_ * std::exp((static_cast<double>(i) + 0.5) * h);
    list[i] = noised_.relative_gauss_mmse(t) / 2 - list[i];
  }
  return list;
}

double NodeRules::peano(const std::vector<double>& values) const {
  const double h = std::log(far_ / t_) / static_cast<double>(values.size());
  double curvature = 0;
  for (std::size_t i = 1; i + 1 < values.size(); ++i) {
    curvature += std::abs(values[i - 1] - 2 * values[i] + values[i + 1]) / h;
  }
  return h * h / 8 * curvature + noised_.fourth_moment() / (4 * far_ * far_);
}

double NodeRules::bound(int nodes) const {
  return peano(values(nodes));
}

double NodeRules::controlled_bound(int nodes) const {
  return peano(gains(nodes));
}

double NodeRules::least_gain(int nodes) const {
  return 2 * std::ranges::min(gains(nodes));
}

Checks node_checks(const NodeRules& rules, const NodeErrors& most, double t) {
  // The quadratures that the rules are compared with are good to this.
  constexpr double exact = 1e-10;
  const double bound = rules.bound(most.nodes) + exact;
  Checks checks{
      {.name = "nodes_in_ln_t",
       .claim = fmt::format("error of {} nodes uniform in ln t from t = {:g} on, below (h^2/8) int "
                            "|f''|, f = mmse/(2t), and the rest",
                            most.nodes, t),
       .measured = most.plain[1],
       .bound = bound,
       .statement = "V15"},
      {.name = "nodes_controlled",
       .claim = "the same with the normal law as control variate, f = (mmse_gauss - mmse)/(2t)",
       .measured = most.controlled[1],
       .bound = rules.controlled_bound(most.nodes) + exact,
       .statement = "V15"},
      {.name = "control_variate",
       .claim = "least (mmse_gauss - mmse)/t at these nodes, not below 0",
       .measured = rules.least_gain(most.nodes),
       .relation = Relation::at_least,
       .bound = -1e-12,
       .statement = "V15"}};
  if (!rules.misses_uniformly(most.nodes)) return checks;
  checks.push_back({.name = "control_nodes_in_t",
                    .claim = "error of as many nodes uniform in t",
                    .measured = most.plain[0],
                    .relation = Relation::greater,
                    .bound = 10 * bound,
                    .is_control = true,
                    .statement = "V15"});
  return checks;
}

}  // namespace feller

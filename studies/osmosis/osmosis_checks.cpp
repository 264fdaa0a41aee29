#include "studies/osmosis/osmosis_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "discretisation/negative_rates.hpp"
#include "problems/osmosis.hpp"
#include "solvers/dissipation.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

constexpr double mass_tolerance = 1e-12;
constexpr double agreement = 1e-10;

/// One implicit step so long that everything but the steady state is gone.
Field relaxed(const Generator& generator, const Field& f) {
  Field masses = masses_of(f);
  const double step = 1e13 / generator.largest_outflow();
  make_propagator("implicit_euler", generator, step, {.method = "direct"})->advance(masses, 0);
  return densities_of(masses);
}

/// A positive guidance less so much that it changes sign, but no two neighbours add up to 0.
Field with_signs(const Field& guidance) {
  const double range = mean(guidance) - least(guidance);
  double share = 0.5;
  for (int attempt = 0;; ++attempt, share *= 0.9) {
    Field v = guidance;
    check(VecShift(v.vector(), -(least(guidance) + share * range)));
    const JumpRates rates = osmosis_rates(v, flux_weight("central"));
    const double highest =
        1e6 * Generator{osmosis_rates(guidance, flux_weight("central"))}.largest_outflow();
    if (are_finite(rates) && negative_rates(rates).least > -highest) return v;
    if (attempt == 50) return v;
  }
}

/// 1 in the cell that is left fastest (of several the first), 0 elsewhere.
Field fastest_cell(const Generator& generator) {
  const Grid& grid = generator.grid();
  const double most = generator.largest_outflow();
  double first = std::numeric_limits<double>::infinity();
  for_each(grid.owned(), [&](const Index& cell) {
    if (generator.outflow()[cell] < most) return;
    first = std::min(first, static_cast<double>(grid.natural(cell)));
  });
  first = minimum(grid.comm(), first);
  return fill(grid, [&](const Index& cell) {
    return static_cast<double>(grid.natural(cell)) == first ? 1.0 : 0.0;
  });
}

/// (1 + tau A) u for tau max|a_ii| = `courant`.
double least_after_explicit_step(const Generator& generator, const Field& u, double courant) {
  Field next = u;
  check(VecAXPY(next.vector(), courant / generator.largest_outflow(), generator.apply(u).vector()));
  return least(next);
}

}  // namespace

OsmosisChecks::OsmosisChecks(Experiment& experiment, const Generator& generator, const Field& f,
                             const Field& v, const SteadyState& w)
    : experiment_{experiment}, generator_{generator}, f_{f}, v_{v}, w_{w}, mass_{mass(f)} {}

void OsmosisChecks::add_agreement(const OsmosisMethods& methods) const {
  for (const auto& runner : methods.runners()) {
    if (&runner == &methods.euler() || &runner == &methods.exact()) continue;
    experiment_.add(
        {.name = "agree_" + runner.name,
         .claim = fmt::format("{} against {}: largest max|u - u_ref| / max f of all steps",
                              runner.meaning,
                              (runner.implicit ? methods.euler() : methods.exact()).meaning),
         .measured = runner.difference / largest(f_),
         .bound = agreement,
         .statement = "V11"});
  }
}

void OsmosisChecks::add_flow(const OsmosisMethods& methods, double tolerance) const {
  add_agreement(methods);
  const Extremes& seen = methods.extremes();
  experiment_.add({.name = "mass",
                   .claim = "largest relative change of the mean, all methods",
                   .measured = seen.mass_defect,
                   .bound = mass_tolerance,
                   .statement = "V11"});
  experiment_.add({.name = "positivity",
                   .claim = "smallest value of u, all methods",
                   .measured = seen.least,
                   .relation = Relation::at_least,
                   .bound = -mass_tolerance * largest(f_),
                   .statement = "V11"});
  experiment_.add({.name = "lyapunov_sign",
                   .claim = "largest L(u) = -int u ln(u/w), all methods: never positive, up to the "
                            "tolerance of the mass",
                   .measured = seen.lyapunov,
                   .bound = mass_tolerance * mass_,
                   .statement = "V11"});
  // What is left of a residual in u changes L by at most its mass times max|ln(u/w)|.
  const double round_off = 10 * std::numeric_limits<double>::epsilon() * mass_;
  const double log_ratio = largest_log_ratio(f_, w_.log_density);
  experiment_.add({.name = "lyapunov_rises",
                   .claim = "largest fall of L in one step, all methods: it increases",
                   .measured = seen.decrease,
                   .bound = round_off + tolerance * mass_ * log_ratio,
                   .statement = "V11"});
}

void OsmosisChecks::add_slope(double time) const {
  // Eigenvalues are below 2 max|a_ii|, and L moves at up to twice their rate: (0.04)^4.
  const double step = 0.01 / generator_.largest_outflow();
  const auto propagator = make_propagator("uniformization", generator_, step, {});
  Field masses = masses_of(f_);
  make_propagator("uniformization", generator_, time, {})->advance(masses, 0);
  std::array<double, 5> values{};
  double slope = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    const Field u = densities_of(masses);
    values[i] = lyapunov(u, w_.log_density);
    if (i == 2) {
      const auto entropy = phi_entropy("relative_entropy").make(1);
      slope = production(*entropy, generator_, Beside{u, w_.log_density});
    }
    propagator->advance(masses, 0);
  }
  const double quotient = (8 * (values[3] - values[1]) - (values[4] - values[0])) / (12 * step);
  const double round_off = 1e-15 * mass_ / step;
  experiment_.add(
      {.name = "lyapunov_slope",
       .claim = fmt::format("dL/dt = {:.6g} at t = {:g} by differences against int u |grad "
                            "ln(u/w)|^2 = sum over faces of flux times difference of "
                            "ln(u/w); relative",
                            quotient, time),
       .measured = std::abs(quotient / slope - 1),
       .bound = 2.56e-6 + round_off / slope,
       .statement = "V11"});
}

void OsmosisChecks::add_steady() const {
  const Field end = relaxed(generator_, f_);
  const double ratio = mass_ / mass(v_);
  Field stated = v_;
  check(VecScale(stated.vector(), ratio));
  experiment_.add({.name = "steady_state",
                   .claim = "|A w|_1 / (max|a_ii| |w|_1), w = (mean f / mean v) v",
                   .measured = stationarity_defect(generator_, stated),
                   .bound = 1e-13,
                   .statement = "V11"});
  experiment_.add({.name = "tends_to_w",
                   .claim = "max|u - w| after one implicit step of 1e13 / max|a_ii|",
                   .measured = linf_distance(end, stated),
                   .bound = agreement * largest(stated),
                   .statement = "V11"});
  experiment_.add({.name = "lyapunov_limit",
                   .claim = "|L| there: L tends to 0",
                   .measured = std::abs(lyapunov(end, w_.log_density)),
                   .bound = mass_tolerance * mass_,
                   .statement = "V11"});
  add_mean_control(end);
  add_swapped_control();
}

void OsmosisChecks::add_swapped_control() const {
  const double ratio = mass(v_) / mass_;
  if (!(least(f_) > 0) || std::abs(ratio - 1) < 1e-9) {
    experiment_.say(
        "control_swapped: left out, the image is 0 somewhere, or has the guidance's "
        "mean");
    return;
  }
  const Generator swapped{osmosis_rates(f_, flux_weight("central"))};
  const Field end = relaxed(swapped, v_);
  Field scaled = f_;
  check(VecScale(scaled.vector(), ratio));
  experiment_.add({.name = "swapped",
                   .claim = "image and guidance swapped: max|u - (mean v / mean f) f| at the end",
                   .measured = linf_distance(end, scaled),
                   .bound = agreement * largest(scaled),
                   .statement = "V11"});
  experiment_.add({.name = "control_swapped",
                   .claim = fmt::format("the same taken to lead to the image: it is {:.6g} times "
                                        "that; max|u - f|",
                                        ratio),
                   .measured = linf_distance(end, f_),
                   .relation = Relation::greater,
                   .bound = 10 * agreement * largest(scaled),
                   .is_control = true,
                   .statement = "V11",
                   .misprint = "Peter 2023, section 4.3 (swapping image and guidance)"});
}

void OsmosisChecks::add_mean_control(const Field& end) const {
  const double ratio = mass_ / mass(v_);
  if (std::abs(ratio - 1) < 1e-9) {
    experiment_.say("control_mean: left out, image and guidance have the same mean");
    return;
  }
  const Field log_v = transformed(v_, [](double x) { return std::log(x); });
  experiment_.add({.name = "control_mean",
                   .claim = fmt::format("w = v without the factor {:.6g} of the means: L there is "
                                        "{:.6g}; |L|",
                                        ratio, lyapunov(end, log_v)),
                   .measured = std::abs(lyapunov(end, log_v)),
                   .relation = Relation::greater,
                   .bound = 10 * mass_tolerance * mass_,
                   .is_control = true,
                   .statement = "V11"});
}

void OsmosisChecks::add_signed_control() const {
  const Field v = with_signs(v_);
  const Generator generator{osmosis_rates(v, flux_weight("central"))};
  // Whatever may grow, a long implicit step tends to the multiple of v with the mean of f.
  experiment_.add({.name = "control_signed",
                   .claim = fmt::format(
                       "guidance less {:.4g}, so that it changes sign (least {:.4g}): smallest "
                       "value of u after one implicit step of 1e13 / max|a_ii|; w has {:.6g}",
                       least(v_) - least(v), least(v), mean(f_) / mean(v) * least(v)),
                   .measured = least(relaxed(generator, f_)),
                   .relation = Relation::less,
                   .bound = -10 * mass_tolerance * largest(f_),
                   .is_control = true,
                   .statement = "V11"});
}

void OsmosisChecks::add_explicit() const {
  const Field u = fastest_cell(generator_);
  constexpr double round_off = 1e-14;
  experiment_.add({.name = "explicit_limit",
                   .claim = "explicit Euler at tau max|a_ii| = 1, from 1 in the fastest cell: "
                            "smallest value",
                   .measured = least_after_explicit_step(generator_, u, 1),
                   .relation = Relation::at_least,
                   .bound = -round_off,
                   .statement = "V11"});
  experiment_.add({.name = "control_explicit",
                   .claim = "explicit Euler at tau max|a_ii| = 1.1, from there: smallest value",
                   .measured = least_after_explicit_step(generator_, u, 1.1),
                   .relation = Relation::less,
                   .bound = -10 * round_off,
                   .is_control = true,
                   .statement = "V11"});
}

}  // namespace feller

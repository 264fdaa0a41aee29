#include "solvers/dissipation.hpp"

#include <cmath>

namespace feller {
namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

Field logarithm(const Field& field) {
  return transformed(field, [](double x) { return std::log(x); });
}

/// Masses of w.
Field masses_from(const Field& log_w) {
  return masses_of(transformed(log_w, [](double l) { return std::exp(l); }));
}

/// before + tau (A after + s) - after, in mass.
Field residual(const Generator& generator, double tau, const Field& before, const Field& after) {
  Field r = generator.apply(after);
  if (generator.has_source()) check(VecAXPY(r.vector(), 1, generator.source().vector()));
  check(VecScale(r.vector(), tau));
  check(VecAXPBYPCZ(r.vector(), 1, -1, 1, before.vector(), after.vector()));
  return r;
}

}  // namespace

Beside::Beside(const Field& u, const Field& log_w)
    : grid_{u.grid()}, log_u_{logarithm(u)}, log_w_{log_w} {}

double production(const PhiEntropy& entropy, const Generator& generator, const Beside& state) {
  const Grid& grid = generator.grid();
  // Beside a value that has underflowed to 0 stand others too small to be seen.
  const double unseen = std::log(1e-290);
  const auto jump = [&](const Index& from, const Index& to, double rate) {
    if (rate == 0) return 0.0;
    if (state.log_u(to) == minus_infinity && state.log_u(from) < unseen) return 0.0;
    return rate * grid.volume(grid.wrapped(from)) *
           entropy.distance(state.log_u(from), state.log_w(from), state.log_ratio(to));
  };
  long double total = 0;
  for_each_face(generator.rates(), [&](const Index& k, const Index& l, const Crossing& c) {
    total += jump(k, l, c.forth) + jump(l, k, c.back);
  });
  if (!generator.conserves_mass()) {
    auto killing = generator.killing().values().begin();
    auto source = generator.source().values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      const double out = *killing++, in = *source++;
      if (out != 0) {
        total += out * grid.volume(k) * entropy.distance(state.log_u(k), state.log_w(k), 0);
      }
      if (in != 0) total += entropy.distance(std::log(in), std::log(in), state.log_ratio(k));
    });
  }
  return static_cast<double>(sum(grid.comm(), total));
}

EulerStep::EulerStep(const Generator& generator, double tau, const Field& u, const Field& log_w,
                     const Field& new_u, const Field& new_log_w, const Beside& after)
    : generator_{generator},
      tau_{tau},
      after_{after},
      log_u_{logarithm(u)},
      log_w_{log_w},
      residual_u_{residual(generator, tau, masses_of(u), masses_of(new_u))},
      residual_w_{residual(generator, tau, masses_from(log_w), masses_from(new_log_w))} {}

EulerStep::Loss EulerStep::loss(const PhiEntropy& entropy) const {
  const Grid& grid = generator_.grid();
  long double in_time = 0, residual = 0;
  auto log_u = log_u_.values().begin(), log_w = log_w_.values().begin();
  auto of_u = residual_u_.values().begin(), of_w = residual_w_.values().begin();
  for_each(grid.owned(), [&](const Index& k) {
    const double log_x = after_.log_ratio(k);
    const double r_u = *of_u++, r_w = *of_w++;
    in_time += grid.volume(k) * entropy.distance(*log_u++, *log_w++, log_x);
    if (log_x == minus_infinity) return;  // has underflowed: nothing to be seen
    residual += std::abs(entropy.slope(log_x) * r_u) + std::abs(entropy.intercept(log_x) * r_w);
  });
  return {.production = production(entropy, generator_, after_),
          .in_time = static_cast<double>(sum(grid.comm(), in_time)),
          .residual = static_cast<double>(sum(grid.comm(), residual))};
}

}  // namespace feller

#include "studies/score/flow_residuals.hpp"

#include <fmt/format.h>

#include <cmath>
#include <functional>

namespace feller {
namespace {

using Function = std::function<double(double)>;

double slope(const Function& f, double x, double h) {
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
}

double curvature(const Function& f, double x, double h) {
  return (16 * (f(x + h) + f(x - h)) - (f(x + 2 * h) + f(x - 2 * h)) - 30 * f(x)) / (12 * h * h);
}

struct Terms {
  double rate, fick, carried, gradient;
};

/// dp/dt, p'', (s p)', p' with this spacing relative to the scales of p.
Terms terms(const Process& process, double t, double z, double spacing) {
  const auto law = process.law(t);
  const Function p = [&](double x) { return law->density({x, 0, 0}); };
  const Function flux = [&](double x) { return law->score(0, {x, 0, 0}) * p(x); };
  const Function in_time = [&](double s) { return process.law(s)->density({z, 0, 0}); };
  const double h = spacing * std::sqrt(t);
  return {slope(in_time, t, spacing * t), curvature(p, z, h), slope(flux, z, h), slope(p, z, h)};
}

}  // namespace

FlowResiduals flow_residuals(const Process& process, double t) {
  constexpr double spacing = 0.01;
  constexpr int places = 41;
  const Moments moments = process.law(t)->moments();
  const double middle = moments.mean[0], sd = std::sqrt(moments.covariance[0][0]);
  FlowResiduals worst;
  double largest = 0;
  for (int i = 0; i < places; ++i) {
    const double z = middle + 3 * sd * (2.0 * i / (places - 1) - 1);
    const Terms a = terms(process, t, z, spacing), b = terms(process, t, z, 2 * spacing);
    raise(largest, std::abs(a.rate));
    raise(worst.diffusion, std::abs(a.rate - a.fick / 2));
    raise(worst.transport, std::abs(a.rate - a.carried / 2));
    raise(worst.reversed, std::abs(a.rate - a.carried + a.fick / 2));
    raise(worst.printed, std::abs(a.rate - a.carried - a.gradient / 2));
    raise(worst.uncertain,
          std::abs(a.rate - b.rate) + std::abs(a.fick - b.fick) + std::abs(a.carried - b.carried));
  }
  for (double* value :
       {&worst.diffusion, &worst.transport, &worst.reversed, &worst.printed, &worst.uncertain}) {
    *value /= largest;
  }
  return worst;
}

Checks residual_checks(const Process& process, double t) {
  const FlowResiduals found = flow_residuals(process, t);
  const auto check = [&](const char* name, const char* equation, double residual) {
    return Check{.name = name,
                 .claim = fmt::format("{} at t = {:.4g}, by differences of the exact density: "
                                      "largest residual over the largest dp/dt",
                                      equation, t),
                 .measured = residual,
                 .bound = found.uncertain,
                 .statement = "V18"};
  };
  Check display =
      check("control_display", "-dp/dt = -(s p)' - p'/2 as printed after (22)", found.printed);
  display.relation = Relation::at_least;
  display.bound = 10 * found.uncertain;
  display.is_control = true;
  display.misprint = "McAllester, section 3 (equation of the reverse density)";
  return {check("diffusion", "(18), dp/dt = p''/2", found.diffusion),
          check("transport", "(19), dp/dt = (s p)'/2", found.transport),
          check("reversed", "(8) in reversed time, -dp/dt = -(s p)' + p''/2", found.reversed),
          display};
}

}  // namespace feller

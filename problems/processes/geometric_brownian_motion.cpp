/// Geometric Brownian motion,
///
///     dX = mu X dt + sigma X dW,   D = sigma^2 X^2 / 2,   X > 0,
///
/// lognormal at all times: ln X ~ N(log_mean + (mu - sigma^2/2) age, log_sd^2 + sigma^2 age). It
/// spreads for ever, so there is no stationary law. (F. Black, M. Scholes, 1973.)

#include "problems/processes/half_line_laws.hpp"
#include "problems/processes/kinds.hpp"

namespace feller {
namespace {

struct Growth {
  double mu = 0.5;
  double sigma = 0.5;
  double log_mean = 0;
  double log_sd = 0.25;
  double start = 0;
};

class GeometricBrownianMotion : public Process {
 public:
  explicit GeometricBrownianMotion(const Growth& parameters) : g_{parameters} {}

  int dimension() const override { return 1; }
  Region support() const override { return {.lower = {0, -Region::infinity, -Region::infinity}}; }
  double drift(int, const Point& x) const override { return g_.mu * x[0]; }
  double diffusion(int, int, const Point& x) const override {
    return g_.sigma * g_.sigma * x[0] * x[0] / 2;
  }
  bool constant_diffusion() const override { return false; }

  std::unique_ptr<Law> law(double time) const override {
    const double age = g_.start + time;
    return std::make_unique<LogNormalLaw>(g_.log_mean + (g_.mu - g_.sigma * g_.sigma / 2) * age,
                                          std::hypot(g_.log_sd, g_.sigma * std::sqrt(age)));
  }

 private:
  Growth g_;
};

class GeometricBrownianMotionKind : public ProcessKind {
 public:
  void declare(Parameters& p) override {
    p.add("problem.mu", g_.mu, {.meaning = "rate of growth", .unit = "1/T"});
    p.add("problem.sigma", g_.sigma,
          {.meaning = "noise relative to x", .unit = "1/T^1/2", .range = range::positive});
    p.add("problem.log_mean", g_.log_mean, {.meaning = "mean of ln x at age 0"});
    p.add("problem.log_sd", g_.log_sd,
          {.meaning = "standard deviation of ln x at age 0; 0 for a point needs start > 0",
           .range = range::not_negative});
    p.add("problem.start", g_.start,
          {.meaning = "age of the process at the study's time 0",
           .unit = "T",
           .range = range::not_negative});
  }

  std::unique_ptr<Process> make(const Parameters& parameters, int dimension) const override {
    require_dimension(parameters, dimension, 1);
    if (g_.log_sd == 0 && g_.start == 0) {
      throw parameters.blame("problem.start", "must be > 0 for log_sd = 0, which has no density");
    }
    return std::make_unique<GeometricBrownianMotion>(g_);
  }

 private:
  Growth g_;
};

}  // namespace

std::unique_ptr<ProcessKind> geometric_brownian_motion() {
  return std::make_unique<GeometricBrownianMotionKind>();
}

}  // namespace feller

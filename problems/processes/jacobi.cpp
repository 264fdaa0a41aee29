/// The Jacobi process, also the Wright-Fisher diffusion with mutation in both directions,
///
///     dX = kappa (theta - X) dt + sigma sqrt(X (1 - X)) dW,   D = sigma^2 X (1 - X) / 2,   0 < X <
///     1,
///
/// from a point. The stationary law is a beta law of 2 kappa theta / sigma^2 and
/// 2 kappa (1 - theta) / sigma^2; the borders are not reached while both are >= 1. (M. Kimura,
/// J. Appl. Prob. 1, 1964; W. Feller, Ann. Math. 54, 1951.)

#include <fmt/format.h>

#include "problems/processes/jacobi_law.hpp"
#include "problems/processes/kinds.hpp"

namespace feller {
namespace {

constexpr double most_noise = 1e-12;
constexpr double most_terms = 4000;

struct WrightFisher {
  double kappa = 1;
  double theta = 0.4;
  double sigma = 0.6;
  double point = 0.7;
  double start = 0.1;
};

class Jacobi : public Process {
 public:
  explicit Jacobi(const WrightFisher& parameters) : w_{parameters} {}

  int dimension() const override { return 1; }
  Region support() const override {
    return {.lower = {0, -Region::infinity, -Region::infinity},
            .upper = {1, Region::infinity, Region::infinity}};
  }
  double drift(int, const Point& x) const override { return w_.kappa * (w_.theta - x[0]); }
  double diffusion(int, int, const Point& x) const override {
    return w_.sigma * w_.sigma * x[0] * (1 - x[0]) / 2;
  }
  bool constant_diffusion() const override { return false; }

  std::unique_ptr<Law> law(double time) const override {
    return std::make_unique<JacobiLaw>(law_at(time));
  }
  std::unique_ptr<Law> stationary() const override {
    return std::make_unique<BetaLaw>(stationary_law());
  }
  std::optional<double> relative_entropy(double time) const override {
    return feller::relative_entropy(law_at(time), stationary_law());
  }

  JacobiLaw law_at(double time) const {
    return {w_.kappa, w_.theta, w_.sigma, w_.point, w_.start + time};
  }

 private:
  BetaLaw stationary_law() const {
    const double scale = 2 * w_.kappa / (w_.sigma * w_.sigma);
    return {scale * w_.theta, scale * (1 - w_.theta)};
  }

  WrightFisher w_;
};

class JacobiKind : public ProcessKind {
 public:
  void declare(Parameters& p) override {
    const Range inside{.low = 0, .high = 1, .low_allowed = false};
    p.add(
        "problem.kappa", w_.kappa,
        {.meaning = "rate of the pull kappa (theta - x)", .unit = "1/T", .range = range::positive});
    p.add("problem.theta", w_.theta,
          {.meaning = "where the drift changes its sign, below 1", .range = inside});
    p.add("problem.sigma", w_.sigma,
          {.meaning = "noise; 2 kappa min(theta, 1 - theta) >= sigma^2 keeps the process off 0, 1",
           .unit = "1/T^1/2",
           .range = range::positive});
    p.add("problem.point", w_.point,
          {.meaning = "where the process is at age 0, below 1", .range = inside});
    p.add("problem.start", w_.start,
          {.meaning = "age of the process at the study's time 0",
           .unit = "T",
           .range = range::positive});
  }

  std::unique_ptr<Process> make(const Parameters& parameters, int dimension) const override {
    require_dimension(parameters, dimension, 1);
    for (const auto& [key, value] : {std::pair{"theta", w_.theta}, {"point", w_.point}}) {
      if (value == 1) throw parameters.blame(fmt::format("problem.{}", key), "must be < 1");
    }
    const double least = 2 * w_.kappa * std::min(w_.theta, 1 - w_.theta);
    if (least < w_.sigma * w_.sigma) {
      throw parameters.blame(
          "problem.sigma",
          fmt::format("lets the process reach a border, must be <= sqrt(2 kappa min(theta, "
                      "1 - theta)) = {:.6g}",
                      std::sqrt(least)));
    }
    const double enough = 120 / (most_terms * most_terms * w_.sigma * w_.sigma);
    if (w_.start < enough) {
      throw parameters.blame("problem.start", fmt::format("must be >= {:.3g}", enough));
    }
    auto process = std::make_unique<Jacobi>(w_);
    require_accuracy(parameters, process->law_at(0).noise());
    return process;
  }

 private:
  static void require_accuracy(const Parameters& parameters, double noise) {
    if (noise <= most_noise) return;
    throw parameters.blame(
        "problem.start",
        fmt::format("is too small: the terms of the expansion from problem.point cancel to an "
                    "error of {:.1g} of the density, allowed is {:.1g}",
                    noise, most_noise));
  }

  WrightFisher w_;
};

}  // namespace

std::unique_ptr<ProcessKind> jacobi() {
  return std::make_unique<JacobiKind>();
}

}  // namespace feller

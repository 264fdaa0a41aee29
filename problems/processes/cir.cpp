/// The square-root process of Feller (1951) and of Cox, Ingersoll and Ross (1985),
///
///     dX = kappa (theta - X) dt + sigma sqrt(X) dW,   D = sigma^2 X / 2,   X > 0.
///
/// From a point x0, 2 c X is a noncentral chi-square variable of 4 kappa theta / sigma^2 degrees
/// of freedom and noncentrality 2 c x0 e^(-kappa age), c = 2 kappa / (sigma^2 (1 - e^(-kappa
/// age))). The stationary law is a gamma law of shape 2 kappa theta / sigma^2 and scale sigma^2 /
/// (2 kappa). The border 0 is not reached while 2 kappa theta >= sigma^2 (Feller's condition).

#include <fmt/format.h>

#include "problems/processes/half_line_laws.hpp"
#include "problems/processes/kinds.hpp"

namespace feller {
namespace {

struct SquareRoot {
  double kappa = 1;
  double theta = 1;
  double sigma = 0.7;
  double point = 2;
  double start = 0.1;
};

class Cir : public Process {
 public:
  explicit Cir(const SquareRoot& parameters) : s_{parameters} {}

  int dimension() const override { return 1; }
  Region support() const override { return {.lower = {0, -Region::infinity, -Region::infinity}}; }
  double drift(int, const Point& x) const override { return s_.kappa * (s_.theta - x[0]); }
  double diffusion(int, int, const Point& x) const override {
    return s_.sigma * s_.sigma * x[0] / 2;
  }
  bool constant_diffusion() const override { return false; }

  std::unique_ptr<Law> law(double time) const override {
    return std::make_unique<ScaledChiSquare>(law_at(time));
  }
  std::unique_ptr<Law> stationary() const override {
    return std::make_unique<GammaLaw>(stationary_law());
  }
  std::optional<double> relative_entropy(double time) const override {
    return feller::relative_entropy(law_at(time), stationary_law());
  }

 private:
  ScaledChiSquare law_at(double time) const {
    const double age = s_.start + time;
    const double square = s_.sigma * s_.sigma;
    const double scale = -square * std::expm1(-s_.kappa * age) / (4 * s_.kappa);
    return {scale, 4 * s_.kappa * s_.theta / square, s_.point * std::exp(-s_.kappa * age) / scale};
  }

  GammaLaw stationary_law() const {
    const double square = s_.sigma * s_.sigma;
    return {2 * s_.kappa * s_.theta / square, square / (2 * s_.kappa)};
  }

  SquareRoot s_;
};

class CirKind : public ProcessKind {
 public:
  void declare(Parameters& p) override {
    p.add(
        "problem.kappa", s_.kappa,
        {.meaning = "rate of the pull kappa (theta - x)", .unit = "1/T", .range = range::positive});
    p.add("problem.theta", s_.theta,
          {.meaning = "where the drift changes its sign", .unit = "L", .range = range::positive});
    p.add("problem.sigma", s_.sigma,
          {.meaning = "noise; 2 kappa theta >= sigma^2 keeps the process off 0",
           .unit = "L^1/2/T^1/2",
           .range = range::positive});
    p.add("problem.point", s_.point,
          {.meaning = "where the process is at age 0", .unit = "L", .range = range::positive});
    p.add("problem.start", s_.start,
          {.meaning = "age of the process at the study's time 0",
           .unit = "T",
           .range = range::positive});
  }

  std::unique_ptr<Process> make(const Parameters& parameters, int dimension) const override {
    require_dimension(parameters, dimension, 1);
    if (2 * s_.kappa * s_.theta < s_.sigma * s_.sigma) {
      throw parameters.blame("problem.sigma",
                             fmt::format("lets the process reach 0, must be <= sqrt(2 kappa theta) "
                                         "= {:.6g}",
                                         std::sqrt(2 * s_.kappa * s_.theta)));
    }
    const double noncentrality =
        4 * s_.kappa * s_.point / (s_.sigma * s_.sigma * std::expm1(s_.kappa * s_.start));
    if (!(noncentrality <= 1e8)) {
      throw parameters.blame("problem.start", "is too small: the law is still a point to 1e-4");
    }
    return std::make_unique<Cir>(s_);
  }

 private:
  SquareRoot s_;
};

}  // namespace

std::unique_ptr<ProcessKind> cir() {
  return std::make_unique<CirKind>();
}

}  // namespace feller

/// The Ornstein-Uhlenbeck process from a population Y,
///
///     X_t = Y e^(-theta age) + sqrt(v (1 - e^(-2 theta age))) G,   G ~ N(0, I),   v = D/theta,
///
/// with U = theta |x|^2 / 2 and the stationary law N(0, v I). With theta = D = 1 it is the
/// "variance preserving" process of diffusion models (Song et al., ICLR 2021).

#include <cmath>

#include "problems/processes/kinds.hpp"
#include "problems/processes/population.hpp"

namespace feller {
namespace {

class OrnsteinUhlenbeck : public Process {
 public:
  OrnsteinUhlenbeck(int dimension, double theta, double diffusion,
                    std::vector<Component> population, double start)
      : dimension_{dimension},
        theta_{theta},
        diffusion_{diffusion},
        population_{std::move(population)},
        start_{start} {}

  int dimension() const override { return dimension_; }
  double drift(int axis, const Point& x) const override {
    return -theta_ * x[static_cast<std::size_t>(axis)];
  }
  double diffusion(int a, int b, const Point&) const override { return a == b ? diffusion_ : 0; }
  std::function<double(const Point&)> potential() const override {
    return [theta = theta_](const Point& x) {
      return theta * (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) / 2;
    };
  }

  std::unique_ptr<Mixture> population() const override {
    return std::make_unique<Mixture>(dimension_, population_);
  }
  double age(double time) const override { return start_ + time; }

  std::unique_ptr<Law> law(double time) const override {
    return std::make_unique<Mixture>(law_at(time));
  }
  std::unique_ptr<Law> stationary() const override {
    const Spread spread{0, 0, std::sqrt(variance())};
    return std::make_unique<Mixture>(dimension_,
                                     std::vector{Component{.along = {spread, spread, spread}}});
  }
  std::optional<double> relative_entropy(double time) const override {
    return law_at(time).relative_entropy(variance());
  }

 private:
  double variance() const { return diffusion_ / theta_; }

  Mixture law_at(double time) const {
    const double age = start_ + time;
    const double shrink = std::exp(-theta_ * age);
    const double noise = std::sqrt(-variance() * std::expm1(-2 * theta_ * age));
    auto components = population_;
    for (auto& component : components) {
      for (auto& spread : component.along) {
        spread = {shrink * spread.lower, shrink * spread.upper,
                  std::hypot(shrink * spread.sd, noise)};
      }
    }
    return {dimension_, std::move(components)};
  }

  int dimension_;
  double theta_;
  double diffusion_;
  std::vector<Component> population_;
  double start_;
};

class OrnsteinUhlenbeckKind : public ProcessKind {
 public:
  void declare(Parameters& p) override {
    p.add("problem.theta", theta_,
          {.meaning = "rate of the drift -theta x", .unit = "1/T", .range = range::positive});
    p.add("problem.diffusion_coefficient", diffusion_,
          {.meaning = "D > 0: the stationary variance is D / theta",
           .unit = "L^2/T",
           .range = range::positive});
    population_.declare(p);
  }

  std::unique_ptr<Process> make(const Parameters& parameters, int dimension) const override {
    return std::make_unique<OrnsteinUhlenbeck>(dimension, theta_, diffusion_,
                                               population_.build(parameters, dimension),
                                               population_.start());
  }

 private:
  double theta_ = 1;
  double diffusion_ = 1;
  Population population_;
};

}  // namespace

std::unique_ptr<ProcessKind> ornstein_uhlenbeck() {
  return std::make_unique<OrnsteinUhlenbeckKind>();
}

}  // namespace feller

/// Brownian motion from a population Y: X_t = Y + sqrt(2 D age) G, G ~ N(0, I). It spreads for
/// ever, so there is no stationary law. With D = 1/2 it is z = y + sqrt(t) eps, the "variance
/// exploding" process of diffusion models (Song et al., ICLR 2021).

#include <cmath>

#include "problems/processes/kinds.hpp"
#include "problems/processes/population.hpp"

namespace feller {
namespace {

class Brownian : public Process {
 public:
  Brownian(int dimension, double diffusion, std::vector<Component> population, double start)
      : dimension_{dimension},
        diffusion_{diffusion},
        population_{std::move(population)},
        start_{start} {}

  int dimension() const override { return dimension_; }
  double drift(int, const Point&) const override { return 0; }
  double diffusion(int a, int b, const Point&) const override { return a == b ? diffusion_ : 0; }
  std::function<double(const Point&)> potential() const override {
    return [](const Point&) { return 0.0; };
  }

  std::unique_ptr<Mixture> population() const override {
    return std::make_unique<Mixture>(dimension_, population_);
  }
  double age(double time) const override { return start_ + time; }

  std::unique_ptr<Law> law(double time) const override {
    auto components = population_;
    for (auto& component : components) {
      for (auto& spread : component.along) {
        spread.sd = std::hypot(spread.sd, std::sqrt(2 * diffusion_ * (start_ + time)));
      }
    }
    return std::make_unique<Mixture>(dimension_, std::move(components));
  }

 private:
  int dimension_;
  double diffusion_;
  std::vector<Component> population_;
  double start_;
};

class BrownianKind : public ProcessKind {
 public:
  void declare(Parameters& p) override {
    p.add("problem.diffusion_coefficient", diffusion_,
          {.meaning = "D > 0: the variance grows by 2 D t",
           .unit = "L^2/T",
           .range = range::positive});
    population_.declare(p);
  }

  std::unique_ptr<Process> make(const Parameters& parameters, int dimension) const override {
    return std::make_unique<Brownian>(
        dimension, diffusion_, population_.build(parameters, dimension), population_.start());
  }

 private:
  double diffusion_ = 0.5;
  Population population_;
};

}  // namespace

std::unique_ptr<ProcessKind> brownian() {
  return std::make_unique<BrownianKind>();
}

}  // namespace feller

/// Diffusion in a double well, from a normal law:
///
///     dX = -grad U dt + sqrt(2 D) dW,   U = h (x^2 - 1)^2 + k (y^2 + z^2) / 2
///
/// The stationary law exp(-U/D)/Z is known, that at times in between is not along x. Its tails are
/// bounded all the same, as p_t/q never exceeds the largest value of p_0/q. (H. A. Kramers, 1940.)

#include <algorithm>
#include <cmath>

#include "problems/processes/kinds.hpp"
#include "problems/processes/mixture.hpp"
#include "problems/processes/well_law.hpp"

namespace feller {
namespace {

struct Wells {
  int dimension = 1;
  double barrier = 1;
  double stiffness = 1;
  double diffusion = 1;
  Point mean{};
  double sd = 0.3;
};

double any_outside(double x, double y, double z) {
  return -std::expm1(std::log1p(-x) + std::log1p(-y) + std::log1p(-z));
}

/// exp(-U/D)/Z: two wells along x, normal along y and z.
class DoubleWellLaw : public Law {
 public:
  explicit DoubleWellLaw(const Wells& w)
      : dimension_{w.dimension},
        along_{w.barrier / w.diffusion},
        across_{0, 0, std::sqrt(w.diffusion / w.stiffness)} {}

  double density(const Point& x) const override { return std::exp(log_density(x)); }
  double log_density(const Point& x) const override {
    double sum = along_.log_density_at(x[0]);
    for (std::size_t a = 1; a < axes(); ++a) sum += across_.log_density(x[a]);
    return sum;
  }
  Moments moments() const override {
    Moments m = along_.moments();
    for (std::size_t a = 1; a < axes(); ++a) m.covariance[a][a] = across_.variance();
    return m;
  }
  std::optional<double> entropy() const override {
    return *along_.entropy() + (dimension_ - 1) * across_.entropy();
  }
  double probability(const Region& cell) const override {
    double product = along_.probability(cell);
    for (std::size_t a = 1; a < axes(); ++a) {
      product *= across_.between(cell.lower[a], cell.upper[a]);
    }
    return product;
  }
  double mass_outside(const Region& box) const override {
    Point outside{along_.mass_outside(box), 0, 0};
    for (std::size_t a = 1; a < axes(); ++a) {
      outside[a] = across_.below(box.lower[a]) + across_.above(box.upper[a]);
    }
    return any_outside(outside[0], outside[1], outside[2]);
  }

  const WellLaw& along() const { return along_; }

 private:
  std::size_t axes() const { return static_cast<std::size_t>(dimension_); }

  int dimension_;
  WellLaw along_;
  Spread across_;
};

class DoubleWell : public Process {
 public:
  explicit DoubleWell(const Wells& wells) : w_{wells}, stationary_{wells} {}

  int dimension() const override { return w_.dimension; }
  double drift(int axis, const Point& x) const override {
    if (axis == 0) return -4 * w_.barrier * x[0] * (x[0] * x[0] - 1);
    return -w_.stiffness * x[static_cast<std::size_t>(axis)];
  }
  double diffusion(int a, int b, const Point&) const override { return a == b ? w_.diffusion : 0; }
  std::function<double(const Point&)> potential() const override {
    return [w = w_](const Point& x) {
      const double s = x[0] * x[0] - 1;
      return w.barrier * s * s + w.stiffness * (x[1] * x[1] + x[2] * x[2]) / 2;
    };
  }

  std::unique_ptr<Law> law(double time) const override {
    if (time != 0) return nullptr;
    Component component;
    for (std::size_t a = 0; a < 3; ++a) component.along[a] = {w_.mean[a], w_.mean[a], w_.sd};
    return std::make_unique<Mixture>(w_.dimension, std::vector{component});
  }
  std::unique_ptr<Law> stationary() const override {
    return std::make_unique<DoubleWellLaw>(stationary_);
  }
  std::optional<double> relative_entropy(double time) const override;
  double mass_outside(const Region& box, double time) const override;

 private:
  double bound_along_x(const Region& box) const;
  double log_ratio(double x) const;
  double largest_log_ratio(double reach) const;

  Wells w_;
  DoubleWellLaw stationary_;
};

std::optional<double> DoubleWell::relative_entropy(double time) const {
  if (time != 0) return std::nullopt;
  const double m = w_.mean[0], v = w_.sd * w_.sd;
  const double second = m * m + v;
  const double fourth = m * m * m * m + 6 * m * m * v + 3 * v * v;
  const Spread x{m, m, w_.sd};
  double sum = -x.entropy() + w_.barrier / w_.diffusion * (fourth - 2 * second + 1) +
               stationary_.along().log_z();
  for (std::size_t a = 1; a < static_cast<std::size_t>(w_.dimension); ++a) {
    sum += Spread{w_.mean[a], w_.mean[a], w_.sd}.relative_entropy(w_.diffusion / w_.stiffness);
  }
  return sum;
}

/// ln(p_0/q) along x.
double DoubleWell::log_ratio(double x) const {
  return Spread{w_.mean[0], w_.mean[0], w_.sd}.log_density(x) -
         stationary_.along().log_density_at(x);
}

/// Over [-reach, reach]: at an end, or at the one maximum inside that a quartic can have, the
/// middle one of three roots of (4 h/D) x^3 - (4 h/D + 1/sd^2) x + m/sd^2.
double DoubleWell::largest_log_ratio(double reach) const {
  const double lead = 4 * w_.barrier / w_.diffusion, inverse = 1 / (w_.sd * w_.sd);
  const double p = (lead + inverse) / lead, q = w_.mean[0] * inverse / lead;  // x^3 - p x + q
  double largest = std::max(log_ratio(-reach), log_ratio(reach));
  const double cosine = -1.5 * q / p * std::sqrt(3 / p);
  if (std::abs(cosine) < 1) {
    const double third = 2 * std::acos(-1.0) / 3;
    const double x = 2 * std::sqrt(p / 3) * std::cos(std::acos(cosine) / 3 - third);
    if (std::abs(x) < reach) largest = std::max(largest, log_ratio(x));
  }
  return largest;
}

/// p_0 cut at +-reach stays below exp(largest ratio) q; what was cut off goes anywhere.
double DoubleWell::bound_along_x(const Region& box) const {
  const Spread start{w_.mean[0], w_.mean[0], w_.sd};
  const double log_tail = std::log(stationary_.along().mass_outside(box));
  const double longest = std::min(std::max(std::abs(box.lower[0]), std::abs(box.upper[0])),
                                  std::abs(w_.mean[0]) + 38 * w_.sd);
  double least = 1;
  constexpr int trials = 400;
  for (int i = 1; i <= trials; ++i) {
    const double reach = longest * i / trials;
    least = std::min(least, start.below(-reach) + start.above(reach) +
                                std::exp(largest_log_ratio(reach) + log_tail));
  }
  return least;
}

double DoubleWell::mass_outside(const Region& box, double time) const {
  if (time == 0) return law(0)->mass_outside(box);
  Point outside{bound_along_x(box), 0, 0};
  const double left = std::exp(-w_.stiffness * time);
  const double noise = -w_.diffusion / w_.stiffness * std::expm1(-2 * w_.stiffness * time);
  for (std::size_t a = 1; a < static_cast<std::size_t>(w_.dimension); ++a) {
    const double centre = left * w_.mean[a];
    const Spread now{centre, centre, std::hypot(left * w_.sd, std::sqrt(noise))};
    outside[a] = now.below(box.lower[a]) + now.above(box.upper[a]);
  }
  return any_outside(outside[0], outside[1], outside[2]);
}

class DoubleWellKind : public ProcessKind {
 public:
  void declare(Parameters& p) override {
    p.add("problem.barrier", w_.barrier,
          {.meaning = "height h of the wall between the wells at x = -1 and 1",
           .unit = "L^2/T",
           .range = range::positive});
    p.add("problem.stiffness", w_.stiffness,
          {.meaning = "k of the spring along y and z", .unit = "1/T", .range = range::positive});
    p.add("problem.diffusion_coefficient", w_.diffusion,
          {.meaning = "D > 0", .unit = "L^2/T", .range = range::positive});
    p.add("problem.mean", mean_,
          {.meaning = "mean at time 0, or one number for all axes", .unit = "L"});
    p.add("problem.sd", w_.sd,
          {.meaning = "standard deviation at time 0", .unit = "L", .range = range::positive});
  }

  std::unique_ptr<Process> make(const Parameters& parameters, int dimension) const override {
    Wells w = w_;
    w.dimension = dimension;
    w.mean = as_point(parameters, "problem.mean", mean_, dimension);
    return std::make_unique<DoubleWell>(w);
  }

 private:
  Wells w_;
  std::vector<double> mean_{0};
};

}  // namespace

std::unique_ptr<ProcessKind> double_well() {
  return std::make_unique<DoubleWellKind>();
}

}  // namespace feller

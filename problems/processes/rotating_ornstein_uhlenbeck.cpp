/// A linear drift that pulls in and turns, with a full diffusion:
///
///     mu = B x,   B = -theta + omega [[0, -1], [1, 0]],   D = [[dxx, dxy], [dxy, dyy]]
///
/// From N(m, sd^2 I) the law stays normal, with mean e^(Bt) m and the covariance that solves
/// dC/dt = B C + C B^T + 2 D. Rotations keep the trace of D and turn its traceless part, the
/// complex number d = (dxx - dyy)/2 + i dxy, by twice their angle:
///
///     C = c 1 + [[Re z, Im z], [Im z, -Re z]],   z(t) = d (1 - e^((-2 theta + 2 i omega) t)) /
///     (theta - i omega),   c(t) = sd^2 e^(-2 theta t) + (dxx + dyy)/2 (1 - e^(-2 theta t)) / theta
///
/// In the stationary state probability flows in circles with the velocity v(x) = (B + D C^-1) x,
/// so it is not in detailed balance unless omega = 0. (H. Risken, The Fokker-Planck Equation, 6.5.)

#include <cmath>
#include <complex>

#include "problems/processes/gaussian.hpp"
#include "problems/processes/kinds.hpp"

namespace feller {
namespace {

struct Rotation {
  double theta = 1;
  double omega = 1;
  Symmetric diffusion{1, 0.7, 0.8};
  std::array<double, 2> mean{1.5, 0};
  double sd = 0.4;
  double start = 0;
};

class RotatingOrnsteinUhlenbeck : public Process {
 public:
  explicit RotatingOrnsteinUhlenbeck(const Rotation& parameters) : r_{parameters} {
    const Symmetric p = covariance(Region::infinity).inverse();
    const Symmetric& D = r_.diffusion;
    velocity_ = {{{-r_.theta + D.xx * p.xx + D.xy * p.xy, -r_.omega + D.xx * p.xy + D.xy * p.yy},
                  {r_.omega + D.xy * p.xx + D.yy * p.xy, -r_.theta + D.xy * p.xy + D.yy * p.yy}}};
  }

  int dimension() const override { return 2; }
  double drift(int axis, const Point& x) const override {
    return axis == 0 ? -r_.theta * x[0] - r_.omega * x[1] : r_.omega * x[0] - r_.theta * x[1];
  }
  double diffusion(int a, int b, const Point&) const override {
    return a != b ? r_.diffusion.xy : a == 0 ? r_.diffusion.xx : r_.diffusion.yy;
  }
  bool diagonal_diffusion() const override { return r_.diffusion.xy == 0; }

  std::unique_ptr<Law> law(double time) const override {
    return std::make_unique<PlaneGaussian>(law_at(time));
  }
  std::unique_ptr<Law> stationary() const override {
    return std::make_unique<PlaneGaussian>(law_at(Region::infinity));
  }
  std::optional<double> relative_entropy(double time) const override {
    return law_at(time).relative_entropy(law_at(Region::infinity));
  }

  double stationary_current(int axis, const Point& x) const override {
    const auto& v = velocity_[static_cast<std::size_t>(axis)];
    return (v[0] * x[0] + v[1] * x[1]) * law_at(Region::infinity).density(x);
  }

  double entropy_production() const override {
    // int v^T D^-1 v q = sum_ab (D^-1)_ab (V C V^T)_ab.
    const Symmetric C = covariance(Region::infinity);
    const Symmetric inverse = r_.diffusion.inverse();
    const auto spread = [&](int a, int b) {
      const auto& v = velocity_[static_cast<std::size_t>(a)];
      const auto& w = velocity_[static_cast<std::size_t>(b)];
      return v[0] * (C.xx * w[0] + C.xy * w[1]) + v[1] * (C.xy * w[0] + C.yy * w[1]);
    };
    return inverse.xx * spread(0, 0) + 2 * inverse.xy * spread(0, 1) + inverse.yy * spread(1, 1);
  }

 private:
  Symmetric covariance(double age) const {
    const Symmetric& D = r_.diffusion;
    const std::complex<double> d{(D.xx - D.yy) / 2, D.xy};
    const double left = std::exp(-2 * r_.theta * age);  // of what was there at age 0
    const std::complex<double> turned = left == 0 ? 0 : std::polar(left, 2 * r_.omega * age);
    const std::complex<double> z = d * (1.0 - turned) / std::complex{r_.theta, -r_.omega};
    const double c = r_.sd * r_.sd * left + (D.xx + D.yy) / 2 * (1 - left) / r_.theta;
    return {c + z.real(), z.imag(), c - z.real()};
  }

  PlaneGaussian law_at(double time) const {
    const double age = r_.start + time;
    const double left = std::exp(-r_.theta * age);
    if (left == 0) return {{0, 0}, covariance(age)};
    const double cosine = std::cos(r_.omega * age), sine = std::sin(r_.omega * age);
    return {{left * (cosine * r_.mean[0] - sine * r_.mean[1]),
             left * (sine * r_.mean[0] + cosine * r_.mean[1])},
            covariance(age)};
  }

  Rotation r_;
  std::array<std::array<double, 2>, 2> velocity_;  ///< B + D C^-1 of the stationary C
};

class RotatingOrnsteinUhlenbeckKind : public ProcessKind {
 public:
  void declare(Parameters& p) override {
    p.add("problem.theta", r_.theta,
          {.meaning = "rate of the pull -theta x", .unit = "1/T", .range = range::positive});
    p.add("problem.omega", r_.omega,
          {.meaning = "angular velocity of the drift, anticlockwise", .unit = "1/T"});
    p.add("problem.diffusion_matrix", diffusion_,
          {.meaning = "dxx, dxy, dyy of the positive definite diffusion", .unit = "L^2/T"});
    p.add("problem.mean", mean_, {.meaning = "mean at age 0: x, y", .unit = "L"});
    p.add("problem.sd", r_.sd,
          {.meaning = "standard deviation at age 0", .unit = "L", .range = range::positive});
    p.add("problem.start", r_.start,
          {.meaning = "age of the process at the study's time 0",
           .unit = "T",
           .range = range::not_negative});
  }

  std::unique_ptr<Process> make(const Parameters& parameters, int dimension) const override {
    require_dimension(parameters, dimension, 2);
    Rotation r = r_;
    const Point mean = as_point(parameters, "problem.mean", mean_, 2);
    r.mean = {mean[0], mean[1]};
    if (diffusion_.size() != 3) {
      throw parameters.blame("problem.diffusion_matrix", "must have three entries: dxx, dxy, dyy");
    }
    r.diffusion = {diffusion_[0], diffusion_[1], diffusion_[2]};
    if (!(r.diffusion.xx > 0 && r.diffusion.determinant() > 0)) {
      throw parameters.blame("problem.diffusion_matrix",
                             "must be positive definite: dxx > 0, dxx*dyy > dxy^2");
    }
    return std::make_unique<RotatingOrnsteinUhlenbeck>(r);
  }

 private:
  Rotation r_;
  std::vector<double> diffusion_{1, 0.7, 0.8};
  std::vector<double> mean_{1.5, 0};
};

}  // namespace

std::unique_ptr<ProcessKind> rotating_ornstein_uhlenbeck() {
  return std::make_unique<RotatingOrnsteinUhlenbeckKind>();
}

}  // namespace feller

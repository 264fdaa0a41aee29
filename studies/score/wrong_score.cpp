#include "studies/score/wrong_score.hpp"

#include "studies/score/normal_divergence.hpp"

namespace feller {
namespace {

double share(double lambda) {
  return (1 + lambda) / 2;
}

/// (1 - e^(-x L)) / x, also where x is 0.
double grown(double x, double L) {
  return x == 0 ? L : -std::expm1(-x * L) / x;
}

}  // namespace

WrongScore::End WrongScore::end(double lambda) const {
  const double g = share(lambda), gamma = g * (1 + error.factor), L = reach();
  const double kept = (variance + last) * std::exp(-2 * gamma * L);
  return {.mean = g * error.constant * end_variance() * grown(gamma - 1, L),
          .variance = kept + lambda * end_variance() * grown(2 * gamma - 1, L)};
}

double WrongScore::divergence(const End& end) const {
  return variance_divergence(end.variance / end_variance() - 1) +
         end.mean * end.mean / (2 * end_variance());
}

WrongScore::End WrongScore::by_equations(double lambda, int steps) const {
  // By s = -ln a:  m' = g (b a - (1 + eta) m),  V' = -2 g (1 + eta) V + lambda a,
  // K' = g^2 E (b - eta z/a)^2 a / (2 lambda).
  const double g = share(lambda), gamma = g * (1 + error.factor);
  const double h = reach() / steps, b = error.constant, eta = error.factor;
  End now{0, variance + last};
  const auto slope = [&](double at, const End& x) {
    const double a = std::exp(-at), second = x.variance + x.mean * x.mean;
    const double square = b * b * a - 2 * b * eta * x.mean + eta * eta * second / a;
    return End{g * b * a - gamma * x.mean, -2 * gamma * x.variance + lambda * a,
               g * g / (2 * lambda) * square};
  };
  const auto moved = [&](const End& d, double by) {
    return End{now.mean + by * d.mean, now.variance + by * d.variance};
  };
  const double start = -std::log(variance + last);
  for (int n = 0; n < steps; ++n) {
    const double s = start + n * h;
    const auto s1 = slope(s, now), s2 = slope(s + h / 2, moved(s1, h / 2));
    const auto s3 = slope(s + h / 2, moved(s2, h / 2)), s4 = slope(s + h, moved(s3, h));
    now.mean += h / 6 * (s1.mean + 2 * s2.mean + 2 * s3.mean + s4.mean);
    now.variance += h / 6 * (s1.variance + 2 * s2.variance + 2 * s3.variance + s4.variance);
    now.path += h / 6 * (s1.path + 2 * s2.path + 2 * s3.path + s4.path);
  }
  return now;
}

WrongScore::End WrongScore::by_steps(double lambda, const Times& times) const {
  const double g = share(lambda), b = error.constant, eta = error.factor;
  End now{0, variance + last};
  for (std::size_t k = times.size() - 1; k > 0; --k) {
    const double h = times[k] - times[k - 1], a = variance + times[k];
    const double second = now.variance + now.mean * now.mean;
    const double square = b * b - 2 * b * eta * now.mean / a + eta * eta * second / (a * a);
    now.path += g * g * h / (2 * lambda) * square;
    const double kept = 1 - g * (1 + eta) * h / a;
    now.mean = kept * now.mean + g * h * b;
    now.variance = kept * kept * now.variance + lambda * h;
  }
  return now;
}

double constant_path(double error, double lambda, double first, double last) {
  return (1 + lambda) * (1 + lambda) / (8 * lambda) * error * error * (last - first);
}

Times even_times(double variance, double first, double last, int steps) {
  Times grid = log_times(variance + first, variance + last, steps);
  for (double& t : grid) t -= variance;
  grid.front() = first;
  grid.back() = last;
  return grid;
}

}  // namespace feller

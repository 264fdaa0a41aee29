#include "solvers/functionals.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "solvers/integral.hpp"
#include "solvers/phi_entropies.hpp"

namespace feller {
namespace {

double x_log_x(double x) {
  return x == 0 ? 0 : x * std::log(x);
}

/// Sum over the faces along each axis of `density(K, L) / distance^2`, times area and distance.
double face_integral(const Grid& grid, auto&& density) {
  long double total = 0;
  for (int a = 0; a < grid.dimension(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    for_each(grid.owned(), [&](const Index& k) {
      Index l = k;
      ++l[axis];
      if (!grid.inside(l)) return;
      const double area = grid.volume(k) / grid.axis(a).width(k[axis]);
      total += density(k, l) * area / grid.axis(a).distance(k[axis]);
    });
  }
  return static_cast<double>(sum(grid.comm(), total));
}

double squared(double x) {
  return x * x;
}

/// Integral of u times a mean over each cell.
double moment(const Field& u, auto&& cell_mean) {
  const Grid& grid = u.grid();
  long double total = 0;
  auto value = u.values().begin();
  for_each(grid.owned(),
           [&](const Index& cell) { total += *value++ * grid.volume(cell) * cell_mean(cell); });
  return static_cast<double>(sum(grid.comm(), total));
}

template <double (*f)(const Field&)>
double alone(const Field& u, const Field&) {
  return f(u);
}

constexpr std::array all{
    Functional{"mass", "M", "integral of u", alone<mass>},
    Functional{"mean", "mean", "mean of u", alone<mean>},
    Functional{"minimum", "min", "smallest value of u", alone<least>},
    Functional{"maximum", "max", "largest value of u", alone<largest>},
    Functional{"entropy", "H", "differential entropy -int u ln u", alone<differential_entropy>},
    Functional{"fisher_information", "J", "Fisher information int |grad ln u|^2 u",
               alone<fisher_information>},
    Functional{"relative_entropy", "KL", "relative entropy int u ln(u/w)", relative_entropy, true},
    Functional{"lyapunov", "L", "Lyapunov functional -int u ln(u/w), Peter 2023 eq. (28)", lyapunov,
               true},
    Functional{"relative_fisher_information", "I",
               "relative Fisher information int |grad ln(u/w)|^2 u", relative_fisher_information,
               true},
    Functional{"chi_square", "chi2", "chi-square distance int (u-w)^2 / w", chi_square, true},
};

}  // namespace

double mass(const Field& u) {
  return integral(u, [](double x) { return x; });
}

double mean(const Field& u) {
  return mass(u) / u.grid().volume();
}

double least(const Field& u) {
  const auto view = u.values();
  return minimum(u.grid().comm(), view.empty() ? HUGE_VAL : *std::ranges::min_element(view));
}

double largest(const Field& u) {
  const auto view = u.values();
  return maximum(u.grid().comm(), view.empty() ? -HUGE_VAL : *std::ranges::max_element(view));
}

double differential_entropy(const Field& u) {
  return -integral(u, [](double x) { return x_log_x(x); });
}

double fisher_information(const Field& u) {
  const Ghosted near{u};
  return face_integral(u.grid(), [&](const Index& k, const Index& l) {
    return 4 * squared(std::sqrt(near[l]) - std::sqrt(near[k]));
  });
}

double relative_entropy(const Field& u, const Field& log_w) {
  return integral(u, log_w,
                  [](double x, double lw) { return x == 0 ? 0 : x * (std::log(x) - lw); });
}

double lyapunov(const Field& u, const Field& log_w) {
  return -relative_entropy(u, log_w);
}

double relative_fisher_information(const Field& u, const Field& log_w) {
  const Ghosted near{u}, log_near{log_w};
  return face_integral(u.grid(), [&](const Index& k, const Index& l) {
    // sqrt(w_K w_L) (sqrt(u_L / w_L) - sqrt(u_K / w_K))^2 without forming w.
    const double tilt = std::exp((log_near[k] - log_near[l]) / 4);
    return 4 * squared(std::sqrt(near[l]) * tilt - std::sqrt(near[k]) / tilt);
  });
}

double chi_square(const Field& u, const Field& log_w) {
  static const auto entropy = phi_entropy("chi_square").make(2);
  return divergence(*entropy, u, log_w);
}

double largest_log_ratio(const Field& u, const Field& log_w) {
  const auto values = u.values(), logs = log_w.values();
  double most = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] > 0) most = std::max(most, std::abs(std::log(values[i]) - logs[i]));
  }
  return maximum(u.grid().comm(), most);
}

double l1_distance(const Field& a, const Field& b) {
  return integral(a, b, [](double x, double y) { return std::abs(x - y); });
}

double l2_distance(const Field& a, const Field& b) {
  return std::sqrt(integral(a, b, [](double x, double y) { return squared(x - y); }));
}

double linf_distance(const Field& a, const Field& b) {
  const auto x = a.values(), y = b.values();
  double most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    // NaN stays: it is no small distance.
    if (!(std::abs(x[i] - y[i]) <= most)) most = std::abs(x[i] - y[i]);
  }
  return maximum(a.grid().comm(), most);
}

double first_moment(const Field& u, int axis) {
  return moment(u, [&](const Index& cell) {
    return u.grid().axis(axis).centre(cell[static_cast<std::size_t>(axis)]);
  });
}

double second_moment(const Field& u) {
  const Grid& grid = u.grid();
  return moment(u, [&](const Index& cell) {
    double mean_square = 0;
    for (int a = 0; a < grid.dimension(); ++a) {
      const int i = cell[static_cast<std::size_t>(a)];
      mean_square += squared(grid.axis(a).centre(i)) + squared(grid.axis(a).width(i)) / 12;
    }
    return mean_square;
  });
}

std::span<const Functional> functionals() {
  return all;
}

}  // namespace feller

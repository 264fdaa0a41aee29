#include "studies/chain/traces.hpp"

#include <cmath>

#include "solvers/functionals.hpp"

namespace feller {
namespace {

/// Calls visit(K, L) for each face of the owned cells to the next along an axis.
template <class Visit>
void for_each_face(const Grid& grid, Visit&& visit) {
  for (std::size_t a = 0; a < static_cast<std::size_t>(grid.dimension()); ++a) {
    for_each(grid.owned(), [&](const Index& k) {
      Index l = k;
      ++l[a];
      if (grid.inside(l)) visit(k, l);
    });
  }
}

/// Faces of all channels with |f_L - f_K| at least as large.
double count_from(const std::vector<Field>& f, double threshold) {
  long double count = 0;
  for (const auto& field : f) {
    const Ghosted near{field};
    for_each_face(field.grid(), [&](const Index& k, const Index& l) {
      count += std::abs(near[l] - near[k]) >= threshold ? 1 : 0;
    });
  }
  return static_cast<double>(sum(f.front().grid().comm(), count));
}

/// The largest threshold, to 40 bits, that `wanted` faces reach; where fewer differ at all, one
/// that these reach and equal pixels do not.
double threshold_of(const std::vector<Field>& f, double wanted) {
  double low = 0, high = 0;
  for (const auto& field : f) high = std::max(high, largest(field) - least(field));
  if (!(high > 0)) return HUGE_VAL;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (count_from(f, middle) >= wanted ? low : high) = middle;
  }
  // Steps between the same grey levels differ by round-off; they tie.
  return low > 0 ? low * (1 - 1e-9) : high;
}

}  // namespace

double Traces::information() const {
  return -std::log1p(-correlation * correlation) / 2;
}

TraceFinder::TraceFinder(std::vector<Field> f, double share) : f_{std::move(f)}, share_{share} {
  const Grid& grid = f_.front().grid();
  const auto channels = static_cast<double>(f_.size());
  values_ = channels * static_cast<double>(grid.cells());
  faces_ = count_from(f_, 0);
  threshold_ = threshold_of(f_, share_ * faces_);
  long double strong = 0, strong_sum = 0, pixel_squares = 0;
  for (const auto& field : f_) {
    const double middle = feller::mean(field);
    mean_ += middle / channels;
    const double away = l2_distance(field, Field{grid, middle});
    variance_ += away * away / values_;
    const Ghosted near{field};
    // sum s (g_L - g_K) as a sum over pixels, each with one weight.
    for_each(grid.owned(), [&](const Index& k) {
      double weight = 0;
      for (std::size_t a = 0; a < static_cast<std::size_t>(grid.dimension()); ++a) {
        for (const int side : {-1, 1}) {
          Index l = k;
          l[a] += side;
          if (!grid.inside(l)) continue;
          const double jump = near[l] - near[k];
          if (!(std::abs(jump) >= threshold_)) continue;
          weight -= jump > 0 ? 1 : -1;
          if (side < 0) continue;
          strong += 1;
          strong_sum += std::abs(jump);
        }
      }
      pixel_squares += weight * weight;
    });
  }
  strong_ = static_cast<double>(sum(grid.comm(), strong));
  strong_sum_ = static_cast<double>(sum(grid.comm(), strong_sum));
  pixel_squares_ = static_cast<double>(sum(grid.comm(), pixel_squares));
}

double TraceFinder::contrast_error(double contrast_to_noise) const {
  // Of n residuals of variance 2, each shares a pixel with at most 6 others: the variance of their
  // sum of squares is at most 2 n (4 + 6).
  return std::sqrt(pixel_squares_) / strong_sum_ + contrast_to_noise * std::sqrt(5 / (4 * strong_));
}

Traces TraceFinder::operator()(const std::vector<Field>& u) const {
  const Grid& grid = f_.front().grid();
  Traces traces;
  long double both = 0, of_u = 0, signs = 0, df_df = 0, df_du = 0, du_du = 0, variation = 0;
  for (std::size_t c = 0; c < f_.size(); ++c) {
    const double mean_u = feller::mean(u[c]), mean_f = feller::mean(f_[c]);
    traces.mean += mean_u / static_cast<double>(f_.size());
    const auto x = u[c].values(), y = f_[c].values();
    for (std::size_t i = 0; i < x.size(); ++i) {
      both += (x[i] - mean_u) * (y[i] - mean_f);
      of_u += (x[i] - mean_u) * (x[i] - mean_u);
    }
    const Ghosted near_f{f_[c]}, near_u{u[c]};
    for_each_face(grid, [&](const Index& k, const Index& l) {
      const double df = near_f[l] - near_f[k], du = near_u[l] - near_u[k];
      variation += std::abs(du);
      if (!(std::abs(df) >= threshold_)) return;
      signs += df > 0 ? du : -du;
      df_df += df * df;
      df_du += df * du;
      du_du += du * du;
    });
  }
  const auto all = [&](long double part) { return static_cast<double>(sum(grid.comm(), part)); };
  traces.correlation = all(both) / std::sqrt(all(of_u) * variance_ * values_);
  traces.total_variation = all(variation);
  traces.contrast = all(signs) / strong_sum_;
  const double product = all(df_du);
  const double rest = (all(du_du) - product * product / all(df_df)) / strong_;
  traces.contrast_to_noise = traces.contrast / std::sqrt(rest / 2);
  return traces;
}

}  // namespace feller

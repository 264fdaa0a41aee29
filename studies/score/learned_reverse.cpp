#include "studies/score/learned_reverse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/processes/quadrature.hpp"
#include "solvers/time_grids.hpp"

namespace feller {
namespace {

constexpr int bins = 32;

/// Probabilities of the bins along the first axis.
std::vector<double> shares_in(const std::vector<double>& edges, const Mixture& law) {
  std::vector<double> shares;
  for (std::size_t b = 0; b <= edges.size(); ++b) {
    Region cell;
    if (b > 0) cell.lower[0] = edges[b - 1];
    if (b < edges.size()) cell.upper[0] = edges[b];
    shares.push_back(law.probability(cell));
  }
  return shares;
}

/// Equal bins over 3 standard deviations to either side.
EndShares empty_shares(const Mixture& law) {
  const Moments moments = law.moments();
  const double sd = std::sqrt(moments.covariance[0][0]);
  EndShares end;
  for (int b = 1; b < bins; ++b) {
    end.edges.push_back(moments.mean[0] + 3 * sd * (2.0 * b / bins - 1));
  }
  end.exact = shares_in(end.edges, law);
  return end;
}

/// Particles of this rank, all at one t.
class Walkers {
 public:
  Walkers(const Mixture& population, const DenoiserPlan& plan, MPI_Comm comm)
      : dimension_{static_cast<std::size_t>(population.dimension())},
        key_{.seed = plan.seed, .stream = plan.at(0, DenoiserPlan::Use::path).stream} {
    SamplePlan start = plan.at(0, DenoiserPlan::Use::start);
    start.first = start.last = plan.last;
    start.count = plan.particles;
    for (const auto& sample : draw(population, start, comm)) z_.push_back(sample.z);
    first_ = static_cast<std::uint64_t>(plan.particles * rank_of(comm) / size_of(comm));
    noise_.resize(z_.size());
    moves_.resize(z_.size());
  }

  const std::vector<Point>& places() const { return z_; }

  void step(const DenoiserAt& denoiser, double from, double to, std::uint32_t number) {
    const double dt = from - to;
    const auto here = denoiser(from), there = denoiser(to);
    key_.step = number;
    for (std::size_t a = 0; a < dimension_; ++a) {
      key_.channel = static_cast<std::uint16_t>(a);
      standard_normals(key_, first_, noise_);
      for (std::size_t i = 0; i < z_.size(); ++i) moves_[i][a] = std::sqrt(dt) * noise_[i];
    }
    for (std::size_t i = 0; i < z_.size(); ++i) {
      const Point now = here(z_[i]);
      Point slope{}, guess{};
      for (std::size_t a = 0; a < dimension_; ++a) {
        slope[a] = (now[a] - z_[i][a]) / from;
        guess[a] = z_[i][a] + dt * slope[a] + moves_[i][a];
      }
      const Point then = there(guess);
      for (std::size_t a = 0; a < dimension_; ++a) {
        z_[i][a] += dt * (slope[a] + (then[a] - guess[a]) / to) / 2 + moves_[i][a];
      }
    }
  }

 private:
  std::size_t dimension_;
  NoiseKey key_;
  std::uint64_t first_ = 0;
  std::vector<Point> z_, moves_;
  std::vector<double> noise_;
};

}  // namespace

double EndShares::divergence() const {
  double sum = 0;
  for (std::size_t b = 0; b < shares.size(); ++b) {
    if (shares[b] > 0) sum += shares[b] * std::log(shares[b] / exact[b]);
  }
  return sum - (static_cast<double>(shares.size()) - 1) / (2 * static_cast<double>(particles));
}

double EndShares::deviation(double truth) const {
  // Of a sum of squares of normal numbers that are not centred, over 2 M: (bins - 1)/(2 M^2) by
  // their variance, and 2 KL/M by their means.
  const auto m = static_cast<double>(particles);
  return std::sqrt((static_cast<double>(shares.size()) - 1) / (2 * m * m) + 2 * truth / m);
}

EndShares reversed_shares(const DenoiserAt& denoiser, const Mixture& population,
                          const DenoiserPlan& plan, MPI_Comm comm) {
  EndShares end = empty_shares(NoiseLevel{population, plan.first}.law());
  const Times times = log_times(plan.last, plan.first, plan.steps);
  Walkers walkers{population, plan, comm};
  for (std::size_t i = 0; i + 1 < times.size(); ++i) {
    walkers.step(denoiser, times[i], times[i + 1], static_cast<std::uint32_t>(i));
  }
  std::vector<double> counts(end.exact.size());
  for (const Point& z : walkers.places()) {
    const auto bin = std::ranges::upper_bound(end.edges, z[0]) - end.edges.begin();
    counts[static_cast<std::size_t>(bin)] += 1;
  }
  end.particles = plan.particles;
  for (const double count : counts) {
    end.shares.push_back(static_cast<double>(sum(comm, static_cast<long double>(count)) /
                                             static_cast<long double>(plan.particles)));
  }
  return end;
}

double girsanov_bound(const std::function<double(double t)>& excess, double first, double last) {
  const double length = std::log(last / first);
  double total = 0;
  for (int piece = 0; piece < 4; ++piece) {
    total += gauss(
        [&](double log_t) {
          const double t = first * std::exp(log_t);
          return excess(t) / t;  // dt/t^2 = d(ln t)/t
        },
        length * piece / 4, length * (piece + 1) / 4);
  }
  return total / 2;
}

double divergence_without_score(const Mixture& population, const DenoiserPlan& plan) {
  EndShares end = empty_shares(NoiseLevel{population, plan.first}.law());
  end.shares = shares_in(end.edges, NoiseLevel{population, 2 * plan.last - plan.first}.law());
  double sum = 0;
  for (std::size_t b = 0; b < end.shares.size(); ++b) {
    if (end.shares[b] > 0) sum += end.shares[b] * std::log(end.shares[b] / end.exact[b]);
  }
  return sum;
}

Check reverse_end_check(const EndShares& found, const EndShares& exact, double bound) {
  const double steps = std::max(0.0, exact.divergence());
  return {.name = "reverse_end",
          .claim = fmt::format("KL of reverse particles with the learned denoiser to p_t0, in {} "
                               "bins, against Girsanov's bound 1/2 int E|yhat - E[y|t,z]|^2/t^2 "
                               "dt = {:.4g}, 4 standard errors, and {:.1e} that the exact "
                               "denoiser leaves in the same steps",
                               found.exact.size(), bound, steps),
          .measured = found.divergence(),
          .bound = bound + 4 * found.deviation(bound) + steps,
          .statement = "V16"};
}

Checks reverse_end_control(const EndShares& wrong, const Check& claim, double expected) {
  const double bound = 10 * claim.bound;
  if (!(expected - 4 * wrong.deviation(expected) > bound)) return {};
  return {{.name = "control_reverse_end",
           .claim = fmt::format("the same without a score, yhat = z: noise alone, whose law has "
                                "{:.4g} in these bins",
                                expected),
           .measured = wrong.divergence(),
           .relation = Relation::greater,
           .bound = bound,
           .is_control = true,
           .statement = "V16"}};
}

}  // namespace feller

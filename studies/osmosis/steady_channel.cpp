#include "studies/osmosis/steady_channel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "discretisation/noise.hpp"
#include "solvers/functionals.hpp"
#include "solvers/implicit_euler.hpp"

namespace feller {
namespace {

constexpr double stationary = 1e-11;  ///< of |A u + s|_inf / (max|a_ii| |u|_inf)
constexpr int published_steps = 11;
constexpr double published_step = 1000;

double largest_value(const Field& u) {
  double size = 0;
  check(VecNorm(u.vector(), NORM_INFINITY, &size));
  return size;
}

/// |A u + s|_inf / (max|a_ii| |u|_inf): free of units. Of pixels with diffusion 1 max|a_ii| <= 8.
double residual(const Generator& generator, const Field& u) {
  Field change = generator.apply(u);
  if (generator.has_source()) check(VecAXPY(change.vector(), 1, generator.source().vector()));
  const double rate = generator.largest_outflow();
  return rate == 0 ? 0 : largest_value(change) / (rate * largest_value(u));
}

/// Noise with the mass of each region; cells alone keep their value.
Field noise_like(const KeptMass& kept, const Field& u) {
  const Grid& grid = u.grid();
  const Regions& regions = kept.regions();
  Field noise = fill(grid, [&](const Index& k) {
    const auto cell = static_cast<std::uint64_t>(grid.natural(k));
    return std::exp(0.5 * standard_normal({.seed = 4}, cell));
  });
  const auto wanted = kept.sums(u), found = kept.sums(noise);
  auto value = noise.values().begin();
  auto before = u.values().begin();
  for (const double label : regions.label.values()) {
    const auto r = static_cast<std::size_t>(std::max(label, 0.0));
    *value = label == Regions::alone ? *before : *value * static_cast<double>(wanted[r] / found[r]);
    ++value;
    ++before;
  }
  return noise;
}

/// Largest relative change of the mass of a region that none leaves.
double mass_defect(const KeptMass& kept, const Field& before, const Field& after) {
  const auto first = kept.sums(before), last = kept.sums(after);
  double worst = 0;
  for (std::size_t r = 0; r < first.size(); ++r) {
    if (kept.regions().list[r].open) continue;
    raise(worst, std::abs(static_cast<double>(last[r] / first[r] - 1)));
  }
  return worst;
}

bool all_open(const Regions& regions) {
  return std::ranges::all_of(regions.list, &ConnectedRegion::open);
}

}  // namespace

SteadyChannel::SteadyChannel(const Problem& problem, int channel)
    : name_{problem.channels()[static_cast<std::size_t>(channel)]},
      initial_{problem.initial(channel)},
      generator_{problem.generator(channel)},
      kept_{generator_, initial_} {}

void SteadyChannel::solve(const SolverOptions& options) {
  found_ = null_vector(generator_, initial_, options);
  if (generator_.reversible() && generator_.conserves_mass()) {
    closed_ = closed_form(generator_, initial_);
  }
}

void SteadyChannel::add_checks(Experiment& experiment) const {
  experiment.add({.name = named("stationarity"),
                  .claim = "|A u + s|_inf / (max|a_ii| |u|_inf)",
                  .measured = residual(generator_, result()),
                  .bound = closed_ ? 1e-13 : stationary});
  if (!all_open(regions())) {
    experiment.add({.name = named("mean"),
                    .claim = "relative change of the mean (of each region that none leaves)",
                    .measured = mass_defect(kept_, initial_, result()),
                    .bound = 1e-12});
  }
  experiment.add({.name = named("positivity"),
                  .claim = "smallest value of the steady state",
                  .measured = least(result()),
                  .relation = Relation::greater,
                  .bound = 0});
  if (!closed_) return;
  experiment.add({.name = named("closed_form"),
                  .claim = "largest distance of the solver's steady state to the scaled "
                           "guidance, relative to the largest value",
                  .measured = distance(found_->state.density),
                  .bound = 1e-8});
}

void SteadyChannel::add_uniqueness(Experiment& experiment, const SolverOptions& options) const {
  const NullVector other = null_vector(generator_, noise_like(kept_, initial_), options);
  experiment.add({.name = named("uniqueness"),
                  .claim = "largest distance of the steady states from the initial image and "
                           "from noise of the same mass, relative to the largest value",
                  .measured = distance(other.state.density),
                  .bound = 1e-8});
}

void SteadyChannel::add_control(Experiment& experiment, SolverOptions options) const {
  options.solves = published_steps;
  ImplicitEuler euler{generator_, published_step, options};
  Field u{initial_};
  for (int n = 0; n < published_steps; ++n) euler.advance(u, n);
  const double reached = residual(generator_, u);
  experiment.add(
      {.name = named("control_published_stopping"),
       .claim = fmt::format(
           "|A u|_inf / (max|a_ii| |u|_inf) after {} steps of {:g}, where published codes "
           "stop: {:.1e} times what is asked, and {:.3g} of full range short "
           "of the steady state",
           published_steps, published_step, reached / stationary, linf_distance(u, result()) / 255),
       .measured = reached,
       .relation = Relation::greater,
       .bound = 10 * stationary,
       .is_control = true});
}

std::string SteadyChannel::named(const std::string& check) const {
  return name_.empty() ? check : check + "_" + name_;
}

double SteadyChannel::distance(const Field& other) const {
  return linf_distance(other, result()) / largest_value(result());
}

}  // namespace feller

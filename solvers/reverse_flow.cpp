#include "solvers/reverse_flow.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/uniformization.hpp"

namespace feller {
namespace {

/// |face| / distance of the centres across an axis.
double conductance(const Grid& grid, const Index& cell, int axis) {
  const double width = grid.axis(axis).width(cell[static_cast<std::size_t>(axis)]);
  return grid.volume(cell) / (width * width);
}

}  // namespace

double excess(const ReverseMotion& motion) {
  const double e = 2 * motion.drift - motion.noise * motion.noise - 1;
  return std::abs(e) < 1e-14 ? 0 : e;  // sqrt(lambda)^2 is not quite lambda
}

Generator langevin_generator(const Field& masses) {
  const Grid& grid = masses.grid();
  const Ghosted m{masses};
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index& k, const Index& l, int axis) {
    // Harmonic mean over the density of the cell that is left, at most 2 in any tail.
    const double scale = 2 * conductance(grid, k, axis) / grid.volume(k) / (m[k] + m[l]);
    return Crossing{scale * m[l], scale * m[k]};
  });
  return Generator{std::move(rates), transformed(masses, [](double x) { return std::log(x); })};
}

/// The generator of one time level, shared by all motions and by the two steps that meet there.
struct ReverseFlow::Langevin {
  Langevin(const Field& masses, int number)
      : level{number},
        generator{langevin_generator(masses)},
        rate{generator.largest_outflow()},
        matrix{generator, rate} {}

  int level;
  Generator generator;
  double rate;
  JumpMatrix matrix;
};

ReverseFlow::ReverseFlow(ForwardHistory& history, double part) : history_{history}, part_{part} {}

ReverseFlow::~ReverseFlow() = default;

void ReverseFlow::diffuse(std::span<Field> q, std::span<const ReverseMotion> motions,
                          const Field& masses, double length, int level) {
  if (std::ranges::all_of(motions, [](const auto& motion) { return motion.noise == 0; })) return;
  if (!langevin_ || langevin_->level != level) {
    langevin_ = std::make_unique<Langevin>(masses, level);
  }
  for (std::size_t i = 0; i < q.size(); ++i) {
    const double squared = motions[i].noise * motions[i].noise;
    if (squared == 0) continue;
    auto [first, weights] = poisson_weights(squared * length * langevin_->rate);
    const Polynomial polynomial{.first = first, .weights = std::move(weights)};
    langevin_->matrix.apply(polynomial, JumpMatrix::Direction::forward, q[i]);
    products_ += polynomial.degree();
  }
}

/// Minus the forward current, integrated over the step, and e grad p.
FaceFluxes ReverseFlow::fluxes(const ForwardStep& step, double excess) const {
  const Grid& grid = step.before.grid();
  const Ghosted m{step.integral};
  FaceFluxes all;
  int axis = 0;
  for (const auto& family : history_.generator().rates().families()) {
    Field& flux = all.emplace_back(grid);
    auto forth = family.forth.values().begin(), back = family.back.values().begin();
    auto out = flux.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      const Index l = k + family.step;
      const double rate_forth = *forth++, rate_back = *back++;
      double& value = *out++;
      if (!grid.inside(l)) return;
      value = rate_back * m[l] - rate_forth * m[k];
      if (excess == 0) return;
      const double slope = m[l] / grid.volume(l) - m[k] / grid.volume(k);
      value += excess * conductance(grid, k, axis) * slope;
    });
    ++axis;
  }
  return all;
}

RatioTransport& ReverseFlow::transport_of(double excess) {
  return transports_.try_emplace(excess, history_.generator().grid(), part_).first->second;
}

void ReverseFlow::carry(std::span<Field> q, std::span<const ReverseMotion> motions, int n) {
  const ForwardStep& step = history_.step(n);
  diffuse(q, motions, step.after, step.length / 2, n + 1);
  // Those in the same flow together: the family, and each of the others.
  std::map<double, std::vector<Field*>> flows;
  for (std::size_t i = 0; i < q.size(); ++i) flows[excess(motions[i])].push_back(&q[i]);
  for (const auto& [e, members] : flows) {
    sub_steps_ += transport_of(e).advance(members, step.after, step.before, fluxes(step, e));
  }
  diffuse(q, motions, step.before, step.length / 2, n);
}

}  // namespace feller

#include "studies/chain/figure1_sides.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "solvers/functionals.hpp"

namespace feller {

void ChainSide::advance(int i) {
  for (std::size_t c = 0; c < now_.size(); ++c) {
    feller::advance(now_[c], photograph_.key(static_cast<int>(c)),
                    chain_step(schedule_.beta(i), i));
  }
}

std::vector<Field> ChainSide::limit(int i) const {
  std::vector<Field> noise = now_;
  for (std::size_t c = 0; c < noise.size(); ++c) {
    feller::advance(noise[c], photograph_.key(static_cast<int>(c)), chain_step(1, i));
  }
  return noise;
}

Moment ChainSide::moment(int i) const {
  Moment m{.at = static_cast<double>(i)};
  m.law = chain_law(start_, schedule_.log_survival(i));
  m.chi_square = m.law.chi_square;
  m.relative_entropy = m.law.relative_entropy;
  m.traces = finder_(now_);
  m.contrast_to_noise = m.law.contrast_to_noise();
  m.information = m.law.information(finder_.variance());
  // E|G - G'| = 2 / sqrt(pi) across each face of pure noise.
  m.variation = m.traces.total_variation * std::sqrt(std::numbers::pi) / (2 * finder_.faces());
  double squares = 0;
  for (std::size_t c = 0; c < now_.size(); ++c) {
    Field away{now_[c]};
    check(VecAXPY(away.vector(), -std::sqrt(m.law.survival), start_[c].vector()));
    squares += std::pow(l2_distance(away, Field{away.grid()}), 2);
  }
  const double variance = squares / finder_.values();
  m.entropy = std::log(2 * std::numbers::pi * std::numbers::e * variance) / 2;
  return m;
}

OsmosisSide::OsmosisSide(const Problem& problem, Evolutions evolutions,
                         const PhotographOptions& photograph, const TraceFinder& finder)
    : problem_{problem},
      all_{std::move(evolutions)},
      photograph_{photograph},
      finder_{finder},
      largest_lyapunov_(all_.size(), -HUGE_VAL) {
  for (std::size_t c = 0; c < all_.size(); ++c) {
    raise(largest_lyapunov_[c], all_[c]->initial("lyapunov"));
  }
  variation_ = finder_(photograph_.states(problem_, limit())).total_variation;
}

void OsmosisSide::advance() {
  for (std::size_t c = 0; c < all_.size(); ++c) {
    all_[c]->advance();
    all_[c]->look();
    raise(largest_lyapunov_[c], (*all_[c])("lyapunov"));
  }
}

std::vector<Field> OsmosisSide::state() const {
  std::vector<Field> fields;
  for (const auto& one : all_) fields.push_back(one->state());
  return fields;
}

std::vector<Field> OsmosisSide::limit() const {
  std::vector<Field> fields;
  for (const auto& one : all_) fields.push_back(one->steady()->density);
  return fields;
}

Moment OsmosisSide::moment(double time) {
  Moment m{.at = time};
  double mass = 0;
  for (auto& one : all_) {
    mass += (*one)("mass");
    m.chi_square += (*one)("chi_square");
    m.relative_entropy += (*one)("relative_entropy");
  }
  m.chi_square /= mass;
  m.relative_entropy /= mass;
  m.traces = finder_(photograph_.states(problem_, state()));
  // At the start u is f, without any noise: both are infinite, but for round-off.
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  m.contrast_to_noise = time > 0 ? m.traces.contrast_to_noise : nothing;
  m.information = time > 0 ? m.traces.information() : nothing;
  m.variation = m.traces.total_variation / variation_;
  return m;
}

}  // namespace feller

#include <fmt/format.h>

#include <cmath>

#include "problems/osmosis.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/guidance.hpp"
#include "problems/osmosis/mask.hpp"
#include "problems/osmosis/two_images.hpp"

namespace feller {
namespace {

/// alpha f + (1 - alpha) b, a channel after the other.
std::vector<Field> pasted(const TwoImages& source) {
  std::vector<Field> mixed;
  for (std::size_t c = 0; c < source.background.size(); ++c) {
    Field u{source.background[c]};
    auto value = u.values().begin();
    auto f = source.foreground[c].values().begin();
    for (const double a : source.alpha.values()) {
      *value = a * *f++ + (1 - a) * *value;
      ++value;
    }
    mixed.push_back(std::move(u));
  }
  return mixed;
}

/// Root mean square of ln(u_L / u_K) less the drift's own increment ln(forth / back), over the
/// faces where alpha changes. 0 where it does so nowhere.
double jump(const Field& channel, const Field& alpha, const JumpRates& drift) {
  const Ghosted u{channel}, a{alpha};
  long double squares = 0, faces = 0;
  for_each_face(drift, [&](const Index& k, const Index& l, const Crossing& c) {
    if (a[k] == a[l]) return;
    const double rest = std::log(u[l] / u[k]) - std::log(c.forth / c.back);
    squares += rest * rest;
    ++faces;
  });
  const MPI_Comm comm = channel.grid().comm();
  const long double all = sum(comm, faces), together = sum(comm, squares);
  return all > 0 ? std::sqrt(static_cast<double>(together / all)) : 0;
}

class Cloning : public OsmosisProblem {
 public:
  Cloning(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options,
          TwoImages source)
      : OsmosisProblem{parameters, canvas, options.offsets_of(parameters, canvas), pasted(source)},
        flux_{flux_weight(options.flux)},
        gain_{options.gain},
        local_{options.extent == "local"},
        alpha_{std::move(source.alpha)},
        background_{with_offsets(std::move(source.background), quantity().offsets)},
        foreground_{with_offsets(std::move(source.foreground), quantity().offsets)} {
    require_positive(parameters, background_, quantity().offsets);
    require_positive(parameters, foreground_, quantity().offsets);
    if (!local_) return;
    region_ = above(alpha_, 0);
    require_some(parameters, options.alpha.empty() ? "problem.foreground" : "problem.alpha",
                 *region_);
  }

  JumpRates rates(int channel, double) const override {
    JumpRates rates = mixed_rates(channel);
    if (local_) hold_outside(rates, *region_, background_[index(channel)]);
    return rates;
  }
  std::optional<Field> log_weight(int, double) const override { return std::nullopt; }

  std::vector<Layer> layers() const override {
    return {{"alpha", "weight of the foreground's drift", alpha_}};
  }
  Checks checks(const std::vector<Field>& result) const override;

 private:
  JumpRates mixed_rates(int channel) const {
    return mixed(osmosis_rates(amplified(foreground_[index(channel)]), flux_),
                 osmosis_rates(background_[index(channel)], flux_), alpha_);
  }

  /// A drift times the gain is that of the image to its power.
  Field amplified(const Field& image) const {
    if (gain_ == 1) return image;
    return transformed(image, [this](double v) { return std::pow(v, gain_); });
  }

  const FluxWeight& flux_;
  double gain_;
  bool local_;
  Field alpha_;
  std::vector<Field> background_, foreground_;
  std::optional<Field> region_;
};

/// Of the channel that comes off worst. What the sources do depends on them; what pasting does is
/// to be beaten in any case.
Checks Cloning::checks(const std::vector<Field>& result) const {
  constexpr double nothing = 1e-9;  // pictures that fit without any change
  Check worst{.name = "seam"};
  for (std::size_t c = 0; c < result.size(); ++c) {
    const auto channel = static_cast<int>(c);
    const JumpRates rates = mixed_rates(channel);
    const double seam = jump(result[c], alpha_, rates);
    const double pasted = jump(start(channel), alpha_, rates);
    if (pasted < nothing || seam * worst.bound < worst.measured * pasted) continue;
    worst.measured = seam;
    worst.bound = pasted;
    worst.claim = fmt::format(
        "jump of ln u beyond its drift where alpha changes (root mean "
        "square), against mere pasting; that of the sources is {:.3g} and "
        "{:.3g}",
        jump(amplified(foreground_[c]), alpha_, rates), jump(background_[c], alpha_, rates));
  }
  return worst.bound == 0 ? Checks{} : Checks{worst};
}

}  // namespace

std::unique_ptr<OsmosisProblem> cloning(const Parameters& parameters,
                                        const OsmosisOptions& options) {
  const Canvas canvas{parameters, "problem.image", options.image};
  return std::make_unique<Cloning>(parameters, canvas, options,
                                   two_images(parameters, canvas, options));
}

}  // namespace feller

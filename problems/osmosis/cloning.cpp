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

/// The largest root mean square of ln(u_L / u_K), of any channel, over the faces where alpha
/// changes.
double roughness(const std::vector<Field>& channels, const Field& alpha) {
  double worst = 0;
  for (const auto& channel : channels) {
    const Ghosted u{channel}, a{alpha};
    long double squares = 0, faces = 0;
    for_each_face(JumpRates{channel.grid()}, [&](const Index& k, const Index& l, const Crossing&) {
      if (a[k] == a[l]) return;
      const double z = std::log(u[l] / u[k]);
      squares += z * z;
      ++faces;
    });
    const MPI_Comm comm = channel.grid().comm();
    const long double all = sum(comm, faces), together = sum(comm, squares);
    if (all > 0) worst = std::max(worst, std::sqrt(static_cast<double>(together / all)));
  }
  return worst;
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
    require_some(parameters, "problem.alpha", *region_);
  }

  JumpRates rates(int channel, double) const override {
    const Field& background = background_[index(channel)];
    JumpRates rates = mixed(osmosis_rates(amplified(foreground_[index(channel)]), flux_),
                            osmosis_rates(background, flux_), alpha_);
    if (local_) hold_outside(rates, *region_, background);
    return rates;
  }
  std::optional<Field> log_weight(int, double) const override { return std::nullopt; }

  std::vector<Layer> layers() const override {
    return {{"alpha", "weight of the foreground's drift", alpha_}};
  }
  Checks checks(const std::vector<Field>& result) const override;

 private:
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

Checks Cloning::checks(const std::vector<Field>& result) const {
  std::vector<Field> paste;
  for (std::size_t c = 0; c < result.size(); ++c) paste.push_back(initial(static_cast<int>(c)));
  const double source = std::max(roughness(foreground_, alpha_) * gain_,
                                 roughness(background_, alpha_));
  const double pasted = roughness(paste, alpha_);
  if (pasted == 0) return {};
  return {{.name = "seam",
           .claim = fmt::format("jump of ln u where alpha changes (root mean square; mere "
                                "pasting: {:.3g}), against the rougher of both sources there",
                                pasted),
           .measured = roughness(result, alpha_),
           .bound = source}};
}

}  // namespace

std::unique_ptr<OsmosisProblem> cloning(const Parameters& parameters,
                                        const OsmosisOptions& options) {
  const Canvas canvas{parameters, "problem.image", options.image};
  return std::make_unique<Cloning>(parameters, canvas, options,
                                   two_images(parameters, canvas, options));
}

}  // namespace feller

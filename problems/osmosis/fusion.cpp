#include <cmath>

#include "problems/osmosis.hpp"
#include "problems/osmosis/fusion_model.hpp"
#include "problems/osmosis/guidance.hpp"
#include "problems/osmosis/mask.hpp"
#include "problems/osmosis/two_images.hpp"

namespace feller {
namespace {

/// f^alpha b^(1 - alpha) of levels with their offsets.
Field mixture(const Field& foreground, const Field& background, const Field& alpha) {
  Field mixed{alpha};
  auto f = foreground.values().begin();
  auto b = background.values().begin();
  for (double& value : mixed.values()) {
    value = std::exp(value * std::log(*f++) + (1 - value) * std::log(*b++));
  }
  return mixed;
}

/// What is minimised over, refused where it is not positive.
FusionModel model_of(const Parameters& parameters, const OsmosisOptions& options,
                     const std::vector<double>& offsets, TwoImages images) {
  auto foreground = with_offsets(std::move(images.foreground), offsets);
  const auto background = with_offsets(std::move(images.background), offsets);
  require_positive(parameters, foreground, offsets);
  require_positive(parameters, background, offsets);
  if (count(above(images.alpha, 0)) == 0) {
    throw parameters.blame("problem.alpha", "is 0 everywhere: there is nothing to fuse");
  }
  std::vector<Field> mixed;
  for (std::size_t c = 0; c < foreground.size(); ++c) {
    mixed.push_back(mixture(foreground[c], background[c], images.alpha));
  }
  return {.foreground = std::move(foreground),
          .mixture = std::move(mixed),
          .alpha = std::move(images.alpha),
          .tv_weight = options.tv_weight,
          .huber = options.huber,
          .guidance_weight = options.guidance_weight,
          .foreground_weight = options.foreground_weight};
}

/// Without the offsets, which the problem adds again.
std::vector<Field> levels(const std::vector<Field>& mixtures, std::vector<double> offsets) {
  for (double& offset : offsets) offset = -offset;
  return with_offsets(mixtures, offsets);
}

class Fusion : public OsmosisProblem {
 public:
  Fusion(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options,
         FusionModel model)
      : OsmosisProblem{parameters, canvas, options.offsets_of(parameters, canvas),
                       levels(model.mixture, options.offsets_of(parameters, canvas))},
        model_{std::move(model)} {}

  /// Of the first guess of v.
  JumpRates rates(int channel, double) const override {
    return osmosis_rates(model_.mixture[index(channel)], flux_weight("central"));
  }
  std::optional<Field> log_weight(int channel, double) const override {
    return transformed(model_.mixture[index(channel)], [](double v) { return std::log(v); });
  }
  const FusionModel* fusion() const override { return &model_; }
  std::vector<Layer> layers() const override {
    return {{"alpha", "weight of the foreground", model_.alpha}};
  }

 private:
  FusionModel model_;
};

}  // namespace

std::unique_ptr<OsmosisProblem> fusion(const Parameters& parameters,
                                       const OsmosisOptions& options) {
  const Canvas canvas{parameters, "problem.image", options.image};
  const auto offsets = options.offsets_of(parameters, canvas);
  return std::make_unique<Fusion>(
      parameters, canvas, options,
      model_of(parameters, options, offsets, two_images(parameters, canvas, options)));
}

}  // namespace feller

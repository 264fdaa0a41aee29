#include <fmt/format.h>

#include <cmath>

#include "problems/osmosis.hpp"
#include "problems/osmosis/guidance.hpp"

namespace feller {
namespace {

class CanonicalOsmosis : public OsmosisProblem {
 public:
  CanonicalOsmosis(const Parameters& parameters, const Canvas& canvas,
                   const OsmosisOptions& options, std::vector<Field> initial,
                   std::vector<Field> guidance)
      : OsmosisProblem{parameters, canvas, options.offsets_of(parameters, canvas),
                       std::move(initial)},
        flux_{flux_weight(options.flux)},
        guidance_{std::move(guidance)},
        signed_{!(lowest(guidance_) > 0)} {
    if (signed_) refuse_unless_allowed(parameters, options);
  }

  JumpRates rates(int channel, double) const override {
    return osmosis_rates(guidance_[index(channel)], flux_);
  }

  std::optional<Field> log_weight(int channel, double) const override {
    if (signed_ || flux_.weight == upwind) return std::nullopt;
    return transformed(guidance_[index(channel)], [](double v) { return std::log(v); });
  }

  /// The guidance itself, whatever its signs.
  std::optional<Field> stationary(int channel) const override {
    if (flux_.weight == upwind) return std::nullopt;
    return guidance_[index(channel)];
  }

 private:
  void refuse_unless_allowed(const Parameters& parameters, const OsmosisOptions& options) const {
    if (options.allow_signed_guidance) {
      if (flux_.weight == central) return;
      throw parameters.blame("scheme.flux", "a guidance that changes sign needs 'central'");
    }
    if (options.guidance != "noise" || options.swapped) {
      require_positive(parameters, guidance_, quantity().offsets);
    }
    const double least = lowest(guidance_);
    throw parameters.blame("problem.noise_offset",
                           fmt::format("the guidance falls to {:.6g}, but must be positive: take "
                                       "an offset above {:.6g}",
                                       least, options.noise_offset - least));
  }

  const FluxWeight& flux_;
  std::vector<Field> guidance_;
  bool signed_;
};

void validate(const Parameters& parameters, const OsmosisOptions& options) {
  const std::string key = "problem.guidance_image";
  const bool wants = options.guidance == "image", given = !options.guidance_image.empty();
  if (wants && !given) {
    throw parameters.blame(key, "must name a file, as problem.guidance = image");
  }
  if (!wants && given) {
    throw parameters.blame(key, "is given, but problem.guidance = noise; set it to image");
  }
}

}  // namespace

std::unique_ptr<OsmosisProblem> canonical_osmosis(const Parameters& parameters,
                                                  const OsmosisOptions& options) {
  validate(parameters, options);
  const Canvas canvas{parameters, "problem.image", options.image};
  const auto offsets = options.offsets_of(parameters, canvas);
  auto image = canvas.levels("problem.image", options.image);
  if (options.guidance == "image") {
    auto other = canvas.levels("problem.guidance_image", options.guidance_image);
    if (options.swapped) std::swap(image, other);
    return std::make_unique<CanonicalOsmosis>(parameters, canvas, options, std::move(image),
                                              with_offsets(std::move(other), offsets));
  }
  auto other = noise(canvas, options);
  if (!options.swapped) {
    return std::make_unique<CanonicalOsmosis>(parameters, canvas, options, std::move(image),
                                              std::move(other));
  }
  // The noise has an offset of its own; the problem adds that of images to all initial states.
  std::vector<double> none(offsets);
  for (double& offset : none) offset = -offset;
  return std::make_unique<CanonicalOsmosis>(parameters, canvas, options,
                                            with_offsets(std::move(other), none),
                                            with_offsets(std::move(image), offsets));
}

}  // namespace feller

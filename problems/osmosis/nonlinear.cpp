#include <cmath>

#include "discretisation/diffusivity.hpp"
#include "problems/osmosis.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/guidance.hpp"
#include "problems/osmosis/mask.hpp"

namespace feller {
namespace {

class NonlinearOsmosis : public OsmosisProblem {
 public:
  NonlinearOsmosis(const Parameters& parameters, const Canvas& canvas,
                   const OsmosisOptions& options)
      : OsmosisProblem{parameters, canvas, options.offsets_of(parameters, canvas),
                       canvas.levels("problem.image", options.image)},
        flux_{flux_weight(options.flux)},
        diffusivity_{.power = options.power,
                     .epsilon = options.epsilon,
                     .couple_channels = options.couple_channels} {
    for (int c = 0; c < canvas.channels(); ++c) {
      require_positive(parameters, start(c), quantity().offsets[index(c)]);
    }
    if (!options.mask.is_given()) return;
    mask_ = options.mask.mask(parameters, canvas);
    without_drift_.emplace(mask_->edge, face_rule(options.face_rule));
    if (mask_->inside) lit_ = complement(united(*mask_->inside, mask_->edge));
  }

  /// Of the linear equation, g = 1.
  JumpRates rates(int channel, double) const override {
    JumpRates rates = osmosis_rates(start(channel), flux_);
    if (without_drift_) remove_drift(rates, *without_drift_);
    return rates;
  }
  std::optional<Field> log_weight(int channel, double) const override {
    if (without_drift_ || flux_.weight == upwind) return std::nullopt;
    return transformed(start(channel), [](double v) { return std::log(v); });
  }
  const Diffusivity* diffusivity() const override { return &diffusivity_; }

  const Field* mask() const override { return mask_ ? &mask_->edge : nullptr; }
  const Field* lit() const override { return lit_ ? &*lit_ : nullptr; }
  std::vector<Layer> layers() const override {
    if (!mask_) return {};
    return {{"mask", "1 where the drift is set to zero", mask_->edge}};
  }

 private:
  const FluxWeight& flux_;
  Diffusivity diffusivity_;
  std::optional<Mask> mask_;
  std::optional<FaceSet> without_drift_;
  std::optional<Field> lit_;
};

}  // namespace

std::unique_ptr<OsmosisProblem> nonlinear_osmosis(const Parameters& parameters,
                                                  const OsmosisOptions& options) {
  const Canvas canvas{parameters, "problem.image", options.image};
  return std::make_unique<NonlinearOsmosis>(parameters, canvas, options);
}

}  // namespace feller

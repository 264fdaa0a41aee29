#include <fmt/format.h>

#include <cmath>

#include "problems/osmosis.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/guidance.hpp"
#include "problems/osmosis/mask.hpp"
#include "problems/osmosis/shadow_drift.hpp"

namespace feller {
namespace {

class ShadowRemoval : public OsmosisProblem {
 public:
  ShadowRemoval(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options)
      : OsmosisProblem{parameters, canvas, options.offsets_of(parameters, canvas),
                       canvas.levels("problem.image", options.image)},
        flux_{flux_weight(options.flux)},
        kept_{options.masked_drift == "kept"},
        mask_{options.mask.mask(parameters, canvas)},
        faces_{mask_.edge, face_rule(options.face_rule)} {
    if (mask_.inside) lit_ = complement(united(*mask_.inside, mask_.edge));
    for (int c = 0; c < canvas.channels(); ++c) {
      require_positive(parameters, start(c), quantity().offsets[index(c)]);
    }
    if (options.masked_drift == "estimated") estimate(parameters, options);
  }

  JumpRates rates(int channel, double) const override {
    JumpRates rates = osmosis_rates(start(channel), flux_);
    if (!kept_) remove_drift(rates, faces_);
    if (coordinate_) take_off_shadow(rates, channel);
    return rates;
  }
  std::optional<Field> log_weight(int, double) const override { return std::nullopt; }

  const Field* mask() const override { return &mask_.edge; }
  const Field* lit() const override { return lit_ ? &*lit_ : nullptr; }
  std::vector<Layer> layers() const override {
    return {{"mask", "1 where the drift is not trusted", mask_.edge}};
  }
  std::vector<Figure> figures() const override;

 private:
  void estimate(const Parameters& parameters, const OsmosisOptions& options) {
    if (face_rule(options.face_rule) != FaceRule::either) {
      throw parameters.blame("problem.face_rule",
                             "must be either, as problem.masked_drift = estimated");
    }
    std::vector<Field> all;
    for (std::size_t c = 0; c < channels().size(); ++c) all.push_back(initial(static_cast<int>(c)));
    coordinate_.emplace(mask_.edge, all);
    for (const auto& v : all) shadow_.push_back(shadow_drift(*coordinate_, v));
  }

  /// The image's own increments less the shadow's, where these are known.
  void take_off_shadow(JumpRates& rates, int channel) const {
    const JumpRates of_image = osmosis_rates(start(channel), flux_);
    auto increment = shadow_[index(channel)].increments.begin();
    for (std::size_t family = 0; family < 2; ++family) {
      const Faces& from = of_image.families()[family];
      const auto out = from.forth.values(), in = from.back.values();
      const auto forth = rates.families()[family].forth.values();
      const auto back = rates.families()[family].back.values();
      for (const auto& face : coordinate_->faces(family)) {
        const std::size_t k = face.cell;
        const double half = (std::log(out[k] / in[k]) - *increment++) / 2;
        // B(-z), B(z) of the central weight for increments of a logarithm.
        forth[k] = 1 + std::tanh(half);
        back[k] = 1 - std::tanh(half);
      }
    }
  }

  const FluxWeight& flux_;
  bool kept_;
  Mask mask_;
  FaceSet faces_;
  std::optional<Field> lit_;
  std::optional<EdgeCoordinate> coordinate_;
  std::vector<ShadowDrift> shadow_;
};

std::vector<Figure> ShadowRemoval::figures() const {
  std::vector<Figure> all{{"masked_faces", "fraction of the faces whose drift is not trusted",
                           fraction_of_faces(grid(), faces_)}};
  if (!coordinate_) return all;
  double edges = 0, deepest = 0;
  for (const auto& shadow : shadow_) {
    for (const double depth : shadow.depth) deepest = std::max(deepest, depth);
  }
  for (const double depth : shadow_.front().depth) edges += depth != 0;
  all.push_back({"edges", "edges of the mask that separate two parts of the picture", edges});
  all.push_back({"factor", "of the deepest shadow found, by which it darkens", std::exp(-deepest)});
  return all;
}

}  // namespace

std::unique_ptr<OsmosisProblem> shadow_removal(const Parameters& parameters,
                                               const OsmosisOptions& options) {
  const Canvas canvas{parameters, "problem.image", options.image};
  return std::make_unique<ShadowRemoval>(parameters, canvas, options);
}

}  // namespace feller

#include "problems/osmosis.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/guidance.hpp"
#include "problems/osmosis/mask.hpp"

namespace feller {
namespace {

class ShadowRemoval : public OsmosisProblem {
 public:
  ShadowRemoval(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options)
      : OsmosisProblem{parameters, canvas, options.offsets_of(parameters, canvas),
                       canvas.levels("problem.image", options.image)},
        flux_{flux_weight(options.flux)},
        mask_{options.mask.mask(parameters, canvas)},
        faces_{mask_.edge, face_rule(options.face_rule)} {
    if (mask_.inside) lit_ = complement(united(*mask_.inside, mask_.edge));
    for (int c = 0; c < canvas.channels(); ++c) {
      require_positive(parameters, start(c), quantity().offsets[index(c)]);
    }
  }

  JumpRates rates(int channel, double) const override {
    JumpRates rates = osmosis_rates(start(channel), flux_);
    remove_drift(rates, faces_);
    return rates;
  }
  std::optional<Field> log_weight(int, double) const override { return std::nullopt; }

  const Field* mask() const override { return &mask_.edge; }
  const Field* lit() const override { return lit_ ? &*lit_ : nullptr; }
  std::vector<Layer> layers() const override {
    return {{"mask", "1 where the drift is set to zero", mask_.edge}};
  }
  std::vector<Figure> figures() const override {
    return {{"faces_without_drift", "fraction of the faces whose drift was not trusted",
             fraction_of_faces(grid(), faces_)}};
  }

 private:
  const FluxWeight& flux_;
  Mask mask_;
  FaceSet faces_;
  std::optional<Field> lit_;
};

}  // namespace

std::unique_ptr<OsmosisProblem> shadow_removal(const Parameters& parameters,
                                               const OsmosisOptions& options) {
  const Canvas canvas{parameters, "problem.image", options.image};
  return std::make_unique<ShadowRemoval>(parameters, canvas, options);
}

}  // namespace feller

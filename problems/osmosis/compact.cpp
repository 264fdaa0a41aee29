#include <fmt/format.h>

#include "problems/osmosis.hpp"
#include "problems/osmosis/canny.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/guidance.hpp"
#include "problems/osmosis/mask.hpp"

namespace feller {
namespace {

/// The given mask, or the edges of the image, dilated alike.
Field edges(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options,
            const std::vector<Field>& levels) {
  if (options.mask.is_given()) return options.mask.mask(parameters, canvas).edge;
  if (options.edge_low > options.edge_high) {
    throw parameters.blame("problem.edge_low", fmt::format("must be at most problem.edge_high = {}",
                                                           options.edge_high));
  }
  const Field found = options.mask.widened(
      canny(brightness(levels),
            {.sigma = options.edge_sigma, .low = options.edge_low, .high = options.edge_high}));
  require_some(parameters, "problem.edge_high", found);
  return found;
}

/// Each channel at its mean.
std::vector<Field> means(const std::vector<Field>& levels) {
  std::vector<Field> flat;
  for (const auto& level : levels) {
    const double mean = total(level) / static_cast<double>(level.grid().cells());
    flat.emplace_back(level.grid(), mean);
  }
  return flat;
}

class CompactOsmosis : public OsmosisProblem {
 public:
  CompactOsmosis(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options,
                 std::vector<Field> levels)
      : OsmosisProblem{parameters, canvas, options.offsets_of(parameters, canvas), means(levels)},
        flux_{flux_weight(options.flux)},
        mask_{edges(parameters, canvas, options, levels)},
        faces_{mask_, face_rule(options.face_rule)},
        guidance_{with_offsets(std::move(levels), quantity().offsets)} {
    require_positive(parameters, guidance_, quantity().offsets);
  }

  JumpRates rates(int channel, double) const override {
    JumpRates rates = osmosis_rates(guidance_[index(channel)], flux_);
    keep_drift(rates, faces_);
    return rates;
  }
  std::optional<Field> log_weight(int, double) const override { return std::nullopt; }

  /// The image that was compressed.
  std::optional<Field> reference(int channel) const override { return guidance_[index(channel)]; }
  std::vector<Layer> layers() const override {
    return {{"mask", "1 on the edges, where the drift is stored", mask_}};
  }
  std::vector<Figure> figures() const override {
    return {{"stored_fraction", "fraction of the faces whose drift is stored",
             fraction_of_faces(grid(), faces_)},
            {"stored_pixels", "fraction of the pixels that are edges",
             count(mask_) / static_cast<double>(grid().cells())}};
  }

 private:
  const FluxWeight& flux_;
  Field mask_;
  FaceSet faces_;
  std::vector<Field> guidance_;
};

}  // namespace

std::unique_ptr<OsmosisProblem> compact_osmosis(const Parameters& parameters,
                                                const OsmosisOptions& options) {
  const Canvas canvas{parameters, "problem.image", options.image};
  return std::make_unique<CompactOsmosis>(parameters, canvas, options,
                                          canvas.levels("problem.image", options.image));
}

}  // namespace feller

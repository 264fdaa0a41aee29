#include <fmt/format.h>

#include <cmath>

#include "problems/offset_families.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/guidance.hpp"
#include "problems/osmosis/line_field.hpp"
#include "problems/osmosis/mask.hpp"

namespace feller {
namespace {

/// Where and how diffusion follows the lines of the picture.
struct Lines {
  std::optional<Mask> mask;
  LineField direction;
  std::vector<Offsets> offsets;
  std::vector<Index> steps;
};

LineField directions(const Canvas& canvas, const OsmosisOptions& options,
                     const std::optional<Mask>& mask, const std::vector<Field>& levels) {
  if (options.lines == "angle") return straight_lines(canvas.grid(), options.angle);
  const Field usable = mask ? complement(mask->edge) : Field{canvas.grid(), 1};
  return line_field(levels, usable, options.gradient_sigma, options.structure_sigma);
}

/// Selling's decomposition of W in the mask (everywhere, without one), of I elsewhere.
std::vector<Offsets> decomposed(const Parameters& parameters, const Canvas& canvas,
                                const OsmosisOptions& options, const std::optional<Mask>& mask,
                                const LineField& lines) {
  const Grid& grid = canvas.grid();
  std::vector<Offsets> all;
  agree_on(grid.comm(), [&] {
    for_each(grid.owned(), [&](const Index& k) {
      const bool follows = !mask || mask->edge[k] == 1;
      const Tensor w = follows
                           ? diffusion_along(lines.x[k], lines.y[k], options.along, options.across)
                           : diffusion_along(1, 0, 1, 1);
      auto found = selling(w, 2, longest_offset);
      if (!found) {
        throw parameters.blame(
            "problem.across",
            fmt::format("is too small beside problem.along at pixel ({}, {}): it would need jumps "
                        "over more than {} pixels",
                        k[0], k[1], longest_offset));
      }
      all.push_back(std::move(*found));
    });
  });
  return all;
}

Lines lines_of(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options,
               const std::vector<Field>& levels) {
  std::optional<Mask> mask;
  if (options.mask.is_given()) mask = options.mask.mask(parameters, canvas);
  LineField direction = directions(canvas, options, mask, levels);
  auto offsets = decomposed(parameters, canvas, options, mask, direction);
  auto steps = steps_of(offsets, canvas.grid());
  return {std::move(mask), std::move(direction), std::move(offsets), std::move(steps)};
}

std::vector<Field> adopted(const Canvas& canvas, std::vector<Field> fields) {
  for (auto& field : fields) field = canvas.adopt(field);
  return fields;
}

class AnisotropicOsmosis : public OsmosisProblem {
 public:
  /// `lines` and `levels` may live on a canvas with other ghosts.
  AnisotropicOsmosis(const Parameters& parameters, const Canvas& canvas,
                     const OsmosisOptions& options, Lines lines, std::vector<Field> levels)
      : OsmosisProblem{parameters, canvas, options.offsets_of(parameters, canvas),
                       adopted(canvas, std::move(levels))},
        steps_{std::move(lines.steps)},
        direction_{canvas.adopt(lines.direction.x), canvas.adopt(lines.direction.y)} {
    for (const auto& step : steps_) {
      conductances_.push_back(canvas.adopt(conductance(lines.offsets, grid(), step)));
    }
    for (int c = 0; c < canvas.channels(); ++c) {
      require_positive(parameters, start(c), quantity().offsets[index(c)]);
    }
    if (!lines.mask) return;
    mask_ = canvas.adopt(lines.mask->edge);
    if (options.masked_drift == "zero") without_drift_.emplace(*mask_, FaceRule::either);
    if (!lines.mask->inside) return;
    lit_ = canvas.adopt(complement(united(*lines.mask->inside, lines.mask->edge)));
  }

  JumpRates rates(int channel, double) const override;

  /// The image itself where all drift is kept: increments of its logarithm across every offset.
  std::optional<Field> log_weight(int channel, double) const override {
    if (without_drift_) return std::nullopt;
    return transformed(start(channel), [](double v) { return std::log(v); });
  }

  const Field* mask() const override { return mask_ ? &*mask_ : nullptr; }
  const Field* lit() const override { return lit_ ? &*lit_ : nullptr; }
  std::vector<Layer> layers() const override {
    std::vector<Layer> all{{"line_x", "direction of diffusion, x", direction_.x, false},
                           {"line_y", "direction of diffusion, y", direction_.y, false}};
    if (mask_) all.insert(all.begin(), {"mask", "1 where diffusion follows lines", *mask_});
    return all;
  }

 private:
  std::vector<Index> steps_;
  std::vector<Field> conductances_;
  LineField direction_;
  std::optional<Field> mask_, lit_;
  std::optional<FaceSet> without_drift_;
};

JumpRates AnisotropicOsmosis::rates(int channel, double) const {
  JumpRates rates{grid(), steps_};
  const Ghosted v{start(channel)};
  std::vector<Ghosted> c;
  for (const auto& field : conductances_) c.emplace_back(field);
  set_crossings(rates, [&](const Index& k, const Index& l, int family) -> Crossing {
    const Ghosted& of_family = c[static_cast<std::size_t>(family)];
    const double diffusion = (of_family[k] + of_family[l]) / 2;
    if (without_drift_ && without_drift_->contains(k, l)) return {diffusion, diffusion};
    const double scale = 2 * diffusion / (v[k] + v[l]);
    return {scale * v[l], scale * v[k]};
  });
  return rates;
}

}  // namespace

std::unique_ptr<OsmosisProblem> anisotropic_osmosis(const Parameters& parameters,
                                                    const OsmosisOptions& options) {
  if (options.masked_drift == "estimated") {
    throw parameters.blame("problem.masked_drift",
                           "must be zero or kept where diffusion follows lines: estimated is for "
                           "problem.model = shadow_removal");
  }
  const Canvas canvas{parameters, "problem.image", options.image};
  auto levels = canvas.levels("problem.image", options.image);
  Lines lines = lines_of(parameters, canvas, options, levels);
  return std::make_unique<AnisotropicOsmosis>(parameters, canvas.with_halo(longest(lines.steps)),
                                              options, std::move(lines), std::move(levels));
}

}  // namespace feller

#include "problems/osmosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "discretisation/noise.hpp"
#include "problems/image_source.hpp"

namespace feller {
namespace {

struct OsmosisOptions {
  std::filesystem::path image;
  std::string guidance = "noise";
  std::filesystem::path guidance_image;
  double offset = 1;
  std::int64_t noise_seed = 1;
  double noise_offset = 6;
  double noise_deviation = 1;
  bool allow_signed_guidance = false;
  std::string flux = "central";
};

/// One cell a pixel, of unit size; y points down.
Grid pixels(const Parameters& parameters, const ImageInfo& info) {
  try {
    return Grid{{{.cells = info.width, .lower = 0, .upper = double(info.width)},
                 {.cells = info.height, .lower = 0, .upper = double(info.height)}}};
  } catch (const InputError& error) {
    throw parameters.blame("problem.image", error.what());
  }
}

std::vector<std::string> channel_names(int channels) {
  if (channels == 1) return {""};
  return {"red", "green", "blue"};
}

void add(std::vector<Field>& fields, double offset) {
  for (auto& field : fields) check(VecShift(field.vector(), offset));
}

class Osmosis : public Problem {
 public:
  Osmosis(const Parameters& parameters, const OsmosisOptions& options, const ImageInfo& info)
      : grid_{pixels(parameters, info)},
        quantity_{.group = "image",
                  .symbol = "u",
                  .name = "grey level plus offset",
                  .unit = "grey level",
                  .length = "pixel",
                  .is_image = true,
                  .offset = options.offset},
        channels_{channel_names(info.channels)},
        flux_{flux_weight(options.flux)},
        image_{image_fields(parameters, "problem.image", options.image, grid_)},
        guidance_{guidance(parameters, options)} {
    add(image_, options.offset);
    refuse_unphysical_image(parameters);
    signed_ = !all_positive();
    if (signed_) refuse_unless_allowed(parameters, options);
  }

  const Grid& grid() const override { return grid_; }
  const Quantity& quantity() const override { return quantity_; }
  const std::vector<std::string>& channels() const override { return channels_; }
  Field initial(int channel) const override { return image_[index(channel)]; }
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
  static std::size_t index(int channel) { return static_cast<std::size_t>(channel); }

  std::vector<Field> guidance(const Parameters& parameters, const OsmosisOptions& options) const {
    if (options.guidance == "noise") return noise(options);
    auto fields = image_fields(parameters, "problem.guidance_image", options.guidance_image, grid_);
    add(fields, options.offset);
    while (fields.size() < channels_.size()) fields.push_back(fields.front());
    return fields;
  }

  std::vector<Field> noise(const OsmosisOptions& options) const {
    std::vector<Field> fields;
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      const NoiseKey key{.seed = static_cast<std::uint64_t>(options.noise_seed),
                         .stream = static_cast<std::uint32_t>(c)};
      fields.push_back(fill(grid_, [&](const Index& cell) {
        const auto number = static_cast<std::uint64_t>(grid_.natural(cell));
        return options.noise_offset + options.noise_deviation * standard_normal(key, number);
      }));
    }
    return fields;
  }

  /// Grey levels are concentrations: none may be negative, and there must be something to move.
  void refuse_unphysical_image(const Parameters& parameters) const {
    for (std::size_t c = 0; c < image_.size(); ++c) {
      const std::string name = channels_[c].empty() ? "" : " (" + channels_[c] + ")";
      double low = std::numeric_limits<double>::infinity(), high = -low;
      for (const double u : image_[c].values()) {
        low = std::min(low, u);
        high = std::max(high, u);
      }
      low = minimum(grid_.comm(), low);
      if (low < 0) {
        throw parameters.blame("problem.image",
                               fmt::format("falls to {:.6g} after the offset{}, but must not be "
                                           "negative: raise problem.offset",
                                           low, name));
      }
      if (!(maximum(grid_.comm(), high) > 0)) {
        throw parameters.blame("problem.image",
                               fmt::format("is 0 everywhere after the offset{}", name));
      }
    }
  }

  double lowest_guidance() const {
    double least = std::numeric_limits<double>::infinity();
    for (const auto& field : guidance_) {
      for (const double v : field.values()) least = std::min(least, v);
    }
    return minimum(grid_.comm(), least);
  }

  bool all_positive() const { return lowest_guidance() > 0; }

  void refuse_unless_allowed(const Parameters& parameters, const OsmosisOptions& options) const {
    if (options.allow_signed_guidance) {
      if (flux_.weight == central) return;
      throw parameters.blame("scheme.flux", "a guidance that changes sign needs 'central'");
    }
    const bool noise = options.guidance == "noise";
    const std::string key = noise ? "problem.noise_offset" : "problem.offset";
    const double least = lowest_guidance();
    throw parameters.blame(
        key, fmt::format("the guidance falls to {:.6g}, but must be positive: take an offset above "
                         "{:.6g}",
                         least, (noise ? options.noise_offset : options.offset) - least));
  }

  Grid grid_;
  Quantity quantity_;
  std::vector<std::string> channels_;
  const FluxWeight& flux_;
  std::vector<Field> image_;
  std::vector<Field> guidance_;
  bool signed_ = false;
};

class OsmosisKind : public ProblemKind {
 public:
  void declare(Parameters& p) override;

  std::unique_ptr<Problem> build(const Parameters& parameters, double) const override {
    const auto info = image_info_on_all(parameters, "problem.image", options_.image);
    if (options_.guidance == "image") {
      match(parameters, info);
    } else if (!options_.guidance_image.empty()) {
      throw parameters.blame("problem.guidance_image",
                             "is given, but problem.guidance = noise; set it to image");
    }
    return std::make_unique<Osmosis>(parameters, options_, info);
  }

  bool refinable() const override { return false; }

 private:
  void match(const Parameters& parameters, const ImageInfo& image) const {
    const std::string key = "problem.guidance_image";
    if (options_.guidance_image.empty()) {
      throw parameters.blame(key, "must name a file, as problem.guidance = image");
    }
    const auto other = image_info_on_all(parameters, key, options_.guidance_image);
    const bool same_size = other.width == image.width && other.height == image.height;
    if (!same_size || (other.channels != image.channels && other.channels != 1)) {
      throw parameters.blame(
          key, fmt::format("is {}, but problem.image is {}", describe(other), describe(image)));
    }
  }

  OsmosisOptions options_;
};

void OsmosisKind::declare(Parameters& p) {
  p.add("problem.image", options_.image,
        {.meaning = "initial image f: PNG, JPEG or TIFF, grey or RGB", .required = true});
  p.add("problem.guidance", options_.guidance,
        {.meaning = "where the guidance v comes from", .choices = {"noise", "image"}});
  p.add("problem.guidance_image", options_.guidance_image,
        {.meaning = "guidance image of the size of the initial one (grey serves all channels)"});
  p.add("problem.offset", options_.offset,
        {.meaning = "added to the grey levels 0..255 of image files, so that they are positive",
         .unit = "grey level",
         .range = range::not_negative});
  p.add("problem.noise_seed", options_.noise_seed,
        {.meaning = "seed of the guidance noise", .range = range::not_negative});
  p.add("problem.noise_offset", options_.noise_offset,
        {.meaning = "mean of the guidance noise; must exceed its most negative value"});
  p.add("problem.noise_deviation", options_.noise_deviation,
        {.meaning = "standard deviation of the guidance noise", .range = range::positive});
  p.add("problem.allow_signed_guidance", options_.allow_signed_guidance,
        {.meaning = "run with a guidance that is not positive, to see what breaks"});
  p.add("scheme.flux", options_.flux,
        {.meaning = "weight that mixes the two pixels of a face",
         .choices = {"central", "scharfetter_gummel", "upwind", "sqra"}});
}

}  // namespace

JumpRates osmosis_rates(const Field& guidance, const FluxWeight& flux) {
  const Grid& grid = guidance.grid();
  const Ghosted v{guidance};
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index& k, const Index& l, int axis) -> Crossing {
    const double h = grid.axis(axis).width(0);
    const double sum = v[k] + v[l];
    if (flux.weight == central) {
      // B(z) = 1 - z/2 in closed form: no cancellation where the guidance jumps.
      const double scale = 2 / (h * h * sum);
      return {scale * v[l], scale * v[k]};
    }
    const double z = flux.balanced ? std::log(v[l] / v[k]) : 2 * (v[l] - v[k]) / sum;
    return crossing(flux, 1, h, z);
  });
  return rates;
}

std::unique_ptr<ProblemKind> osmosis() {
  return std::make_unique<OsmosisKind>();
}

}  // namespace feller

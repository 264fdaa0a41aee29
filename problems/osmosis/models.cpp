#include "problems/osmosis/models.hpp"

#include <fmt/format.h>

namespace feller {
namespace {

const std::vector<std::string_view> mask_keys{
    "problem.mask",       "problem.mask_region",      "problem.mask_strokes",
    "problem.mask_width", "problem.mask_edge_colour", "problem.mask_inside_colour"};

std::vector<std::string_view> with_mask(std::vector<std::string_view> keys) {
  keys.insert(keys.end(), mask_keys.begin(), mask_keys.end());
  return keys;
}

void declare_canonical(Parameters& p, OsmosisOptions& o) {
  p.add("problem.guidance", o.guidance,
        {.meaning = "canonical: where the guidance v comes from", .choices = {"noise", "image"}});
  p.add("problem.guidance_image", o.guidance_image,
        {.meaning = "canonical: guidance image of the size of the initial one (grey serves all "
                    "channels)"});
  p.add("problem.swapped", o.swapped,
        {.meaning = "canonical: start from the guidance and tend to the image"});
  p.add("problem.noise_seed", o.noise_seed,
        {.meaning = "canonical: seed of the guidance noise", .range = range::not_negative});
  p.add("problem.noise_offset", o.noise_offset,
        {.meaning = "canonical: mean of the guidance noise; must exceed its most negative value"});
  p.add(
      "problem.noise_deviation", o.noise_deviation,
      {.meaning = "canonical: standard deviation of the guidance noise", .range = range::positive});
  p.add("problem.allow_signed_guidance", o.allow_signed_guidance,
        {.meaning = "canonical: run with a guidance that is not positive, to see what breaks"});
}

void declare_masked(Parameters& p, OsmosisOptions& o) {
  o.mask.declare(p);
  p.add("problem.face_rule", o.face_rule,
        {.meaning = "which faces a mask stands for: those that touch it (either, any), those whose "
                    "left or upper pixel is in it (lower, as published codes do), or both pixels",
         .choices = {"either", "any", "lower", "both"}});
  p.add("problem.masked_drift", o.masked_drift,
        {.meaning = "shadow_removal, anisotropic: the drift across the faces of the mask",
         .choices = {"zero", "kept", "estimated"}});
}

void declare_cloning(Parameters& p, OsmosisOptions& o) {
  p.add("problem.foreground", o.foreground,
        {.meaning = "cloning, fusion: what is put into the image"});
  p.add(
      "problem.alpha", o.alpha,
      {.meaning = "cloning, fusion: picture of the foreground's weight, white for 1, of its size; "
                  "default: the opacity of the foreground's file, or else 1 wherever it lies"});
  p.add("problem.shift", o.shift,
        {.meaning = "cloning, fusion: columns and rows by which the foreground is moved",
         .unit = "pixel"});
  p.add("problem.gain", o.gain,
        {.meaning = "cloning: factor of the foreground's drift", .range = {.low = 0, .high = 10}});
  p.add("problem.extent", o.extent,
        {.meaning = "cloning: the whole image changes, or only where alpha > 0",
         .choices = {"global", "local"}});
}

void declare_edges(Parameters& p, OsmosisOptions& o) {
  p.add("problem.edge_sigma", o.edge_sigma,
        {.meaning = "compact: smoothing before edges are looked for",
         .unit = "pixel",
         .range = {.low = 0, .high = 100}});
  p.add("problem.edge_low", o.edge_low,
        {.meaning = "compact: gradient from which a pixel can continue an edge",
         .unit = "grey level/pixel",
         .range = range::not_negative});
  p.add("problem.edge_high", o.edge_high,
        {.meaning = "compact: gradient from which a pixel starts an edge",
         .unit = "grey level/pixel",
         .range = range::not_negative});
}

void declare_lines(Parameters& p, OsmosisOptions& o) {
  p.add("problem.along", o.along,
        {.meaning = "anisotropic: b1; its square is the diffusion along lines",
         .unit = "pixel/T^1/2",
         .range = range::not_negative});
  p.add("problem.across", o.across,
        {.meaning = "anisotropic: b2; its square is the diffusion across lines",
         .unit = "pixel/T^1/2",
         .range = range::not_negative});
  p.add("problem.lines", o.lines,
        {.meaning = "anisotropic: direction of the lines, from the image's structure tensor, or "
                    "the same everywhere",
         .choices = {"structure", "angle"}});
  p.add("problem.angle", o.angle,
        {.meaning = "anisotropic: of the lines, from x towards y (downwards)", .unit = "degree"});
  p.add("problem.gradient_sigma", o.gradient_sigma,
        {.meaning = "anisotropic: smoothing before the gradient",
         .unit = "pixel",
         .range = {.low = 0, .high = 100}});
  p.add("problem.structure_sigma", o.structure_sigma,
        {.meaning = "anisotropic: smoothing of the structure tensor, and how far it is completed "
                    "across the mask",
         .unit = "pixel",
         .range = {.low = 0, .high = 100}});
}

void declare_nonlinear(Parameters& p, OsmosisOptions& o) {
  p.add("problem.power", o.power,
        {.meaning = "nonlinear: p of the diffusivity 1 / (z^p + epsilon)",
         .range = range::not_negative});
  p.add("problem.epsilon", o.epsilon,
        {.meaning = "nonlinear: epsilon of the diffusivity", .range = range::positive});
  p.add("problem.couple_channels", o.couple_channels,
        {.meaning = "nonlinear: one diffusivity for all channels, or each its own"});
}

void declare_fusion(Parameters& p, OsmosisOptions& o) {
  p.add(
      "problem.tv_weight", o.tv_weight,
      {.meaning = "fusion: eta, weight of the total variation of v", .range = range::not_negative});
  p.add("problem.huber", o.huber,
        {.meaning = "fusion: gradient of v up to which its variation is squared",
         .unit = "grey level/pixel",
         .range = range::positive});
  p.add(
      "problem.guidance_weight", o.guidance_weight,
      {.meaning = "fusion: mu, weight of |v - f^alpha b^(1 - alpha)|^2", .range = range::positive});
  p.add("problem.foreground_weight", o.foreground_weight,
        {.meaning = "fusion: gamma, weight of alpha |u - f|^2", .range = range::positive});
}

std::vector<OsmosisModel> all_models() {
  return {
      {"canonical",
       "towards a guidance image or noise, or from it",
       {"problem.guidance", "problem.guidance_image", "problem.swapped", "problem.noise_seed",
        "problem.noise_offset", "problem.noise_deviation", "problem.allow_signed_guidance",
        "scheme.flux"},
       canonical_osmosis},
      {"shadow_removal", "the image without the drift on a shadow's edge",
       with_mask({"problem.face_rule", "problem.masked_drift", "scheme.flux"}), shadow_removal},
      {"cloning",
       "the drift of one image inside, of another outside",
       {"problem.foreground", "problem.alpha", "problem.shift", "problem.gain", "problem.extent",
        "scheme.flux"},
       cloning},
      {"compact", "an image from the drift on its edges alone",
       with_mask({"problem.face_rule", "problem.edge_sigma", "problem.edge_low",
                  "problem.edge_high", "scheme.flux"}),
       compact_osmosis},
      {"anisotropic", "diffusion along the lines of the image, in a mask or everywhere",
       with_mask({"problem.masked_drift", "problem.along", "problem.across", "problem.lines",
                  "problem.angle", "problem.gradient_sigma", "problem.structure_sigma"}),
       anisotropic_osmosis},
      {"nonlinear", "diffusivity 1 / (|grad u - d u|^p + epsilon), with a mask or without",
       with_mask({"problem.face_rule", "problem.power", "problem.epsilon",
                  "problem.couple_channels", "scheme.flux"}),
       nonlinear_osmosis},
      {"fusion",
       "image and drift together, by minimising an energy",
       {"problem.foreground", "problem.alpha", "problem.shift", "problem.tv_weight",
        "problem.huber", "problem.guidance_weight", "problem.foreground_weight"},
       fusion},
  };
}

}  // namespace

void OsmosisOptions::declare(Parameters& p) {
  p.add("problem.image", image,
        {.meaning = "initial image f: PNG, JPEG or TIFF, grey or RGB; its opacity, if any, is for "
                    "pictures only",
         .required = true});
  p.add("problem.offset", offsets,
        {.meaning = "added to the grey levels 0..255 of image files, so that they are positive; "
                    "one, or one a channel",
         .unit = "grey level",
         .range = {.low = 0, .high = 1e6}});
  p.add("scheme.flux", flux,
        {.meaning = "weight that mixes the two pixels of a face",
         .choices = {"central", "scharfetter_gummel", "upwind", "sqra"}});
  declare_canonical(p, *this);
  declare_masked(p, *this);
  declare_cloning(p, *this);
  declare_edges(p, *this);
  declare_lines(p, *this);
  declare_nonlinear(p, *this);
  declare_fusion(p, *this);
}

std::vector<double> OsmosisOptions::offsets_of(const Parameters& parameters,
                                               const Canvas& canvas) const {
  const auto channels = static_cast<std::size_t>(canvas.channels());
  if (offsets.size() == 1) return std::vector<double>(channels, offsets.front());
  if (offsets.size() == channels) return offsets;
  throw parameters.blame("problem.offset",
                         fmt::format("has {} entries, but the image has {} "
                                     "channel{}",
                                     offsets.size(), channels, channels == 1 ? "" : "s"));
}

std::span<const OsmosisModel> osmosis_models() {
  static const std::vector<OsmosisModel> models = all_models();
  return models;
}

}  // namespace feller

#pragma once

/// The models of osmosis (problem.model), each a drift d and a start for
///
///     du/dt = div( grad u - d u ),     no flux at the border
///
/// | model          | drift                                           | start              |
/// |----------------|-------------------------------------------------|--------------------|
/// | canonical      | grad ln v of a guidance v                       | an image           |
/// | shadow_removal | that of the image, none on the shadow's edge    | the image          |
/// | cloning        | alpha that of one image, 1 - alpha of another   | both mixed so      |
/// | compact        | that of the image on its edges only             | its mean           |
/// | anisotropic    | that of the image, diffusion along its lines    | the image          |
/// | nonlinear      | that of the image; diffusivity g                | the image          |
/// | fusion         | found together with u by minimising an energy   | both mixed so      |
///
/// References: Weickert, Hagenburg, Breuss & Vogel 2013 (the first four); Parisotto, Calatroni,
/// Caliari, Schoenlieb & Weickert 2019 (anisotropic); Calatroni, Morigi, Parisotto & Recupero 2023
/// (nonlinear); Parisotto, Calatroni, Bugeau, Papadakis & Schoenlieb 2020 (fusion).

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "problems/osmosis/mask_options.hpp"
#include "problems/osmosis/osmosis_problem.hpp"

namespace feller {

/// All parameters of all models; each has one meaning in all that use it.
struct OsmosisOptions {
  std::filesystem::path image;
  std::vector<double> offsets{1};
  std::string flux = "central";

  std::string guidance = "noise";
  std::filesystem::path guidance_image;
  bool swapped = false;
  std::int64_t noise_seed = 1;
  double noise_offset = 6;
  double noise_deviation = 1;
  bool allow_signed_guidance = false;

  MaskOptions mask;
  std::string face_rule = "either";
  std::string masked_drift = "zero";

  std::filesystem::path foreground, alpha;
  std::vector<int> shift{0, 0};
  double gain = 1;
  std::string extent = "global";

  double edge_sigma = 1, edge_low = 10, edge_high = 20;

  double along = 1, across = 0.3;
  std::string lines = "structure";
  double angle = 0;
  double gradient_sigma = 1, structure_sigma = 4;

  double power = 1, epsilon = 0.1;
  bool couple_channels = true;

  double tv_weight = 0.1, huber = 1, guidance_weight = 1, foreground_weight = 1;

  void declare(Parameters& parameters);
  /// One offset a channel. Throws InputError.
  std::vector<double> offsets_of(const Parameters& parameters, const Canvas& canvas) const;
};

struct OsmosisModel {
  std::string_view name;
  std::string_view meaning;
  /// The keys that it takes beside those of all models.
  std::vector<std::string_view> keys;
  /// Collective; throws InputError.
  std::unique_ptr<OsmosisProblem> (*build)(const Parameters&, const OsmosisOptions&);
};

std::span<const OsmosisModel> osmosis_models();

std::unique_ptr<OsmosisProblem> canonical_osmosis(const Parameters&, const OsmosisOptions&);
std::unique_ptr<OsmosisProblem> shadow_removal(const Parameters&, const OsmosisOptions&);
std::unique_ptr<OsmosisProblem> cloning(const Parameters&, const OsmosisOptions&);
std::unique_ptr<OsmosisProblem> compact_osmosis(const Parameters&, const OsmosisOptions&);
std::unique_ptr<OsmosisProblem> anisotropic_osmosis(const Parameters&, const OsmosisOptions&);
std::unique_ptr<OsmosisProblem> nonlinear_osmosis(const Parameters&, const OsmosisOptions&);
std::unique_ptr<OsmosisProblem> fusion(const Parameters&, const OsmosisOptions&);

}  // namespace feller

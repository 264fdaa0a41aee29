#pragma once

/// What every run of the study `osmosis` leaves, whichever way it came to its result.
///
///     result    u (offset included), the initial image, and the picture: u without the offset,
///               its brightness matched on request            <stem>_result.png, .tif
///     drift     d across the faces to the right and below
///     model     mask, alpha, lines, ...                      <stem>_mask.png, ...
///     quality   of the picture against a reference, by channel
///     figures   numbers of the model
///
/// The brightness is matched by one factor a channel, in least squares to the initial image over
/// the lit part: what the model knows to be lit, or else the part of the picture, of those that the
/// mask separates, that has become darkest beside the initial image.

#include "problems/osmosis/osmosis_problem.hpp"
#include "studies/experiment.hpp"

namespace feller {

struct OsmosisOutputOptions {
  std::string rescale = "none";
  std::filesystem::path reference;

  void declare(Parameters& parameters);
};

class OsmosisOutput {
 public:
  /// Reads the reference. Refers to its arguments. Collective; throws InputError.
  OsmosisOutput(Experiment& experiment, const OsmosisOutputOptions& options);

  /// Adds its groups and tables.
  void add_to(FileLayout& layout) const;
  /// Names of the pictures that it draws.
  std::vector<std::string> pictures() const;
  /// The result, one field a channel, at the end of the run. Collective.
  void write(Recorder& record, const std::vector<Field>& result) const;

 private:
  struct Quality {
    double factor = 1;
    double psnr = 0, psnr_before = 0, ssim = 0;
  };
  Table quality_table() const;
  /// Grey levels, matched.
  std::vector<Field> picture(const std::vector<Field>& result, std::vector<Quality>& quality) const;
  void judge(const std::vector<Field>& picture, std::vector<Quality>& quality) const;
  void add_rows(Recorder& record, const std::vector<Quality>& quality) const;
  void draw(Recorder& record, std::vector<Field> picture) const;
  std::vector<Field> initial() const;

  Experiment& experiment_;
  const OsmosisOutputOptions& options_;
  const OsmosisProblem& problem_;
  std::vector<Field> reference_;  ///< grey levels; none where there is nothing to compare with
};

}  // namespace feller

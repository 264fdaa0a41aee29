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

class OsmosisOutput {
 public:
  void declare(Parameters& parameters);
  /// Reads the reference. Collective; throws InputError.
  void prepare(const Experiment& experiment);

  void add_to(FileLayout& layout, const Experiment& experiment) const;
  /// Names of the pictures that `write` draws.
  std::vector<std::string> pictures(const Experiment& experiment) const;
  /// One field a channel, at the end of the run. Collective.
  void write(Experiment& experiment, Recorder& record, const std::vector<Field>& result) const;

 private:
  struct Quality {
    double factor = 1;
    double psnr_before = 0, psnr = 0, ssim = 0;
  };
  /// Grey levels, matched.
  std::vector<Field> picture(const OsmosisProblem& problem, const std::vector<Field>& result,
                             std::vector<Quality>& quality) const;
  void judge(const OsmosisProblem& problem, const std::vector<Field>& picture,
             std::vector<Quality>& quality) const;

  std::string rescale_ = "none";
  std::filesystem::path reference_path_;
  std::vector<Field> reference_;  ///< grey levels; none where there is nothing to compare with
};

}  // namespace feller

#pragma once

/// What every run of the study `osmosis` leaves, whichever way it came to its result.
///
///     result    u (offset included), the initial image, and the picture: u without the offset,
///               its brightness matched on request            <stem>_result.png, .tif
///     drift     d across the faces to the right and below
///     model     mask, alpha, lines, ...                      <stem>_mask.png, ...
///     quality   of the picture against a reference, by channel
///     figures   numbers of the model

#include "problems/osmosis/osmosis_problem.hpp"
#include "studies/experiment.hpp"
#include "studies/osmosis/picture_quality.hpp"

namespace feller {

class OsmosisOutput {
 public:
  /// Reads the reference. Refers to its arguments. Collective; throws InputError.
  OsmosisOutput(Experiment& experiment, const PictureOptions& options);

  /// Adds its groups and tables.
  void add_to(FileLayout& layout) const;
  /// Names of the pictures that it draws.
  std::vector<std::string> pictures() const;
  /// The result, one field a channel, at the end of the run; its drift is that of the problem's
  /// rates, or of the guidance that was found with it. Collective.
  void write(Recorder& record, const std::vector<Field>& result,
             const std::vector<Field>& guidance = {}) const;

 private:
  void add_figures(Recorder& record) const;
  void draw(Recorder& record, std::vector<Field> picture) const;
  std::vector<Field> initial() const;

  Experiment& experiment_;
  const OsmosisProblem& problem_;
  PictureQuality quality_;
};

}  // namespace feller

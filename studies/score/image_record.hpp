#pragma once

/// What the study `reverse_images` leaves behind: how often pictures come out, how far that is from
/// the exact conditional law on the ladder of steps, and pictures.

#include <string>
#include <vector>

#include "studies/experiment.hpp"
#include "studies/score/image_checks.hpp"

namespace feller {

FileLayout image_layout(const Experiment& experiment);
std::vector<std::string> names_of_pictures();

void record_choices(Recorder& record, const Clusters& all, const KnownPixels& known,
                    const ImageRuns& runs);

/// Three rows: samples; the known half and what it is completed to; the whole picture, number
/// `which`, and what the replacement method makes of the half. Collective.
void show_pictures(Experiment& experiment, Recorder& record, const Clusters& all, std::size_t which,
                   const KnownPixels& known, const ImageRuns& runs);

}  // namespace feller

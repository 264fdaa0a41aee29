#pragma once

/// A plate of the evolution: frames side by side, the time under each.
///
///     +------+  +------+  +------+
///     |      |  |      |  |      |
///     +------+  +------+  +------+
///      t = 0     t = 10    t = 100
///
/// White paper shows through where frames are transparent.

#include <span>
#include <string>

#include "io/image.hpp"

namespace feller {

/// Lengths in pixels.
struct ContactSheetStyle {
  int max_width = 2000;       ///< of the sheet; it decides the number of columns
  int columns = 0;            ///< unless this many are asked for; frames shrink to fit them
  int max_frame = 460;        ///< wider or taller frames are reduced by area averaging
  int min_frame = 128;        ///< narrower frames are enlarged by a whole factor
  int gutter = 24;            ///< between frames and around the sheet
  int label_height = 16;      ///< of the digits; less where a label would be wider than its frame
  double label_level = 50.0;  ///< grey level of the labels
  double rule_level = 190.0;  ///< grey level of the hairline around each frame
};

/// The frame itself, or reduced by area averaging so that neither side exceeds `most` pixels.
Image reduced(const Image& frame, int most);

/// The sheet, 8 bits, RGB if any frame is RGB. `labels` are one a frame, or empty for none. They
/// may hold digits, letters (drawn lower-case), space and = . , + - ( ) / _ : ; anything else
/// becomes a box.
/// Throws std::invalid_argument without frames, if they differ in size, or if labels are missing.
Image contact_sheet(std::span<const Image> frames, std::span<const std::string> labels,
                    const ContactSheetStyle& style = {});

}  // namespace feller

#pragma once

/// PNG pictures of an evolution: one a snapshot, and a contact sheet of them all.
///
///     <stem>_t0.png  <stem>_t10.png ...  <stem>_sheet.png
///
/// Images are drawn as they are (less the offset that was added, clipped to 0..255), densities in
/// two dimensions by colour, each from 0 to its own maximum. Other fields have no picture here.
/// Images can have the opacity of the one they came from; the sheet shows them on white.

#include <filesystem>
#include <string>
#include <vector>

#include "discretisation/field.hpp"
#include "io/image.hpp"

namespace feller {

enum class PictureKind { none, grey_levels, density };

struct PictureStyle {
  PictureKind kind = PictureKind::none;
  std::vector<double> offsets{};   ///< one a channel, taken off grey levels
  int bits = 8;                    ///< of grey levels: 8 or 16
  const Field* opacity = nullptr;  ///< of images, 0..1; outlives the pictures
};

/// Whether a picture has the opacity of its style; what is no image (a mask) has none.
enum class Opacity { of_style, full };

class Pictures {
 public:
  /// `stem` is the path without the ending.
  Pictures(std::filesystem::path stem, PictureStyle style);

  /// Writes `<stem>_<label>.png` and keeps a small copy for the sheet. Collective; throws IoError.
  void add(const std::string& name, const std::string& label, const std::vector<Field>& channels,
           Opacity opacity = Opacity::of_style);

  /// Writes grey levels as they are to `<stem>_<name>`, which ends in .tif: a float TIFF, without
  /// rounding or clipping. Collective; throws IoError.
  void add_exact(const std::string& name, const std::vector<Field>& channels);

  /// How many stand side by side on the sheet; by default as many as fit.
  void set_columns(int columns) { columns_ = columns; }

  /// Writes the sheet if there are at least two pictures. Collective; throws IoError.
  void write_sheet(MPI_Comm comm);

  /// Where the picture of a name goes; ".png" is added to a name without an ending.
  static std::filesystem::path path(const std::filesystem::path& stem, const std::string& name);

  /// What was written, for the user; on rank 0.
  const std::vector<std::filesystem::path>& written() const { return written_; }

 private:
  std::filesystem::path stem_;
  PictureStyle style_;
  std::vector<Image> frames_;
  std::vector<std::string> labels_;
  int columns_ = 0;
  std::vector<std::filesystem::path> written_;
};

}  // namespace feller

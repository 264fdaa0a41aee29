#pragma once

/// PNG pictures of an evolution: one a snapshot, and a contact sheet of them all.
///
///     <stem>_t0.png  <stem>_t10.png ...  <stem>_sheet.png
///
/// Images are drawn as they are (less the offset that was added, clipped to 0..255), densities in
/// two dimensions by colour, each from 0 to its own maximum. Other fields have no picture here.

#include <filesystem>
#include <string>
#include <vector>

#include "discretisation/field.hpp"
#include "io/image.hpp"

namespace feller {

enum class PictureKind { none, grey_levels, density };

class Pictures {
 public:
  /// `stem` is the path without the ending; `offsets`, one a channel, are taken off grey levels.
  Pictures(std::filesystem::path stem, PictureKind kind, std::vector<double> offsets);

  /// Writes `<stem>_<label>.png` and keeps a small copy for the sheet. Collective; throws IoError.
  void add(const std::string& name, const std::string& label, const std::vector<Field>& channels);

  /// Writes the sheet if there are at least two pictures. Collective; throws IoError.
  void write_sheet(MPI_Comm comm);

  /// Where the picture of a name goes.
  static std::filesystem::path path(const std::filesystem::path& stem, const std::string& name);

  /// What was written, for the user; on rank 0.
  const std::vector<std::filesystem::path>& written() const { return written_; }

 private:
  std::filesystem::path stem_;
  PictureKind kind_;
  std::vector<double> offsets_;
  std::vector<Image> frames_;
  std::vector<std::string> labels_;
  std::vector<std::filesystem::path> written_;
};

}  // namespace feller

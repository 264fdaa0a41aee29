#include "io/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/agreement.hpp"
#include "io/colormap.hpp"
#include "io/contact_sheet.hpp"
#include "io/distribute.hpp"

namespace feller {
namespace {

/// The picture of all cells, on rank 0; row 0 of an image is the top one.
Image picture_of(const std::vector<std::vector<double>>& channels, const Grid& grid,
                 PictureKind kind, const std::vector<double>& offsets) {
  const int width = grid.axis(0).cells, height = grid.axis(1).cells;
  if (kind == PictureKind::density) {
    const double top = *std::ranges::max_element(channels.front());
    return colorize(channels.front(), width, height, 0, top);
  }
  Image image = make_image(width, height, static_cast<int>(channels.size()));
  for (std::size_t c = 0; c < channels.size(); ++c) {
    for (std::size_t i = 0; i < channels[c].size(); ++i) {
      image.values[i * channels.size() + c] = channels[c][i] - offsets.at(c);
    }
  }
  return image;
}

}  // namespace

Pictures::Pictures(std::filesystem::path stem, PictureKind kind, std::vector<double> offsets)
    : stem_{std::move(stem)}, kind_{kind}, offsets_{std::move(offsets)} {}

std::filesystem::path Pictures::path(const std::filesystem::path& stem, const std::string& name) {
  return stem.string() + "_" + name + ".png";
}

void Pictures::add(const std::string& name, const std::string& label,
                   const std::vector<Field>& channels) {
  if (kind_ == PictureKind::none) return;
  const Grid& grid = channels.front().grid();
  std::vector<std::vector<double>> values;
  for (const auto& channel : channels) values.push_back(collect(channel));
  on_root(grid.comm(), [&] {
    const Image picture = picture_of(values, grid, kind_, offsets_);
    write_png(path(stem_, name), picture);
    frames_.push_back(reduced(picture, ContactSheetStyle{}.max_frame));
    labels_.push_back(label);
    written_.push_back(path(stem_, name));
  });
}

void Pictures::write_sheet(MPI_Comm comm) {
  on_root(comm, [&] {
    if (frames_.size() < 2) return;
    write_png(path(stem_, "sheet"), contact_sheet(frames_, labels_));
    written_.push_back(path(stem_, "sheet"));
  });
}

}  // namespace feller

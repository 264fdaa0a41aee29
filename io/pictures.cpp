#include "io/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/agreement.hpp"
#include "io/colormap.hpp"
#include "io/contact_sheet.hpp"
#include "io/distribute.hpp"

namespace feller {
namespace {

/// All cells of each channel, on rank 0.
std::vector<std::vector<double>> collected(const std::vector<Field>& channels) {
  std::vector<std::vector<double>> values;
  for (const auto& channel : channels) values.push_back(collect(channel));
  return values;
}

/// The opacity of all cells, on rank 0; empty where there is none.
std::vector<double> collected(const Field* opacity) {
  return opacity != nullptr ? collect(*opacity) : std::vector<double>{};
}

/// The picture of all cells, on rank 0; row 0 of an image is the top one.
Image picture_of(const std::vector<std::vector<double>>& channels, std::vector<double> opacity,
                 const Grid& grid, const PictureStyle& style) {
  const int width = grid.axis(0).cells, height = grid.axis(1).cells;
  if (style.kind == PictureKind::density) {
    const double top = *std::ranges::max_element(channels.front());
    return colorize(channels.front(), width, height, 0, top);
  }
  Image image = make_image(width, height, static_cast<int>(channels.size()), style.bits);
  for (std::size_t c = 0; c < channels.size(); ++c) {
    for (std::size_t i = 0; i < channels[c].size(); ++i) {
      image.values[i * channels.size() + c] = channels[c][i] - style.offsets.at(c);
    }
  }
  image.alpha = std::move(opacity);
  return image;
}

}  // namespace

Pictures::Pictures(std::filesystem::path stem, PictureStyle style)
    : stem_{std::move(stem)}, style_{std::move(style)} {}

std::filesystem::path Pictures::path(const std::filesystem::path& stem, const std::string& name) {
  const bool has_ending = name.ends_with(".tif");
  return stem.string() + "_" + name + (has_ending ? "" : ".png");
}

void Pictures::add(const std::string& name, const std::string& label,
                   const std::vector<Field>& channels, Opacity opacity) {
  if (style_.kind == PictureKind::none) return;
  const Grid& grid = channels.front().grid();
  const auto values = collected(channels);
  const auto alpha = collected(opacity == Opacity::of_style ? style_.opacity : nullptr);
  on_root(grid.comm(), [&] {
    const Image picture = picture_of(values, alpha, grid, style_);
    write_png(path(stem_, name), picture);
    frames_.push_back(reduced(picture, ContactSheetStyle{}.max_frame));
    labels_.push_back(label);
    written_.push_back(path(stem_, name));
  });
}

void Pictures::add_exact(const std::string& name, const std::vector<Field>& channels) {
  if (style_.kind != PictureKind::grey_levels) return;
  const Grid& grid = channels.front().grid();
  const auto values = collected(channels);
  const auto alpha = collected(style_.opacity);
  on_root(grid.comm(), [&] {
    write_tiff(path(stem_, name), picture_of(values, alpha, grid, style_));
    written_.push_back(path(stem_, name));
  });
}

void Pictures::write_sheet(MPI_Comm comm) {
  on_root(comm, [&] {
    if (frames_.size() < 2) return;
    write_png(path(stem_, "sheet"), contact_sheet(frames_, labels_, {.columns = columns_}));
    written_.push_back(path(stem_, "sheet"));
  });
}

}  // namespace feller

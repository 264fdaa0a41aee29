#include "problems/osmosis/canvas.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace feller {
namespace {

Grid pixels(const Parameters& parameters, const std::string& key, const ImageInfo& info, int halo) {
  try {
    return Grid{{{.cells = info.width, .lower = 0, .upper = double(info.width)},
                 {.cells = info.height, .lower = 0, .upper = double(info.height)}},
                halo};
  } catch (const InputError& error) {
    throw parameters.blame(key, error.what());
  }
}

}  // namespace

Field brightness(const std::vector<Field>& channels) {
  Field mean = sum_of(channels);
  check(VecScale(mean.vector(), 1.0 / static_cast<double>(channels.size())));
  return mean;
}

Canvas::Canvas(const Parameters& parameters, const std::string& key,
               const std::filesystem::path& path)
    : parameters_{&parameters},
      key_{key},
      path_{path},
      info_{image_info_on_all(parameters, key, path)},
      grid_{pixels(parameters, key, info_, 1)} {}

std::vector<std::string> Canvas::channel_names() const {
  if (channels() == 1) return {""};
  return {"red", "green", "blue"};
}

Canvas Canvas::with_halo(int layers) const {
  return {*this, pixels(*parameters_, key_, info_, layers)};
}

std::optional<Field> Canvas::opacity() const {
  return image_opacity(*parameters_, key_, path_, grid_);
}

/// Models know levels only; a mask that is painted on a transparent layer may not be what it seems.
void Canvas::say_ignored(const std::filesystem::path& path, const ImageInfo& other) const {
  if (!other.alpha || rank_of(grid_.comm()) != 0) return;
  spdlog::info("{}: the model ignores its transparency, all pixels take part{}",
               path.filename().string(), path == path_ ? "; result pictures keep it" : "");
}

Field Canvas::adopt(const Field& field) const {
  if (field.grid().owned().start != grid_.owned().start ||
      field.grid().owned().count != grid_.owned().count) {
    throw parameters_->blame(
        key_, fmt::format("is too small for {} layers of ghosts on {} ranks: use fewer ranks",
                          grid_.halo(), size_of(grid_.comm())));
  }
  Field same{grid_};
  std::ranges::copy(field.values(), same.values().begin());
  return same;
}

void Canvas::require_channels(const std::string& key, const ImageInfo& other) const {
  if (other.channels == info_.channels || other.channels == 1) return;
  throw parameters_->blame(
      key, fmt::format("is {}, but {} is {}", describe(other), key_, describe(info_)));
}

void Canvas::fill_up(std::vector<Field>& fields) const {
  while (fields.size() < static_cast<std::size_t>(channels())) fields.push_back(fields.front());
}

/// Grey levels are amounts of light, whatever is added to them later.
std::vector<Field> Canvas::not_negative(const std::string& key, std::vector<Field> fields) const {
  for (const auto& field : fields) {
    double low = 0;
    check(VecMin(field.vector(), nullptr, &low));
    if (low >= 0) continue;
    throw parameters_->blame(
        key, fmt::format("falls to {:.6g}, but grey levels must not be negative", low));
  }
  return fields;
}

void Canvas::require_size(const std::string& key, const ImageInfo& other) const {
  if (other.width == info_.width && other.height == info_.height) return;
  throw parameters_->blame(
      key, fmt::format("is {}, but {} is {}", describe(other), key_, describe(info_)));
}

std::vector<Field> Canvas::colours(const std::string& key,
                                   const std::filesystem::path& path) const {
  const auto other = image_info_on_all(*parameters_, key, path);
  require_size(key, other);
  say_ignored(path, other);
  return not_negative(key, image_fields(*parameters_, key, path, grid_));
}

std::vector<Field> Canvas::levels(const std::string& key, const std::filesystem::path& path) const {
  const auto other = image_info_on_all(*parameters_, key, path);
  require_size(key, other);
  require_channels(key, other);
  say_ignored(path, other);
  auto fields = not_negative(key, image_fields(*parameters_, key, path, grid_));
  fill_up(fields);
  return fields;
}

Field Canvas::brightness(const std::string& key, const std::filesystem::path& path) const {
  return feller::brightness(colours(key, path));
}

void Canvas::require_reach(const std::string& key, const ImageInfo& other,
                           const Shift& shift) const {
  const auto reaches = [](int start, int length, int room) {
    return start < room && std::int64_t{start} + length > 0;
  };
  if (reaches(shift[0], other.width, info_.width) &&
      reaches(shift[1], other.height, info_.height)) {
    return;
  }
  throw parameters_->blame(
      key, fmt::format("is {}, and shifted by ({}, {}) it lies wholly outside {}, which is {}",
                       describe(other), shift[0], shift[1], key_, describe(info_)));
}

std::vector<Field> Canvas::shifted_levels(const std::string& key, const std::filesystem::path& path,
                                          const Shift& shift, std::optional<double> outside) const {
  const auto other = image_info_on_all(*parameters_, key, path);
  require_reach(key, other, shift);
  require_channels(key, other);
  auto fields = not_negative(key, image_fields(*parameters_, key, path, grid_, shift, outside));
  fill_up(fields);
  return fields;
}

Field Canvas::shifted_brightness(const std::string& key, const std::filesystem::path& path,
                                 const Shift& shift, double outside) const {
  const auto other = image_info_on_all(*parameters_, key, path);
  require_reach(key, other, shift);
  say_ignored(path, other);
  return feller::brightness(image_fields(*parameters_, key, path, grid_, shift, outside));
}

}  // namespace feller

#pragma once

/// The pixels that all pictures of a model share: one cell of unit size each, y pointing down.

#include <filesystem>
#include <string>
#include <vector>

#include "discretisation/field.hpp"
#include "problems/image_source.hpp"

namespace feller {

/// The mean of the channels.
Field brightness(const std::vector<Field>& channels);

class Canvas {
 public:
  /// The size and the channels of that image. Collective; throws InputError.
  Canvas(const Parameters& parameters, const std::string& key, const std::filesystem::path& path);

  const Grid& grid() const { return grid_; }
  const ImageInfo& info() const { return info_; }
  int channels() const { return info_.channels; }
  /// "red", "green", "blue", or one empty name.
  std::vector<std::string> channel_names() const;
  /// The same pixels with more ghosts around each rank's. Collective; throws InputError.
  Canvas with_halo(int layers) const;
  /// A field of the same pixels, whatever their ghosts, as one of these.
  Field adopt(const Field& field) const;

  /// The opacity 0..1 of the image whose pixels these are, if it has one. Collective; throws
  /// InputError.
  std::optional<Field> opacity() const;
  /// Grey levels 0..255 of an image of this size, a field a channel; a grey one serves all
  /// channels. Collective; throws InputError, as all below.
  std::vector<Field> levels(const std::string& key, const std::filesystem::path& path) const;
  /// The same with the channels that the file has.
  std::vector<Field> colours(const std::string& key, const std::filesystem::path& path) const;
  /// The mean of its channels.
  Field brightness(const std::string& key, const std::filesystem::path& path) const;
  /// Levels of an image of any size, shifted, and `outside` (or else its nearest pixel) where it
  /// does not reach; refused if it reaches nowhere.
  std::vector<Field> shifted_levels(const std::string& key, const std::filesystem::path& path,
                                    const Shift& shift,
                                    std::optional<double> outside = std::nullopt) const;
  Field shifted_brightness(const std::string& key, const std::filesystem::path& path,
                           const Shift& shift, double outside) const;

 private:
  Canvas(const Canvas& other, Grid grid)
      : parameters_{other.parameters_},
        key_{other.key_},
        path_{other.path_},
        info_{other.info_},
        grid_{std::move(grid)} {}
  void say_ignored(const std::filesystem::path& path, const ImageInfo& other) const;
  void require_reach(const std::string& key, const ImageInfo& other, const Shift& shift) const;
  std::vector<Field> not_negative(const std::string& key, std::vector<Field> fields) const;
  void require_size(const std::string& key, const ImageInfo& other) const;
  void require_channels(const std::string& key, const ImageInfo& other) const;
  void fill_up(std::vector<Field>& fields) const;

  const Parameters* parameters_;
  std::string key_;
  std::filesystem::path path_;
  ImageInfo info_;
  Grid grid_;
};

}  // namespace feller

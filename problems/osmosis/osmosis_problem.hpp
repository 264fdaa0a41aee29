#pragma once

/// What all models of osmosis share: pictures on one canvas, offset, and what a study of images
/// asks beyond a Problem.

#include "io/check.hpp"
#include "problems/osmosis/canvas.hpp"
#include "problems/problem.hpp"

namespace feller {

/// Something of the model to be seen beside its result: a mask, weights.
struct Layer {
  std::string name;
  std::string meaning;
  Field values;
  bool drawn = true;  ///< from 0, black, to 1, white
};

/// A number that describes the model: the fraction of the drift that is stored.
struct Figure {
  std::string name;
  std::string meaning;
  double value;
};

struct Diffusivity;
struct FusionModel;

class OsmosisProblem : public Problem {
 public:
  /// `initial` are grey levels; the offsets, one a channel, are added here. Collective; throws
  /// InputError for levels that are negative or 0 everywhere.
  OsmosisProblem(const Parameters& parameters, const Canvas& canvas, std::vector<double> offsets,
                 std::vector<Field> initial);

  const Grid& grid() const override { return initial_.front().grid(); }
  const Quantity& quantity() const override { return quantity_; }
  const std::vector<std::string>& channels() const override { return channels_; }
  Field initial(int channel) const override { return initial_[index(channel)]; }
  const OsmosisProblem* osmosis() const override { return this; }
  bool is_linear() const override { return diffusivity() == nullptr && fusion() == nullptr; }

  /// For further pictures of the same pixels.
  const Canvas& canvas() const { return canvas_; }
  /// 0..1, of the file of the initial image, if it has one: for pictures, the flow ignores it.
  const Field* opacity() const { return opacity_ ? &*opacity_ : nullptr; }
  /// 1 where a pixel belongs to the mask of the model; nothing where there is none.
  virtual const Field* mask() const { return nullptr; }
  /// 1 where the picture is right as it is, for matching the brightness of a result; nothing if
  /// the model does not know.
  virtual const Field* lit() const { return nullptr; }
  /// What the result is to be like, offset included, where the model knows.
  virtual std::optional<Field> reference(int) const { return std::nullopt; }
  virtual std::vector<Layer> layers() const { return {}; }
  virtual std::vector<Figure> figures() const { return {}; }
  /// What the model claims of its steady state, a field a channel.
  virtual Checks checks(const std::vector<Field>&) const { return {}; }
  /// What the flow depends on beside its linear rates, if it does.
  virtual const Diffusivity* diffusivity() const { return nullptr; }
  /// The energy that is minimised instead of a flow, if it is.
  virtual const FusionModel* fusion() const { return nullptr; }

 protected:
  const Field& start(int channel) const { return initial_[index(channel)]; }
  static std::size_t index(int channel) { return static_cast<std::size_t>(channel); }

 private:
  void refuse_unphysical(const Parameters& parameters) const;

  Canvas canvas_;
  Quantity quantity_;
  std::vector<std::string> channels_;
  std::vector<Field> initial_;
  std::optional<Field> opacity_;
};

/// Adds each channel's offset.
std::vector<Field> with_offsets(std::vector<Field> levels, const std::vector<double>& offsets);

}  // namespace feller

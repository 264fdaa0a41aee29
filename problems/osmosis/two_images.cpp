#include "problems/osmosis/two_images.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace feller {
namespace {

Shift shift_of(const Parameters& parameters, const OsmosisOptions& options) {
  if (options.shift.size() != 2) {
    throw parameters.blame("problem.shift", "must be two numbers: columns, rows");
  }
  return {options.shift[0], options.shift[1]};
}

/// Without a picture of it: the foreground's opacity, or else 1, where it lies.
Field own_alpha(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options,
                const Shift& shift, const ImageInfo& front) {
  const std::string key = "problem.foreground";
  if (auto opacity = image_opacity(parameters, key, options.foreground, canvas.grid(), shift, 0)) {
    double high = 0;
    check(VecMax(opacity->vector(), nullptr, &high));
    if (high > 0) return std::move(*opacity);
    throw parameters.blame(key,
                           "is wholly transparent where it lies on problem.image; give "
                           "problem.alpha if its pixels are to count all the same");
  }
  return fill(canvas.grid(), [&](const Index& k) {
    const int x = k[0] - shift[0], y = k[1] - shift[1];
    return x >= 0 && x < front.width && y >= 0 && y < front.height ? 1 : 0;
  });
}

void say_role_of_opacity(const Canvas& canvas, const OsmosisOptions& options) {
  if (rank_of(canvas.grid().comm()) != 0) return;
  spdlog::info("{}: {}", options.foreground.filename().string(),
               options.alpha.empty() ? "its opacity is taken for alpha"
                                     : "its opacity is ignored, as problem.alpha is given");
}

/// The given picture where the foreground lies, as parts of 1.
Field alpha_of(const Parameters& parameters, const Canvas& canvas, const OsmosisOptions& options,
               const Shift& shift) {
  const std::string key = "problem.alpha";
  const auto front = image_info_on_all(parameters, "problem.foreground", options.foreground);
  if (front.alpha) say_role_of_opacity(canvas, options);
  if (options.alpha.empty()) return own_alpha(parameters, canvas, options, shift, front);
  const auto info = image_info_on_all(parameters, key, options.alpha);
  if (info.width != front.width || info.height != front.height) {
    throw parameters.blame(
        key, fmt::format("is {}, but problem.foreground is {}", describe(info), describe(front)));
  }
  Field alpha = canvas.shifted_brightness(key, options.alpha, shift, 0);
  check(VecScale(alpha.vector(), 1.0 / 255));
  double low = 0, high = 0;
  check(VecMin(alpha.vector(), nullptr, &low));
  check(VecMax(alpha.vector(), nullptr, &high));
  if (low < 0 || high > 1) {
    throw parameters.blame(
        key, fmt::format("goes from {:.6g} to {:.6g}, but must be in [0, 1]", low, high));
  }
  return alpha;
}

}  // namespace

TwoImages two_images(const Parameters& parameters, const Canvas& canvas,
                     const OsmosisOptions& options) {
  if (options.foreground.empty()) throw parameters.blame("problem.foreground", "must name a file");
  const Shift shift = shift_of(parameters, options);
  return {canvas.levels("problem.image", options.image),
          canvas.shifted_levels("problem.foreground", options.foreground, shift),
          alpha_of(parameters, canvas, options, shift)};
}

}  // namespace feller

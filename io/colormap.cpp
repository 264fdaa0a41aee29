#include "io/colormap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace feller {

namespace {

using Colour = std::array<double, 3>;

/// Every 17th of the map's 256 colours; linear between them, within 6 levels of the original.
constexpr std::array<Colour, 16> kInferno{{{0, 0, 4},
                                           {12, 8, 38},
                                           {36, 12, 79},
                                           {66, 10, 104},
                                           {93, 18, 110},
                                           {120, 28, 109},
                                           {147, 38, 103},
                                           {174, 48, 92},
                                           {199, 62, 76},
                                           {221, 81, 58},
                                           {237, 105, 37},
                                           {248, 133, 15},
                                           {252, 165, 10},
                                           {250, 198, 45},
                                           {242, 230, 97},
                                           {252, 255, 164}}};
constexpr Colour kMissing{128, 128, 128};

Colour colour_of(double value, double low, double high) {
  if (std::isnan(value)) return kMissing;
  const double fraction = high > low ? (value - low) / (high - low) : (value > low ? 1.0 : 0.0);
  const double place = std::clamp(fraction, 0.0, 1.0) * (kInferno.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), kInferno.size() - 2);
  const double weight = place - static_cast<double>(below);
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c) {
    colour[c] = (1.0 - weight) * kInferno[below][c] + weight * kInferno[below + 1][c];
  }
  return colour;
}

}  // namespace

Image colorize(std::span<const double> values, int width, int height, double low, double high) {
  Image image = make_image(width, height, 3);
  if (values.size() * 3 != image.values.size()) {
    throw std::invalid_argument("colorize: the number of values is not width * height");
  }
  auto value = values.begin();
  for (int y = height - 1; y >= 0; --y) {
    for (int x = 0; x < width; ++x, ++value) {
      const auto colour = colour_of(*value, low, high);
      for (int c = 0; c < 3; ++c) image.at(x, y, c) = colour[static_cast<std::size_t>(c)];
    }
  }
  return image;
}

}  // namespace feller

#include "problems/osmosis/guidance.hpp"

#include <fmt/format.h>

#include <limits>

#include "discretisation/noise.hpp"

namespace feller {

double lowest(const std::vector<Field>& fields) {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& field : fields) {
    double low = 0;
    check(VecMin(field.vector(), nullptr, &low));
    least = std::min(least, low);
  }
  return least;
}

void require_positive(const Parameters& parameters, const Field& guidance, double offset) {
  double least = 0;
  check(VecMin(guidance.vector(), nullptr, &least));
  if (least > 0) return;
  throw parameters.blame("problem.offset",
                         fmt::format("the guidance falls to {:.6g}, but must be positive: take an "
                                     "offset above {:.6g}",
                                     least, offset - least));
}

void require_positive(const Parameters& parameters, const std::vector<Field>& guidance,
                      const std::vector<double>& offsets) {
  for (std::size_t c = 0; c < guidance.size(); ++c) {
    require_positive(parameters, guidance[c], offsets[c]);
  }
}

std::vector<Field> noise(const Canvas& canvas, const OsmosisOptions& options) {
  std::vector<Field> fields;
  for (int c = 0; c < canvas.channels(); ++c) {
    const NoiseKey key{.seed = static_cast<std::uint64_t>(options.noise_seed),
                       .stream = static_cast<std::uint32_t>(c)};
    fields.push_back(fill(canvas.grid(), [&](const Index& cell) {
      const auto number = static_cast<std::uint64_t>(canvas.grid().natural(cell));
      return options.noise_offset + options.noise_deviation * standard_normal(key, number);
    }));
  }
  return fields;
}

}  // namespace feller

#pragma once

/// The innermost loop of `JumpMatrix`: a run of cells, one product.

#include <array>
#include <cstddef>

namespace feller {

/// What comes in across the faces of one family, as arrays that start at the run's first cell.
struct Inflow {
  std::ptrdiff_t distance;
  const double* rate_from_above;  ///< of m_{K+e}
  const double* rate_from_below;  ///< of m_{K-e}
};

/// next <- factor P now + kept next + weight start.
struct Run {
  static constexpr std::size_t most_families = 3;
  static constexpr std::ptrdiff_t longest = 512;  ///< cells

  std::ptrdiff_t size;
  std::size_t families;  ///< 0 to most_families
  std::array<Inflow, most_families> inflows;
  const double* further;  ///< inflow by further families
  const double* stay;
  const double* now;
  const double* start;
  double* next;
  double factor, kept, weight;
};

void advance(const Run& run);

/// further += inflow, for families beyond the first.
void add(const Inflow& inflow, std::ptrdiff_t size, const double* now, double* further);

}  // namespace feller

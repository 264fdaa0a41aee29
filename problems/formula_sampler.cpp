#include "problems/formula_sampler.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace feller {
namespace {

/// Runs `sampling`; what it complains of becomes a complaint about the parameter.
template <class Sampling>
auto blaming(const Parameters& parameters, const std::string& key, Sampling&& sampling) {
  try {
    return sampling();
  } catch (const InputError& error) {
    throw parameters.blame(key, error.what());
  } catch (const std::invalid_argument& error) {
    throw parameters.blame(key, error.what());
  }
}

}  // namespace

FormulaSampler::FormulaSampler(const Parameters& parameters, const Grid& grid,
                               const Constants& constants)
    : parameters_{parameters}, grid_{grid}, constants_{constants} {
  for (const auto& constant : constants) {
    blaming(parameters, "constants." + constant.first,
            [&] { Expression::validate_constant(constant.first); });
  }
}

Expression FormulaSampler::parse(const std::string& key, const std::string& text,
                                 bool in_time) const {
  return blaming(parameters_, key, [&] {
    return Expression{text, grid_.dimension(), constants_, in_time};
  });
}

Field FormulaSampler::at_centres(const std::string& key, const std::string& text, Sign sign) const {
  const Expression formula = parse(key, text);
  return blaming(parameters_, key, [&] {
    return feller::at_centres(
        grid_, [&](const Point& x) { return formula(x); }, sign);
  });
}

Field FormulaSampler::cell_means(const std::string& key, const std::string& text, Sign sign) const {
  return cell_means(key, parse(key, text), 0, sign);
}

Field FormulaSampler::cell_means(const std::string& key, const Expression& formula, double time,
                                 Sign sign) const {
  return blaming(parameters_, key, [&] {
    return feller::cell_means(
        grid_, [&](const Point& x) { return formula(x, time); }, sign);
  });
}

void FormulaSampler::require_closed(const std::string& key, const std::string& text,
                                    const std::string& advice) const {
  const Expression formula = parse(key, text, true);
  const auto compare = [&](const Index& cell, int a) {
    const auto axis = static_cast<std::size_t>(a);
    if (!grid_.axis(a).is_periodic() || cell[axis] != 0) return;
    Point low = grid_.centre(cell), high = low;
    low[axis] = grid_.axis(a).lower;
    high[axis] = grid_.axis(a).upper;
    const double here = formula(low), there = formula(high);
    if (std::abs(here - there) <= 1e-8 * (1 + std::abs(here) + std::abs(there))) return;
    throw parameters_.blame(
        key, fmt::format("is {:.6g} at {} and {:.6g} at {}, but that axis is "
                         "periodic: {}",
                         here, grid_.describe(low), there, grid_.describe(high), advice));
  };
  agree_on(grid_.comm(), [&] {
    for_each(grid_.owned(), [&](const Index& cell) {
      for (int a = 0; a < grid_.dimension(); ++a) compare(cell, a);
    });
  });
}

}  // namespace feller

#include "problems/osmosis_box.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "discretisation/negative_rates.hpp"
#include "discretisation/noise.hpp"
#include "problems/formula_sampler.hpp"
#include "problems/grid_options.hpp"
#include "problems/osmosis.hpp"

namespace feller {
namespace {

class OsmosisBox : public Problem {
 public:
  OsmosisBox(Field initial, Field guidance, bool positive)
      : initial_{std::move(initial)}, guidance_{std::move(guidance)}, positive_{positive} {}

  const Grid& grid() const override { return initial_.grid(); }
  const Quantity& quantity() const override { return quantity_; }
  const std::vector<std::string>& channels() const override { return channels_; }
  using Problem::log_weight;
  using Problem::rates;
  JumpRates rates(int, double) const override {
    return osmosis_rates(guidance_, flux_weight("central"));
  }
  Field initial(int) const override { return initial_; }
  std::optional<Field> log_weight(int, double) const override {
    if (!positive_) return std::nullopt;
    return transformed(guidance_, [](double v) { return std::log(v); });
  }
  /// The guidance itself, whatever its signs.
  std::optional<Field> stationary(int) const override { return guidance_; }

 private:
  Field initial_;
  Field guidance_;
  bool positive_;
  Quantity quantity_{.group = "image", .symbol = "u", .name = "image", .unit = "1", .length = "L"};
  std::vector<std::string> channels_{""};
};

class OsmosisBoxKind : public ProblemKind {
 public:
  void declare(Parameters& p) override {
    p.add("problem.initial", initial_, {.meaning = "image at time 0, in x, y, z: cell means"});
    p.add("problem.initial_values", initial_values_,
          {.meaning = "the same as one number a cell, x fastest"});
    p.add("problem.guidance", guidance_,
          {.meaning = "guidance before noise and offset, in x, y, z, at the centres of cells"});
    p.add("problem.guidance_values", guidance_values_,
          {.meaning = "the same as one number a cell, x fastest"});
    p.add(
        "problem.noise_seed", seed_,
        {.meaning = "which noise; the same on any number of ranks", .range = range::not_negative});
    p.add("problem.noise_deviation", deviation_,
          {.meaning = "standard deviation of normal noise that is added to the guidance",
           .range = range::not_negative});
    p.add("problem.noise_offset", offset_, {.meaning = "number that is added to the guidance"});
    p.add("problem.allow_signed_guidance", allow_signed_,
          {.meaning = "run although the guidance is not positive: positivity and stability are "
                      "lost"});
    grid_.declare(p);
  }

  std::unique_ptr<Problem> build(const Parameters& parameters, double) const override;
  bool refinable() const override { return false; }

 private:
  Field field(const Parameters& parameters, const Grid& grid, const std::string& key,
              const std::string& formula, const std::vector<double>& values) const;

  std::string initial_;
  std::vector<double> initial_values_;
  std::string guidance_ = "0";
  std::vector<double> guidance_values_;
  std::int64_t seed_ = 1;
  double deviation_ = 0;
  double offset_ = 0;
  bool allow_signed_ = false;
  GridOptions grid_;
};

Field OsmosisBoxKind::field(const Parameters& parameters, const Grid& grid, const std::string& key,
                            const std::string& formula, const std::vector<double>& values) const {
  if (values.empty()) {
    if (formula.empty())
      throw parameters.blame(key, "is missing: a formula, or " + key + "_values");
    const Constants none;
    const FormulaSampler sampler{parameters, grid, none};
    if (key == "problem.guidance") return sampler.at_centres(key, formula, Sign::any);
    return sampler.cell_means(key, formula, Sign::any);
  }
  const auto given = parameters.given();
  if (std::ranges::find(given, key) != given.end()) {
    throw parameters.blame(key, "and " + key + "_values are both given: take one");
  }
  if (static_cast<PetscInt>(values.size()) != grid.cells()) {
    throw parameters.blame(key + "_values", fmt::format("has {} numbers, but the grid {} cells",
                                                        values.size(), grid.cells()));
  }
  return fill(grid, [&](const Index& cell) {
    return values[static_cast<std::size_t>(grid.natural(cell))];
  });
}

void require_equal_closed_cells(const Parameters& parameters, const Grid& grid) {
  if (!grid.is_uniform()) {
    throw parameters.blame("grid.spacing", "must be uniform: pixels are equal");
  }
  for (const auto& axis : grid.axes()) {
    const auto& [lower, upper] = axis.borders;
    if (lower != Boundary::reflecting || upper != Boundary::reflecting) {
      throw parameters.blame("grid.boundary", "must be reflecting: osmosis keeps the mean");
    }
  }
}

double least_value(const Field& field) {
  double least = std::numeric_limits<double>::infinity();
  for (const double value : field.values()) least = std::min(least, value);
  return minimum(field.grid().comm(), least);
}

std::unique_ptr<Problem> OsmosisBoxKind::build(const Parameters& parameters, double) const {
  const Grid grid = grid_.build(parameters);
  require_equal_closed_cells(parameters, grid);
  Field initial = field(parameters, grid, "problem.initial", initial_, initial_values_);
  Field guidance = field(parameters, grid, "problem.guidance", guidance_, guidance_values_);
  check(VecAXPY(guidance.vector(), deviation_,
                standard_noise(grid, static_cast<std::uint64_t>(seed_)).vector()));
  check(VecShift(guidance.vector(), offset_));
  const double least = least_value(guidance);
  if (!(least > 0) && !allow_signed_) {
    throw parameters.blame(
        "problem.noise_offset",
        fmt::format("the guidance falls to {:.6g}, but must be positive: take an offset above "
                    "{:.6g}, or problem.allow_signed_guidance = true",
                    least, offset_ - least));
  }
  if (!are_finite(osmosis_rates(guidance, flux_weight("central")))) {
    throw parameters.blame(
        guidance_values_.empty() ? "problem.guidance" : "problem.guidance_values",
        "has two neighbours that add up to 0, where the drift is infinite");
  }
  return std::make_unique<OsmosisBox>(std::move(initial), std::move(guidance), least > 0);
}

}  // namespace

Field standard_noise(const Grid& grid, std::uint64_t seed) {
  return fill(grid, [&](const Index& cell) {
    return standard_normal({.seed = seed}, static_cast<std::uint64_t>(grid.natural(cell)));
  });
}

std::unique_ptr<ProblemKind> osmosis_box() {
  return std::make_unique<OsmosisBoxKind>();
}

}  // namespace feller

#pragma once

/// A probability density under a drift-diffusion equation, whatever its coefficients come from.

#include "problems/equation.hpp"
#include "problems/problem.hpp"

namespace feller {

/// "probability density", with its units.
Quantity density_quantity(int dimension);

/// What a density problem is made of.
struct DensityParts {
  Equation equation;
  bool depends_on_time = false;
  const FluxWeight* flux = nullptr;
  Field initial;
  /// Exact cell means at a time, or nothing. May throw InputError; collective.
  std::function<Field(double time)> exact;
};

class DensityProblem : public Problem {
 public:
  /// Refers to the parameters, which must outlive it. Collective; throws InputError where the
  /// diffusion varies and `form_given` is false.
  DensityProblem(const Parameters& parameters, DensityParts parts, bool form_given);

  const Grid& grid() const override { return parts_.initial.grid(); }
  const Quantity& quantity() const override { return quantity_; }
  const std::vector<std::string>& channels() const override { return channels_; }
  Field initial(int) const override { return parts_.initial; }
  using Problem::log_weight;
  using Problem::rates;
  JumpRates rates(int channel, double time) const override;
  bool depends_on_time() const override { return parts_.depends_on_time; }
  const Equation* equation() const override { return &parts_.equation; }
  std::optional<Field> log_weight(int channel, double time) const override;
  bool has_exact() const override { return static_cast<bool>(parts_.exact); }
  std::optional<Field> exact(int channel, double time) const override;

 private:
  bool varies_in_space(double time) const;
  bool varies(double time) const;
  void require_form(double time) const;
  double diffusion_at(const TimeFunction& component, const Point& x, double time) const;
  std::optional<Field> gibbs_weight(double time) const;

  const Parameters& parameters_;
  DensityParts parts_;
  Quantity quantity_;
  std::vector<std::string> channels_{""};
  bool form_given_;
  bool varies_at_start_;
};

/// A density scaled to mass 1. Throws InputError, blaming the parameter, if it has no mass.
Field normalised(Field density, const Parameters& parameters, const std::string& key);

}  // namespace feller

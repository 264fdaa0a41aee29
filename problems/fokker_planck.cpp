#include "problems/fokker_planck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problems/formula_sampler.hpp"
#include "problems/grid_options.hpp"
#include "problems/sampling.hpp"

namespace feller {
namespace {

Quantity density(int dimension) {
  return {.group = "density",
          .symbol = "p",
          .name = "probability density",
          .unit = dimension == 1 ? "1/L" : fmt::format("1/L^{}", dimension),
          .length = "L"};
}

/// The equation as formulas; empty texts are terms that are absent.
struct Formulas {
  std::vector<std::string> drift;
  std::string potential;
  std::string diffusion = "1";
  std::string initial;
  std::string exact;
  Constants constants;
  std::string form;
  std::string flux = "scharfetter_gummel";
};

class FokkerPlanck : public Problem {
 public:
  FokkerPlanck(const Parameters& parameters, const Formulas& formulas, const Grid& grid)
      : parameters_{parameters},
        grid_{grid},
        quantity_{density(grid.dimension())},
        sampler_{parameters, grid_, formulas.constants},
        flux_{flux_weight(formulas.flux)},
        diffusion_{sampler_.at_centres("problem.diffusion", formulas.diffusion, Sign::positive)},
        initial_{normalised(formulas.initial)},
        form_factor_{form_factor(formulas.form)} {
    if (!formulas.potential.empty()) {
      potential_ = sampler_.at_centres("problem.potential", formulas.potential, Sign::any);
      sampler_.require_closed("problem.potential", formulas.potential,
                              "put the slope into problem.drift");
    }
    parse_drift(formulas.drift);
    if (!formulas.exact.empty()) exact_ = sampler_.parse("problem.exact", formulas.exact, true);
  }

  const Grid& grid() const override { return grid_; }
  const Quantity& quantity() const override { return quantity_; }
  const std::vector<std::string>& channels() const override { return channels_; }
  Field initial(int) const override { return initial_; }

  JumpRates rates(int) const override {
    const Ghosted diffusion{diffusion_};
    std::optional<Ghosted> potential;
    if (potential_) potential.emplace(*potential_);
    JumpRates rates{grid_};
    agree_on(grid_.comm(), [&] {
      set_crossings(rates, [&](const Index& k, const Index& l, int axis) {
        const double h = grid_.axis(axis).spacing();
        const double dk = diffusion[k], dl = diffusion[l];
        const double mean = 2 / (1 / dk + 1 / dl);
        double z = drift_across(k, axis) * h / mean - form_factor_ * std::log(dl / dk);
        if (potential) z += ((*potential)[k] - (*potential)[l]) / mean;
        require_positive(k, axis, z);
        return crossing(flux_, mean, h, z);
      });
    });
    return rates;
  }

  std::optional<Field> log_weight(int) const override {
    const bool gibbs = drift_.empty() && flux_.balanced && (constant_diffusion_ || !potential_);
    if (!gibbs) return detailed_balance_on_a_line(rates(0));
    Field log_weight{grid_};
    const auto d = diffusion_.values();
    auto out = log_weight.values();
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double energy = potential_ ? std::as_const(*potential_).values()[i] / d[i] : 0;
      out[i] = -energy - form_factor_ * std::log(d[i]);
    }
    return log_weight;
  }

  bool has_exact() const override { return exact_.has_value(); }

  std::optional<Field> exact(int, double time) const override {
    if (!exact_) return std::nullopt;
    return sampler_.cell_means("problem.exact", *exact_, time, Sign::not_negative);
  }

 private:
  Field normalised(const std::string& text) const {
    Field field = sampler_.cell_means("problem.initial", text, Sign::not_negative);
    long double total = 0;
    for (const double value : field.values()) total += value;
    const auto mass = static_cast<double>(sum(grid_.comm(), total)) * grid_.volume();
    if (!(mass > 0) || !std::isfinite(mass)) {
      throw parameters_.blame("problem.initial",
                              fmt::format("has mass {} in the box, must be > 0", mass));
    }
    check(VecScale(field.vector(), 1 / mass));
    return field;
  }

  void parse_drift(const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    if (static_cast<int>(texts.size()) != grid_.dimension()) {
      throw parameters_.blame(
          "problem.drift", fmt::format("has {} components, but the grid has {} axes", texts.size(),
                                       grid_.dimension()));
    }
    for (const auto& text : texts) drift_.push_back(sampler_.parse("problem.drift", text));
  }

  double drift_across(const Index& cell, int axis) const {
    if (drift_.empty()) return 0;
    Point face = grid_.centre(cell);
    const auto a = static_cast<std::size_t>(axis);
    face[a] = grid_.axis(axis).face(cell[a] + 1);
    try {
      return require(grid_, face, drift_[a](face), Sign::any);
    } catch (const InputError& error) {
      throw parameters_.blame("problem.drift", error.what());
    }
  }

  /// The central flux is the only one that can turn negative.
  void require_positive(const Index& cell, int axis, double z) const {
    if (flux_.weight != central || std::abs(z) < 2) return;
    throw parameters_.blame(
        "scheme.flux",
        fmt::format("central needs |b h / D| < 2, but it is {:.4g} near {}: take {:.0f} times the "
                    "cells along {}, or scharfetter_gummel",
                    std::abs(z), grid_.describe(grid_.centre(cell)),
                    std::floor(std::abs(z) / 2) + 1,
                    Grid::axis_names[static_cast<std::size_t>(axis)]));
  }

  double form_factor(const std::string& form) {
    const auto view = std::as_const(diffusion_).values();
    const auto [low, high] = std::ranges::minmax(view);
    constant_diffusion_ = minimum(grid_.comm(), low) == maximum(grid_.comm(), high);
    if (!constant_diffusion_ && form.empty()) {
      throw parameters_.blame("problem.diffusion",
                              "varies in space, so scheme.form must say what the equation means: "
                              "ito, stratonovich or fick");
    }
    return form == "ito" ? 1 : form == "stratonovich" ? 0.5 : 0;
  }

  const Parameters& parameters_;
  Grid grid_;
  Quantity quantity_;
  FormulaSampler sampler_;
  const FluxWeight& flux_;
  std::vector<std::string> channels_{""};
  Field diffusion_;
  Field initial_;
  bool constant_diffusion_ = true;
  double form_factor_;
  std::optional<Field> potential_;
  std::vector<Expression> drift_;
  std::optional<Expression> exact_;
};

class FokkerPlanckKind : public ProblemKind {
 public:
  void declare(Parameters& p) override;

  std::unique_ptr<Problem> build(const Parameters& parameters, int coarsening) const override {
    return std::make_unique<FokkerPlanck>(parameters, formulas_,
                                          grid_.build(parameters, coarsening));
  }

  bool refinable() const override { return true; }

 private:
  GridOptions grid_;
  Formulas formulas_;
};

void FokkerPlanckKind::declare(Parameters& p) {
  p.add("problem.drift", formulas_.drift,
        {.meaning = "drift, one formula an axis; none: no drift", .unit = "L/T"});
  p.add("problem.potential", formulas_.potential,
        {.meaning = "potential U, giving the drift -grad U beside problem.drift", .unit = "L^2/T"});
  p.add("problem.diffusion", formulas_.diffusion,
        {.meaning = "diffusion D > 0 (an SDE's sigma^2 / 2)", .unit = "L^2/T"});
  p.add("problem.initial", formulas_.initial,
        {.meaning = "initial density >= 0, scaled to mass 1", .unit = "1/L^d", .required = true});
  p.add("problem.exact", formulas_.exact,
        {.meaning = "exact density in x, y, z, t, to compare with", .unit = "1/L^d"});
  p.add("scheme.form", formulas_.form,
        {.meaning = "meaning of a varying diffusion; must be given if it varies",
         .choices = {"ito", "stratonovich", "fick"}});
  std::vector<std::string> fluxes;
  for (const auto& flux : flux_weights()) fluxes.emplace_back(flux.name);
  p.add("scheme.flux", formulas_.flux,
        {.meaning = "weight that mixes the two cells of a face", .choices = fluxes});
  p.add_section("constants", formulas_.constants, {.meaning = "named numbers for the formulas"});
  grid_.declare(p);
}

}  // namespace

std::unique_ptr<ProblemKind> fokker_planck() {
  return std::make_unique<FokkerPlanckKind>();
}

}  // namespace feller

#include "problems/fokker_planck.hpp"

#include <fmt/format.h>

#include "problems/choices.hpp"
#include "problems/density_problem.hpp"
#include "problems/formula_sampler.hpp"
#include "problems/grid_options.hpp"
#include "problems/histogram_source.hpp"
#include "problems/tensor_rates.hpp"

namespace feller {
namespace {

/// The equation as formulas; empty texts are terms that are absent.
struct Formulas {
  std::vector<std::string> drift;
  std::string potential;
  std::vector<std::string> diffusion{"1"};
  std::string initial;
  std::filesystem::path initial_file;
  std::string initial_dataset;
  std::string border_density;
  std::string exact;
  Constants constants;
  std::string form;
  std::string flux = "scharfetter_gummel";
};

/// Formulas turned into functions of space and time.
class Reader {
 public:
  Reader(const Parameters& parameters, const Formulas& formulas, const Grid& grid)
      : parameters_{parameters},
        formulas_{formulas},
        grid_{grid},
        sampler_{parameters, grid, formulas.constants} {}

  DensityParts read() {
    DensityParts parts{
        .equation = equation(), .flux = &flux_weight(formulas_.flux), .initial = initial()};
    parts.depends_on_time = in_time_;
    if (!formulas_.exact.empty()) parts.exact = exact();
    return parts;
  }

  Equation equation() {
    Equation equation;
    require_components("problem.drift", formulas_.drift.size(), {0, grid_.dimension()});
    require_components("problem.diffusion", formulas_.diffusion.size(),
                       {1, grid_.dimension(), grid_.dimension() * grid_.dimension()});
    for (const auto& text : formulas_.drift) {
      equation.drift.push_back(function("problem.drift", text));
    }
    for (const auto& text : formulas_.diffusion) {
      equation.diffusion.push_back(function("problem.diffusion", text));
    }
    if (!formulas_.potential.empty()) {
      equation.potential = function("problem.potential", formulas_.potential);
      sampler_.require_closed("problem.potential", formulas_.potential,
                              "put the slope into problem.drift");
    }
    if (!formulas_.border_density.empty()) {
      equation.border_density = function("problem.border_density", formulas_.border_density);
    }
    equation.form = formulas_.form.empty() ? Form::ito : value_of(forms(), formulas_.form);
    return equation;
  }

 private:
  TimeFunction function(const std::string& key, const std::string& text) {
    const auto formula = std::make_shared<const Expression>(sampler_.parse(key, text, true));
    in_time_ = in_time_ || formula->depends_on_time();
    return [formula](const Point& x, double time) { return (*formula)(x, time); };
  }

  void require_components(const std::string& key, std::size_t found,
                          const std::vector<int>& allowed) const {
    for (const int n : allowed) {
      if (found == static_cast<std::size_t>(n)) return;
    }
    throw parameters_.blame(
        key, fmt::format("has {} components, but the grid has {} axes", found, grid_.dimension()));
  }

  Field initial() const {
    const bool from_file = !formulas_.initial_file.empty();
    if (from_file == !formulas_.initial.empty()) {
      throw parameters_.blame(
          "problem.initial", from_file ? "and problem.initial_file are both given: take one"
                                       : "is missing: an initial density, or problem.initial_file");
    }
    const std::string key = from_file ? "problem.initial_file" : "problem.initial";
    Field density = from_file ? histogram_density(parameters_, key, formulas_.initial_file,
                                                  formulas_.initial_dataset, grid_)
                              : sampler_.cell_means(key, formulas_.initial, Sign::not_negative);
    for (const auto& axis : grid_.axes()) {
      if (axis.borders.lower == Boundary::dirichlet || axis.borders.upper == Boundary::dirichlet) {
        return density;
      }
    }
    return normalised(std::move(density), parameters_, key);
  }

  std::function<Field(double)> exact() const {
    const auto formula =
        std::make_shared<const Expression>(sampler_.parse("problem.exact", formulas_.exact, true));
    return [formula, grid = grid_, parameters = &parameters_](double time) {
      try {
        return cell_means(
            grid, [&](const Point& x) { return (*formula)(x, time); }, Sign::not_negative);
      } catch (const InputError& error) {
        throw parameters->blame("problem.exact", error.what());
      }
    };
  }

  const Parameters& parameters_;
  const Formulas& formulas_;
  Grid grid_;
  FormulaSampler sampler_;
  bool in_time_ = false;
};

class FokkerPlanckKind : public ProblemKind {
 public:
  void declare(Parameters& p) override;
  std::unique_ptr<Problem> build(const Parameters& parameters, double refinement) const override;
  bool refinable() const override { return true; }

 private:
  GridOptions grid_;
  Formulas formulas_;
};

std::unique_ptr<Problem> FokkerPlanckKind::build(const Parameters& parameters,
                                                 double refinement) const {
  Grid grid = grid_.build(parameters, refinement);
  const Equation equation = Reader{parameters, formulas_, grid}.equation();
  if (equation.is_tensor(grid.dimension())) {
    grid = grid_.build(parameters, refinement, halo_of(equation, grid, 0, parameters));
  }
  return std::make_unique<DensityProblem>(parameters, Reader{parameters, formulas_, grid}.read(),
                                          !formulas_.form.empty());
}

void FokkerPlanckKind::declare(Parameters& p) {
  p.add("problem.drift", formulas_.drift,
        {.meaning = "drift in x, y, z, t, one formula an axis; none: no drift", .unit = "L/T"});
  p.add("problem.potential", formulas_.potential,
        {.meaning = "potential U, giving the drift -grad U beside problem.drift", .unit = "L^2/T"});
  p.add("problem.diffusion", formulas_.diffusion,
        {.meaning = "diffusion D (an SDE's sigma sigma^T / 2): a scalar > 0, one entry an axis, or "
                    "all entries of a symmetric tensor by rows",
         .unit = "L^2/T"});
  p.add("problem.initial", formulas_.initial,
        {.meaning = "initial density >= 0, scaled to mass 1 (as it is where a border is dirichlet)",
         .unit = "1/L^d"});
  p.add("problem.initial_file", formulas_.initial_file,
        {.meaning = "histogram to start from instead: a CSV table, or an HDF5 file"});
  p.add("problem.initial_dataset", formulas_.initial_dataset,
        {.meaning = "dataset in that HDF5 file, such as /entry/density/p of another run"});
  p.add("problem.border_density", formulas_.border_density,
        {.meaning = "density at dirichlet borders; default 0", .unit = "1/L^d"});
  p.add("problem.exact", formulas_.exact,
        {.meaning = "exact density in x, y, z, t, to compare with", .unit = "1/L^d"});
  p.add("scheme.form", formulas_.form,
        {.meaning = "meaning of a varying diffusion; must be given if it varies",
         .choices = names_of(forms())});
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

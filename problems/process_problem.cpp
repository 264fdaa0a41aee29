#include "problems/process_problem.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "problems/density_problem.hpp"
#include "problems/grid_options.hpp"
#include "problems/tensor_rates.hpp"

namespace feller {
namespace {

using SharedProcess = std::shared_ptr<const Process>;

Equation equation_of(const SharedProcess& process) {
  const int d = process->dimension();
  Equation equation{.form = Form::ito};
  if (const auto potential = process->potential()) {
    equation.potential = [potential](const Point& x, double) { return potential(x); };
  } else {
    for (int a = 0; a < d; ++a) {
      equation.drift.push_back(
          [process, a](const Point& x, double) { return process->drift(a, x); });
    }
  }
  const auto entry = [&](int a, int b) {
    return [process, a, b](const Point& x, double) { return process->diffusion(a, b, x); };
  };
  for (int a = 0; a < d; ++a) {
    for (int b = 0; b < d; ++b) {
      // A potential goes with one number D.
      if (process->potential() && a + b > 0) continue;
      if (a == b || !process->diagonal_diffusion()) equation.diffusion.push_back(entry(a, b));
    }
  }
  return equation;
}

class ProcessProblem : public DensityProblem {
 public:
  ProcessProblem(const Parameters& parameters, DensityParts parts, SharedProcess process)
      : DensityProblem{parameters, std::move(parts), true}, process_{std::move(process)} {}

  const Process* process() const override { return process_.get(); }

 private:
  SharedProcess process_;
};

class ProcessProblemKind : public ProblemKind {
 public:
  explicit ProcessProblemKind(std::unique_ptr<ProcessKind> kind) : kind_{std::move(kind)} {}

  void declare(Parameters& p) override {
    kind_->declare(p);
    std::vector<std::string> fluxes;
    for (const auto& flux : flux_weights()) fluxes.emplace_back(flux.name);
    p.add("scheme.flux", flux_,
          {.meaning = "weight that mixes the two cells of a face", .choices = fluxes});
    grid_.declare(p);
  }

  std::unique_ptr<Problem> build(const Parameters& parameters, double refinement) const override;
  bool refinable() const override { return true; }

 private:
  std::unique_ptr<ProcessKind> kind_;
  GridOptions grid_;
  std::string flux_ = "scharfetter_gummel";
};

void require_support(const Parameters& parameters, const Grid& grid, const Region& support) {
  for (int a = 0; a < grid.dimension(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    if (grid.axis(a).lower < support.lower[axis]) {
      throw parameters.blame("grid.lower", fmt::format("{} lies beyond the process's border, {}",
                                                       grid.axis(a).lower, support.lower[axis]));
    }
    if (grid.axis(a).upper > support.upper[axis]) {
      throw parameters.blame("grid.upper", fmt::format("{} lies beyond the process's border, {}",
                                                       grid.axis(a).upper, support.upper[axis]));
    }
  }
}

std::unique_ptr<Problem> ProcessProblemKind::build(const Parameters& parameters,
                                                   double refinement) const {
  Grid grid = grid_.build(parameters, refinement);
  const SharedProcess process = kind_->make(parameters, grid.dimension());
  require_support(parameters, grid, process->support());
  const Equation equation = equation_of(process);
  if (equation.is_tensor(grid.dimension())) {
    grid = grid_.build(parameters, refinement, halo_of(equation, grid, 0, parameters));
  }
  DensityParts parts{
      .equation = equation,
      .flux = &flux_weight(flux_),
      .initial = normalised(cell_means(*process->law(0), grid), parameters, "grid.upper")};
  if (process->law(1)) {
    parts.exact = [process, grid](double time) { return cell_means(*process->law(time), grid); };
  }
  return std::make_unique<ProcessProblem>(parameters, std::move(parts), process);
}

}  // namespace

Field cell_means(const Law& law, const Grid& grid) {
  return fill(grid, [&](const Index& cell) {
    Region region;
    for (int a = 0; a < grid.dimension(); ++a) {
      const auto axis = static_cast<std::size_t>(a);
      region.lower[axis] = grid.axis(a).face(cell[axis]);
      region.upper[axis] = grid.axis(a).face(cell[axis] + 1);
    }
    return law.probability(region) / grid.volume(cell);
  });
}

std::unique_ptr<ProblemKind> process_problem(const ProcessEntry& entry) {
  return std::make_unique<ProcessProblemKind>(entry.make());
}

}  // namespace feller

#include "studies/chain/printed_forms.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "problems/process_problem.hpp"
#include "problems/processes/mixture.hpp"
#include "solvers/functionals.hpp"

namespace feller {
namespace {

constexpr double beta = 0.1;

/// N(0, variance I).
Field normal_means(const Grid& grid, double variance) {
  const Spread along{0, 0, std::sqrt(variance)};
  const Mixture law{grid.dimension(), {Component{.along = {along, along, along}}}};
  return cell_means(law, grid);
}

/// All mass in the cell at the middle of the box.
Field in_one_cell(const Grid& grid) {
  Index middle{0, 0, 0};
  for (std::size_t a = 0; a < grid.axes().size(); ++a) middle[a] = grid.axes()[a].cells / 2;
  return fill(grid, [&](const Index& cell) { return cell == middle ? 1 / grid.volume(cell) : 0; });
}

/// Along x, of the cell means as they are: h^2/12 more than of the density.
double variance_along_x(const Field& p) {
  const Grid& grid = p.grid();
  const double mean = first_moment(p, 0);
  Field squares{grid};
  auto square = squares.values().begin();
  auto value = p.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const double x = grid.axis(0).centre(cell[0]) - mean;
    *square++ = *value++ * x * x;
  });
  return mass(squares);
}

Check refuted(std::string name, std::string claim, double measured, double tolerance,
              std::string statement, std::string misprint) {
  return {.name = std::move(name),
          .claim = std::move(claim),
          .measured = measured,
          .relation = Relation::greater,
          .bound = 10 * tolerance,
          .is_control = true,
          .statement = std::move(statement),
          .misprint = std::move(misprint)};
}

/// Two steps from one point, with independent noise; with one G the weights of G add up.
Check same_noise(const Grid& grid, double h2) {
  const ChainKernel kernel{grid, std::log1p(-beta)};
  const double found = variance_along_x(kernel.forward(kernel.forward(in_one_cell(grid))));
  const double sum = std::sqrt(beta) * (1 + std::sqrt(1 - beta)), printed = sum * sum;
  return refuted(
      "control_4_one_noise",
      fmt::format("(4) as printed, with one G for all steps: Var U_2 = {:.9f} for beta = "
                  "{:g}; by the kernels {:.9f}, apart by",
                  printed, beta, found),
      std::abs(printed - found), 1.5 * h2 / 12, "V1", "Peter 2023, (4)");
}

/// From step 1 to step 2 of beta_1 = 0.1, beta_2 = 0.2.
Check earlier_beta(const Grid& grid, double h2) {
  constexpr double next = 0.2;
  const Field u_1 = ChainKernel{grid, std::log1p(-beta)}.forward(in_one_cell(grid));
  const auto entropy_after = [&](double b) {
    return differential_entropy(ChainKernel{grid, std::log1p(-b)}.forward(u_1));
  };
  const double right = entropy_after(next), printed = entropy_after(beta);
  const double exact = normal_entropy(grid.dimension(), 1 - (1 - beta) * (1 - next));
  const double error = std::abs(right - exact) + 1.5 * h2 * grid.dimension() / 24;
  return refuted("control_11_index",
                 fmt::format("(11) as printed, beta_1 = {:g} in the step to U_2: H(U_2|U_0) = "
                             "{:.9f}; with beta_2 = {:g} it is {:.9f}, apart by",
                             beta, printed, next, right),
                 std::abs(printed - right), error, "V3", "Peter 2023, (11)");
}

Check scaled(const Grid& grid, double h2) {
  const int n = grid.dimension();
  const double found = differential_entropy(normal_means(grid, 1 - beta)) -
                       differential_entropy(normal_means(grid, 1));
  const double printed = std::log(1 - beta) / 2;
  return refuted("control_13_dimension",
                 fmt::format("(12)-(15) as printed, H(cX) - H(X) = ln c = {:.9f} for c^2 = {:g}; "
                             "found {:.9f}, n = {} times as much, apart by",
                             printed, 1 - beta, found, n),
                 std::abs(found - printed), 1.5 * h2 * n / 24 * beta, "V3",
                 "Peter 2023, (13)-(15)");
}

Check without_brackets(const Grid& grid, double h2) {
  const double inner =
      differential_entropy(ChainKernel{grid, std::log1p(-beta)}.forward(in_one_cell(grid)));
  return refuted(
      "control_17_brackets",
      fmt::format("(17) as printed, 1 + int H(U_1|u_0) du_0 without p(u_0): with each unit "
                  "of the range of u_0 it grows by H = {:.9f}, so that it is no number",
                  inner),
      std::abs(inner), 1.5 * h2 * grid.dimension() / 24, "V5", "Peter 2023, (17)");
}

/// What U_1 keeps of two laws of U_0, whose H(U_1|U_0) is the same.
Check same_for_all_data(const Grid& grid, double h2) {
  const int n = grid.dimension();
  const ChainKernel kernel{grid, std::log1p(-beta)};
  const auto information = [&](double variance) {
    return differential_entropy(kernel.forward(normal_means(grid, variance))) -
           normal_entropy(n, beta);
  };
  const double narrow = information(0.25), wide = information(1);
  return refuted(
      "control_conditional_entropy",
      fmt::format("H(U_1|U_0) = {:.9f} for all data, taken for what is lost of them: U_1 keeps "
                  "{:.9f} nat of N(0, I/4), {:.9f} of N(0, I), apart by",
                  normal_entropy(n, beta), narrow, wide),
      wide - narrow, 1.5 * h2 * n / 24 * 4, "V6",
      "Peter 2023, Proposition 2 (meaning of the conditional entropy)");
}

/// p(u_{i-1}|u_i = 0) for two humps, against the normal law of the same mean and variance.
Check reverse_step(const Grid& grid) {
  constexpr double wide_step = 0.5;
  const Mixture humps{
      1, {Component{.along = {Spread{-1, -1, 0.3}}}, Component{.along = {Spread{1, 1, 0.3}}}}};
  Field posterior = cell_means(humps, grid);
  auto value = posterior.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    const double x = grid.axis(0).centre(cell[0]);
    *value++ *= std::exp(-(1 - wide_step) * x * x / (2 * wide_step));
  });
  check(VecScale(posterior.vector(), 1 / mass(posterior)));
  const double variance = variance_along_x(posterior);
  const Field log_normal = fill(grid, [&](const Index& cell) {
    const double x = grid.axis(0).centre(cell[0]);
    return -(x * x / variance + std::log(2 * std::numbers::pi * variance)) / 2;
  });
  return refuted("control_gaussian_reversal",
                 fmt::format("p(u_0|u_1 = 0) for beta = {:g} and two humps at -1 and 1, taken for "
                             "Gaussian: KL to the normal law with its mean and variance",
                             wide_step),
                 relative_entropy(posterior, log_normal), 1e-12, "",
                 "Peter 2023, section 3.2 (Gaussian reverse transitions)");
}

}  // namespace

Checks printed_forms(const Problem& problem, const ChainEntropies& entropies) {
  const Grid& grid = problem.grid();
  const double h2 = entropies.square_width();
  Checks checks;
  if (!ChainKernel::resolves(grid, std::log1p(-beta))) return checks;
  checks.push_back(same_noise(grid, h2));
  checks.push_back(earlier_beta(grid, h2));
  if (grid.dimension() > 1) checks.push_back(scaled(grid, h2));
  checks.push_back(without_brackets(grid, h2));
  checks.push_back(same_for_all_data(grid, h2));
  if (grid.dimension() == 1) checks.push_back(reverse_step(grid));
  return checks;
}

}  // namespace feller

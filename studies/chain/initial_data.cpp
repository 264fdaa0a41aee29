#include "studies/chain/initial_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "discretisation/restriction.hpp"
#include "io/histogram.hpp"
#include "problems/processes/process.hpp"
#include "problems/processes/quadrature.hpp"
#include "solvers/functionals.hpp"
#include "solvers/marginals.hpp"
#include "studies/flow/accuracy.hpp"

namespace feller {
namespace {

constexpr double round_off = 1e-12;  ///< of sums over many cells

class LawData : public InitialData {
 public:
  LawData(const Grid& grid, std::unique_ptr<Law> law) : grid_{grid}, law_{std::move(law)} {}

  double below(int axis, int face) const override {
    Region region;
    region.upper[static_cast<std::size_t>(axis)] = grid_.axis(axis).face(face);
    return law_->probability(region);
  }
  std::optional<double> difference(const Field& density) const override;
  std::string words() const override { return "cells, against quadrature of the law's density"; }
  double tolerance() const override { return round_off; }

 private:
  Grid grid_;
  std::unique_ptr<Law> law_;
};

/// In one dimension, of laws whose density quadrature can find in a cell.
std::optional<double> LawData::difference(const Field& density) const {
  const Axis& axis = grid_.axis(0);
  const auto fisher = law_->fisher_information();
  if (!fisher || *fisher * axis.width(0) * axis.width(0) > 100) return std::nullopt;
  long double away = 0;
  for_each(grid_.owned(), [&](const Index& cell) {
    const auto at = [this](double x) { return law_->density({x, 0, 0}); };
    const double a = axis.face(cell[0]), b = axis.face(cell[0] + 1);
    away += std::abs(density[cell] * grid_.volume(cell) - integral(at, {a, b}, 1e-16));
  });
  return static_cast<double>(sum(grid_.comm(), away));
}

/// As much of a histogram as lies in the box, scaled to mass 1.
class BinData : public InitialData {
 public:
  BinData(const Grid& grid, Histogram histogram) : grid_{grid}, bins_{std::move(histogram)} {
    for (std::size_t a = 0, stride = 1; a < bins_.edges.size(); ++a) {
      clip(a, stride);
      stride *= bins_.bins(a);
    }
    double sum = 0;
    for (const double mass : bins_.mass) sum += mass;
    for (double& mass : bins_.mass) mass /= sum;
    for (std::size_t a = 0, stride = 1; a < bins_.edges.size(); stride *= bins_.bins(a++)) {
      std::vector<double> layers(bins_.bins(a));
      for (std::size_t b = 0; b < bins_.mass.size(); ++b) {
        layers[b / stride % layers.size()] += bins_.mass[b];
      }
      layers_.push_back(std::move(layers));
    }
  }

  double below(int axis, int face) const override {
    const auto a = static_cast<std::size_t>(axis);
    const auto& edges = bins_.edges[a];
    const double x = grid_.axis(axis).face(face);
    long double sum = 0;
    for (std::size_t i = 0; i < layers_[a].size(); ++i) {
      const double low = edges[i], high = edges[i + 1];
      if (high > low) sum += layers_[a][i] * std::clamp((x - low) / (high - low), 0.0, 1.0);
    }
    return static_cast<double>(sum);
  }
  std::optional<double> difference(const Field& density) const override;
  std::string words() const override { return "bins of the histogram"; }
  double tolerance() const override { return round_off; }

 private:
  void clip(std::size_t a, std::size_t stride) {
    const Axis& axis = grid_.axes()[a];
    auto& edges = bins_.edges[a];
    auto clipped = edges;
    for (double& edge : clipped) edge = std::clamp(edge, axis.lower, axis.upper);
    for (std::size_t b = 0; b < bins_.mass.size(); ++b) {
      const std::size_t i = b / stride % bins_.bins(a);
      bins_.mass[b] *= (clipped[i + 1] - clipped[i]) / (edges[i + 1] - edges[i]);
    }
    edges = std::move(clipped);
  }
  bool made_of_cells() const {
    for (std::size_t a = 0; a < bins_.edges.size(); ++a) {
      const Axis& axis = grid_.axes()[a];
      for (const double edge : bins_.edges[a]) {
        const double faces = (edge - axis.lower) / axis.width(0);
        if (std::abs(faces - std::round(faces)) > 1e-9) return false;
      }
    }
    return true;
  }

  Grid grid_;
  Histogram bins_;
  std::vector<std::vector<double>> layers_;  ///< masses along each axis
};

std::optional<double> BinData::difference(const Field& density) const {
  if (!made_of_cells()) return std::nullopt;
  std::vector<double> found(bins_.mass.size());
  auto value = density.values().begin();
  for_each(grid_.owned(), [&](const Index& cell) {
    const double mass = *value++ * grid_.volume(cell);
    std::size_t bin = 0, stride = 1;
    for (std::size_t a = 0; a < bins_.edges.size(); ++a) {
      const auto& edges = bins_.edges[a];
      const double x = grid_.axes()[a].centre(cell[a]);
      const auto above = std::ranges::upper_bound(edges, x) - edges.begin();
      if (above == 0 || above == std::ssize(edges)) return;  // beyond all bins
      bin += stride * static_cast<std::size_t>(above - 1);
      stride *= bins_.bins(a);
    }
    found[bin] += mass;
  });
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, found.data(), static_cast<int>(found.size()), MPI_DOUBLE,
                          MPI_SUM, grid_.comm()));
  double sum = 0;
  for (std::size_t b = 0; b < found.size(); ++b) sum += std::abs(found[b] - bins_.mass[b]);
  return sum;
}

/// Three Gauss points a cell: h^6/2016000 times the sixth derivative; 1.5 for what comes after it.
class FormulaData : public InitialData {
 public:
  FormulaData(const Field& coarse, const Field& fine)
      : data_{densities_of(restricted(masses_of(fine), coarse.grid()))},
        tolerance_{round_off + 1.5 * roughness(coarse, 3) / 2016000} {
    for (int a = 0; a < coarse.grid().dimension(); ++a) {
      std::vector<double> sums{0};
      for (const double mass : marginal_masses(data_, a)) sums.push_back(sums.back() + mass);
      below_.push_back(std::move(sums));
    }
  }
  double below(int axis, int face) const override {
    return below_[static_cast<std::size_t>(axis)][static_cast<std::size_t>(face)];
  }
  std::optional<double> difference(const Field& density) const override {
    return l1_distance(density, data_);
  }
  std::string words() const override { return "cells, against the formula on twice as many"; }
  double tolerance() const override { return tolerance_; }

 private:
  Field data_;
  double tolerance_;
  std::vector<std::vector<double>> below_;
};

/// What the file or the command line says of a key, resolved.
std::string text_of(const Parameters& parameters, const std::string& key) {
  for (const auto& [name, value] : parameters.resolved()) {
    if (name == key && std::holds_alternative<std::string>(value)) {
      return std::get<std::string>(value);
    }
  }
  return "";
}

}  // namespace

std::unique_ptr<InitialData> initial_data(const Experiment& experiment) {
  const Problem& problem = experiment.problem();
  const Parameters& parameters = experiment.parameters();
  const Grid& grid = problem.grid();
  if (const Process* process = problem.process()) {
    const double outside = *exact_mass_outside(problem, 0);
    if (outside > round_off) {
      throw parameters.blame("grid.upper",
                             fmt::format("the box loses {:.3g} of the initial state, must be at "
                                         "most {:g}",
                                         outside, round_off));
    }
    return std::make_unique<LawData>(grid, process->law(0));
  }
  const std::string file = text_of(parameters, "problem.initial_file");
  if (!file.empty()) {
    const std::string dataset = text_of(parameters, "problem.initial_dataset");
    return std::make_unique<BinData>(grid, read_histogram(grid.comm(), file, dataset));
  }
  return std::make_unique<FormulaData>(problem.initial(0),
                                       experiment.refined_problem(2)->initial(0));
}

}  // namespace feller

#include "problems/processes/histogram_population.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <numeric>

#include "io/histogram.hpp"

namespace feller {
namespace {

Component bin_of(const Histogram& histogram, std::size_t number, double weight) {
  Component bin{.weight = weight};
  for (std::size_t a = 0; a < histogram.edges.size(); ++a) {
    const std::size_t i = number % histogram.bins(a);
    number /= histogram.bins(a);
    bin.along[a] = {histogram.edges[a][i], histogram.edges[a][i + 1], 0};
  }
  return bin;
}

void require_fit(const Histogram& histogram, int dimension) {
  if (histogram.dimension() != dimension) {
    throw InputError(fmt::format("is a histogram of {} axes, but grid.cells has {}",
                                 histogram.dimension(), dimension));
  }
  const auto filled = std::ranges::count_if(histogram.mass, [](double m) { return m > 0; });
  if (static_cast<std::size_t>(filled) > most_bins) {
    throw InputError(fmt::format("has {} bins that are not empty, at most {} can be a population",
                                 filled, most_bins));
  }
}

}  // namespace

std::vector<Component> histogram_population(const Parameters& parameters, const std::string& key,
                                            const std::filesystem::path& file,
                                            const std::string& dataset, int dimension) {
  const MPI_Comm comm = PETSC_COMM_WORLD;
  try {
    const Histogram histogram = read_histogram(comm, file, dataset);
    require_fit(histogram, dimension);
    const double total = std::accumulate(histogram.mass.begin(), histogram.mass.end(), 0.0);
    std::vector<Component> bins;
    for (std::size_t b = 0; b < histogram.mass.size(); ++b) {
      if (histogram.mass[b] == 0) continue;
      bins.push_back(bin_of(histogram, b, histogram.mass[b] / total));
    }
    if (rank_of(comm) == 0) {
      spdlog::info("{}: {} of {} bins are not empty, their sum {:g} is scaled to 1",
                   file.filename().string(), bins.size(), histogram.mass.size(), total);
    }
    return bins;
  } catch (const InputError& error) {
    throw parameters.blame(key, error.what());
  }
}

}  // namespace feller

#include "io/histogram.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <new>
#include <numeric>
#include <system_error>

#include "io/histogram_formats.hpp"

namespace feller {
namespace detail {
namespace {

constexpr double round_off = 1e-12;  // of the largest value

/// Values times the sizes of their bins.
void multiply_by_sizes(const Histogram& bins, std::vector<double>& values) {
  std::size_t stride = 1;
  for (std::size_t a = 0; a < bins.edges.size(); ++a) {
    const auto& edges = bins.edges[a];
    for (std::size_t b = 0; b < values.size(); ++b) {
      const std::size_t i = b / stride % bins.bins(a);
      values[b] *= edges[i + 1] - edges[i];
    }
    stride *= bins.bins(a);
  }
}

}  // namespace

void reject(const std::string& where, const std::string& words) {
  throw InputError(fmt::format("{}: {}", where, words));
}

void require_ascending(const std::vector<double>& numbers, const std::string& where) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i])) reject(where, fmt::format("{} is not finite", numbers[i]));
    if (i > 0 && !(numbers[i - 1] < numbers[i])) {
      reject(where, fmt::format("must ascend, but {} follows {}", numbers[i], numbers[i - 1]));
    }
  }
}

std::vector<double> edges_around(const std::vector<double>& centres, const std::string& where) {
  require_ascending(centres, where);
  if (centres.size() < 2) reject(where, "one centre alone does not tell how large its bin is");
  std::vector<double> edges{centres[0] - (centres[1] - centres[0]) / 2};
  for (std::size_t i = 1; i < centres.size(); ++i) {
    edges.push_back(std::midpoint(centres[i - 1], centres[i]));
  }
  edges.push_back(centres.back() + (centres.back() - edges.back()));
  return edges;
}

Histogram make_histogram(std::vector<std::vector<double>> edges, std::vector<double> values,
                         Meaning meaning, const std::string& source,
                         const std::function<std::string(std::size_t)>& where) {
  const double largest = values.empty() ? 0 : *std::ranges::max_element(values);
  for (std::size_t b = 0; b < values.size(); ++b) {
    if (std::isnan(values[b])) reject(where(b), "the value is nan, must be finite");
    if (!std::isfinite(values[b])) {
      reject(where(b), fmt::format("the value is {}, must be finite", values[b]));
    }
    if (values[b] < -round_off * largest || (values[b] < 0 && largest <= 0)) {
      reject(where(b), fmt::format("the value is {}, must be >= 0", values[b]));
    }
    values[b] = std::max(values[b], 0.0);
  }
  Histogram histogram{std::move(edges), {}};
  if (meaning == Meaning::density) multiply_by_sizes(histogram, values);
  histogram.mass = std::move(values);
  const double total = std::reduce(histogram.mass.begin(), histogram.mass.end());
  if (!(total > 0)) reject(source, "all values are zero");
  if (!std::isfinite(total)) reject(source, "the sum of all values is beyond 1e308: scale them");
  return histogram;
}

}  // namespace detail

namespace {

bool is_hdf5(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream)
    detail::reject(file.string(), "cannot be read: " + std::generic_category().message(errno));
  if (std::filesystem::is_directory(file)) detail::reject(file.string(), "is a folder");
  return H5Fis_hdf5(file.c_str()) > 0;
}

void share(MPI_Comm comm, std::vector<double>& numbers) {
  auto size = static_cast<unsigned long long>(numbers.size());
  check_mpi(MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG_LONG, 0, comm));
  numbers.resize(size);
  check_mpi(MPI_Bcast(numbers.data(), static_cast<int>(size), MPI_DOUBLE, 0, comm));
}

}  // namespace

Histogram read_histogram(const std::filesystem::path& file, const std::string& dataset) {
  try {
    return is_hdf5(file) ? detail::read_hdf5_histogram(file, dataset)
                         : detail::read_csv_histogram(file);
  } catch (const IoError& error) {
    detail::reject(file.string(), error.what());
  } catch (const std::bad_alloc&) {
    detail::reject(file.string(), "does not fit into memory");
  }
}

Histogram read_histogram(MPI_Comm comm, const std::filesystem::path& file,
                         const std::string& dataset) {
  Histogram histogram;
  agree_on(comm, [&] {
    if (rank_of(comm) == 0) histogram = read_histogram(file, dataset);
  });
  int dimension = histogram.dimension();
  check_mpi(MPI_Bcast(&dimension, 1, MPI_INT, 0, comm));
  histogram.edges.resize(static_cast<std::size_t>(dimension));
  for (auto& edges : histogram.edges) share(comm, edges);
  share(comm, histogram.mass);
  return histogram;
}

}  // namespace feller

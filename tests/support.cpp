#include "tests/support.hpp"

#include <algorithm>
#include <boost/property_tree/json_parser.hpp>
#include <cmath>
#include <stdexcept>

#include "problems/registry.hpp"

namespace feller::test {
namespace {

std::unique_ptr<ProblemKind> kind_of(const StudyFile& file) {
  for (const auto& entry : problem_kinds()) {
    if (entry.name == file.find("problem.kind")->value) return entry.make();
  }
  throw std::invalid_argument("no such problem");
}

using Precise = std::vector<std::vector<long double>>;

Precise product(const Precise& a, const Precise& b) {
  const std::size_t n = a.size();
  Precise c(n, std::vector<long double>(n, 0));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) {
      if (a[i][k] == 0) continue;
      for (std::size_t j = 0; j < n; ++j) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

}  // namespace

BuiltProblem::BuiltProblem(const std::string& text, double refinement)
    : file_{std::string{FELLER_SOURCE_DIR} + "/studies/test.ini", text}, kind_{kind_of(file_)} {
  static std::string problem;  // the key is declared by the program's own options
  parameters_.add("problem.kind", problem, {.meaning = "kind"});
  kind_->declare(parameters_);
  parameters_.read(file_);
  problem_ = kind_->build(parameters_, refinement);
}

Dense dense(Mat matrix, const Grid& grid) {
  const auto n = static_cast<std::size_t>(grid.cells());
  // Natural numbers of PETSc's rows, known where the row lives.
  std::vector<double> natural_of(n, 0);
  PetscInt first = 0, last = 0;
  check(MatGetOwnershipRange(matrix, &first, &last));
  std::size_t row = static_cast<std::size_t>(first);
  for_each(grid.owned(),
           [&](const Index& cell) { natural_of[row++] = static_cast<double>(grid.natural(cell)); });
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, natural_of.data(), static_cast<int>(n), MPI_DOUBLE, MPI_SUM,
                          grid.comm()));
  const auto at = [&](PetscInt i) {
    return static_cast<std::size_t>(natural_of[static_cast<std::size_t>(i)]);
  };
  std::vector<double> flat(n * n, 0);
  for (PetscInt i = first; i < last; ++i) {
    PetscInt count = 0;
    const PetscInt* columns = nullptr;
    const double* values = nullptr;
    check(MatGetRow(matrix, i, &count, &columns, &values));
    for (PetscInt j = 0; j < count; ++j) flat[at(i) * n + at(columns[j])] += values[j];
    check(MatRestoreRow(matrix, i, &count, &columns, &values));
  }
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, flat.data(), static_cast<int>(n * n), MPI_DOUBLE, MPI_SUM,
                          grid.comm()));
  Dense result;
  for (std::size_t i = 0; i < n; ++i) {
    const auto begin = flat.begin() + static_cast<std::ptrdiff_t>(i * n);
    result.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(n));
  }
  return result;
}

Dense exponential(const Dense& a) {
  const std::size_t n = a.size();
  double norm = 0;
  for (const auto& row : a) {
    double total = 0;
    for (const double value : row) total += std::abs(value);
    norm = std::max(norm, total);
  }
  const int squarings = std::max(0, static_cast<int>(std::ceil(std::log2(norm))) + 3);
  Precise scaled(n, std::vector<long double>(n)), term(n, std::vector<long double>(n, 0)), sum;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) scaled[i][j] = std::ldexp((long double)a[i][j], -squarings);
    term[i][i] = 1;
  }
  sum = term;
  for (int k = 1; k <= 20; ++k) {
    term = product(term, scaled);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) sum[i][j] += term[i][j] /= k;
    }
  }
  for (int s = 0; s < squarings; ++s) sum = product(sum, sum);
  Dense result(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) result[i][j] = static_cast<double>(sum[i][j]);
  }
  return result;
}

std::vector<double> times(const Dense& a, const std::vector<double>& x) {
  std::vector<double> y;
  for (const auto& row : a) {
    long double total = 0;
    for (std::size_t j = 0; j < x.size(); ++j) total += (long double)row[j] * x[j];
    y.push_back(static_cast<double>(total));
  }
  return y;
}

std::vector<double> everywhere(const Field& field) {
  const Grid& grid = field.grid();
  std::vector<double> all(static_cast<std::size_t>(grid.cells()), 0);
  auto value = field.values().begin();
  for_each(grid.owned(), [&](const Index& cell) {
    all[static_cast<std::size_t>(grid.natural(cell))] = *value++;
  });
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE,
                          MPI_SUM, grid.comm()));
  return all;
}

Field from_natural(const Grid& grid, const std::vector<double>& values) {
  return fill(grid, [&](const Index& cell) {
    return values.at(static_cast<std::size_t>(grid.natural(cell)));
  });
}

Json reference(const std::string& file) {
  Json json;
  boost::property_tree::read_json(std::string{FELLER_SOURCE_DIR} + "/tests/reference/" + file,
                                  json);
  return json;
}

std::vector<double> numbers(const Json& array) {
  std::vector<double> list;
  for (const auto& entry : array) list.push_back(entry.second.get_value<double>());
  return list;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) throw std::invalid_argument("lists of unequal length");
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= most)) most = std::abs(a[i] - b[i]);
  }
  return most;
}

double richardson(std::vector<double> values, const std::vector<int>& powers) {
  for (const int power : powers) {
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
      values[i] = values[i + 1] + (values[i + 1] - values[i]) / (std::ldexp(1.0, power) - 1);
    }
    values.pop_back();
  }
  return values.back();
}

double slope(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double u = std::log(x[i]), v = std::log(y[i]);
    sx += u;
    sy += v;
    sxx += u * u;
    sxy += u * v;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

}  // namespace feller::test

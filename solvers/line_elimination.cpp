#include "solvers/line_elimination.hpp"

namespace feller {
namespace {

/// A line's values on every rank: ranks follow each other along it.
std::vector<double> gathered(const Field& field) {
  const MPI_Comm comm = field.grid().comm();
  const auto mine = field.values();
  const int count = static_cast<int>(mine.size());
  std::vector<int> counts(static_cast<std::size_t>(size_of(comm)));
  check_mpi(MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, comm));
  std::vector<int> starts{0};
  for (const int n : counts) starts.push_back(starts.back() + n);
  std::vector<double> all(static_cast<std::size_t>(starts.back()));
  check_mpi(MPI_Allgatherv(mine.data(), count, MPI_DOUBLE, all.data(), counts.data(), starts.data(),
                           MPI_DOUBLE, comm));
  return all;
}

}  // namespace

bool LineElimination::suits(const JumpRates& rates) {
  return rates.grid().dimension() == 1 && !rates.grid().axis(0).is_periodic();
}

LineElimination::LineElimination(const JumpRates& rates) : grid_{rates.grid()} {
  const Faces& faces = rates.families().front();
  up_ = gathered(faces.forth);
  down_ = gathered(faces.back);
  const std::vector<double> killing = gathered(rates.killing());
  // back of the face above i is the rate down from i + 1.
  down_.insert(down_.begin(), 0);
  long double killed = 0;
  for (std::size_t i = 0; i < up_.size(); ++i) {
    killed = killing[i] + (i > 0 ? down_[i] * killed / pivots_.back() : 0);
    pivots_.push_back(up_[i] + killed);
  }
}

Field LineElimination::scattered(const std::vector<long double>& all) const {
  return fill(grid_, [&](const Index& cell) {
    return static_cast<double>(all[static_cast<std::size_t>(cell[0])]);
  });
}

Field LineElimination::solve_backward(const Field& b) const {
  const std::vector<double> right = gathered(b);
  const std::size_t n = right.size();
  std::vector<long double> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = (right[i] + (i > 0 ? down_[i] * x[i - 1] : 0)) / pivots_[i];
  }
  for (std::size_t i = n - 1; i > 0; --i) x[i - 1] += up_[i - 1] / pivots_[i - 1] * x[i];
  return scattered(x);
}

Field LineElimination::solve_forward(const Field& b) const {
  const std::vector<double> right = gathered(b);
  const std::size_t n = right.size();
  std::vector<long double> m(n);
  for (std::size_t i = 0; i < n; ++i) {
    m[i] = (right[i] + (i > 0 ? up_[i - 1] * m[i - 1] : 0)) / pivots_[i];
  }
  for (std::size_t i = n - 1; i > 0; --i) m[i - 1] += down_[i] / pivots_[i - 1] * m[i];
  return scattered(m);
}

}  // namespace feller

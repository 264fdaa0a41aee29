#include "solvers/least_squares.hpp"

#include <fmt/format.h>
#include <petscblaslapack.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace feller {
namespace {

std::size_t area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

/// R of matrix = Q R, columns x columns, rows below that of the matrix being 0.
std::vector<double> factor(std::vector<double> matrix, int rows, int columns) {
  std::vector<double> r(area(columns, columns));
  if (rows == 0) return r;
  PetscBLASInt m = rows, n = columns, room = 64 * columns, failed = 0;
  std::vector<double> tau(static_cast<std::size_t>(columns)), work(static_cast<std::size_t>(room));
  LAPACKgeqrf_(&m, &n, matrix.data(), &m, tau.data(), work.data(), &room, &failed);
  if (failed != 0) throw LibraryError("LAPACK's geqrf failed");
  for (int k = 0; k < columns; ++k) {
    for (int i = 0; i <= std::min(k, rows - 1); ++i) {
      r[area(k, columns) + static_cast<std::size_t>(i)] =
          matrix[area(k, rows) + static_cast<std::size_t>(i)];
    }
  }
  return r;
}

/// Of an array of a vector, as it is on this rank.
class Entries {
 public:
  explicit Entries(Vec vector) : vector_{vector} { check(VecGetArray(vector, &values_)); }
  ~Entries() { VecRestoreArray(vector_, &values_); }
  Entries(const Entries&) = delete;
  Entries& operator=(const Entries&) = delete;
  double* data() const { return values_; }

 private:
  Vec vector_;
  double* values_ = nullptr;
};

/// All of a short distributed vector, on every rank.
std::vector<double> gathered(MPI_Comm comm, Vec vector, int size) {
  std::vector<double> all(static_cast<std::size_t>(size));
  PetscInt begin = 0, end = 0;
  check(VecGetOwnershipRange(vector, &begin, &end));
  {
    const Entries own{vector};
    std::copy(own.data(), own.data() + (end - begin), all.begin() + begin);
  }
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, all.data(), size, MPI_DOUBLE, MPI_SUM, comm));
  return all;
}

}  // namespace

std::vector<double> singular_values(std::vector<double> matrix, int rows, int columns) {
  auto r = factor(std::move(matrix), rows, columns);
  std::vector<double> values(static_cast<std::size_t>(columns));
  PetscBLASInt n = columns, one = 1, room = 64 * columns, failed = 0;
  std::vector<double> work(static_cast<std::size_t>(room));
  double none = 0;
  LAPACKgesvd_("N", "N", &n, &n, r.data(), &n, values.data(), &none, &one, &none, &one, work.data(),
               &room, &failed);
  if (failed != 0) throw LibraryError("LAPACK's gesvd did not converge");
  return values;
}

double condition(std::span<const double> singular_values) {
  const double least = singular_values.back();
  return least > 0 ? singular_values.front() / least : std::numeric_limits<double>::infinity();
}

LeastSquares::LeastSquares(MPI_Comm comm, int rows, int columns, std::vector<double> entries)
    : comm_{comm}, rows_{rows}, columns_{columns}, entries_{std::move(entries)} {
  if (entries_.size() != area(rows, columns)) {
    throw std::invalid_argument("least squares: entries do not match rows and columns");
  }
  check(MatCreateDense(comm, rows, PETSC_DECIDE, PETSC_DETERMINE, columns, entries_.data(),
                       matrix_.put()));
  check(MatAssemblyBegin(matrix_.get(), MAT_FINAL_ASSEMBLY));
  check(MatAssemblyEnd(matrix_.get(), MAT_FINAL_ASSEMBLY));
}

LeastSquares::Fit LeastSquares::solve(std::span<const double> b, double tolerance) const {
  VectorHandle right, solution;
  check(MatCreateVecs(matrix_.get(), solution.put(), right.put()));
  std::copy(b.begin(), b.end(), Entries{right.get()}.data());
  KrylovHandle krylov;
  check(KSPCreate(comm_, krylov.put()));
  check(KSPSetType(krylov.get(), KSPLSQR));
  check(KSPSetOperators(krylov.get(), matrix_.get(), matrix_.get()));
  check(KSPLSQRSetExactMatNorm(krylov.get(), PETSC_TRUE));
  check(KSPSetTolerances(krylov.get(), tolerance, PETSC_DEFAULT, PETSC_DEFAULT, 100'000));
  PC preconditioner = nullptr;
  check(KSPGetPC(krylov.get(), &preconditioner));
  check(PCSetType(preconditioner, PCNONE));
  check(KSPSetFromOptions(krylov.get()));
  check(KSPSolve(krylov.get(), right.get(), solution.get()));
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  check(KSPGetConvergedReason(krylov.get(), &reason));
  if (reason < 0) {
    const char* text = nullptr;
    check(KSPGetConvergedReasonString(krylov.get(), &text));
    throw SolverError(fmt::format("least squares: {}", text));
  }
  Fit fit{.coefficients = gathered(comm_, solution.get(), columns_)};
  PetscInt iterations = 0;
  check(KSPGetIterationNumber(krylov.get(), &iterations));
  fit.iterations = static_cast<int>(iterations);
  check(VecScale(right.get(), -1));
  check(MatMultAdd(matrix_.get(), solution.get(), right.get(), right.get()));
  judge(right.get(), fit);
  return fit;
}

void LeastSquares::judge(Vec residual, Fit& fit) const {
  VectorHandle normal;
  check(MatCreateVecs(matrix_.get(), normal.put(), nullptr));
  check(MatMultTranspose(matrix_.get(), residual, normal.get()));
  double size = 0, matrix = 0, slope = 0;
  check(VecNorm(residual, NORM_2, &size));
  check(VecNorm(normal.get(), NORM_2, &slope));
  check(MatNorm(matrix_.get(), NORM_FROBENIUS, &matrix));
  PetscInt rows = 0;
  check(MatGetSize(matrix_.get(), &rows, nullptr));
  fit.residual = size / std::sqrt(static_cast<double>(rows));
  fit.orthogonality = slope > 0 ? slope / (matrix * size) : 0;
}

std::vector<double> LeastSquares::singular_values() const {
  const auto own = factor(entries_, rows_, columns_);
  const int ranks = size_of(comm_), size = static_cast<int>(own.size());
  std::vector<double> all(own.size() * static_cast<std::size_t>(ranks));
  check_mpi(MPI_Allgather(own.data(), size, MPI_DOUBLE, all.data(), size, MPI_DOUBLE, comm_));
  std::vector<double> stack(all.size());
  const int height = ranks * columns_;
  for (int rank = 0; rank < ranks; ++rank) {
    for (int k = 0; k < columns_; ++k) {
      const auto from = all.begin() + rank * size + k * columns_;
      std::copy(from, from + columns_, stack.begin() + k * height + rank * columns_);
    }
  }
  auto values = feller::singular_values(std::move(stack), height, columns_);
  PetscInt rows = 0;
  check(MatGetSize(matrix_.get(), &rows, nullptr));
  for (double& value : values) value /= std::sqrt(static_cast<double>(rows));
  return values;
}

}  // namespace feller

#include "solvers/eigenmodes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/mode_pair.hpp"
#include "solvers/slepc.hpp"
#include "solvers/steady_state.hpp"

namespace feller {
namespace {

constexpr double mode_tolerance = 1e-12;

VectorHandle root_of_weight(const Generator& generator) {
  VectorHandle root;
  const Vec log_weight = generator.log_weight().vector();
  check(VecDuplicate(log_weight, root.put()));
  check(VecCopy(log_weight, root.get()));
  check(VecScale(root.get(), 0.5));
  check(VecExp(root.get()));
  return root;
}

/// A shift below the spectrum keeps the factored matrix positive definite. Its distance is about
/// that of the slowest diffusive mode: much closer, and a null mode would drown the others.
double shift(const Generator& generator) {
  double longest = 1;
  for (const auto& axis : generator.grid().axes()) longest = std::max(longest, 1.0 * axis.cells);
  return -generator.largest_outflow() / (longest * longest);
}

PC use_shift_and_invert(EPS eigen, double target, const char* factorisation) {
  ST transform = nullptr;
  KSP krylov = nullptr;
  PC factor = nullptr;
  check(EPSSetTarget(eigen, target));
  check(EPSSetWhichEigenpairs(eigen, EPS_TARGET_MAGNITUDE));
  check(EPSGetST(eigen, &transform));
  check(STSetType(transform, STSINVERT));
  check(STGetKSP(transform, &krylov));
  check(KSPSetType(krylov, KSPPREONLY));
  check(KSPGetPC(krylov, &factor));
  check(PCSetType(factor, factorisation));
  return factor;
}

/// The `count` slowest modes of the symmetric matrix of a reversible generator, without the null
/// vector if that is known.
EigenHandle solve_symmetric(const Generator& generator, int count, double tolerance) {
  start_slepc();
  const MatrixHandle symmetric = generator.symmetrised();
  check(MatScale(symmetric.get(), -1));
  check(MatSetOption(symmetric.get(), MAT_SYMMETRIC, PETSC_TRUE));
  const MPI_Comm comm = generator.grid().comm();
  EigenHandle eigen;
  check(EPSCreate(comm, eigen.put()));
  check(EPSSetOperators(eigen.get(), symmetric.get(), nullptr));
  check(EPSSetProblemType(eigen.get(), EPS_HEP));
  if (generator.conserves_mass()) {
    const VectorHandle root = root_of_weight(generator);
    Vec deflated = root.get();
    check(EPSSetDeflationSpace(eigen.get(), 1, &deflated));
  }
  check(EPSSetDimensions(eigen.get(), count, PETSC_DEFAULT, PETSC_DEFAULT));
  check(EPSSetTolerances(eigen.get(), tolerance, PETSC_DEFAULT));
  const PC factor = use_shift_and_invert(eigen.get(), shift(generator), PCCHOLESKY);
  check(PCFactorSetMatSolverType(factor, size_of(comm) == 1 ? MATSOLVERCHOLMOD : MATSOLVERMUMPS));
  check(EPSSolve(eigen.get()));
  return eigen;
}

int require_converged(EPS eigen, int count) {
  PetscInt found = 0;
  check(EPSGetConverged(eigen, &found));
  if (found < count) {
    throw SolverError(
        fmt::format("{} of {} eigenvalues were found: the eigensolver did not converge",
                    static_cast<int>(found), count));
  }
  return static_cast<int>(found);
}

void append(Eigenmodes& modes, const Generator& generator, ModePair pair) {
  pair.normalise();
  modes.rates.push_back(pair.rate());
  modes.residuals.push_back(pair.residual(generator));
  modes.left_residuals.push_back(pair.left_residual(generator));
  modes.right.push_back(pair.right.real);
  modes.left.push_back(pair.left.real);
  if (!pair.is_complex()) return;
  modes.rates.push_back(std::conj(pair.rate()));
  modes.residuals.push_back(modes.residuals.back());
  modes.left_residuals.push_back(modes.left_residuals.back());
  modes.right.push_back(*pair.right.imaginary);
  modes.left.push_back(*pair.left.imaginary);
}

std::vector<ModePair> reversible_pairs(const Generator& generator, int count) {
  const EigenHandle eigen = solve_symmetric(generator, count, mode_tolerance);
  std::vector<ModePair> pairs;
  for (int i = 0; i < require_converged(eigen.get(), count); ++i) {
    Field s{generator.grid()};
    check(EPSGetEigenvector(eigen.get(), i, s.vector(), nullptr));
    pairs.push_back(reversible_pair(generator, s));
  }
  return pairs;
}

/// The slowest modes of a matrix G = A or A^T, of each complex pair that of Im lambda > 0.
struct FoundMode {
  std::complex<double> rate;
  Mode mode;
};

std::vector<FoundMode> slowest_modes(const Generator& generator, Mat matrix, int count) {
  start_slepc();
  MatrixHandle negative;
  check(MatDuplicate(matrix, MAT_COPY_VALUES, negative.put()));
  check(MatScale(negative.get(), -1));
  EigenHandle eigen;
  check(EPSCreate(generator.grid().comm(), eigen.put()));
  check(EPSSetOperators(eigen.get(), negative.get(), nullptr));
  check(EPSSetProblemType(eigen.get(), EPS_NHEP));
  check(EPSSetDimensions(eigen.get(), count, PETSC_DEFAULT, PETSC_DEFAULT));
  check(EPSSetTolerances(eigen.get(), mode_tolerance, 1000));
  const PC factor = use_shift_and_invert(eigen.get(), shift(generator), PCLU);
  check(PCFactorSetMatSolverType(factor, MATSOLVERMUMPS));
  check(EPSSolve(eigen.get()));
  std::vector<FoundMode> modes;
  for (int i = 0; i < require_converged(eigen.get(), count); ++i) {
    PetscScalar real = 0, imaginary = 0;
    Field x{generator.grid()}, y{generator.grid()};
    check(EPSGetEigenpair(eigen.get(), i, &real, &imaginary, x.vector(), y.vector()));
    if (imaginary < 0) continue;
    modes.push_back({{real, imaginary}, {std::move(x), {}}});
    if (imaginary > 0) modes.back().mode.imaginary = std::move(y);
  }
  return modes;
}

/// SLEPc's two-sided solver gave wrong left vectors for some pairs, so each side is solved by
/// itself and modes of one rate are put together.
std::vector<ModePair> other_pairs(const Generator& generator, int count) {
  // A spare one, as a pair may be parted at the end on one side only.
  const int wanted = std::min(count + 1, static_cast<int>(generator.grid().cells()));
  auto right = slowest_modes(generator, generator.forward(), wanted);
  auto left = slowest_modes(generator, generator.backward(), wanted);
  std::vector<ModePair> pairs;
  int modes = 0;
  for (auto& r : right) {
    if (modes >= count) break;
    const auto l = std::ranges::min_element(
        left, {}, [&](const FoundMode& found) { return std::abs(found.rate - r.rate); });
    if (l == left.end() ||
        std::abs(l->rate - r.rate) > 1e-6 * std::abs(shift(generator) - r.rate)) {
      throw SolverError(fmt::format("no left mode was found for the eigenvalue {:.6g} + {:.6g}i",
                                    r.rate.real(), r.rate.imag()));
    }
    modes += r.rate.imag() > 0 ? 2 : 1;
    pairs.push_back(general_pair(generator, std::move(r.mode), std::move(l->mode)));
    left.erase(l);
  }
  return pairs;
}

ModePair stationary_pair(const Generator& generator) {
  Field masses = masses_of(steady_state(generator, 1, {}).density);
  return ModePair{{std::move(masses), {}}, {Field{generator.grid(), 1}, {}}, 0};
}

}  // namespace

Eigenmodes eigenmodes(const Generator& generator, int count) {
  if (count >= generator.grid().cells()) {
    throw InputError(fmt::format("must be < {}, the number of cells", generator.grid().cells()));
  }
  const bool known = generator.conserves_mass();
  std::vector<ModePair> pairs;
  if (generator.reversible()) {
    if (count > (known ? 1 : 0)) pairs = reversible_pairs(generator, count - (known ? 1 : 0));
    if (known) pairs.push_back(stationary_pair(generator));
  } else {
    pairs = other_pairs(generator, count);
    if (known) {
      const auto least = std::ranges::min_element(
          pairs, {}, [](const ModePair& pair) { return std::abs(pair.rate()); });
      *least = stationary_pair(generator);
    }
  }
  std::ranges::stable_sort(pairs, {}, [](const ModePair& pair) { return pair.rate().real(); });
  Eigenmodes modes;
  for (auto& pair : pairs) {
    if (static_cast<int>(modes.rates.size()) < count) append(modes, generator, std::move(pair));
  }
  return modes;
}

double spectral_gap(const Generator& generator) {
  if (generator.grid().cells() < 2) throw SolverError("one cell has no spectral gap");
  const EigenHandle eigen = solve_symmetric(generator, 1, 1e-10);
  require_converged(eigen.get(), 1);
  PetscScalar gap = 0;
  check(EPSGetEigenvalue(eigen.get(), 0, &gap, nullptr));
  return gap;
}

}  // namespace feller

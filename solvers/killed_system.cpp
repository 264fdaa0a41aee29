#include "solvers/killed_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/factorisation.hpp"
#include "solvers/linear_solver.hpp"

namespace feller {
namespace {

constexpr int most_corrections = 40;
constexpr double settled = 1e-16;
constexpr double hopeless = 1e-10;

/// A field in two doubles, high + low, with its ghosts.
struct Doubled {
  Ghosted high, low;
  Doubled(const Field& h, const Field& l) : high{h}, low{l} {}
};

/// The residual of one row and what it is to be compared with.
struct Row {
  long double residual = 0;
  long double size = 0;

  void add(long double rate, long double value) { residual += rate * value; }
  void weigh(double rate, double value) { size += std::abs(rate) * std::abs(value); }
};

/// b + A^T x, from differences of x.
Row backward_row(const Neighbourhood& jumps, const Index& k, double b, const Doubled& x) {
  const double killing = jumps.rates().killing()[k];
  Row row{b, std::abs(b)};
  row.add(-killing, static_cast<long double>(x.high[k]) + x.low[k]);
  row.weigh(killing, x.high[k]);
  jumps.around(k, [&](const Index& l, double out, double) {
    if (out == 0) return;
    const long double rise = static_cast<long double>(x.high[l]) - x.high[k];
    row.add(out, rise + (static_cast<long double>(x.low[l]) - x.low[k]));
    row.weigh(out, x.high[l]);
    row.weigh(out, x.high[k]);
  });
  return row;
}

/// b + A m.
Row forward_row(const Neighbourhood& jumps, const Index& k, double b, const Doubled& m) {
  const long double here = static_cast<long double>(m.high[k]) + m.low[k];
  const double killing = jumps.rates().killing()[k];
  Row row{b, std::abs(b)};
  row.add(-killing, here);
  row.weigh(killing, m.high[k]);
  jumps.around(k, [&](const Index& l, double out, double in) {
    if (in == 0 && out == 0) return;
    row.residual += in * (static_cast<long double>(m.high[l]) + m.low[l]) - out * here;
    row.weigh(in, m.high[l]);
    row.weigh(out, m.high[k]);
  });
  return row;
}

/// high + low <- high + low + correction, high the rounded sum.
void add(Field& high, Field& low, const Field& correction) {
  auto h = high.values(), l = low.values();
  const auto c = correction.values();
  for (std::size_t i = 0; i < h.size(); ++i) {
    const long double sum =
        static_cast<long double>(h[i]) + (static_cast<long double>(l[i]) + c[i]);
    h[i] = static_cast<double>(sum);
    l[i] = static_cast<double>(sum - h[i]);
  }
}

double largest_part(const Field& correction, const Field& x) {
  double most = 0;
  const auto c = correction.values(), value = x.values();
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (c[i] == 0) continue;
    const double part = std::abs(c[i] / value[i]);
    most = std::isnan(part) ? HUGE_VAL : std::max(most, part);
  }
  return maximum(x.grid().comm(), most);
}

void require_exit(const Neighbourhood& jumps) {
  const Field marked = can_be_killed(jumps);
  const Grid& grid = marked.grid();
  const double missing = static_cast<double>(grid.cells()) - total(marked);
  agree_on(grid.comm(), [&] {
    auto mark = marked.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      if (*mark++ == 1) return;
      throw InputError(
          fmt::format("cannot be reached from {} cells, one of them at {}: no path of positive "
                      "rates leads to where mass is absorbed, so times are infinite",
                      missing, grid.describe(grid.centre(k))));
    });
  });
}

}  // namespace

KilledSystem::KilledSystem(const Generator& generator)
    : generator_{generator}, jumps_{generator.rates()}, direct_{factors_fit(generator.grid())} {
  require_exit(jumps_);
  if (LineElimination::suits(generator.rates())) {
    line_.emplace(generator.rates());
    return;
  }
  check(MatDuplicate(generator.forward(), MAT_COPY_VALUES, matrix_.put()));
  check(MatScale(matrix_.get(), -1));
}

const char* KilledSystem::description() const {
  return line_     ? "elimination without subtractions"
         : direct_ ? "LU factors, refined in two doubles"
                   : "BiCGSTAB with BoomerAMG, refined in two doubles";
}

KrylovHandle KilledSystem::factored() const {
  KrylovHandle krylov;
  check(KSPCreate(generator_.grid().comm(), krylov.put()));
  check(KSPSetOperators(krylov.get(), matrix_.get(), matrix_.get()));
  const PC factor = use_factorisation(krylov.get(), {.dimension = generator_.grid().dimension()});
  // The last pivot may be tiny; refinement tells whether it was too tiny.
  check(PCFactorSetZeroPivot(factor, 0));
  check(KSPSetUp(krylov.get()));
  return krylov;
}

KrylovHandle KilledSystem::iterative(Direction direction) const {
  const Mat matrix = direction == Direction::forward ? matrix_.get() : transpose_.get();
  KrylovHandle krylov;
  PC preconditioner = nullptr;
  check(KSPCreate(generator_.grid().comm(), krylov.put()));
  check(KSPSetOperators(krylov.get(), matrix, matrix));
  check(KSPSetType(krylov.get(), KSPBCGS));
  check(KSPSetPCSide(krylov.get(), PC_RIGHT));
  check(KSPSetTolerances(krylov.get(), 1e-6, PETSC_DEFAULT, PETSC_DEFAULT, 2000));
  check(KSPGetPC(krylov.get(), &preconditioner));
  check(PCSetType(preconditioner, PCHYPRE));
  check(PCHYPRESetType(preconditioner, "boomeramg"));
  check(KSPSetFromOptions(krylov.get()));
  check(KSPSetUp(krylov.get()));
  return krylov;
}

/// An approximate solution of the system for b, in x.
void KilledSystem::correct(const Field& b, Field& x, Direction direction) {
  if (direct_) {
    if (!krylov_) krylov_ = factored();
    check(direction == Direction::forward
              ? KSPSolve(krylov_.get(), b.vector(), x.vector())
              : KSPSolveTranspose(krylov_.get(), b.vector(), x.vector()));
    return;
  }
  if (!transpose_) check(MatTranspose(matrix_.get(), MAT_INITIAL_MATRIX, transpose_.put()));
  KrylovHandle& krylov = direction == Direction::forward ? krylov_ : krylov_backward_;
  if (!krylov) krylov = iterative(direction);
  check(KSPSolve(krylov.get(), b.vector(), x.vector()));
}

Field KilledSystem::refined(const Field& b, Direction direction) {
  const Grid& grid = b.grid();
  Field x{grid}, low{grid}, correction{grid}, residual{b};
  double change = HUGE_VAL;
  for (int n = 0; n < most_corrections && change > settled; ++n) {
    correct(residual, correction, direction);
    add(x, low, correction);
    const double before = std::exchange(change, largest_part(correction, x));
    if (n > 1 && change > before / 2) break;
    const Doubled whole{x, low};
    auto r = residual.values().begin();
    auto right = b.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      const Row row = direction == Direction::forward ? forward_row(jumps_, k, *right++, whole)
                                                      : backward_row(jumps_, k, *right++, whole);
      *r++ = static_cast<double>(row.residual);
    });
  }
  if (change <= hopeless) return x;
  throw SolverError(
      fmt::format("mean times are too long to be told: refinement still changes them by {:.3g} of "
                  "themselves, so they are some 1e15 times the shortest time, 1/{:.3g}, or more",
                  change, generator_.largest_outflow()));
}

Field KilledSystem::solve(const Field& b, Direction direction) {
  const bool forward = direction == Direction::forward;
  Field x = !line_    ? refined(b, direction)
            : forward ? line_->solve_forward(b)
                      : line_->solve_backward(b);
  const Doubled whole{x, Field{b.grid()}};
  double worst = 0;
  auto right = b.values().begin();
  for_each(b.grid().owned(), [&](const Index& k) {
    const Row row = forward ? forward_row(jumps_, k, *right++, whole)
                            : backward_row(jumps_, k, *right++, whole);
    const double part = static_cast<double>(std::abs(row.residual) / row.size);
    if (row.size > 0) worst = std::isfinite(part) ? std::max(worst, part) : HUGE_VAL;
  });
  worst = maximum(b.grid().comm(), worst);
  if (!std::isfinite(worst)) throw SolverError("mean times exceed the largest number, 1e308");
  residual_ = std::max(residual_, worst);
  return x;
}

Field KilledSystem::solve_backward(const Field& b) {
  return solve(b, Direction::backward);
}

Field KilledSystem::solve_forward(const Field& b) {
  return solve(b, Direction::forward);
}

}  // namespace feller

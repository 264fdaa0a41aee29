#include "discretisation/generator.hpp"

#include <algorithm>
#include <cmath>

namespace feller {
namespace {

/// Matrix entries as PETSc's coordinate lists.
struct Entries {
  std::vector<PetscInt> rows, columns;
  std::vector<double> values;

  void add(PetscInt row, PetscInt column, double value) {
    rows.push_back(row);
    columns.push_back(column);
    values.push_back(value);
  }
};

/// `off_diagonal(crossing)` returns {entry at (L, K), entry at (K, L)}.
template <class OffDiagonal>
Entries entries_of(const JumpRates& rates, const Field& outflow, OffDiagonal&& off_diagonal) {
  const Grid& grid = rates.grid();
  const Box& box = grid.ghosted();
  const PetscInt* number = grid.global_numbers();
  Entries entries;
  const auto size =
      static_cast<std::size_t>(grid.owned().size()) * (1 + 2 * rates.families().size());
  entries.rows.reserve(size);
  entries.columns.reserve(size);
  entries.values.reserve(size);
  auto out = outflow.values().begin();
  for_each(grid.owned(), [&](const Index& k) {
    const PetscInt row = number[box.offset(k)];
    entries.add(row, row, -*out++);
  });
  for_each_face(rates, [&](const Index& k, const Index& l, const Crossing& c) {
    const PetscInt from = number[box.offset(k)], to = number[box.offset(l)];
    const auto [forth, back] = off_diagonal(c);
    entries.add(to, from, forth);
    entries.add(from, to, back);
  });
  return entries;
}

MatrixHandle assemble(const Grid& grid, Entries entries) {
  MatrixHandle matrix;
  const PetscInt local = grid.owned().size();
  check(MatCreate(grid.comm(), matrix.put()));
  check(MatSetSizes(matrix.get(), local, local, PETSC_DETERMINE, PETSC_DETERMINE));
  check(MatSetType(matrix.get(), MATAIJ));
  check(MatSetPreallocationCOO(matrix.get(), static_cast<PetscCount>(entries.rows.size()),
                               entries.rows.data(), entries.columns.data()));
  check(MatSetValuesCOO(matrix.get(), entries.values.data(), INSERT_VALUES));
  return matrix;
}

Field shifted_to_zero(Field log_weight) {
  const auto view = log_weight.values();
  const double local = view.empty() ? -HUGE_VAL : *std::ranges::max_element(view);
  const double top = maximum(log_weight.grid().comm(), local);
  for (double& value : log_weight.values()) value -= top;
  return log_weight;
}

}  // namespace

Generator::Generator(JumpRates rates, std::optional<Field> log_weight)
    : rates_{std::move(rates)},
      outflow_{gather(rates_, [](const Index&, const Index&, const Crossing& c) {
        return std::pair{c.forth, c.back};
      })} {
  if (log_weight) log_weight_ = shifted_to_zero(std::move(*log_weight));
  const auto any = [this](const Field& field) {
    const bool here = std::ranges::any_of(field.values(), [](double x) { return x != 0; });
    return maximum(grid().comm(), here ? 1 : 0) > 0;
  };
  has_source_ = any(rates_.source());
  conserves_mass_ = !has_source_ && !any(rates_.killing());
  if (!conserves_mass_) check(VecAXPY(outflow_.vector(), 1, rates_.killing().vector()));
}

Mat Generator::forward() const {
  if (!forward_) {
    forward_ = assemble(grid(), entries_of(rates_, outflow_, [](const Crossing& c) {
                          return std::pair{c.forth, c.back};
                        }));
  }
  return forward_.get();
}

MatrixHandle Generator::symmetrised() const {
  return assemble(grid(), entries_of(rates_, outflow_, [](const Crossing& c) {
                    const double mean = std::sqrt(c.forth) * std::sqrt(c.back);
                    return std::pair{mean, mean};
                  }));
}

Mat Generator::backward() const {
  if (!backward_) check(MatTranspose(forward(), MAT_INITIAL_MATRIX, backward_.put()));
  return backward_.get();
}

Field Generator::apply(const Field& u) const {
  const Ghosted near{u};
  Field result = gather(rates_, [&](const Index& k, const Index& l, const Crossing& c) {
    const double flux = c.forth * near[k] - c.back * near[l];
    return std::pair{-flux, flux};
  });
  subtract_killed(u, result);
  return result;
}

void Generator::subtract_killed(const Field& u, Field& result) const {
  if (conserves_mass_) return;
  const auto rate = killing().values(), value = u.values();
  auto out = result.values();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] -= rate[i] * value[i];
}

Field Generator::apply_backward(const Field& g) const {
  const Ghosted near{g};
  Field result = gather(rates_, [&](const Index& k, const Index& l, const Crossing& c) {
    const double rise = near[l] - near[k];
    return std::pair{c.forth * rise, -c.back * rise};
  });
  subtract_killed(g, result);
  return result;
}

double Generator::largest_outflow() const {
  const auto view = outflow_.values();
  return maximum(grid().comm(), view.empty() ? 0 : *std::ranges::max_element(view));
}

double Generator::spectral_bound() const {
  const Field others = gather(rates_, [](const Index&, const Index&, const Crossing& c) {
    const double mean = std::sqrt(c.forth) * std::sqrt(c.back);
    return std::pair{mean, mean};
  });
  const auto out = outflow_.values(), mixed = others.values();
  double bound = 0;
  for (std::size_t i = 0; i < out.size(); ++i) bound = std::max(bound, out[i] + mixed[i]);
  return std::min(maximum(grid().comm(), bound), 2 * largest_outflow());
}

double Generator::log_weight_range() const {
  const auto view = log_weight().values();
  return -minimum(grid().comm(), view.empty() ? 0 : *std::ranges::min_element(view));
}

bool Generator::is_markov() const {
  double least = 0;
  for_each_face(rates_, [&](const Index&, const Index&, const Crossing& c) {
    least = std::min({least, c.forth, c.back});
  });
  for (const double rate : killing().values()) least = std::min(least, rate);
  return minimum(grid().comm(), least) >= 0;
}

}  // namespace feller

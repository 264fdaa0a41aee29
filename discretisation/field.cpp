#include "discretisation/field.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <algorithm>
#include <limits>

namespace feller {

Field::Field(const Grid& grid, double value) : grid_{grid} {
  check(DMCreateGlobalVector(grid_.mesh(), vector_.put()));
  check(VecSet(vector(), value));
}

Field::Field(const Field& other) : grid_{other.grid_} {
  check(VecDuplicate(other.vector(), vector_.put()));
  check(VecCopy(other.vector(), vector()));
}

Field& Field::operator=(const Field& other) {
  if (this != &other) *this = Field{other};
  return *this;
}

Field::~Field() = default;

std::span<const double> Field::values() const {
  const double* data = nullptr;
  check(VecGetArrayRead(vector(), &data));
  const std::span<const double> view{data, static_cast<std::size_t>(grid_.owned().size())};
  check(VecRestoreArrayRead(vector(), &data));
  return view;
}

std::span<double> Field::values() {
  double* data = nullptr;
  check(VecGetArray(vector(), &data));
  const std::span<double> view{data, static_cast<std::size_t>(grid_.owned().size())};
  check(VecRestoreArray(vector(), &data));
  return view;
}

Field fill(const Grid& grid, const std::function<double(const Index&)>& value) {
  Field field{grid};
  auto out = field.values().begin();
  for_each(grid.owned(), [&](const Index& cell) { *out++ = value(cell); });
  return field;
}

Field transformed(const Field& field, const std::function<double(double)>& map) {
  Field result{field};
  std::ranges::transform(result.values(), result.values().begin(), map);
  return result;
}

Field sum_of(std::span<const Field> fields) {
  Field result{fields.front().grid()};
  const auto out = result.values();
  std::vector<std::span<const double>> values;
  for (const auto& field : fields) values.push_back(field.values());
  std::vector<double> terms(fields.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t f = 0; f < terms.size(); ++f) terms[f] = values[f][i];
    std::ranges::sort(terms);
    out[i] = std::accumulate(terms.begin(), terms.end(), 0.0);
  }
  return result;
}

Field masses_of(Field density) {
  auto value = density.values().begin();
  for_each(density.grid().owned(),
           [&](const Index& cell) { *value++ *= density.grid().volume(cell); });
  return density;
}

Field densities_of(Field masses) {
  auto value = masses.values().begin();
  for_each(masses.grid().owned(),
           [&](const Index& cell) { *value++ /= masses.grid().volume(cell); });
  return masses;
}

double total(const Field& field) {
  long double local = 0;
  for (const double value : field.values()) local += value;
  return static_cast<double>(sum(field.grid().comm(), local));
}

Ghosted::Ghosted(const Field& field) : box_{field.grid().ghosted()} {
  const DM mesh = field.grid().mesh();
  VectorHandle local;
  check(DMCreateLocalVector(mesh, local.put()));
  check(VecSet(local.get(), std::numeric_limits<double>::quiet_NaN()));
  check(DMGlobalToLocal(mesh, field.vector(), INSERT_VALUES, local.get()));
  const double* data = nullptr;
  check(VecGetArrayRead(local.get(), &data));
  values_.assign(data, data + box_.size());
  check(VecRestoreArrayRead(local.get(), &data));
}

}  // namespace feller

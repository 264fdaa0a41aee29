#pragma once

/// The one picture of every problem: mass jumps between cells, each face crossed both ways.
///
///     K --forth--> L = K + step        d/dt m_K = sum over faces of  back m_L - forth m_K
///     K <--back--- L                              - killing m_K + source
///
///     forth = (c / |K|) B(-z),   back = (c / |L|) B(z),   z = integral of b/D from K to L,
///     c = D |face| / distance of the centres
///
/// Rates are per unit of time [1/T] and act on the mass of a cell. A face belongs to the rank that
/// owns K, the cell from which the step is taken, and is stored there. A border face that nothing
/// crosses has both rates 0. Mass that is killed leaves through an absorbing border or set; sources
/// [M/T] stand at borders where the density is given.

#include <vector>

#include "discretisation/field.hpp"
#include "discretisation/weights.hpp"

namespace feller {

/// Rates of crossing one face, either way.
struct Crossing {
  double forth = 0;  ///< K -> L [1/T]
  double back = 0;   ///< L -> K [1/T]
};

/// `conductance` c [L^d/T] between two cells of these volumes, mixed by the weight at Peclet number
/// z.
inline Crossing crossing(const FluxWeight& weight, double conductance, double volume_k,
                         double volume_l, double z) {
  return {conductance / volume_k * weight(-z), conductance / volume_l * weight(z)};
}

/// The same on equal cells: `diffusion` [L^2/T] over the squared `spacing`.
inline Crossing crossing(const FluxWeight& weight, double diffusion, double spacing, double z) {
  const double scale = diffusion / (spacing * spacing);
  return {scale * weight(-z), scale * weight(z)};
}

/// The faces of one family: all those reached from a cell by the same step.
struct Faces {
  Index step;
  Field forth;
  Field back;
};

/// What of the killing leaves through one side of the grid.
struct Exit {
  int axis;
  bool upper;
  Field rate;  ///< [1/T]
};

class JumpRates {
 public:
  /// Faces along the axes of the grid, all rates 0. Collective.
  explicit JumpRates(const Grid& grid);
  /// Faces along these steps, of which none is another's opposite and none longer than the grid's
  /// halo. Collective.
  JumpRates(const Grid& grid, const std::vector<Index>& steps);

  const Grid& grid() const { return grid_; }
  std::vector<Faces>& families() { return families_; }
  const std::vector<Faces>& families() const { return families_; }

  Field& killing() { return killing_; }  ///< [1/T]
  const Field& killing() const { return killing_; }
  /// Of killing, what leaves through each side that is open; none where nothing does.
  std::vector<Exit>& exits() { return exits_; }
  const std::vector<Exit>& exits() const { return exits_; }
  /// Adds an exit through each open side of the grid, with rate 0. Collective.
  void open_exits();
  Field& source() { return source_; }  ///< [M/T]
  const Field& source() const { return source_; }

 private:
  Grid grid_;
  std::vector<Faces> families_;
  Field killing_;
  Field source_;
  std::vector<Exit> exits_;
};

inline Index operator+(const Index& cell, const Index& step) {
  return {cell[0] + step[0], cell[1] + step[1], cell[2] + step[2]};
}

/// Sets every owned face from `rate(K, L, family)`, L = K + the family's step; by default families
/// are axes (beyond a periodic border L is a ghost, one past the last cell).
template <class Rate>
void set_crossings(JumpRates& rates, Rate&& rate) {
  const Grid& grid = rates.grid();
  int number = 0;
  for (auto& family : rates.families()) {
    auto forth = family.forth.values().begin();
    auto back = family.back.values().begin();
    for_each(grid.owned(), [&](const Index& cell) {
      const Index neighbour = cell + family.step;
      const Crossing c = grid.inside(neighbour) ? rate(cell, neighbour, number) : Crossing{};
      *forth++ = c.forth;
      *back++ = c.back;
    });
    ++number;
  }
}

/// Calls `visit(K, L, crossing)` once for every face that this rank owns.
template <class Visit>
void for_each_face(const JumpRates& rates, Visit&& visit) {
  const Grid& grid = rates.grid();
  for (const auto& family : rates.families()) {
    auto forth = family.forth.values().begin();
    auto back = family.back.values().begin();
    for_each(grid.owned(), [&](const Index& cell) {
      const Index neighbour = cell + family.step;
      const Crossing c{*forth++, *back++};
      if (grid.inside(neighbour)) visit(cell, neighbour, c);
    });
  }
}

/// Adds what each face gives to its two cells: `share(K, L, crossing)` returns {to K, to L}.
/// Collective.
template <class Share>
Field gather(const JumpRates& rates, Share&& share) {
  const Grid& grid = rates.grid();
  const Box& box = grid.ghosted();
  VectorHandle local;
  check(DMCreateLocalVector(grid.mesh(), local.put()));
  check(VecSet(local.get(), 0));
  double* data = nullptr;
  check(VecGetArray(local.get(), &data));
  for_each_face(rates, [&](const Index& k, const Index& l, const Crossing& c) {
    const auto [to_k, to_l] = share(k, l, c);
    data[box.offset(k)] += to_k;
    data[box.offset(l)] += to_l;
  });
  check(VecRestoreArray(local.get(), &data));
  Field result{grid};
  check(DMLocalToGlobal(grid.mesh(), local.get(), ADD_VALUES, result.vector()));
  return result;
}

}  // namespace feller

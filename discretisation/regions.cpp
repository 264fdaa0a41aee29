#include "discretisation/regions.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>

namespace feller {
namespace {

bool is_crossed(const Crossing& c) {
  return c.forth > 0 || c.back > 0;
}

/// Sets of owned cells, each known by one of them.
class UnionFind {
 public:
  explicit UnionFind(PetscInt cells) : parent_(static_cast<std::size_t>(cells)) {
    std::iota(parent_.begin(), parent_.end(), PetscInt{0});
  }
  PetscInt find(PetscInt cell) {
    while (at(cell) != cell) cell = at(cell) = at(at(cell));
    return cell;
  }
  /// The smaller one stays.
  void join(PetscInt a, PetscInt b) {
    a = find(a);
    b = find(b);
    at(std::max(a, b)) = std::min(a, b);
  }

 private:
  PetscInt& at(PetscInt cell) { return parent_[static_cast<std::size_t>(cell)]; }
  std::vector<PetscInt> parent_;
};

/// A crossed face between an owned cell and one of another rank.
struct Bridge {
  PetscInt cell;
  Index ghost;
};

constexpr std::size_t bits_of_a_number = 50;  ///< a double holds whole numbers of that many exactly

/// Bit f of a cell: the face of family f of these that is taken from it is crossed.
Field crossed_faces(const Grid& grid, std::span<const Faces> families) {
  Field bits{grid};
  double bit = 1;
  for (const auto& family : families) {
    auto mark = bits.values().begin();
    auto forth = family.forth.values().begin(), back = family.back.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      const bool crossed = is_crossed({*forth++, *back++});
      if (crossed && grid.inside(k + family.step)) *mark += bit;
      ++mark;
    });
    bit *= 2;
  }
  return bits;
}

class Components {
 public:
  explicit Components(const JumpRates& rates)
      : grid_{rates.grid()}, sets_{grid_.owned().size()}, alone_(size(), true) {
    // Ghosts of many families come in one exchange.
    const std::span<const Faces> all{rates.families()};
    for (std::size_t first = 0; first < all.size(); first += bits_of_a_number) {
      const auto some = all.subspan(first, std::min(bits_of_a_number, all.size() - first));
      const Ghosted bits{crossed_faces(grid_, some)};
      int number = 0;
      for (const auto& family : some) join_along(family.step, bits, number++);
    }
    label_sets();
    while (maximum(grid_.comm(), adopt_smaller() ? 1 : 0) > 0) {
    }
  }

  bool is_alone(PetscInt cell) const { return alone_[static_cast<std::size_t>(cell)]; }
  /// The smallest natural number of all cells of its component.
  double label(PetscInt cell) { return labels_[static_cast<std::size_t>(sets_.find(cell))]; }

 private:
  std::size_t size() const { return static_cast<std::size_t>(grid_.owned().size()); }

  void join_along(const Index& step, const Ghosted& bits, int number) {
    const Index opposite{-step[0], -step[1], -step[2]};
    const auto is_set = [&](const Index& k) {
      return (static_cast<std::int64_t>(bits[k]) >> number) % 2 == 1;
    };
    PetscInt cell = 0;
    for_each(grid_.owned(), [&](const Index& k) {
      const Index before = k + opposite;
      if (is_set(k)) link(cell, k + step);
      if (!grid_.owned().contains(before) && grid_.inside(before) && is_set(before)) {
        link(cell, before);
      }
      ++cell;
    });
  }

  void link(PetscInt cell, const Index& other) {
    alone_[static_cast<std::size_t>(cell)] = false;
    const Index there = grid_.wrapped(other);
    if (!grid_.owned().contains(there)) {
      bridges_.push_back({cell, other});
      return;
    }
    const PetscInt next = grid_.owned().offset(there);
    alone_[static_cast<std::size_t>(next)] = false;
    sets_.join(cell, next);
  }

  void label_sets() {
    labels_.assign(size(), 0.0);
    std::vector<bool> seen(size(), false);
    PetscInt cell = 0;
    // Owned cells come in the order of their natural numbers.
    for_each(grid_.owned(), [&](const Index& k) {
      const auto root = static_cast<std::size_t>(sets_.find(cell++));
      if (!seen[root]) labels_[root] = static_cast<double>(grid_.natural(k));
      seen[root] = true;
    });
  }

  /// From the other side of each bridge; whether any label changed.
  bool adopt_smaller() {
    if (size_of(grid_.comm()) == 1) return false;
    Field field{grid_};
    PetscInt cell = 0;
    for (double& value : field.values()) value = label(cell++);
    const Ghosted near{field};
    bool changed = false;
    for (const auto& [here, ghost] : bridges_) {
      double& own = labels_[static_cast<std::size_t>(sets_.find(here))];
      if (near[ghost] < own) {
        own = near[ghost];
        changed = true;
      }
    }
    return changed;
  }

  Grid grid_;
  UnionFind sets_;
  std::vector<bool> alone_;
  std::vector<Bridge> bridges_;
  std::vector<double> labels_;  ///< of the cell that each set is known by
};

std::vector<double> gathered(MPI_Comm comm, const std::vector<double>& own) {
  const int count = static_cast<int>(own.size());
  std::vector<int> counts(static_cast<std::size_t>(size_of(comm))), places(counts.size(), 0);
  check_mpi(MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, comm));
  std::partial_sum(counts.begin(), counts.end() - 1, places.begin() + 1);
  std::vector<double> all(static_cast<std::size_t>(places.back() + counts.back()));
  check_mpi(MPI_Allgatherv(own.data(), count, MPI_DOUBLE, all.data(), counts.data(), places.data(),
                           MPI_DOUBLE, comm));
  return all;
}

Index cell_of(const Grid& grid, PetscInt natural) {
  const PetscInt nx = grid.axis(0).cells, ny = grid.dimension() > 1 ? grid.axis(1).cells : 1;
  return {static_cast<int>(natural % nx), static_cast<int>(natural / nx % ny),
          static_cast<int>(natural / nx / ny)};
}

/// Numbers for labels, and the regions without their counts.
std::vector<double> sorted_firsts(const Grid& grid, Components& components) {
  std::vector<double> own;
  PetscInt cell = 0;
  for_each(grid.owned(), [&](const Index& k) {
    const bool first = components.label(cell) == static_cast<double>(grid.natural(k));
    if (first && !components.is_alone(cell)) own.push_back(components.label(cell));
    ++cell;
  });
  std::vector<double> firsts = gathered(grid.comm(), own);
  std::ranges::sort(firsts);
  return firsts;
}

void add_up(MPI_Comm comm, std::vector<double>& counts) {
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, counts.data(), static_cast<int>(counts.size()), MPI_DOUBLE,
                          MPI_SUM, comm));
}

}  // namespace

Regions regions_of(const JumpRates& rates) {
  const Grid& grid = rates.grid();
  Components components{rates};
  const std::vector<double> firsts = sorted_firsts(grid, components);
  Regions regions{.label = Field{grid}};
  std::vector<double> cells(firsts.size() + 1), killed(firsts.size() + 1);
  auto killing = rates.killing().values().begin();
  PetscInt cell = 0;
  for (double& label : regions.label.values()) {
    const bool alone = components.is_alone(cell);
    const auto place = std::ranges::lower_bound(firsts, components.label(cell++));
    const auto number = alone ? firsts.size() : static_cast<std::size_t>(place - firsts.begin());
    label = alone ? Regions::alone : static_cast<double>(number);
    ++cells[number];
    if (*killing++ > 0) ++killed[number];
  }
  add_up(grid.comm(), cells);
  add_up(grid.comm(), killed);
  for (std::size_t n = 0; n < firsts.size(); ++n) {
    regions.list.push_back({cell_of(grid, static_cast<PetscInt>(firsts[n])),
                            static_cast<PetscInt>(cells[n]), killed[n] > 0});
  }
  regions.single_cells = static_cast<PetscInt>(cells.back());
  return regions;
}

OneWay one_way(const JumpRates& rates) {
  const Grid& grid = rates.grid();
  double faces = 0;
  for_each_face(rates, [&](const Index&, const Index&, const Crossing& c) {
    if ((c.forth > 0) != (c.back > 0)) ++faces;
  });
  OneWay found{.faces = static_cast<PetscInt>(sum(grid.comm(), faces))};
  if (found.faces == 0) return found;
  const Field out = gather(rates, [](const Index&, const Index&, const Crossing& c) {
    return std::pair{c.forth > 0 ? 1 : 0, c.back > 0 ? 1 : 0};
  });
  const Field in = gather(rates, [](const Index&, const Index&, const Crossing& c) {
    return std::pair{c.back > 0 ? 1 : 0, c.forth > 0 ? 1 : 0};
  });
  double cells = 0, first = static_cast<double>(grid.cells());
  for_each(grid.owned(), [&](const Index& k) {
    if (out[k] == 0 || in[k] > 0) return;
    ++cells;
    first = std::min(first, static_cast<double>(grid.natural(k)));
  });
  found.cells = static_cast<PetscInt>(sum(grid.comm(), cells));
  first = minimum(grid.comm(), first);
  if (found.cells > 0) found.first_cell = cell_of(grid, static_cast<PetscInt>(first));
  return found;
}

}  // namespace feller

#include "discretisation/relabelling.hpp"

#include <petscdmda.h>

#include <algorithm>
#include <array>

#include "discretisation/noise.hpp"

namespace feller {
namespace {

using IndexSetHandle = Handle<IS, ISDestroy>;

/// Along one axis: the first cell of each of the ranks' shares, and the end.
struct Shares {
  std::vector<PetscInt> starts;

  Shares(const PetscInt* widths, PetscInt ranks) : starts{0} {
    for (PetscInt r = 0; r < ranks; ++r) starts.push_back(starts.back() + widths[r]);
  }
  std::size_t of(PetscInt cell) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(starts, cell) - starts.begin() - 1);
  }
  PetscInt start(std::size_t share) const { return starts[share]; }
  PetscInt width(std::size_t share) const { return starts[share + 1] - starts[share]; }
};

/// PETSc numbers the cells rank by rank, boxes in natural order of the ranks.
class Numbering {
 public:
  explicit Numbering(const Grid& grid) : count_{grid.whole().count} {
    std::array<PetscInt, 3> ranks{1, 1, 1};
    check(DMDAGetInfo(grid.mesh(), nullptr, nullptr, nullptr, nullptr, &ranks[0], &ranks[1],
                      &ranks[2], nullptr, nullptr, nullptr, nullptr, nullptr, nullptr));
    std::array<const PetscInt*, 3> widths{};
    check(DMDAGetOwnershipRanges(grid.mesh(), &widths[0], &widths[1], &widths[2]));
    for (std::size_t a = 0; a < 3; ++a) {
      const PetscInt whole = count_[a];
      const bool used = static_cast<int>(a) < grid.dimension();
      shares_.emplace_back(used ? widths[a] : &whole, used ? ranks[a] : 1);
    }
  }

  PetscInt operator()(PetscInt natural) const {
    const std::array<PetscInt, 3> cell{natural % count_[0], natural / count_[0] % count_[1],
                                       natural / count_[0] / count_[1]};
    std::array<PetscInt, 3> start{}, width{};
    for (std::size_t a = 0; a < 3; ++a) {
      const std::size_t share = shares_[a].of(cell[a]);
      start[a] = shares_[a].start(share);
      width[a] = shares_[a].width(share);
    }
    const PetscInt before =
        count_[0] * count_[1] * start[2] + width[2] * (count_[0] * start[1] + width[1] * start[0]);
    return before + (cell[0] - start[0]) +
           width[0] * ((cell[1] - start[1]) + width[1] * (cell[2] - start[2]));
  }

 private:
  Index count_;
  std::vector<Shares> shares_;
};

std::vector<PetscInt> sources(const Grid& to, const Permutation::Source& source) {
  std::vector<PetscInt> cells;
  cells.reserve(static_cast<std::size_t>(to.owned().size()));
  for_each(to.owned(), [&](const Index& k) { cells.push_back(source(to.natural(k))); });
  return cells;
}

}  // namespace

Relabelling::Relabelling(const Grid& grid, const std::vector<PetscInt>& cells) : grid_{grid} {
  const Numbering number{grid};
  std::vector<PetscInt> wanted;
  wanted.reserve(cells.size());
  for (const PetscInt cell : cells) wanted.push_back(number(cell));
  const auto size = static_cast<PetscInt>(wanted.size());
  IndexSetHandle from, to;
  check(ISCreateGeneral(grid.comm(), size, wanted.data(), PETSC_COPY_VALUES, from.put()));
  check(ISCreateStride(PETSC_COMM_SELF, size, 0, 1, to.put()));
  check(VecCreateSeq(PETSC_COMM_SELF, size, local_.put()));
  const Field field{grid};
  check(VecScatterCreate(field.vector(), from.get(), local_.get(), to.get(), scatter_.put()));
}

std::vector<double> Relabelling::fetch(const Field& field) const {
  const Vec from = field.vector(), to = local_.get();
  check(VecScatterBegin(scatter_.get(), from, to, INSERT_VALUES, SCATTER_FORWARD));
  check(VecScatterEnd(scatter_.get(), from, to, INSERT_VALUES, SCATTER_FORWARD));
  PetscInt size = 0;
  const double* data = nullptr;
  check(VecGetLocalSize(to, &size));
  check(VecGetArrayRead(to, &data));
  std::vector<double> values(data, data + size);
  check(VecRestoreArrayRead(to, &data));
  return values;
}

Field Relabelling::put(const std::vector<double>& values) const {
  Field field{grid_};
  double* data = nullptr;
  check(VecGetArray(local_.get(), &data));
  std::ranges::copy(values, data);
  check(VecRestoreArray(local_.get(), &data));
  const Vec from = local_.get(), to = field.vector();
  check(VecScatterBegin(scatter_.get(), from, to, INSERT_VALUES, SCATTER_REVERSE));
  check(VecScatterEnd(scatter_.get(), from, to, INSERT_VALUES, SCATTER_REVERSE));
  return field;
}

Permutation::Permutation(const Grid& from, const Grid& to, Source source)
    : to_{to}, source_{std::move(source)}, relabelling_{from, sources(to, source_)} {}

Field Permutation::operator()(const Field& field) const {
  Field result{to_};
  std::ranges::copy(relabelling_.fetch(field), result.values().begin());
  return result;
}

Field Permutation::inverse(const Field& permuted) const {
  const auto values = permuted.values();
  return relabelling_.put({values.begin(), values.end()});
}

Permutation::Source random_permutation(PetscInt count, std::uint64_t seed) {
  int half = 1;
  while ((std::uint64_t{1} << (2 * half)) < static_cast<std::uint64_t>(count)) ++half;
  const std::uint32_t mask = (std::uint32_t{1} << half) - 1;
  const std::array<std::uint32_t, 2> key{static_cast<std::uint32_t>(seed),
                                         static_cast<std::uint32_t>(seed >> 32)};
  return [=](PetscInt cell) {
    auto number = static_cast<std::uint64_t>(cell);
    do {
      auto left = static_cast<std::uint32_t>(number >> half);
      auto right = static_cast<std::uint32_t>(number) & mask;
      for (std::uint32_t round = 0; round < 8; ++round) {
        // The last word keeps these counters apart from those of noise.
        const auto mixed = philox_4x32_10({right, round, 0, ~0u}, key)[0] & mask;
        left = std::exchange(right, left ^ mixed);
      }
      number = (std::uint64_t{left} << half) | right;
    } while (number >= static_cast<std::uint64_t>(count));
    return static_cast<PetscInt>(number);
  };
}

}  // namespace feller

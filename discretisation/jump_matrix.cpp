#include "discretisation/jump_matrix.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "discretisation/jump_kernel.hpp"

namespace feller {
namespace {

bool contains(const Box& box, const Index& cell) {
  for (std::size_t a = 0; a < 3; ++a) {
    if (cell[a] < box.start[a] || cell[a] >= box.start[a] + box.count[a]) return false;
  }
  return true;
}

/// Calls `visit(first cell)` for each line of the box along x.
template <class Visit>
void for_each_line(Box box, Visit&& visit) {
  box.count[0] = 1;
  for_each(box, visit);
}

/// The ghosts that a step from an owned cell leads to.
std::vector<Index> reached_ghosts(const JumpRates& rates) {
  const Grid& grid = rates.grid();
  std::vector<Index> ghosts;
  for_each(grid.owned(), [&](const Index& cell) {
    for (const auto& family : rates.families()) {
      const Index& e = family.step;
      for (const Index& other : {cell + e, cell + Index{-e[0], -e[1], -e[2]}}) {
        if (!contains(grid.owned(), other) && grid.inside(other)) ghosts.push_back(other);
      }
    }
  });
  std::ranges::sort(ghosts);
  const auto repeated = std::ranges::unique(ghosts);
  ghosts.erase(repeated.begin(), repeated.end());
  return ghosts;
}

/// How far a product stays behind the one before it, in whole runs.
std::ptrdiff_t lag(std::ptrdiff_t margin) {
  return (std::max(margin, std::ptrdiff_t{1}) + Run::longest - 1) / Run::longest * Run::longest;
}

constexpr std::array<double, Run::longest> nothing{};

}  // namespace

JumpMatrix::JumpMatrix(const Generator& generator, double rate) : grid_{generator.grid()} {
  const JumpRates& rates = generator.rates();
  lay_out(rates);
  const auto ghosts = reached_ghosts(rates);
  if (maximum(grid_.comm(), static_cast<double>(ghosts.size())) > 0) connect(ghosts);
  fill_stay(generator.outflow(), rate);
  if (rate == 0) return;
  for (std::size_t j = 0; j < families_.size(); ++j) {
    fill_family(rates.families()[j], families_[j], rate, ghosts);
  }
}

/// One piece for all arrays: at distances that are multiples of a page they would push each other
/// out of the first cache.
void JumpMatrix::lay_out(const JumpRates& rates) {
  constexpr std::size_t page = 512, shift = 40;
  for (const auto& family : rates.families()) {
    const std::ptrdiff_t distance = grid_.ghosted().offset(grid_.ghosted().start + family.step);
    families_.push_back({distance, nullptr, nullptr});
    margin_ = std::max(margin_, std::abs(distance));
  }
  size_ = static_cast<std::size_t>(2 * margin_ + grid_.ghosted().size());
  const std::size_t stride = (size_ + page - 1) / page * page + shift;
  room_.assign((4 + 2 * families_.size()) * stride, 0);
  double* free = room_.data();
  const auto take = [&] { return std::exchange(free, free + stride); };
  for (double** array : {&f_[0], &f_[1], &start_, &stay_}) *array = take();
  for (auto& family : families_) {
    family.forth = take();
    family.back = take();
  }
}

void JumpMatrix::connect(const std::vector<Index>& ghosts) {
  const Ghosted owner{Field{grid_, static_cast<double>(rank_of(grid_.comm()))}};
  const Ghosted place{
      fill(grid_, [this](const Index& cell) { return static_cast<double>(position(cell)); })};
  std::vector<PetscInt> leaves;
  std::vector<PetscSFNode> roots;
  for (const Index& ghost : ghosts) {
    leaves.push_back(static_cast<PetscInt>(position(ghost)));
    roots.push_back({static_cast<PetscInt>(owner[ghost]), static_cast<PetscInt>(place[ghost])});
  }
  check(PetscSFCreate(grid_.comm(), exchange_.put()));
  check(PetscSFSetGraph(exchange_.get(), static_cast<PetscInt>(size_),
                        static_cast<PetscInt>(leaves.size()), leaves.data(), PETSC_COPY_VALUES,
                        roots.data(), PETSC_COPY_VALUES));
  check(PetscSFSetUp(exchange_.get()));
}

void JumpMatrix::fill_stay(const Field& outflow, double rate) {
  auto out = outflow.values().begin();
  for_each(grid_.owned(), [&](const Index& cell) {
    const double leaving = *out++;
    stay_[position(cell)] = rate > 0 ? 1 - leaving / rate : 1;
  });
}

/// The faces with an owned cell on either side. All others stay 0, also those between two ghosts:
/// at a border without ghosts the distance leads from them to an owned cell.
void JumpMatrix::fill_family(const Faces& faces, const Family& family, double rate,
                             const std::vector<Index>& ghosts) {
  auto forth = std::as_const(faces.forth).values().begin();
  auto back = std::as_const(faces.back).values().begin();
  for_each(grid_.owned(), [&](const Index& k) {
    const double to_above = *forth++ / rate, to_below = *back++ / rate;
    if (!grid_.inside(k + faces.step)) return;
    family.forth[position(k)] = to_above;
    family.back[position(k)] = to_below;
  });
  if (!exchange_) return;
  const Ghosted all_forth{faces.forth}, all_back{faces.back};
  for (const Index& k : ghosts) {
    if (!contains(grid_.owned(), k + faces.step)) continue;
    family.forth[position(k)] = all_forth[k] / rate;
    family.back[position(k)] = all_back[k] / rate;
  }
}

std::size_t JumpMatrix::position(const Index& cell) const {
  return static_cast<std::size_t>(margin_ + grid_.ghosted().offset(cell));
}

void JumpMatrix::load(const Field& field, double* values) const {
  const Box& owned = grid_.owned();
  const auto from = field.values();
  for_each_line(owned, [&](const Index& cell) {
    std::copy_n(from.data() + owned.offset(cell), owned.count[0], values + position(cell));
  });
}

void JumpMatrix::store(const double* values, Field& field) const {
  const Box& owned = grid_.owned();
  const auto to = field.values();
  for_each_line(owned, [&](const Index& cell) {
    std::copy_n(values + position(cell), owned.count[0], to.data() + owned.offset(cell));
  });
}

void JumpMatrix::fetch_ghosts(double* values) const {
  check(PetscSFBcastBegin(exchange_.get(), MPI_DOUBLE, values, values, MPI_REPLACE));
  check(PetscSFBcastEnd(exchange_.get(), MPI_DOUBLE, values, values, MPI_REPLACE));
}

void JumpMatrix::apply(const Polynomial& polynomial, Direction direction, Field& u) {
  const int degree = polynomial.degree(), together = products_together();
  const auto last = static_cast<std::size_t>(degree % 2);
  load(u, start_);
  std::fill_n(f_[1 - last], size_, 0.0);
  std::transform(start_, start_ + size_, f_[last],
                 [weight = polynomial.weight(degree)](double x) { return weight * x; });
  for (int k = degree - 1; k >= 0; k -= together) {
    if (exchange_) fetch_ghosts(f_[(static_cast<std::size_t>(k) + 1) % 2]);
    sweep(polynomial, direction, k, std::min(together, k + 1));
  }
  store(f_[0], u);
}

/// As many as keep everything between the first and the last of them in a share of the last cache.
int JumpMatrix::products_together() const {
  if (exchange_) return 1;
  constexpr std::size_t cache = 1 << 20, least = 2, most = 16;  // cache in numbers, 8 MiB
  const std::size_t arrays = 4 + 2 * families_.size();
  const std::size_t between = arrays * static_cast<std::size_t>(lag(margin_));
  return static_cast<int>(std::clamp(cache / between, least, most));
}

/// f_k, f_{k-1}, ..., `count` of them. Each follows the one before it by the longest distance at
/// least, so that what it reads is there and what it overwrites is not needed any more.
void JumpMatrix::sweep(const Polynomial& polynomial, Direction direction, int k, int count) {
  // From the first owned cell to the last: ghosts between them are computed, too, and not used.
  const auto& [start, size] = grid_.owned();
  const Index last{start[0] + size[0] - 1, start[1] + size[1] - 1, start[2] + size[2] - 1};
  const auto first = static_cast<std::ptrdiff_t>(position(start));
  const auto stop = static_cast<std::ptrdiff_t>(position(last)) + 1;
  const std::ptrdiff_t behind = lag(margin_);
  for (std::ptrdiff_t front = first; front < stop + behind * (count - 1); front += Run::longest) {
    for (int j = 0; j < count; ++j) {
      const std::ptrdiff_t here = front - behind * j;
      if (here < first || here >= stop) continue;
      advance(polynomial, direction, k - j, here, std::min(Run::longest, stop - here));
    }
  }
}

/// f_k, which takes the place of f_{k+2}, on a run of cells.
void JumpMatrix::advance(const Polynomial& polynomial, Direction direction, int k,
                         std::ptrdiff_t begin, std::ptrdiff_t size) {
  const auto inflow = [&](const Family& family) {
    const auto [distance, forth, back] = family;
    const bool forward = direction == Direction::forward;
    return Inflow{distance, (forward ? back : forth) + begin,
                  (forward ? forth : back) + begin - distance};
  };
  const auto parity = static_cast<std::size_t>(k % 2);
  Run run{.size = size,
          .families = std::min(Run::most_families, families_.size()),
          .further = nothing.data(),
          .stay = stay_ + begin,
          .now = f_[1 - parity] + begin,
          .start = start_ + begin,
          .next = f_[parity] + begin,
          .factor = k == 0 ? 1 : polynomial.factor,
          .kept = polynomial.kept,
          .weight = polynomial.weight(k)};
  for (std::size_t j = 0; j < run.families; ++j) run.inflows[j] = inflow(families_[j]);
  std::array<double, Run::longest> further;
  if (families_.size() > run.families) {
    further.fill(0);
    for (std::size_t j = run.families; j < families_.size(); ++j) {
      add(inflow(families_[j]), size, run.now, further.data());
    }
    run.further = further.data();
  }
  feller::advance(run);
}

}  // namespace feller

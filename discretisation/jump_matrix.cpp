#include "discretisation/jump_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "discretisation/jump_kernel.hpp"

namespace feller {
namespace {

/// Calls `visit(first cell)` for each line of the box along x.
template <class Visit>
void for_each_line(Box box, Visit&& visit) {
  box.count[0] = 1;
  for_each(box, visit);
}

/// How far a product stays behind the one before it, in whole runs.
std::ptrdiff_t lag(std::ptrdiff_t margin) {
  return (std::max(margin, std::ptrdiff_t{1}) + Run::longest - 1) / Run::longest * Run::longest;
}

constexpr int most_products = 16;

/// Products from one exchange of ghosts to the next, each of which uses up `halo` layers of them:
/// as long as these are a small part of the cells. The same on all ranks; 0 without ghosts.
int products_an_exchange(const Grid& grid) {
  double products = most_products;
  bool any = false;
  for (std::size_t a = 0; a < 3; ++a) {
    const int owned = grid.owned().count[a];
    if (grid.ghosted().count[a] == owned) continue;
    any = true;
    products = std::min(products, std::floor(owned / (8.0 * grid.halo())));
  }
  if (maximum(grid.comm(), any ? 1 : 0) == 0) return 0;
  return std::max(1, static_cast<int>(minimum(grid.comm(), products)));
}

/// The same cells on the same ranks with ghosts for several products.
Grid deepened(const Grid& grid, int products) {
  if (products <= 1) return grid;
  return Grid{grid.axes(), grid.halo() * products, grid.comm()};
}

/// A field seen with the ghosts of a deeper grid.
Ghosted seen_on(const Grid& deep, const Field& field) {
  Field copy{deep};
  std::ranges::copy(field.values(), copy.values().begin());
  return Ghosted{copy};
}

constexpr std::array<double, Run::longest> nothing{};

}  // namespace

JumpMatrix::JumpMatrix(const Generator& generator, double rate)
    : exchanged_{products_an_exchange(generator.grid())},
      grid_{deepened(generator.grid(), exchanged_)} {
  const JumpRates& rates = generator.rates();
  lay_out(rates);
  if (exchanged_ > 0) connect();
  fill_stay(generator.outflow(), rate);
  if (rate == 0) return;
  for (std::size_t j = 0; j < families_.size(); ++j) {
    fill_family(rates.families()[j], families_[j], rate);
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

void JumpMatrix::connect() {
  const Ghosted owner{Field{grid_, static_cast<double>(rank_of(grid_.comm()))}};
  const Ghosted place{
      fill(grid_, [this](const Index& cell) { return static_cast<double>(position(cell)); })};
  std::vector<PetscInt> leaves;
  std::vector<PetscSFNode> roots;
  for_each(grid_.ghosted(), [&](const Index& ghost) {
    if (grid_.owned().contains(ghost) || !grid_.inside(ghost)) return;
    leaves.push_back(static_cast<PetscInt>(position(ghost)));
    roots.push_back({static_cast<PetscInt>(owner[ghost]), static_cast<PetscInt>(place[ghost])});
  });
  check(PetscSFCreate(grid_.comm(), exchange_.put()));
  check(PetscSFSetGraph(exchange_.get(), static_cast<PetscInt>(size_),
                        static_cast<PetscInt>(leaves.size()), leaves.data(), PETSC_COPY_VALUES,
                        roots.data(), PETSC_COPY_VALUES));
  check(PetscSFSetUp(exchange_.get()));
}

void JumpMatrix::fill_stay(const Field& outflow, double rate) {
  const Ghosted leaving = seen_on(grid_, outflow);
  for_each(grid_.ghosted(), [&](const Index& cell) {
    if (!grid_.inside(cell)) return;
    stay_[position(cell)] = rate > 0 ? 1 - leaving[cell] / rate : 1;
  });
}

/// The faces between two cells that are seen. All others stay 0: the distance would lead from them
/// to some cell of the next line.
void JumpMatrix::fill_family(const Faces& faces, const Family& family, double rate) {
  const Ghosted forth = seen_on(grid_, faces.forth), back = seen_on(grid_, faces.back);
  for_each(grid_.ghosted(), [&](const Index& k) {
    const Index next = k + faces.step;
    if (!grid_.inside(k) || !grid_.inside(next) || !grid_.ghosted().contains(next)) return;
    family.forth[position(k)] = forth[k] / rate;
    family.back[position(k)] = back[k] / rate;
  });
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
  if (exchange_) fetch_ghosts(start_);
  std::fill_n(f_[1 - last], size_, 0.0);
  std::transform(start_, start_ + size_, f_[last],
                 [weight = polynomial.weight(degree)](double x) { return weight * x; });
  for (int k = degree - 1; k >= 0; k -= together) {
    if (exchange_ && k < degree - 1) {
      for (double* values : f_) fetch_ghosts(values);
    }
    sweep(polynomial, direction, k, std::min(together, k + 1));
  }
  store(f_[0], u);
}

/// As many as keep everything between the first and the last of them in a share of the last cache.
int JumpMatrix::products_together() const {
  if (exchange_) return exchanged_;
  constexpr std::size_t cache = 1 << 20, least = 2;  // cache in numbers, 8 MiB
  const std::size_t arrays = 4 + 2 * families_.size();
  const std::size_t between = arrays * static_cast<std::size_t>(lag(margin_));
  return static_cast<int>(std::clamp(cache / between, least, std::size_t{most_products}));
}

/// f_k, f_{k-1}, ..., `count` of them. Each follows the one before it by the longest distance at
/// least, so that what it reads is there and what it overwrites is not needed any more.
void JumpMatrix::sweep(const Polynomial& polynomial, Direction direction, int k, int count) {
  // From the first owned cell to the last and as far around them as the products to come look;
  // ghosts between them that nothing needs any more are computed, too.
  const auto& [start, size] = grid_.owned();
  const Index last{start[0] + size[0] - 1, start[1] + size[1] - 1, start[2] + size[2] - 1};
  const auto all = margin_ + static_cast<std::ptrdiff_t>(grid_.ghosted().size());
  const auto first = [&](int j) {
    const auto own = static_cast<std::ptrdiff_t>(position(start));
    return std::max(margin_, own - (count - 1 - j) * margin_);
  };
  const auto stop = [&](int j) {
    const auto own = static_cast<std::ptrdiff_t>(position(last)) + 1;
    return std::min(all, own + (count - 1 - j) * margin_);
  };
  const std::ptrdiff_t behind = lag(margin_);
  for (std::ptrdiff_t front = first(0); front < stop(0) + behind * (count - 1);
       front += Run::longest) {
    for (int j = 0; j < count; ++j) {
      const std::ptrdiff_t here = front - behind * j;
      const std::ptrdiff_t begin = std::max(here, first(j)),
                           end = std::min(here + Run::longest, stop(j));
      if (begin < end) advance(polynomial, direction, k - j, begin, end - begin);
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

#include "solvers/neighbourhood.hpp"

namespace feller {
namespace {

/// Marks the owned cells from which an owned or ghost cell that is marked can be reached; how many.
int flood(const Neighbourhood& jumps, Field& marked) {
  const Grid& grid = marked.grid();
  const Box& owned = grid.owned();
  const Ghosted seen{marked};
  auto marks = marked.values();
  const auto mark_of = [&](const Index& k) -> double& {
    return marks[static_cast<std::size_t>(owned.offset(k))];
  };
  std::vector<Index> fresh;
  int found = 0;
  const auto mark = [&](const Index& k) {
    mark_of(k) = 1;
    fresh.push_back(k);
    ++found;
  };
  for_each(owned, [&](const Index& k) {
    if (mark_of(k) == 1) return;
    bool reaches = false;
    jumps.around(k,
                 [&](const Index& l, double out, double) { reaches |= out > 0 && seen[l] == 1; });
    if (reaches) mark(k);
  });
  while (!fresh.empty()) {
    const Index l = fresh.back();
    fresh.pop_back();
    jumps.around(l, [&](const Index& k, double, double in) {
      if (in > 0 && owned.contains(k) && mark_of(k) == 0) mark(k);
    });
  }
  return found;
}

}  // namespace

Neighbourhood::Neighbourhood(const JumpRates& rates) : rates_{rates} {
  for (const auto& family : rates.families()) {
    families_.push_back({family.step, Ghosted{family.forth}, Ghosted{family.back}});
  }
}

Field can_be_killed(const Neighbourhood& jumps) {
  const auto& rates = jumps.rates();
  Field marked = transformed(rates.killing(), [](double rate) { return rate > 0 ? 1 : 0; });
  while (maximum(rates.grid().comm(), flood(jumps, marked)) > 0) {
  }
  return marked;
}

}  // namespace feller

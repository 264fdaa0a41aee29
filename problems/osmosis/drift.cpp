#include "problems/osmosis/drift.hpp"

namespace feller {
namespace {

constexpr Crossing diffusion_alone{1, 1};

}  // namespace

FaceRule face_rule(const std::string& name) {
  if (name == "lower") return FaceRule::lower;
  return name == "both" ? FaceRule::both : FaceRule::either;
}

void remove_drift(JumpRates& rates, const FaceSet& faces) {
  map_crossings(rates, [&](const Index& k, const Index& l, int, const Crossing& c) {
    return faces.contains(k, l) ? diffusion_alone : c;
  });
}

void keep_drift(JumpRates& rates, const FaceSet& faces) {
  map_crossings(rates, [&](const Index& k, const Index& l, int, const Crossing& c) {
    return faces.contains(k, l) ? c : diffusion_alone;
  });
}

JumpRates mixed(const JumpRates& one, const JumpRates& other, const Field& alpha) {
  const Grid& grid = one.grid();
  const Ghosted a{alpha};
  JumpRates result{one};
  for (std::size_t f = 0; f < result.families().size(); ++f) {
    Faces& to = result.families()[f];
    const Faces& from = other.families()[f];
    const auto forth = to.forth.values(), back = to.back.values();
    const auto other_forth = from.forth.values(), other_back = from.back.values();
    std::size_t i = 0;
    for_each(grid.owned(), [&](const Index& k) {
      const Index l = k + to.step;
      if (grid.inside(l)) {
        const double part = (a[k] + a[l]) / 2;
        forth[i] = part * forth[i] + (1 - part) * other_forth[i];
        back[i] = part * back[i] + (1 - part) * other_back[i];
      }
      ++i;
    });
  }
  return result;
}

void hold_outside(JumpRates& rates, const Field& region, const Field& given) {
  const Ghosted inside{region}, value{given};
  const Field killed = gather(rates, [&](const Index& k, const Index& l, const Crossing& c) {
    const bool leaves_k = inside[k] > 0.5 && inside[l] <= 0.5;
    const bool leaves_l = inside[l] > 0.5 && inside[k] <= 0.5;
    return std::pair{leaves_k ? c.forth : 0, leaves_l ? c.back : 0};
  });
  const Field supplied = gather(rates, [&](const Index& k, const Index& l, const Crossing& c) {
    const bool enters_k = inside[k] > 0.5 && inside[l] <= 0.5;
    const bool enters_l = inside[l] > 0.5 && inside[k] <= 0.5;
    return std::pair{enters_k ? c.back * value[l] : 0, enters_l ? c.forth * value[k] : 0};
  });
  check(VecAXPY(rates.killing().vector(), 1, killed.vector()));
  check(VecAXPY(rates.source().vector(), 1, supplied.vector()));
  map_crossings(rates, [&](const Index& k, const Index& l, int, const Crossing& c) {
    return inside[k] > 0.5 && inside[l] > 0.5 ? c : Crossing{};
  });
}

Field drift(const Faces& faces) {
  Field d{faces.forth.grid()};
  auto value = d.values().begin();
  auto back = faces.back.values().begin();
  for (const double forth : faces.forth.values()) {
    const double both = forth + *back;
    *value++ = both > 0 ? 2 * (forth - *back) / both : 0;
    ++back;
  }
  return d;
}

double fraction_of_faces(const Grid& grid, const FaceSet& faces) {
  long double all = 0, in_set = 0;
  for_each_face(JumpRates{grid}, [&](const Index& k, const Index& l, const Crossing&) {
    ++all;
    if (faces.contains(k, l)) ++in_set;
  });
  return static_cast<double>(sum(grid.comm(), in_set) / sum(grid.comm(), all));
}

}  // namespace feller

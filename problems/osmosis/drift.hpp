#pragma once

/// What models of osmosis do to the drift across faces, for pixels of unit size:
///
///     canonical   forth = 2 v_L / (v_K + v_L)        back = 2 v_K / (v_K + v_L)
///     none        forth = back = 1                    (diffusion alone)
///     mixed       a rates_1 + (1 - a) rates_2         a the mean of both pixels' alpha
///     held        u given in the pixels outside a region: what crosses its border from inside is
///                 killed, what enters is a source
///
/// The drift itself is d = 2 (forth - back) / (forth + back) [1/pixel], the diffusion their mean.

#include "discretisation/jump_rates.hpp"

namespace feller {

/// Which faces a set of pixels stands for. `either` is symmetric under rotations of the picture by
/// half a turn; `lower` (the pixel to the left or above alone counts) is what published codes do,
/// and is not.
enum class FaceRule { either, lower, both };

/// Its words in study files: "either" or "any", "lower", "both".
FaceRule face_rule(const std::string& name);

/// The faces of the set of pixels where `mask` is 1, by a rule.
class FaceSet {
 public:
  FaceSet(const Field& mask, FaceRule rule) : mask_{mask}, rule_{rule} {}

  bool contains(const Index& k, const Index& l) const {
    const bool first = mask_[k] > 0.5, second = mask_[l] > 0.5;
    if (rule_ == FaceRule::either) return first || second;
    return rule_ == FaceRule::lower ? first : first && second;
  }

 private:
  Ghosted mask_;
  FaceRule rule_;
};

/// Each face (K, L, family, its crossing) anew. Collective.
template <class Map>
void map_crossings(JumpRates& rates, Map&& map) {
  const Grid& grid = rates.grid();
  int number = 0;
  for (auto& family : rates.families()) {
    auto forth = family.forth.values().begin();
    auto back = family.back.values().begin();
    for_each(grid.owned(), [&](const Index& k) {
      const Index l = k + family.step;
      if (grid.inside(l)) {
        const Crossing c = map(k, l, number, Crossing{*forth, *back});
        *forth = c.forth;
        *back = c.back;
      }
      ++forth;
      ++back;
    });
    ++number;
  }
}

/// Diffusion alone across the faces of the set, or across all others. Collective.
void remove_drift(JumpRates& rates, const FaceSet& faces);
void keep_drift(JumpRates& rates, const FaceSet& faces);

/// The rates of one drift where alpha is 1, of another where it is 0. Collective.
JumpRates mixed(const JumpRates& one, const JumpRates& other, const Field& alpha);

/// Holds u at `given` wherever `region` is 0. Collective.
void hold_outside(JumpRates& rates, const Field& region, const Field& given);

/// d across the faces of one family, 0 where nothing crosses. Collective.
Field drift(const Faces& faces);

/// The fraction of all faces along the axes that are in the set. Collective.
double fraction_of_faces(const Grid& grid, const FaceSet& faces);

}  // namespace feller

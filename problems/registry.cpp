#include "problems/registry.hpp"

#include <array>

#include "problems/fokker_planck.hpp"
#include "problems/osmosis.hpp"

namespace feller {
namespace {

constexpr std::array kinds{
    ProblemEntry{"fokker_planck",
                 "density under drift or potential and diffusion, given as formulas",
                 fokker_planck},
    ProblemEntry{"osmosis", "image that drifts and diffuses towards a guidance image", osmosis},
};

}  // namespace

std::span<const ProblemEntry> problem_kinds() {
  return kinds;
}

}  // namespace feller

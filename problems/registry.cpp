#include "problems/registry.hpp"

#include "problems/fokker_planck.hpp"
#include "problems/osmosis.hpp"
#include "problems/osmosis_box.hpp"
#include "problems/process_problem.hpp"

namespace feller {
namespace {

std::vector<ProblemEntry> all_kinds() {
  std::vector<ProblemEntry> kinds{
      {"fokker_planck", "density under drift or potential and diffusion, given as formulas",
       fokker_planck},
      {"osmosis", "image that drifts and diffuses towards a guidance image", osmosis},
      {"osmosis_box",
       "osmosis on a few cells, in 1-D to 3-D: image and guidance as formulas, numbers or noise",
       osmosis_box},
  };
  for (const auto& process : process_kinds()) {
    kinds.push_back(
        {process.name, process.meaning, [&process] { return process_problem(process); }});
  }
  return kinds;
}

}  // namespace

std::span<const ProblemEntry> problem_kinds() {
  static const std::vector<ProblemEntry> kinds = all_kinds();
  return kinds;
}

}  // namespace feller

/// The Markov chain on densities against reference values (34-digit arithmetic).

#include <catch2/catch.hpp>
#include <cmath>

#include "problems/noise_schedule.hpp"
#include "problems/process_problem.hpp"
#include "solvers/chain_kernel.hpp"
#include "solvers/functionals.hpp"
#include "tests/support.hpp"

namespace feller::test {
namespace {

struct Case {
  std::string name;
  std::string population;
  double reach;
};

const std::vector<Case> cases{
    {"mixture",
     "weights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\nsds = 0.2, 0.15, 0.3\n", 9},
    {"uniform[-1,1]",
     "population = uniform\npopulation_lower = -1\npopulation_upper = 1\n", 9},
    {"N(0,4)", "means = 0\nsds = 2\n", 16},
    {"wide_bimodal", "means = -2, 2\nsds = 0.1\n", 9},
};

std::string study(const Case& c, int cells_per_unit) {
  return "[problem]\nkind = ornstein_uhlenbeck\n" + c.population + "[grid]\ncells = " +
         std::to_string(static_cast<int>(2 * c.reach) * cells_per_unit) +
         "\nlower = -" + std::to_string(c.reach) + "\nupper = " + std::to_string(c.reach) + "\n";
}

}  // namespace

TEST_CASE("chain: probe", "[chain_probe]") {
  const Json json = reference("vp_chain.json");
  for (const auto& c : cases) {
    for (const int fine : {20, 40, 80}) {
      const BuiltProblem problem{study(c, fine)};
      const NoiseSchedule schedule{std::vector<double>(1000, 0.02)};
      for (const auto& [key, row] : json.get_child(Json::path_type{"chains|const_0.02|" + c.name, (char)124})) {
        const int i = row.get<int>("i");
        const double h = 1.0 / fine;
        Field p = problem->initial(0);
        if (i > 0) p = ChainKernel{problem->grid(), schedule.log_survival(i)}.forward(p);
        const Field log_w = log_standard_normal(problem->grid());
        const double H = differential_entropy(p), kl = relative_entropy(p, log_w);
        const double J = fisher_information(p), I = relative_fisher_information(p, log_w);
        WARN(c.name << " " << fine << " i=" << i << " dH " << H - row.get<double>("H") << " pred "
                    << h * h / 24 * J << " rest " << H - row.get<double>("H") - h * h / 24 * J
                    << " dKL " << kl - row.get<double>("KL_to_N01") << " pred " << -h * h / 24 * I << " mass " << mass(p)-1
                    << " J " << J << " L1 " << l1_distance(p, *problem->exact(0, schedule.ou_time(i))));
      }
    }
  }
}

}  // namespace feller::test

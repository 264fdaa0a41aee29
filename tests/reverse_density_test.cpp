#include <catch2/catch.hpp>
#include <cmath>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include "discretisation/noise.hpp"

#include "problems/process_problem.hpp"
#include "solvers/functionals.hpp"
#include "solvers/reverse_flow.hpp"
#include "studies/score/reverse_law.hpp"
#include "tests/support.hpp"

namespace feller::test {
TEST_CASE("explore", "[reverse_density]") {
  double lim = 7.5;
  for (const bool normal : {false, true})
  for (int l = 0; l < 4; ++l) {
    auto t0c = std::chrono::steady_clock::now();
    const int cells = 100 << l, steps = 40 << l;
    BuiltProblem problem{fmt::format(
        "[problem]\nkind=ornstein_uhlenbeck\npopulation = mixture\n"
        "weights = 0.3, 0.45, 0.25\nmeans = -1, 0.2, 1.3\nsds = 0.2, 0.15, 0.3\n"
        "[grid]\ncells = {}\nlower = {}\nupper = {}\n", cells, -lim, lim)};
    const Generator generator = problem->generator(0);
    Times times{0};
    for (double t : log_times(0.1, 10, steps)) times.push_back(std::log1p(t) / 2);
    // first from 0 to t0
    ForwardHistory to_start{generator, masses_of(problem->initial(0)), {0, times[1]}, 1000};
    times.erase(times.begin());
    ForwardHistory history{generator, to_start.last(), times, 100000};
    ReverseFlow flow{history};
    const auto exact = cell_means(*problem->process()->law(times.front()), problem->grid());
    const auto exactT = cell_means(*problem->process()->law(times.back()), problem->grid());
    BuiltProblem np{fmt::format(
        "[problem]\nkind=ornstein_uhlenbeck\npopulation = mixture\n"
        "weights = 1\nmeans = 0\nsds = {}\n"
        "[grid]\ncells = {}\nlower = {}\nupper = {}\n", std::sqrt(10.0/11), cells, -lim, lim)};
    Field start = normal ? masses_of(np->initial(0)) : masses_of(exactT);
    std::vector<ReverseMotion> m;
    for (double la : {0., .5, 1., 2.}) m.push_back(reverse_motion(la));
    for (double la : {.5, 2.}) m.push_back(printed_motion(la));
    m.push_back({.drift=1,.noise=0});
    m.push_back(reverse_motion(1));
    std::vector<Field> q(m.size(), start);
    q.back() = history.last();
    for (int n = history.steps(); n-- > 0;) flow.carry(q, m, n);
    auto t1c = std::chrono::steady_clock::now();
    const Field p0 = history.step(0).before;
    auto logp = transformed(densities_of(p0), [](double x) { return std::log(x); });
    auto logpT = transformed(densities_of(history.last()), [](double x) { return std::log(x); });
    auto logex = transformed(exact, [](double x) { return std::log(x); });
    printf("cells %d steps %d: %.3f s, sub %d prod %d degree %d, least %g change %g  fwd err %.4g\n", cells, steps,
      std::chrono::duration<double>(t1c-t0c).count(), flow.sub_steps(), flow.products(), 0, history.least(), history.largest_change(),
      l1_distance(densities_of(p0), exact));
    double klT = relative_entropy(densities_of(start), logpT);
    for (size_t i = 0; i < m.size(); ++i) {
      Field d = densities_of(q[i]);
      double rmin = 1e300, rmax = 0;
      for (size_t k = 0; k < d.values().size(); ++k) { double r = q[i].values()[k]/p0.values()[k]; rmin = std::min(rmin, r); rmax = std::max(rmax, r);}
      printf("  g %.2f c %.2f L1 exact %.6e KL p_h %.8e KL ex %.8e klT %.8e  mass-1 %.2g min %g  L1 p_h %.3g r %.4g %.4g\n", m[i].drift, m[i].noise, l1_distance(d, exact),
         relative_entropy(d, logp), relative_entropy(d, logex), klT, mass(d) - 1, least(d), l1_distance(d, densities_of(p0)), rmin, rmax);
    }
  }
}
}

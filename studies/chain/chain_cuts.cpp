#include "studies/chain/chain_cuts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "solvers/functionals.hpp"

namespace feller {
namespace {

constexpr double round_off = 1e-12;
/// A step changes what is left to N(0, I) by a part of about beta.
constexpr double settled = 1e-7;
const std::string v2 = "V2";

bool varies(const NoiseSchedule& schedule) {
  for (int i = 2; i <= schedule.steps(); ++i) {
    if (schedule.beta(i) != schedule.beta(1)) return true;
  }
  return false;
}

double largest_size(const Field& g) {
  return std::max(largest(g), -least(g));
}

double pairing(const Field& g, const Field& density) {
  double product = 0;
  check(VecDot(g.vector(), masses_of(density).vector(), &product));
  return product;
}

double worst(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values) raise(most, value);
  return most;
}

Field walk_back(const DensityChain& chain, Field g, int first, int last) {
  for (int i = last; i > first; --i) g = chain.jump_back(g, i - 1, i);
  return g;
}

}  // namespace

CutErrors cut_errors(const Problem& problem, const DensityChain& chain, const ChainWalk& walk) {
  CutErrors errors;
  const int m = walk.last();
  const Field& p = walk.forward.front();
  const Field &end = walk.forward.back(), &g = walk.backward.back(), &start = walk.backward.front();
  const double size = largest_size(g), whole = pairing(g, end);
  const Field jump = chain.jump(p, 0, m);
  const DensityChain second{problem, chain.schedule()};  // its kernels are made anew
  for (std::size_t n = 1; n + 1 < walk.size(); ++n) {
    const int l = walk.steps[n];
    errors.cuts.push_back(l);
    errors.forward.push_back(l1_distance(second.walk(walk.forward[n], l, m), end));
    errors.backward.push_back(linf_distance(walk_back(second, walk.backward[n], 0, l), start) /
                              size);
    errors.pairing.push_back(std::abs(pairing(walk.backward[n], walk.forward[n]) - whole) / size);
    errors.jumps.push_back(l1_distance(chain.jump(chain.jump(p, 0, l), l, m), jump));
    errors.jumps_bound.push_back(round_off +
                                 composition_error(chain.grid(), chain.schedule().log_survival(l),
                                                   chain.schedule().log_survival(l, m)));
  }
  return errors;
}

Checks cut_checks(const CutErrors& errors) {
  const std::string cuts = fmt::format(" of all {} cuts l", errors.cuts.size());
  return {
      {.name = "forward",
       .claim = "(6), (7): largest |P_{l,m} P_{0,l} p - P_{0,m} p|_1" + cuts,
       .measured = worst(errors.forward),
       .bound = round_off,
       .statement = v2},
      {.name = "backward",
       .claim = "largest max|P_{0,l}^T P_{l,m}^T g - P_{0,m}^T g| / max|g|" + cuts,
       .measured = worst(errors.backward),
       .bound = round_off,
       .statement = v2},
      {.name = "chapman_kolmogorov",
       .claim = "largest |<P_{l,m}^T g, P_{0,l} p> - <g, P_{0,m} p>| / max|g|" + cuts,
       .measured = worst(errors.pairing),
       .bound = round_off,
       .statement = v2},
      {.name = "jumps",
       .claim = "largest |jumps 0 to l to m - jump 0 to m|_1, other kernels," + cuts,
       .measured = worst(errors.jumps),
       .bound = worst(errors.jumps_bound),
       .statement = v2},
  };
}

void add_cut_controls(Experiment& experiment, const DensityChain& chain, const ChainWalk& walk) {
  const int m = walk.last();
  const std::size_t middle = walk.size() / 2;
  const int l = walk.steps[middle];
  const Field& end = walk.forward.back();
  const Field short_of_one = chain.walk(walk.forward[middle], l, m - 1);
  const auto add = [&](const std::string& name, const std::string& claim, double measured,
                       const std::string& misprint) {
    experiment.add({.name = name,
                    .claim = claim,
                    .measured = measured,
                    .relation = Relation::greater,
                    .bound = 10 * round_off,
                    .is_control = true,
                    .statement = v2,
                    .misprint = misprint});
  };
  const double product = mass(short_of_one);
  add("control_printed_limit",
      fmt::format("(8) as printed, product to i - 1, is {:.13g} for every u_{}: int |that - p_i| "
                  "over the length of the box",
                  product, m),
      l1_distance(Field{chain.grid(), product}, end) / chain.grid().volume(), "Peter 2023, (8)");
  if (distance_from_normal(end) < settled) {
    experiment.say("control_step, control_time: left out, p_m is N(0, I) already");
    return;
  }
  add("control_step",
      fmt::format("|P_{{{},{}}} p_{} - p_{}|_1: the factor of one step dropped", l, m - 1, l, m),
      l1_distance(short_of_one, end), "");
  if (!varies(chain.schedule())) {
    experiment.say("control_time: left out, all steps have the same beta");
    return;
  }
  add("control_time",
      fmt::format("|P_{{0,{}}} p_{} - p_{}|_1: the first betas again in place of P_{{{},{}}}",
                  m - l, l, m, l, m),
      l1_distance(chain.walk(walk.forward[middle], 0, m - l), end), "");
}

}  // namespace feller

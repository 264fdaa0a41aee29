#include "solvers/first_passage.hpp"

#include <fmt/format.h>

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "discretisation/absorbing_set.hpp"
#include "discretisation/interpolation.hpp"
#include "solvers/functionals.hpp"
#include "solvers/propagator.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

/// dX = -V' dt + sqrt(2) dW, V = (x^2 - 1)^2 / depth, on [-2.5, 2.5].
std::string double_well(int cells, double depth, const std::string& sign = "",
                        const std::string& boundary = "reflecting") {
  return fmt::format(
      "[problem]\nkind = fokker_planck\npotential = {}(x^2-1)^2/{}\ninitial = normal(x, -1, 0.2)\n"
      "[grid]\ncells = {}\nlower = -2.5\nupper = 2.5\nboundary = {}\n",
      sign, depth, cells, boundary);
}

/// Gauss-Legendre with 10 points on each of many panels, in long double.
using Real = long double;
using RealFunction = std::function<Real(Real)>;

Real quadrature(const RealFunction& f, Real a, Real b, int panels) {
  static const std::array<Real, 5> nodes{
      0.148874338981631210884826001129719985L, 0.433395394129247190799265943165784162L,
      0.679409568299024406234327365114873576L, 0.865063366688984510732096688423493049L,
      0.973906528517171720077964012084452053L};
  static const std::array<Real, 5> weights{
      0.295524224714752870173815619188769371L, 0.269266719309996355091226921569469353L,
      0.219086362515982043995534934228163193L, 0.149451349150580593145863396957644931L,
      0.0666713443086881375935688098933317929L};
  const Real half = (b - a) / (2 * panels);
  Real total = 0;
  for (int p = 0; p < panels; ++p) {
    const Real middle = a + (2 * p + 1) * half;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      total += weights[i] * (f(middle - half * nodes[i]) + f(middle + half * nodes[i]));
    }
  }
  return half * total;
}

Real well(Real x, Real depth) {
  return (x * x - 1) * (x * x - 1) / depth;
}

/// E_x[T] to reach a > x: int_x^a e^V(y) int_-2.5^y e^-V(z) dz dy.
Real exact_time(Real x, Real a, Real depth, int panels = 60) {
  return quadrature(
      [&](Real y) {
        return quadrature([&](Real z) { return std::exp(well(y, depth) - well(z, depth)); }, -2.5L,
                          y, panels);
      },
      x, a, panels);
}

/// P_x(1 before -1) = int_-1^x e^V / int_-1^1 e^V.
Real exact_committor(Real x, Real depth) {
  const RealFunction weight = [&](Real y) { return std::exp(well(y, depth)); };
  return quadrature(weight, -1, x, 60) / quadrature(weight, -1, 1, 60);
}

/// Times to reach a set from a point, from the study's own steps.
struct Passage {
  Passage(const Problem& problem, const Region& set)
      : generator{absorb(problem.rates(0), set), problem.log_weight(0)},
        alive{transformed(indicator(problem.grid(), set), [](double x) { return 1 - x; })},
        system{generator} {}
  explicit Passage(const Problem& problem)
      : generator{problem.generator(0)}, alive{problem.grid(), 1}, system{generator} {}
  Passage(const Passage&) = delete;

  double time_from(const Point& x) { return Interpolation{x, alive}(mean_time(system, alive)); }

  Generator generator;
  Field alive;
  KilledSystem system;
};

/// The committor from -1 to 1 at a point.
double committor_at(const Problem& problem, double x) {
  const Region start = [](const Point& p) { return p[0] <= -1; };
  const Region target = [](const Point& p) { return p[0] >= 1; };
  JumpRates rates = absorb(problem.rates(0), start);
  const Field elsewhere = rates.killing();
  check(VecSet(rates.killing().vector(), 0));
  rates = absorb(std::move(rates), target);
  Field entering = rates.killing();
  const Field in_target = indicator(problem.grid(), target);
  check(VecAXPY(rates.killing().vector(), 1, elsewhere.vector()));
  const Generator generator{std::move(rates), problem.log_weight(0)};
  KilledSystem system{generator};
  return Interpolation{{x, 0, 0}, Field{problem.grid(), 1}}(exit_probability(system, entering));
}

/// Errors relative to `exact` on a ladder of grids, and what is left after Richardson.
struct Ladder {
  std::vector<double> spacings, values;

  double order(double exact) const {
    std::vector<double> errors;
    for (const double value : values) errors.push_back(std::abs(value / exact - 1));
    return slope(spacings, errors);
  }
  double extrapolated(double exact, const std::vector<int>& powers) const {
    return std::abs(richardson(values, powers) / exact - 1);
  }
};

template <class Value>
Ladder ladder(int coarsest, int levels, double length, Value&& value) {
  Ladder result;
  for (int level = 0; level < levels; ++level) {
    const int cells = coarsest << level;
    result.spacings.push_back(length / cells);
    result.values.push_back(value(cells));
  }
  return result;
}

}  // namespace

TEST_CASE("first passage: mean times of a double well, against quadrature", "[first_passage]") {
  constexpr double depth = 0.25;
  for (const double target : {0.0, 1.0}) {
    const Real exact = exact_time(-1, target, depth);
    // The reference itself: half the panels give the same 12 digits.
    CHECK(std::abs(static_cast<double>(exact / exact_time(-1, target, depth, 30) - 1)) <= 1e-13);
    const Ladder times = ladder(320, 5, 5, [&](int cells) {
      const BuiltProblem problem{double_well(cells, depth)};
      Passage passage{*problem, [&](const Point& x) { return x[0] >= target; }};
      const double time = passage.time_from({-1, 0, 0});
      CHECK(passage.system.residual() <= 1e-14);
      return time;
    });
    INFO("from -1 to " << target << ": " << static_cast<double>(exact));
    CHECK(times.order(static_cast<double>(exact)) == Approx(2).margin(0.05));
    // Beside the even powers of the scheme the border adds odd ones from h^3 on.
    CHECK(times.extrapolated(static_cast<double>(exact), {2, 3, 4}) <= 1e-9);
  }
}

TEST_CASE("first passage: committor of a double well, against quadrature", "[first_passage]") {
  constexpr double depth = 0.25;
  for (const double x : {-0.45, 0.2, 0.7}) {
    const auto exact = static_cast<double>(exact_committor(x, depth));
    const Ladder values = ladder(160, 5, 5, [&](int cells) {
      return committor_at(*BuiltProblem{double_well(cells, depth)}, x);
    });
    INFO("x = " << x);
    CHECK(values.order(exact) == Approx(2).margin(0.05));
    CHECK(values.extrapolated(exact, {2, 3, 4}) <= 1e-9);
  }
}

TEST_CASE("first passage: order 2 wherever the set's border lies", "[first_passage]") {
  // In cells, the border lies 1/3 or 2/3 beyond a face: in turns, with theta = 5/6 and 1/6.
  constexpr double depth = 0.25, target = 1.0 / 6;
  const auto exact = static_cast<double>(exact_time(-1, target, depth));
  const Region set = [&](const Point& x) { return x[0] >= target; };
  const Ladder times = ladder(160, 5, 5, [&](int cells) {
    const BuiltProblem problem{double_well(cells, depth)};
    return Passage{*problem, set}.time_from({-1, 0, 0});
  });
  CHECK(times.order(exact) == Approx(2).margin(0.05));

  // Control: absorbed only at the centre of the cell that is entered, order 1. The border is moved
  // by (1 - theta) h, so theta is kept the same by a ladder of factor 4.
  Ladder late = ladder(160, 5, 5, [&](int cells) {
    const BuiltProblem problem{double_well(cells, depth)};
    JumpRates rates = problem->rates(0);
    const Field inside = indicator(problem->grid(), set);
    const Ghosted near{inside};
    const Field entering = gather(rates, [&](const Index& k, const Index& l, const Crossing& c) {
      return std::pair{near[k] == 0 && near[l] == 1 ? c.forth : 0.0, 0.0};
    });
    rates = absorb(std::move(rates), set);
    auto killing = rates.killing().values();
    for (std::size_t i = 0; i < killing.size(); ++i) {
      if (inside.values()[i] == 0) killing[i] = entering.values()[i];
    }
    const Generator generator{std::move(rates)};
    KilledSystem system{generator};
    const Field alive = transformed(inside, [](double x) { return 1 - x; });
    return Interpolation{{-1, 0, 0}, alive}(mean_time(system, alive));
  });
  for (auto* list : {&late.spacings, &late.values}) *list = {(*list)[0], (*list)[2], (*list)[4]};
  CHECK(late.order(exact) == Approx(1).margin(0.1));

  // Control: with the drift's sign wrong there is nothing to converge to.
  const Ladder wrong = ladder(160, 2, 5, [&](int cells) {
    const BuiltProblem problem{double_well(cells, depth, "-")};
    return Passage{*problem, set}.time_from({-1, 0, 0});
  });
  CHECK(std::abs(wrong.values.back() / exact - 1) > 0.5);
}

TEST_CASE("first passage: times of e^50 keep their digits on a line", "[first_passage]") {
  constexpr double depth = 0.02;
  const auto exact = static_cast<double>(exact_time(-1, 0, depth, 200));
  CHECK(exact > 1e18);
  const Region set = [](const Point& x) { return x[0] >= 0; };
  const Ladder times = ladder(1280, 4, 5, [&](int cells) {
    const BuiltProblem problem{double_well(cells, depth)};
    return Passage{*problem, set}.time_from({-1, 0, 0});
  });
  CHECK(times.order(exact) == Approx(2).margin(0.05));
  CHECK(times.extrapolated(exact, {2, 3, 4}) <= 1e-8);

  // Control: elimination that subtracts loses all of them.
  const BuiltProblem problem{double_well(1280, depth)};
  const Passage passage{*problem, set};
  const auto& rates = passage.generator.rates();
  const auto up = everywhere(rates.families().front().forth);
  const auto down = everywhere(rates.families().front().back);
  const auto diagonal = everywhere(passage.generator.outflow());
  const auto right = everywhere(passage.alive);
  std::vector<double> pivot = diagonal, x = right;
  for (std::size_t i = 1; i < x.size(); ++i) {
    pivot[i] = diagonal[i] - down[i - 1] * up[i - 1] / pivot[i - 1];
    x[i] += down[i - 1] * x[i - 1] / pivot[i - 1];
  }
  for (std::size_t i = x.size(); i-- > 0;) {
    x[i] = (x[i] + (i + 1 < x.size() ? up[i] * x[i + 1] : 0)) / pivot[i];
  }
  CHECK_FALSE(std::abs(x[x.size() * 3 / 10] / exact - 1) < 0.5);
}

TEST_CASE("first passage: factors refined in two doubles agree with a line", "[first_passage]") {
  // V does not depend on y, so neither does the time.
  const auto in_a_strip = [](double depth) {
    return fmt::format(
        "[problem]\nkind = fokker_planck\npotential = (x^2-1)^2/{} + 0*y\ninitial = 1\n"
        "[grid]\ncells = 150, 6\nlower = -2.5, 0\nupper = 2.5, 1\n",
        depth);
  };
  const Region set = [](const Point& x) { return x[0] >= 0; };
  for (const double depth : {0.25, 0.06}) {
    const BuiltProblem line{double_well(150, depth)}, strip{in_a_strip(depth)};
    const double on_line = Passage{*line, set}.time_from({-1, 0, 0});
    Passage passage{*strip, set};
    INFO("depth " << depth << ", time " << on_line);
    CHECK(passage.time_from({-1, 0.3, 0}) == Approx(on_line).epsilon(1e-12));
    CHECK(passage.system.residual() <= 1e-14);
  }
  // Beyond 1e15 shortest times a factorisation in doubles knows nothing, and says so.
  const BuiltProblem strip{in_a_strip(0.02)};
  Passage passage{*strip, set};
  CHECK_THROWS_AS(mean_time(passage.system, passage.alive), SolverError);
}

TEST_CASE("first passage: Brownian motion leaves a disc after (R^2 - r^2)/4", "[first_passage]") {
  // D = diag(1, 1), and a full tensor in its own ellipse x D^-1 x < R^2, where the same holds.
  struct Shape {
    std::string diffusion;
    std::function<double(const Point&)> square;
  };
  const std::vector<Shape> shapes{{"1", [](const Point& x) { return x[0] * x[0] + x[1] * x[1]; }},
                                  {"1, 0.6, 0.6, 1", [](const Point& x) {
                                     return (x[0] * x[0] - 1.2 * x[0] * x[1] + x[1] * x[1]) /
                                            (1 - 0.36);
                                   }}};
  for (const auto& shape : shapes) {
    const Region set = [&](const Point& x) { return shape.square(x) >= 1; };
    std::vector<double> spacings, errors;
    for (const int cells : {20, 40, 80, 160}) {
      const BuiltProblem problem{
          fmt::format("[problem]\nkind = fokker_planck\ndiffusion = {}\ninitial = 1\n"
                      "[grid]\ncells = {}, {}\nlower = -1.3, -1.25\nupper = 1.2, 1.25\n",
                      shape.diffusion, cells, cells)};
      Passage passage{*problem, set};
      const Field exact = fill(problem->grid(), [&](const Index& k) {
        return std::max(0.0, (1 - shape.square(problem->grid().centre(k))) / 4);
      });
      const Field time = mean_time(passage.system, passage.alive);
      spacings.push_back(2.5 / cells);
      errors.push_back(l1_distance(time, exact) / total(masses_of(exact)));
      CHECK(least(time) >= 0);
    }
    INFO("D = " << shape.diffusion);
    CHECK(slope(spacings, errors) == Approx(2).margin(0.1));
  }
}

TEST_CASE("first passage: an interval with drift, against closed forms", "[first_passage]") {
  const auto interval = [](int cells, double drift) {
    return fmt::format(
        "[problem]\nkind = fokker_planck\ndrift = {}\ninitial = 1\n"
        "[grid]\ncells = {}\nlower = 0\nupper = 1\nboundary = absorbing\n",
        drift, cells);
  };
  // Where the drift is constant the weight is exact, and so is the probability of an end.
  const BuiltProblem drifting{interval(50, 3)};
  Passage passage{*drifting};
  for (const Exit& exit : passage.generator.rates().exits()) {
    const Field q = exit_probability(passage.system, exit.rate);
    const Field exact = fill(drifting->grid(), [&](const Index& k) {
      const double up = std::expm1(-3 * drifting->grid().centre(k)[0]) / std::expm1(-3.0);
      return exit.upper ? up : 1 - up;
    });
    CHECK(largest_difference(everywhere(q), everywhere(exact)) <= 1e-12);
  }
  CHECK(passage.generator.rates().exits().size() == 2);

  // Without drift tau = x (1 - x) / 2 and E[T^2] = (x^4 - 2 x^3 + x) / 12.
  const double x = 0.3;
  const double second = (std::pow(x, 4) - 2 * std::pow(x, 3) + x) / 12, first = x * (1 - x) / 2;
  const auto deviation = [&](int cells) {
    const BuiltProblem problem{interval(cells, 0)};
    Passage free{*problem};
    const Field tau = mean_time(free.system, free.alive);
    return Interpolation{{x, 0, 0}, free.alive}(standard_deviation(free.system, free.alive, tau));
  };
  const Ladder deviations = ladder(40, 4, 1, deviation);
  CHECK(deviations.order(std::sqrt(second - first * first)) == Approx(2).margin(0.05));

  // Time spent, forward, and time to come, backward, are the same.
  const Field start = masses_of(drifting->initial(0));
  const Field stay = passage.system.solve_forward(start);
  const Field tau = mean_time(passage.system, passage.alive);
  double expected = 0;
  check(VecDot(tau.vector(), start.vector(), &expected));
  CHECK(total(stay) == Approx(expected).epsilon(1e-13));
}

TEST_CASE("first passage: on a circle, and in the quasi-stationary state", "[first_passage]") {
  const BuiltProblem circle{
      "[problem]\nkind = fokker_planck\ninitial = 1\n"
      "[grid]\ncells = 100\nlower = 0\nupper = 1\nboundary = periodic\n"};
  Passage around{*circle, [](const Point& x) { return x[0] > 0.4 && x[0] < 0.5; }};
  // An interval of length 0.9 that crosses the border at 0 = 1, its ends on faces.
  CHECK(around.time_from({0.95, 0, 0}) == Approx(0.45 * 0.45 / 2).epsilon(1e-3));

  // The slowest mode of an interval is sin(pi x); its discrete rate is known.
  const BuiltProblem interval{
      "[problem]\nkind = fokker_planck\ninitial = x\n"
      "[grid]\ncells = 60\nlower = 0\nupper = 1\nboundary = absorbing\n"};
  Passage ends{*interval};
  const auto state = quasi_stationary(ends.system, masses_of(interval->initial(0)));
  const double pi = std::acos(-1);
  CHECK(state.rate == Approx(4 * 3600 * std::pow(std::sin(pi / 120), 2)).epsilon(1e-12));
  CHECK(state.change <= 1e-12);
  CHECK(least(state.masses) > 0);
  CHECK(total(state.masses) == Approx(1).epsilon(1e-13));
  const Field sine = fill(interval->grid(), [&](const Index& k) {
    return std::sin(pi * interval->grid().centre(k)[0]) * std::sin(pi / 120);
  });
  CHECK(largest_difference(everywhere(state.masses), everywhere(sine)) <= 1e-12);
}

TEST_CASE("first passage: sets that are empty, everything, or out of reach", "[first_passage]") {
  const BuiltProblem problem{double_well(100, 0.25)};
  CHECK_THROWS_WITH(absorb(problem->rates(0), [](const Point& x) { return x[0] > 3; }),
                    Catch::Contains("holds no cell's centre"));
  CHECK_THROWS_WITH(absorb(problem->rates(0), [](const Point& x) { return x[0] < 3; }),
                    Catch::Contains("holds every cell's centre"));
  // Nothing moves along y, so rows that the set does not touch never reach it.
  const BuiltProblem rows{
      "[problem]\nkind = fokker_planck\ndiffusion = 1, 0\ninitial = 1\n"
      "[grid]\ncells = 12, 10\nlower = 0, 0\nupper = 1, 1\n"};
  const Generator generator{
      absorb(rows->rates(0), [](const Point& x) { return x[0] > 0.9 && x[1] > 0.5; })};
  CHECK_THROWS_WITH(KilledSystem{generator}, Catch::Contains("cannot be reached from 60 cells"));
  CHECK_THROWS_AS(KilledSystem{generator}, InputError);
}

TEST_CASE("first passage: survival by every propagator is that of the forward mass",
          "[first_passage]") {
  const BuiltProblem problem{double_well(60, 2)};
  const Passage passage{*problem, [](const Point& x) { return x[0] >= 0.1; }};
  const Field start = [&] {
    Field masses = masses_of(problem->initial(0));
    check(VecPointwiseMult(masses.vector(), masses.vector(), passage.alive.vector()));
    return masses;
  }();
  Dense a = dense(passage.generator.forward(), problem->grid());
  for (auto& row : a) {
    for (double& value : row) value *= 2;
  }
  double exact = 0;
  for (const double mass : times(exponential(a), everywhere(start))) exact += mass;
  for (const std::string method : {"uniformization", "chebyshev", "mfn"}) {
    Field forward = start, survival = passage.alive;
    const auto propagator = make_propagator(method, passage.generator, 0.2, {});
    for (int n = 0; n < 10; ++n) {
      propagator->advance(forward, n);
      propagator->advance_backward(survival, n);
    }
    double backward = 0;
    check(VecDot(survival.vector(), start.vector(), &backward));
    INFO(method);
    CHECK(total(forward) == Approx(exact).epsilon(1e-10));
    CHECK(backward == Approx(exact).epsilon(1e-10));
  }
}

TEST_CASE("interpolation: degree 5 between centres, fewer where a set is near", "[first_passage]") {
  const BuiltProblem problem{
      "[problem]\nkind = fokker_planck\ninitial = 1\n"
      "[grid]\ncells = 20, 16\nlower = 0, -1\nupper = 2, 1\nboundary = reflecting, periodic\n"};
  const Grid& grid = problem->grid();
  const auto value = [](const Point& x) { return std::pow(x[0], 5) - 2 * x[0] * x[0] + 1; };
  const Field field = fill(grid, [&](const Index& k) { return value(grid.centre(k)); });
  const Field everything{grid, 1};
  for (const double x : {0.0, 0.01, 0.33, 1.0, 1.97, 2.0}) {
    for (const double y : {-1.0, 0.2, 0.99}) {
      const Interpolation at{{x, y, 0}, everything};
      CHECK(at(field) == Approx(value({x, y, 0})).epsilon(1e-12).margin(1e-12));
    }
  }
  // A corridor three cells wide is left: a parabola along x, which is not exact for degree 5.
  const Field corridor = indicator(grid, [](const Point& x) { return x[0] > 0.9 && x[0] < 1.2; });
  const Interpolation narrow{{1.1, 0.2, 0}, corridor};
  CHECK(narrow(field) == Approx(value({1.1, 0.2, 0})).margin(1e-2));
  CHECK(std::abs(narrow(field) - value({1.1, 0.2, 0})) > 1e-6);
  CHECK_THROWS_AS((Interpolation{{0.5, 0.2, 0}, corridor}), InputError);
  CHECK_THROWS_AS((Interpolation{{2.1, 0.2, 0}, everything}), InputError);
}

TEST_CASE("first passage: a jump over a thin set ends in it", "[first_passage]") {
  // The tensor's jumps go as far as two rows; to start below, a strip is as good as all beyond it.
  const BuiltProblem problem{
      "[problem]\nkind = fokker_planck\npotential = (x^2 + y^2)/2\ndiffusion = 1, 1.9, 1.9, 4\n"
      "initial = 1\n[grid]\ncells = 30, 30\nlower = -3, -3\nupper = 3, 3\n"};
  const auto times = [&](const Region& set) {
    const Generator killed{absorb(problem->rates(0), set)};
    KilledSystem system{killed};
    const Field alive = transformed(indicator(killed.grid(), set), [](double x) { return 1 - x; });
    return mean_time(system, alive);
  };
  const Field all = times([](const Point& x) { return x[1] > 1; });
  const Field strip = times([](const Point& x) { return x[1] > 1 && x[1] < 1.15; });
  int longest = 0;
  const JumpRates rates = problem->rates(0);
  for (const auto& family : rates.families()) {
    longest = std::max(longest, std::abs(family.step[1]));
  }
  REQUIRE(longest > 1);
  double apart = 0;
  for_each(all.grid().owned(), [&](const Index& k) {
    if (all.grid().centre(k)[1] < 1) apart = std::max(apart, std::abs(all[k] / strip[k] - 1));
  });
  CHECK(maximum(PETSC_COMM_WORLD, apart) <= 1e-12);
}

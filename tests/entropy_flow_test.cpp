#include "studies/flow/entropy_flow.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "solvers/eigenmodes.hpp"
#include "solvers/functionals.hpp"
#include "solvers/implicit_euler.hpp"
#include "solvers/reversal.hpp"
#include "solvers/steady_state.hpp"
#include "studies/flow/decay_watch.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const SolverOptions exactly{.method = "direct", .keep_positive = true};

std::string plane(const std::string& equation, const std::string& grid = "") {
  return "[problem]\nkind = fokker_planck\ninitial = exp(-((x-1)^2 + y^2)/0.3)\n" + equation +
         "\n[grid]\ncells = 12, 11\nlower = -2.5, -2\nupper = 2.5, 2\n" + grid;
}

const std::string well = "potential = (x^2-1)^2 + y^2";
const std::string rotation = "drift = -x - 2*y, 2*x - y";
const std::string tensor = "drift = -x, -y\ndiffusion = 1, 0.6, 0.6, 1";
const std::string driven = "drift = -x + 2*sin(3*t), y*cos(2*t) - y";

Field other(const Problem& problem) {
  Field q = fill(problem.grid(), [&](const Index& cell) {
    const Point x = problem.grid().centre(cell);
    return std::exp(-std::pow(x[0] + 1, 2) - std::abs(x[1]));
  });
  check(VecScale(q.vector(), 1 / mass(q)));
  return q;
}

/// All entropies over some steps, beside the steady state or a second solution.
std::unique_ptr<EntropyFlow> flow(const Problem& problem, const std::string& method, double step,
                                  int steps, bool to_steady, std::optional<Field> start = {}) {
  EntropyFlow::Start begin{.u = start ? std::move(*start) : problem.initial(0)};
  if (to_steady) {
    begin.log_stationary = steady_state(problem.generator(0), 1, exactly).log_density;
  } else {
    begin.second = other(problem);
  }
  auto moving = std::make_unique<EntropyFlow>(problem, 0, method, step, exactly, std::move(begin));
  for (const auto& entry : phi_entropies()) {
    if (entry.name == "renyi" && !moving->generator().conserves_mass()) continue;
    moving->watch(std::string{entry.name}, entry.make(1.5));
  }
  for (int n = 0; n < steps; ++n) moving->advance();
  return moving;
}

Field dirac(const Grid& grid, PetscInt number) {
  return fill(grid, [&](const Index& cell) {
    return grid.natural(cell) == number ? 1 / grid.volume(cell) : 0;
  });
}

}  // namespace

TEST_CASE("entropy flow: every entropy decreases, by the identity", "[lyapunov]") {
  struct Case {
    std::string equation, grid, method;
    bool to_steady;
  };
  const std::vector<Case> cases{{well, "", "implicit_euler", true},
                                {rotation, "", "implicit_euler", true},
                                {rotation, "", "uniformization", true},
                                {rotation, "", "uniformization", false},
                                {tensor, "", "implicit_euler", true},
                                {rotation, "boundary = periodic", "implicit_euler", true},
                                {rotation, "boundary = absorbing", "implicit_euler", false},
                                {driven, "", "implicit_euler", false},
                                {driven, "", "uniformization", false}};
  for (const auto& [equation, grid, method, to_steady] : cases) {
    const BuiltProblem problem{plane(equation, grid)};
    const auto seen = flow(*problem, method, 0.1, 25, to_steady);
    INFO(equation << " " << grid << " " << method);
    CHECK(seen->has_identity() == (method == "implicit_euler"));
    for (const auto& track : seen->tracks()) {
      INFO(track.name << ": rise " << track.worst.rise << ", allowed " << track.worst.allowed);
      CHECK(track.finite > 20);
      CHECK(track.decreased());
      CHECK(track.worst.rise < 0);
      if (seen->has_identity()) CHECK(track.identity.defect <= 1e-12);
    }
  }
}

TEST_CASE("entropy flow: control, Crank-Nicolson without a damped start", "[lyapunov]") {
  // One step is 2 P - I with P = (I - tau/2 A)^-1, whose entry at the start is 0.2 here: so 0.6 of
  // the mass is missing there and 1.6 has moved, little of it to where w was not.
  const BuiltProblem problem{
      "[problem]\nkind = fokker_planck\ndrift = -x\ninitial = normal(x, 1, 0.5)\n"
      "[grid]\ncells = 200\nlower = -4\nupper = 4\n"};
  const Field start = dirac(problem->grid(), 130);
  const auto seen = flow(*problem, "crank_nicolson_plain", 0.02, 3, true, start);
  REQUIRE(seen->propagator().stiffness() > 10);
  const Point where = problem->grid().centre({130, 0, 0});
  CHECK(seen->extremes().least.value == Approx(-0.6 * 25).epsilon(0.1));
  CHECK(seen->extremes().least_step == 1);
  CHECK(seen->extremes().least.point == where);
  for (const auto& track : seen->tracks()) {
    INFO(track.name);
    if (track.name == "chi_square") continue;  // contracted in balance, positive or not
    CHECK_FALSE(track.decreased());
    CHECK(track.worst.step == 1);
    CHECK(track.worst.least.point == where);
    if (track.name == "total_variation") CHECK(track.worst.rise > 0.1);
    if (track.name != "total_variation") CHECK(std::isnan(track.worst.rise));
  }
  // From smooth data and in steps up to 2 / max|a_ii| nothing is wrong with it.
  const auto smooth = flow(*problem, "crank_nicolson_plain", 0.0014, 10, true);
  REQUIRE(smooth->propagator().stiffness() <= 2);
  for (const auto& track : smooth->tracks()) CHECK(track.decreased());
}

TEST_CASE("entropy flow: control, a flux with negative rates", "[lyapunov]") {
  const Grid grid{{{20, 0, 1}}};
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index&, const Index&, int) {
    return crossing(flux_weight("central"), 1, grid.axis(0).width(0), -6);
  });
  const Generator generator{std::move(rates)};
  REQUIRE_FALSE(generator.is_markov());
  // Far from each other the distance in total variation is 1; columns of P with a negative entry
  // have a norm above 1.
  Field u = dirac(grid, 5), w = dirac(grid, 15);
  const double before = l1_distance(u, w) / 2;
  for (Field* density : {&u, &w}) {
    ImplicitEuler euler{generator, 1e-4, {.method = "direct"}};
    euler.advance(*density, 0);
  }
  CHECK(l1_distance(u, w) / 2 > 1.1 * before);
  const Field log_even = transformed(Field{grid, 1}, [](double x) { return std::log(x); });
  CHECK(std::isnan(divergence(*phi_entropy("relative_entropy").make(1), u, log_even)));
}

TEST_CASE("entropy flow: control, two solutions of different equations", "[lyapunov]") {
  // Beside a density that does not take the same steps nothing need decrease.
  const BuiltProblem problem{plane(well)}, turning{plane(rotation)};
  EntropyFlow moving{
      *problem,
      0,
      "implicit_euler",
      0.1,
      exactly,
      {.u = steady_state(problem->generator(0), 1, exactly).density,
       .log_stationary = steady_state(turning->generator(0), 1, exactly).log_density}};
  moving.watch("relative_entropy", phi_entropy("relative_entropy").make(1));
  moving.advance();
  CHECK(moving.tracks().front().identity.defect > 1e-3);
}

TEST_CASE("lowest: the value and its place, the first among equals", "[lyapunov]") {
  const Grid grid{{{7, 0, 7}, {6, 0, 6}}};
  const Field field =
      fill(grid, [&](const Index& c) { return c[1] == 3 && c[0] > 4 ? -2.0 : 1.0; });
  const Place place = lowest(field);
  CHECK(place.value == -2);
  CHECK(place.point == Point{5.5, 3.5, 0});
}

TEST_CASE("reversible half: balanced, the same form, and it bounds the decay", "[lyapunov]") {
  const BuiltProblem problem{plane(rotation)};
  const Generator generator = problem->generator(0);
  const SteadyState steady = steady_state(generator, 1, exactly);
  const Grid& grid = generator.grid();
  const Field masses = masses_of(steady.density);
  const Generator half =
      reversible_half(generator, transformed(masses, [](double x) { return std::log(x); }));
  // The quadratic form of h, with A acting on pi h.
  Field h = other(*problem), pi_h{h};
  check(VecPointwiseMult(pi_h.vector(), h.vector(), masses.vector()));
  double form = 0, of_half = 0;
  check(VecDot(h.vector(), generator.apply(pi_h).vector(), &form));
  check(VecDot(h.vector(), half.apply(pi_h).vector(), &of_half));
  CHECK(of_half == Approx(form).epsilon(1e-10));
  CHECK(stationarity_defect(half, steady.density) <= 1e-13);
  const double gap = spectral_gap(half), tau = 0.3;
  ImplicitEuler euler{generator, tau, exactly};
  Field moving = masses_of(problem->initial(0));
  double before = chi_square(densities_of(moving), steady.log_density);
  for (int n = 0; n < 10; ++n) {
    euler.advance(moving, n);
    const double now = chi_square(densities_of(moving), steady.log_density);
    CHECK(std::sqrt(now / before) <= (1 + 1e-9) / (1 + tau * gap));
    before = now;
  }
  CHECK(grid.cells() == 132);
}

TEST_CASE("decay fit: the later half of what is above the floor", "[lyapunov]") {
  DecayFit fit{1e-12};
  CHECK(std::isnan(fit.rate()));
  fit.add(0, HUGE_VAL);
  for (int n = 1; n <= 200; ++n) {
    const double t = 0.1 * n;
    fit.add(t, t < 4 ? std::exp(-5 * t) : std::max(1e-13, std::exp(-20 - 2 * (t - 4))));
  }
  // Above the floor until t = 4 + 7.6 / 2, of which the later half begins at t = 4.
  CHECK(fit.rate() == Approx(2).epsilon(1e-9));
  CHECK(fit.window() == Approx(3.9).margin(0.2));
  DecayFit late{1e-300};
  for (int n = 0; n <= 200; ++n) late.add(0.1 * n, 3 * std::exp(-1.7 * 0.1 * n));
  CHECK(late.rate() == Approx(1.7).epsilon(1e-12));
}

TEST_CASE("decay: the gap's rate and the logarithmic Sobolev constant", "[lyapunov]") {
  // dX = -X dt + sqrt 2 dW: gap 1 up to h^2/6, and 2 KL <= I with equality for translates.
  const BuiltProblem problem{
      "[problem]\nkind = fokker_planck\ndrift = -x\ninitial = normal(x, 1, 1)\n"
      "[grid]\ncells = 160\nlower = -8\nupper = 8\n"};
  const auto seen = flow(*problem, "uniformization", 0.05, 0, true);
  DecayWatch watch{1e-16};
  watch.look(*seen, 0);
  for (int n = 1; n <= 100; ++n) {
    seen->advance();
    watch.look(*seen, 0.05 * n);
  }
  const double gap = spectral_gap(problem->generator(0)), h = 0.1;
  CHECK(gap == Approx(1 - h * h / 6).epsilon(h * h / 20));
  CHECK(watch.chi_square().rate() >= 2 * gap * (1 - 1e-9));
  CHECK(watch.chi_square().rate() == Approx(2 * gap).epsilon(0.01));
  CHECK(watch.largest_ratio() <= (1 + 1e-8) / gap);
  CHECK(watch.largest_ratio() > 1);  // control: without the grid's own gap the bound is wrong
  CHECK(watch.now().production == Approx(watch.now().fisher).epsilon(0.01));
}

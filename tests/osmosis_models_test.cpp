/// The models of osmosis as problems: what they claim of their rates and steady states.

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "discretisation/diffusivity.hpp"
#include "discretisation/regions.hpp"
#include "io/image.hpp"
#include "problems/osmosis/osmosis_problem.hpp"
#include "solvers/functionals.hpp"
#include "solvers/implicit_euler.hpp"
#include "solvers/steady_state.hpp"
#include "tests/scratch.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

constexpr int width = 61, height = 43;

using Level = std::function<double(int x, int y, int c)>;

/// Texture with edges, the same on all ranks.
double texture(int x, int y, int c) {
  std::mt19937 random{static_cast<unsigned>(1 + x + 100 * y + 10'000 * c)};
  const double grain = std::uniform_real_distribution{-12.0, 12.0}(random);
  const double shape = x > 35 && y < 20 ? 70 : 0;
  return std::round(90 + 50 * std::sin(0.21 * x + 0.1 * c) * std::cos(0.17 * y) + shape + grain);
}

/// Signed distance to an ellipse's rim, > 0 outside.
double from_rim(int x, int y) {
  return 12 * (std::hypot((x - 24) / 16.0, (y - 22) / 12.0) - 1);
}

double shadowed(int x, int y, int c) {
  const double light = 0.45 + 0.55 * std::clamp(from_rim(x, y) / 3 + 0.5, 0.0, 1.0);
  return std::round(texture(x, y, c) * light);
}

double on_rim(int x, int y, int) {
  return std::abs(from_rim(x, y)) <= 2.5 ? 255 : 0;
}

Level turned(const Level& level) {
  return [level](int x, int y, int c) { return level(width - 1 - x, height - 1 - y, c); };
}

/// Pictures in a folder, and problems from them.
class Studio {
 public:
  std::string picture(const std::string& name, const Level& level, int channels = 1) const {
    const auto path = folder_ / name;
    on_first_rank([&] {
      Image image = make_image(width, height, channels);
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
          for (int c = 0; c < channels; ++c) image.at(x, y, c) = level(x, y, c);
      write_png(path, image);
    });
    return path.string();
  }

  static BuiltProblem problem(const std::string& model, const std::string& lines) {
    return BuiltProblem{"[problem]\nkind = osmosis\nmodel = " + model + "\n" + lines + "\n"};
  }

 private:
  template <class Act>
  static void on_first_rank(Act&& act) {
    if (rank_of(PETSC_COMM_WORLD) == 0) act();
    MPI_Barrier(PETSC_COMM_WORLD);
  }
  Scratch folder_;
};

Field steady(const Problem& problem, int channel = 0) {
  const Generator generator = problem.generator(channel);
  return null_vector(generator, problem.initial(channel), {.solves = 4}).state.density;
}

double size(const Field& u) {
  double norm = 0;
  check(VecNorm(u.vector(), NORM_INFINITY, &norm));
  return norm;
}

double residual(const Problem& problem, const Field& u) {
  return size(problem.generator(0).apply(u)) / size(u);
}

/// Largest difference relative to the largest value.
double difference(const Field& a, const Field& b) {
  return linf_distance(a, b) / size(b);
}

Field scaled_to(Field v, double mean_wanted) {
  check(VecScale(v.vector(), mean_wanted / mean(v)));
  return v;
}

double front_level(int x, int y, int) {
  return std::round(std::min(255.0, texture(y, x, 2) * 0.5 + 100));
}

/// All linear models on small pictures.
std::vector<BuiltProblem> linear_models(const Studio& studio) {
  const auto image = studio.picture("shadow.png", shadowed);
  const auto other =
      studio.picture("other.png", [](int x, int y, int) { return texture(y, x, 1); });
  const auto rim = studio.picture("rim.png", on_rim);
  const auto disc = studio.picture("disc.png", [](int x, int y, int) {
    return 255 * std::clamp(-from_rim(x, y) / 4 + 0.5, 0.0, 1.0);
  });
  const std::string with_mask = "image = " + image + "\nmask = " + rim + "\n";
  const std::string two =
      "image = " + image + "\nforeground = " + other + "\nalpha = " + disc + "\n";
  std::vector<BuiltProblem> all;
  all.push_back(Studio::problem("canonical", "image = " + image + "\nnoise_offset = 6"));
  all.push_back(Studio::problem("shadow_removal", with_mask));
  all.push_back(Studio::problem("shadow_removal", with_mask + "masked_drift = estimated"));
  all.push_back(Studio::problem("cloning", two));
  all.push_back(Studio::problem("cloning", two + "extent = local\ngain = 1.3"));
  all.push_back(Studio::problem("compact", with_mask));
  all.push_back(Studio::problem("anisotropic", with_mask + "across = 0.3"));
  return all;
}

}  // namespace

TEST_CASE("models: implicit steps of every length keep images positive", "[osmosis_models]") {
  const Studio studio;
  for (const auto& problem : linear_models(studio)) {
    const Generator generator = problem->generator(0);
    CHECK(generator.is_markov());
    for (double tau = 1e-3; tau < 2e9; tau *= 1e3) {
      ImplicitEuler euler{generator, tau, {.method = "direct", .tolerance = 1e-12}};
      Field u = problem->initial(0);
      euler.advance(u, 0);
      INFO("tau = " << tau);
      CHECK(least(u) > 0);
    }
  }
}

TEST_CASE("models: steady states are stationary, unique, and keep the mean", "[osmosis_models]") {
  const Studio studio;
  for (const auto& problem : linear_models(studio)) {
    const Generator generator = problem->generator(0);
    const Field u = steady(*problem);
    Field rest = generator.apply(u);
    if (generator.has_source()) check(VecAXPY(rest.vector(), 1, generator.source().vector()));
    CHECK(size(rest) <= 1e-10 * size(u));
    if (!generator.conserves_mass()) continue;
    CHECK(std::abs(mean(u) / mean(problem->initial(0)) - 1) <= 1e-12);
    const Field flat{u.grid(), mean(u)};
    const Field other = null_vector(generator, flat, {.solves = 4}).state.density;
    CHECK(difference(other, u) <= 1e-8);
  }
}

TEST_CASE("models: canonical tends to the guidance at the mean of the image, either way round",
          "[osmosis_models]") {
  const Studio studio;
  const auto image = studio.picture("image.png", texture);
  const auto other = studio.picture("other.png", shadowed);
  const std::string lines =
      "image = " + image + "\nguidance = image\nguidance_image = " + other + "\n";
  const auto there = Studio::problem("canonical", lines);
  const auto back = Studio::problem("canonical", lines + "swapped = true");
  for (const auto* problem : {&there, &back}) {
    const Field v = (problem == &there ? back : there)->initial(0);
    const Field w = scaled_to(v, mean((*problem)->initial(0)));
    CHECK(residual(**problem, w) <= 1e-12);
    CHECK(difference(closed_form((*problem)->generator(0), mass((*problem)->initial(0))).density,
                     w) <= 1e-12);
    CHECK(difference(steady(**problem), w) <= 1e-10);
  }
  const auto noise = Studio::problem("canonical", "image = " + image + "\nswapped = true");
  const Field w = scaled_to(there->initial(0), mean(noise->initial(0)));
  CHECK(difference(steady(*noise), w) <= 1e-10);
}

TEST_CASE("models: diffusion along any lines keeps the image stationary", "[osmosis_models]") {
  const Studio studio;
  const auto image = studio.picture("image.png", texture);
  const auto rim = studio.picture("rim.png", on_rim);
  std::vector<std::string> fields{"lines = structure",
                                  "lines = structure\nmask = " + rim + "\nmasked_drift = kept"};
  for (const int angle : {0, 17, 45, 71, 90, 133}) {
    fields.push_back("lines = angle\nangle = " + std::to_string(angle));
  }
  for (const auto& lines : fields) {
    const auto problem = Studio::problem(
        "anisotropic", "image = " + image + "\nalong = 1.2\nacross = 0.35\n" + lines);
    INFO(lines);
    CHECK(residual(*problem, problem->initial(0)) <= 1e-12);
    CHECK(problem->generator(0).is_markov());
    // What is stationary is the image, not any image.
    CHECK(residual(*problem, Field{problem->grid(), 1}) >= 1e-3);
  }
  const auto removed =
      Studio::problem("anisotropic", "image = " + image + "\nmask = " + rim + "\nacross = 0.35");
  CHECK(residual(*removed, removed->initial(0)) >= 1e-3);
}

TEST_CASE("models: a shadow is removed alike from a picture that is turned by 180 degrees",
          "[osmosis_models]") {
  const Studio studio;
  const auto asymmetry = [&](const std::string& lines) {
    const auto upright = Studio::problem(
        "shadow_removal", "image = " + studio.picture("up.png", shadowed) +
                              "\nmask = " + studio.picture("up_mask.png", on_rim) + "\n" + lines);
    const auto turned_round = Studio::problem(
        "shadow_removal", "image = " + studio.picture("down.png", turned(shadowed)) + "\nmask = " +
                              studio.picture("down_mask.png", turned(on_rim)) + "\n" + lines);
    const auto a = everywhere(steady(*upright));
    auto b = everywhere(steady(*turned_round));
    std::ranges::reverse(b);
    return largest_difference(a, b) / 255;
  };
  CHECK(asymmetry("face_rule = either") <= 1e-8);
  CHECK(asymmetry("masked_drift = estimated") <= 1e-8);
  // Negative control: the rule of published codes.
  CHECK(asymmetry("face_rule = lower") >= 1e-3);
}

TEST_CASE("models: the shadow's own drift is estimated from the image alone", "[osmosis_models]") {
  const Studio studio;
  const auto mask = studio.picture("mask.png", on_rim);
  const auto image = studio.picture("image.png", shadowed);
  const auto truth = [](const Grid& grid) {
    return fill(grid, [](const Index& k) { return texture(k[0], k[1], 0) + 1; });
  };
  const auto error = [&](const std::string& lines) {
    const auto problem =
        Studio::problem("shadow_removal", "image = " + image + "\nmask = " + mask + "\n" + lines);
    const Field wanted = truth(problem->grid());
    return l2_distance(scaled_to(steady(*problem), mean(wanted)), wanted);
  };
  // 10 lg of squares: 1 dB is the least gain that is claimed.
  CHECK(20 * std::log10(error("") / error("masked_drift = estimated")) >= 1);

  // Without a shadow nearly nothing is taken off, where the published model flattens the mask.
  const auto plain = studio.picture("plain.png", texture);
  const auto change = [&](const std::string& lines) {
    const auto problem =
        Studio::problem("shadow_removal", "image = " + plain + "\nmask = " + mask + "\n" + lines);
    return l2_distance(steady(*problem), problem->initial(0));
  };
  CHECK(change("masked_drift = estimated") <= 0.5 * change(""));
}

TEST_CASE("models: cloning with alpha 1 is the foreground, with alpha 0 the background",
          "[osmosis_models]") {
  const Studio studio;
  const auto image = studio.picture("image.png", texture);
  const auto front = studio.picture("front.png", shadowed);
  const auto alpha = [&](const std::string& name, double value) {
    return studio.picture(name, [value](int, int, int) { return value; });
  };
  const std::string lines = "image = " + image + "\nforeground = " + front + "\nalpha = ";
  const auto full = Studio::problem("cloning", lines + alpha("full.png", 255));
  const auto empty = Studio::problem("cloning", lines + alpha("empty.png", 0));
  const Field f = fill(full->grid(), [](const Index& k) { return shadowed(k[0], k[1], 0) + 1; });
  const Field b = fill(full->grid(), [](const Index& k) { return texture(k[0], k[1], 0) + 1; });
  CHECK(difference(steady(*full), f) <= 1e-10);
  CHECK(difference(steady(*empty), b) <= 1e-10);
}

TEST_CASE("models: local cloning holds the picture outside its region, which may touch the border",
          "[osmosis_models]") {
  const Studio studio;
  const auto image = studio.picture("image.png", texture);
  const auto front = studio.picture("front.png", front_level);
  const auto in_region = [](int x, int y) { return x < 23 && y < 19; };
  const auto region =
      studio.picture("region.png", [&](int x, int y, int) { return in_region(x, y) ? 255 : 0; });
  const auto problem = Studio::problem("cloning", "image = " + image + "\nforeground = " + front +
                                                      "\nalpha = " + region + "\nextent = local");
  const Field before = problem->initial(0), after = steady(*problem);
  double kept = 0, changed = 0;
  for_each(before.grid().owned(), [&](const Index& k) {
    double& where = in_region(k[0], k[1]) ? changed : kept;
    where = std::max(where, std::abs(after[k] - before[k]));
  });
  const MPI_Comm comm = before.grid().comm();
  CHECK(maximum(comm, kept) == 0);
  CHECK(maximum(comm, changed) > 1);
  const auto checks = problem->osmosis()->checks({after});
  REQUIRE(checks.size() == 1);
  CHECK(checks.front().passed());
  CHECK_FALSE(problem->osmosis()->checks({before}).front().measured < checks.front().bound);
}

TEST_CASE("models: cloning leaves less of a seam than its sources have there", "[osmosis_models]") {
  const Studio studio;
  const auto disc = [](int x, int y, int) {
    return std::round(255 * std::clamp(-from_rim(x, y) / 1.0 + 0.5, 0.0, 1.0));
  };
  const auto problem =
      Studio::problem("cloning", "image = " + studio.picture("image.png", texture) +
                                     "\nforeground = " + studio.picture("front.png", front_level) +
                                     "\nalpha = " + studio.picture("disc.png", disc));
  const auto seam = [&](const Field& u) {
    return problem->osmosis()->checks({u}).front().measured;
  };
  const auto source = [&](const Level& level) {
    return seam(fill(problem->grid(), [&](const Index& k) { return level(k[0], k[1], 0) + 1; }));
  };
  const double sources = std::max(source(texture), source(front_level));
  INFO("result " << seam(steady(*problem)) << ", sources " << sources << ", pasted "
                 << seam(problem->initial(0)));
  CHECK(seam(steady(*problem)) <= sources);
  // Negative control: pasting.
  CHECK(seam(problem->initial(0)) > sources);
}

TEST_CASE("models: non-linear osmosis of power 0 is linear in a slower time", "[osmosis_models]") {
  const Studio studio;
  const auto image = studio.picture("image.png", shadowed);
  const auto mask = studio.picture("mask.png", on_rim);
  const auto problem = Studio::problem(
      "nonlinear", "image = " + image + "\nmask = " + mask + "\npower = 0\nepsilon = 0.25");
  CHECK_FALSE(problem->is_linear());
  const Diffusivity& g = *problem->osmosis()->diffusivity();
  const JumpRates linear = problem->rates(0);
  const Field u = problem->initial(0);
  const Generator slow{lagged(linear, squared_steepness(linear, u), g)}, fast{linear};
  ImplicitEuler in_slow{slow, 1.25, {.method = "direct"}}, in_fast{fast, 1, {.method = "direct"}};
  Field a{u}, b{u};
  in_slow.advance(a, 0);
  in_fast.advance(b, 0);
  CHECK(difference(a, b) <= 1e-10);
  CHECK(difference(null_vector(slow, u, {.solves = 4}).state.density,
                   null_vector(fast, u, {.solves = 4}).state.density) <= 1e-10);
  // Negative control: power 1 is another equation.
  const Generator other{
      lagged(linear, squared_steepness(linear, u), {.power = 1, .epsilon = 0.25})};
  ImplicitEuler in_other{other, 1.25, {.method = "direct"}};
  Field c{u};
  in_other.advance(c, 0);
  CHECK(difference(c, b) >= 1e-3);
}

TEST_CASE("models: diffusion along rows alone keeps the mean of each row", "[osmosis_models]") {
  const Studio studio;
  const auto guidance = studio.picture("guidance.png", texture);
  const auto problem = Studio::problem(
      "anisotropic", "image = " + guidance + "\nlines = angle\nangle = 0\nalong = 1\nacross = 0");
  const Generator generator = problem->generator(0);
  const Field start = fill(problem->grid(), [](const Index& k) { return 20.0 + k[1] + k[0] % 7; });
  const Field by_solver = null_vector(generator, start, {.solves = 4}).state.density;
  const SteadyState closed = steady_state(generator, start, {});
  CHECK(difference(by_solver, closed.density) <= 1e-10);
  CHECK(difference(transformed(closed.log_density, [](double x) { return std::exp(x); }),
                   closed.density) <= 1e-13);
  const auto u = everywhere(start), w = everywhere(closed.density);
  for (std::size_t row = 0; row < height; ++row) {
    double before = 0, after = 0;
    for (std::size_t i = row * width; i < (row + 1) * width; ++i) {
      before += u[i];
      after += w[i];
    }
    CHECK(after == Approx(before).epsilon(1e-12));
  }
  // Negative control: the mean of the whole picture alone leaves the rows wrong.
  CHECK(difference(closed_form(generator, mass(start)).density, closed.density) >= 0.01);
}

TEST_CASE("models: lines that need many offsets are one region", "[osmosis_models]") {
  const Studio studio;
  const auto image = studio.picture("image.png", [](int x, int y, int) {
    return 100 + 60 * std::sin(0.05 * ((x - 30) * (x - 30) + (y - 20) * (y - 20)));
  });
  const auto problem = Studio::problem(
      "anisotropic", "image = " + image + "\nalong = 1\nacross = 0.07\nstructure_sigma = 1");
  const Generator generator = problem->generator(0);
  // More families than an int has bits.
  CHECK(generator.rates().families().size() > 32);
  const Regions regions = regions_of(generator.rates());
  CHECK(regions.list.size() == 1);
  CHECK(difference(steady(*problem), problem->initial(0)) <= 1e-10);
}

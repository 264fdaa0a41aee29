/// Noise schedules of the Markov chain, from study files.

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <numbers>

#include "problems/noise_schedule.hpp"
#include "tests/scratch.hpp"

namespace feller::test {
namespace {

/// A schedule from the lines of a [chain] section.
NoiseSchedule schedule(const std::string& lines, std::vector<int>* outputs = nullptr) {
  const StudyFile file{"test.ini", "[chain]\n" + lines};
  NoiseScheduleOptions options;
  Parameters parameters;
  options.declare(parameters);
  parameters.read(file);
  const NoiseSchedule built = options.build(parameters);
  if (outputs != nullptr) *outputs = options.outputs(parameters, built);
  return built;
}

}  // namespace

TEST_CASE("schedules: the betas of each kind", "[noise_schedule]") {
  const auto constant = schedule("schedule = constant\nbeta = 0.02\nsteps = 50\n");
  CHECK(constant.steps() == 50);
  CHECK(constant.beta(50) == 0.02);
  CHECK(constant.survival(10) == Approx(std::pow(0.98, 10)).epsilon(1e-15));
  const auto linear = schedule("schedule = linear\nsteps = 1000\n");
  CHECK(linear.beta(1) == 1e-4);
  CHECK(linear.beta(1000) == Approx(0.02).epsilon(1e-15));
  CHECK(linear.beta(2) - linear.beta(1) == Approx((0.02 - 1e-4) / 999).epsilon(1e-12));
  const auto halving = schedule("schedule = halving\nsteps = 60\n");
  CHECK(halving.beta(3) == 0.125);
  CHECK(halving.survival(60) == Approx(0.28878809508660242).epsilon(1e-15));
  // The product telescopes up to where beta is cut at 0.999.
  const auto cosine = schedule("schedule = cosine\nsteps = 1000\n");
  const auto bar = [](double t) {
    return std::pow(std::cos((t + 0.008) / 1.008 * std::numbers::pi / 2), 2);
  };
  CHECK(cosine.survival(500) == Approx(bar(0.5) / bar(0)).epsilon(1e-12));
  CHECK(cosine.beta(1000) == 0.999);
}

TEST_CASE("schedules: survival keeps its digits where beta is tiny", "[noise_schedule]") {
  const NoiseSchedule tiny{std::vector<double>(3, 1e-18)};
  CHECK(tiny.noise(3) == Approx(3e-18).epsilon(1e-14));
  CHECK(tiny.ve_time(3) == Approx(3e-18).epsilon(1e-14));
  CHECK(tiny.log_survival(1, 3) == Approx(-2e-18).epsilon(1e-14));
}

TEST_CASE("schedules: from a file", "[noise_schedule]") {
  const Scratch scratch;
  const auto path = scratch / "betas.txt";
  std::ofstream{path} << "# three\n0.1, 0.2\n\n0.3 # the last\n";
  const auto all = schedule("schedule = file\nfile = " + path.string() + "\n");
  CHECK(all.steps() == 3);
  CHECK(all.beta(3) == 0.3);
  CHECK(schedule("schedule = file\nsteps = 2\nfile = " + path.string() + "\n").steps() == 2);
}

TEST_CASE("schedules: outputs ascend from 0 to the end", "[noise_schedule]") {
  std::vector<int> outputs;
  schedule("steps = 20\n", &outputs);
  CHECK(outputs == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 16, 19, 20});
  schedule("steps = 20\noutputs = 7, 3, 7\n", &outputs);
  CHECK(outputs == std::vector<int>{0, 3, 7, 20});
}

}  // namespace feller::test

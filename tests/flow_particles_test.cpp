/// Particles forth and back along the probability flow, against closed forms of a normal law.

#include "studies/score/flow_particles.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "studies/score/flow_residuals.hpp"
#include "tests/support.hpp"

using namespace feller;
using namespace feller::test;

namespace {

const Clusters normal{.dimension = 1, .weights = {1}, .means = {0.3}, .variances = {0.5}};
constexpr FlowPlan plan{.from = 0.1, .to = 4, .particles = 5000, .seed = 7};

struct Moved {
  double mean = 0, square = 0;

  FlowParticles::Harvest harvest() {
    return [this](const std::vector<double>& z) {
      for (const double value : z) {
        mean += (value - 0.3) / plan.particles;
        square += (value - 0.3) * (value - 0.3) / plan.particles;
      }
    };
  }
  /// Collective.
  void gather() {
    mean = sum_over(PETSC_COMM_WORLD, mean);
    square = sum_over(PETSC_COMM_WORLD, square);
  }
  static double sum_over(MPI_Comm comm, double value) {
    check_mpi(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_SUM, comm));
    return value;
  }
};

}  // namespace

TEST_CASE("the flow stretches a normal law by the root of its variances", "[probability_flow]") {
  FlowParticles particles{PETSC_COMM_WORLD, normal, plan};
  // Without steps' errors every square grows by 4.5/0.6; draws are the same at the start.
  Moved start, end;
  particles.relax(0, 1, 1, start.harvest());
  particles.flow(400, 0.5, end.harvest());
  start.gather();
  end.gather();
  CHECK(end.square / start.square == Approx(4.5 / 0.6).epsilon(1e-4));
  CHECK(end.mean / start.mean == Approx(std::sqrt(4.5 / 0.6)).epsilon(1e-4));
}

TEST_CASE("noise in one step and in many has one variance", "[probability_flow]") {
  FlowParticles particles{PETSC_COMM_WORLD, normal, plan};
  for (const int steps : {1, 4, 16}) {
    Moved end;
    particles.diffuse(steps, 1, end.harvest());
    end.gather();
    CHECK(std::abs(end.square - 4.5) <= 4 * 4.5 * std::sqrt(2.0 / plan.particles));
  }
}

TEST_CASE("errors of the flow fall with order 2, and by order 3 there and back",
          "[probability_flow]") {
  FlowParticles particles{PETSC_COMM_WORLD, normal, plan};
  const auto below = [](double t, double z) {
    return std::erfc((0.3 - z) / std::sqrt(2 * (0.5 + t))) / 2;
  };
  const auto coarse = particles.flow_error(50, below), fine = particles.flow_error(100, below);
  CHECK(std::log2(coarse.quantile / fine.quantile) == Approx(2).margin(0.1));
  CHECK(std::log2(coarse.return_trip / fine.return_trip) == Approx(3).margin(0.1));
}

TEST_CASE("equations of the density hold to the error of differences, the printed one does not",
          "[probability_flow]") {
  const BuiltProblem problem{
      "[problem]\nkind = brownian\nmeans = -1, 1\nsds = 0.3\n"
      "[grid]\ncells = 40\nlower = -5\nupper = 5\n"};
  const FlowResiduals found = flow_residuals(*problem->process(), 0.5);
  CHECK(found.uncertain < 1e-5);
  CHECK(found.diffusion < found.uncertain);
  CHECK(found.transport < found.uncertain);
  CHECK(found.reversed < found.uncertain);
  CHECK(found.printed > 0.1);
}

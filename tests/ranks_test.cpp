/// Short forms of the shipped studies from outside: every check holds, and the same result on any
/// number of ranks.

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/process.hpp"

using namespace feller::test;

namespace {

const std::string studies = std::string{FELLER_SOURCE_DIR} + "/studies/";

/// Short forms of the shipped studies: same equations and checks, fewer steps and cells. Solver
/// tolerances are at round-off, so that the number of ranks leaves no trace.
struct Short {
  std::string name;
  std::string arguments;
  /// How closely files of different numbers of ranks agree. Errors and orders are small differences
  /// of numbers of size 1, so that there round-off is absolute.
  std::string agreement = "--relative=1e-12";
};

const std::string small =
    " --problem.image='" + std::string{FELLER_SOURCE_DIR} + "/tests/images/cat.png' ";

const std::vector<Short> images{
    {"osmosis_cat",
     "osmosis_cat.ini --time.end=5 --time.outputs=0,1,5 --solver.tolerance=1e-15" + small},
    {"osmosis_cat_large",
     "osmosis_cat.ini --time.end=2 --time.outputs=0,2 --solver.method=cg_icc "
     "--solver.tolerance=1e-15 --observe.spectral_gap=false"},
    {"steady_cat", "osmosis_cat.ini --study.kind=steady_state --solver.method=auto"},
    {"duality_of_images",
     "osmosis_cat.ini --study.kind=duality --duality.terminal='x + 500' --time.end=3 "
     "--time.outputs=0,3 --solver.method=cg_icc --solver.tolerance=1e-15" +
         small},
    {"lyapunov_of_images",
     "osmosis_cat.ini --study.kind=lyapunov --time.end=3 --time.outputs=0,3 "
     "--lyapunov.entropies=relative_entropy,hellinger --solver.method=cg_icc "
     "--solver.tolerance=1e-15" +
         small},
};

const std::string tests = std::string{FELLER_SOURCE_DIR} + "/tests/images/";
const std::string quick = " --osmosis.second_start=false --problem.image='" + tests +
                          "cat_shadow.png' --osmosis.reference='" + tests + "cat.png' ";
const std::string masked = quick + "--problem.mask='" + tests + "cat_shadow_mask.png' ";
const std::string two = " --osmosis.second_start=false --problem.image='" + tests +
                        "cat.png' --problem.foreground='" + tests +
                        "cat_shadow.png' --problem.alpha='" + tests +
                        "cat_shadow_mask.png' --problem.shift=3,-2 ";

/// Steady states are found to round-off, whichever way the ranks share the picture: levels, drifts
/// and decibels agree to 1e-8.
const std::vector<Short> osmosis{
    {"shadow_estimated",
     "shadow_coffee.ini --problem.masked_drift=estimated --solver.method=multigrid" + masked,
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
    {"shadow_published", "shadow_coffee.ini" + masked, "--delta=1e-8"},
    {"cloning", "cloning_cat.ini" + two, "--delta=1e-8"},
    {"cloning_global", "cloning_cat.ini --problem.extent=global --solver.method=multigrid" + two,
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
    {"compact", "compact_camera.ini" + quick, "--delta=1e-8"},
    {"anisotropic", "anisotropic_cat.ini" + masked, "--delta=1e-8"},
    {"nonlinear",
     "nonlinear_coffee.ini --osmosis.mode=evolve --time.step=100 --time.end=300 "
     "--solver.tolerance=1e-14" +
         masked,
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
    // Line searches take round-off for more than it is.
    {"fusion", "fusion_cat.ini --osmosis.iterations=2 --solver.tolerance=1e-14" + two,
     "--delta=1e-3"},
};

const std::vector<Short> densities{
    {"ornstein_uhlenbeck",
     "ornstein_uhlenbeck.ini --grid.cells=200 --time.step=0.01 --time.end=0.2 "
     "--time.outputs=0,0.1,0.2"},
    {"double_well", "double_well.ini --grid.cells=64,48 --time.end=0.1 --time.outputs=0,0.05,0.1"},
    {"double_well_large",
     "double_well.ini --grid.cells=160,160 --time.end=0.05 --time.outputs=0,0.05"},
    // The mean stays at 0, so its error is nothing but round-off.
    {"brownian", "brownian.ini --grid.cells=200 --time.end=0.5 --time.outputs=0,0.5",
     "--delta=1e-13"},
    {"cox_ingersoll_ross",
     "cox_ingersoll_ross.ini --grid.cells=160 --time.end=0.5 --time.outputs=0,0.5"},
    {"wright_fisher", "wright_fisher.ini --grid.cells=128 --time.end=0.5 --time.outputs=0,0.5"},
    {"geometric_brownian_motion",
     "geometric_brownian_motion.ini --grid.cells=200 --time.end=0.5 --time.outputs=0,0.5"},
    {"rotating_ornstein_uhlenbeck",
     "rotating_ornstein_uhlenbeck.ini --time.step=0.25 --time.end=1 --time.outputs=0,1"},
    {"driven_particle", "driven_particle.ini --grid.cells=200 --time.end=0.5 --time.outputs=0,0.5"},
    {"driven_tensor",
     "driven_particle.ini --time.method=auto --problem.exact= --problem.initial='exp(-x^2-y^2)' "
     "--problem.diffusion='1, 0.7*cos(t), 0.7*cos(t), 0.8' --problem.drift='-x - y, x - y' "
     "--grid.cells=32,32 --grid.lower=-4,-4 --grid.upper=4,4 --grid.boundary=absorbing "
     "--time.end=0.1 --time.outputs=0,0.1"},
    {"adaptive",
     "ornstein_uhlenbeck.ini --grid.cells=200 --time.step=0.1 --time.end=0.2 "
     "--time.outputs=0,0.2 --time.method=sdirk2 --time.tolerance=1e-4"},
    {"three_axes",
     "double_well.ini --problem.potential='x^2+y^2+z^2' --problem.initial='exp(-(x-1)^2-y^2-z^2)' "
     "--grid.cells=16,14,12 --grid.lower=-2,-2,-2 --grid.upper=2,2,2 --time.end=0.05 "
     "--time.outputs=0,0.05"},
};

/// Divergences fall to where round-off is all there is to them.
const std::vector<Short> chains{
    {"entropy",
     "entropy.ini --grid.cells=400 --chain.outputs=4,20,40,44,48,60,200 "
     "--entropy.phase_diagram=10",
     "--delta=1e-12"},
    {"entropy_plane",
     "entropy_plane.ini --grid.cells=80,80 --chain.outputs=4,20 "
     "--entropy.phase_diagram=0",
     "--delta=1e-12"},
    {"initial_state", "initial_state.ini --sample.draws=20000"},
    {"initial_state_plane",
     "initial_state.ini --problem.means='(0, 0), (1, 2), (-1, 1)' --grid.cells=60,70 "
     "--grid.lower=-5,-6 --grid.upper=5,6 --sample.draws=20000 --chain.beta=0.1",
     "--delta=1e-12"},
    {"chain_semigroup", "chain_semigroup.ini --grid.cells=256 --chain.outputs=1,10,30",
     "--delta=1e-12"},
    {"chain_semigroup_plane",
     "chain_semigroup.ini --problem.means='(0, 0), (0.5, 1), (-1, 0.5)' --problem.sds=0.5 "
     "--grid.cells=64,60 --grid.lower=-8,-8 --grid.upper=8,8 --chain.steps=3 "
     "--chain.beta_first=0.3 --chain.beta_last=0.5 --chain.outputs=1,2 "
     "--semigroup.terminal='x*y + x'",
     "--delta=1e-12"},
    // The powers of the decay are fitted down to that: densities and powers are compared apart.
    {"chain_steady_state",
     "chain_steady_state.ini --grid.cells=240 --chain.steps=600 "
     "--chain.outputs=100",
     "--delta=1e-12 --exclude-path /entry/decay"},
    {"chain_steady_state_symmetric",
     "chain_steady_state_symmetric.ini --problem.sds=0.2 --grid.cells=240 --chain.steps=600 "
     "--chain.outputs=100",
     "--delta=1e-6"},
};

const std::vector<Short> flows{
    {"duality", "duality.ini --time.step=0.05"},
    {"duality_driven",
     "driven_particle.ini --study.kind=duality --duality.terminal='x^2 - x' --grid.cells=200 "
     "--time.end=0.5 --time.outputs=0,0.5"},
    {"lyapunov", "lyapunov.ini --grid.cells=200 --time.end=2 --time.outputs=0,1,2"},
    {"lyapunov_rotating",
     "lyapunov_rotating.ini --grid.cells=48,40 --time.step=0.1 --time.end=1 --time.outputs=0,1 "
     "--lyapunov.entropies=relative_entropy,reverse_relative_entropy,total_variation"},
    {"lyapunov_driven", "lyapunov_driven.ini --grid.cells=120 --time.end=1 --time.outputs=0,1"},
    {"semigroup",
     "semigroup.ini --grid.cells=100 --time.method=sdirk2 --time.step=0.05 --time.outputs=0,1 "
     "--semigroup.split=0.5"},
    {"semigroup_exact",
     "semigroup.ini --grid.cells=100 --problem.drift=-x --time.method=uniformization "
     "--time.outputs=0,1"},
};

const std::vector<Short> passages{
    {"spectrum", "double_well_spectrum.ini --grid.cells=300"},
    {"quasi_stationary",
     "double_well_spectrum.ini --grid.cells=300 --grid.lower=-1.2 --grid.upper=1.2 "
     "--grid.boundary=absorbing"},
    {"rotating_current", "rotating_current.ini --grid.cells=40,40"},
    {"first_passage", "first_passage.ini --grid.cells=200 --time.end=5 --time.outputs=0,5"},
    {"exit_through_a_border",
     "ornstein_uhlenbeck.ini --study.kind=first_passage --grid.cells=100 --grid.lower=-2 "
     "--grid.upper=3 --grid.boundary=absorbing --first_passage.target_borders=x_upper "
     "--time.method=uniformization --time.step=0.05"},
    {"exit_from_a_disc",
     "double_well.ini --study.kind=first_passage --first_passage.set='x^2 + y^2 > 3' "
     "--first_passage.target='(x + 1)^2 + y^2 < 0.1' --first_passage.start=0,0,1,0.5 "
     "--grid.cells=40,36 --time.method=chebyshev --time.step=0.1 --time.end=1 "
     "--time.outputs=0,1"},
};

const std::vector<Short> ladders{
    {"convergence_space", "convergence_space.ini --convergence.levels=3", "--delta=1e-8"},
    {"convergence_time", "convergence_time.ini --convergence.levels=3 --time.step=0.02",
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
    {"convergence_stretched", "convergence_stretched.ini --convergence.levels=3", "--delta=1e-8"},
    {"convergence_tensor", "convergence_tensor.ini --grid.cells=48,48 --convergence.tolerance=0.15",
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
    {"convergence_of_images",
     "osmosis_cat.ini --study.kind=convergence --convergence.in=time --convergence.levels=3 "
     "--time.step=0.25 --time.end=1 --time.outputs=0 --solver.method=cg_icc "
     "--solver.tolerance=1e-15 --convergence.tolerance=0.1" +
         small,
     "--relative=1e-6"},
};

const std::vector<Short> operators{
    {"feller_moments", "feller_moments.ini --feller_moments.paths=1000000", "--delta=1e-10"},
    {"osmosis_is_fokker_planck", "osmosis_is_fokker_planck.ini --osmosis_is_fokker_planck.levels=3",
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
    {"osmosis_is_fokker_planck_plane",
     "osmosis_is_fokker_planck_plane.ini --osmosis_is_fokker_planck.levels=2", "--delta=1e-8"},
    {"osmosis_theorem", "osmosis_theorem.ini --time.end=20 --time.outputs=0,20", "--delta=1e-9"},
    {"osmosis_eight_cells", "osmosis_eight_cells.ini --time.outputs=0,100", "--delta=1e-9"},
    {"signed_guidance",
     "signed_guidance.ini --signed_guidance.line=24 --signed_guidance.plane=6,5 "
     "--signed_guidance.seeds=1,2 --signed_guidance.points=9",
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
};

const std::vector<Short> scores{
    {"information",
     "information.ini --grid.cells=400 --information.nodes=16 "
     "--information.samples=5000 --information.times=0.1,1",
     "--delta=1e-11"},
    {"information_histogram",
     "information_histogram.ini --grid.cells=256 --information.nodes=16 "
     "--information.samples=4000 --information.times=0.1,1",
     "--delta=1e-11"},
    {"information_space", "information_space.ini --information_space.samples=2048",
     "--relative=1e-13"},
    {"information_plane",
     "information_plane.ini --information_space.samples=2048 --information_space.times=0.1,1",
     "--relative=1e-13"},
    {"information_images",
     "information_images.ini --information_images.samples=2048 --information_images.times=1,100",
     "--relative=1e-13"},
    {"likelihood",
     "likelihood.ini --grid.cells=400 --likelihood.values=0.2,1 --likelihood.times=0.1,1 "
     "--likelihood.samples=5000 --likelihood.symbols=3 --likelihood.chains=4",
     "--delta=1e-11"},
    {"likelihood_terms", "likelihood_terms.ini", "--delta=1e-11"},
    {"posterior", "posterior.ini", "--delta=1e-11"},
    // LSQR stops at 1e-12 of the residual, which the condition number makes more of.
    {"denoiser",
     "denoiser.ini --grid.cells=200 --denoiser.count=10 --denoiser.in_time=3 "
     "--denoiser.samples=8192 --denoiser.times=0.3,1 --denoiser.first=0.3 --denoiser.replicates=8 "
     "--denoiser.particles=4096 --denoiser.steps=32",
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
    {"denoiser_plane",
     "denoiser_plane.ini --grid.cells=60,60 --denoiser.count=4 --denoiser.in_time=3 "
     "--denoiser.samples=8192 --denoiser.times=1,10 --denoiser.replicates=8 "
     "--denoiser.particles=4096 --denoiser.steps=32",
     "--delta=1e-8 --exclude-path /entry/levels/iterations"},
};

/// Particles have the same bits on any number of ranks; exact densities, too.
const std::vector<Short> reversals{
    {"probability_flow", "probability_flow.ini --probability_flow.particles=50000",
     "--relative=1e-15"},
    {"reverse", "reverse.ini --reverse.particles=20000 --reverse.levels=3", "--relative=1e-15"},
    {"reverse_plane",
     "reverse.ini --problem.means='(-1, 0), (0.2, 1), (1, 1)' --grid.cells=20,20 "
     "--grid.lower=-3,-3 --grid.upper=3,3 --reverse.scheme=euler_maruyama --reverse.lambda=0,1 "
     "--reverse.start=normal --reverse.levels=3 --reverse.particles=5000",
     "--relative=1e-15"},
    {"reverse_images", "reverse_images.ini --reverse_images.samples=100 --reverse_images.steps=32",
     "--relative=1e-15"},
    // Tails of 1e-80 are the outcome of thousands of steps.
    {"reverse_density",
     "reverse_density.ini --grid.cells=80 --reverse_density.levels=3 --reverse_density.steps=40 "
     "--reverse_density.particles=5000 --reverse_density.lambda=0,2",
     "--relative=1e-9"},
    {"reverse_density_plane",
     "reverse_density_plane.ini --grid.cells=40,32 --reverse_density.steps=24 "
     "--reverse_density.particles=2000 --reverse_density.lambda=0.5",
     "--relative=1e-9"},
    {"reverse_normal",
     "reverse_normal.ini --reverse.from=100 --reverse.levels=4 --reverse.particles=10000",
     "--relative=1e-15"},
};

const std::vector<Short> reverse_steps{
    {"ito_fick",
     "ito_fick.ini --grid.cells=400 --time.outputs=0,2 --ito_fick.particles=50000 "
     "--ito_fick.substeps=8",
     "--delta=1e-12"},
    {"schedule_mixture", "schedule_mixture.ini --schedule.steps=64", "--delta=0"},
    // Also over 3 blocks of particles.
    {"score_error", "score_error.ini --score_error.particles=10000 --score_error.steps=100",
     "--delta=0"},
    {"score_error_mixture",
     "score_error_mixture.ini --score_error.particles=10000 --score_error.steps=50 "
     "--score_error.lambdas=0.5,4",
     "--delta=0"},
};

/// What legitimately differs between two runs of one study.
const std::string differing =
    "--exclude-path /entry/provenance/environment/mpi_ranks "
    "--exclude-path /entry/provenance/environment/hostname --exclude-path /entry/start_time "
    "--exclude-path /entry/end_time --exclude-path /entry/checks "
    "--exclude-path /entry/solver --exclude-path /entry/residuals --exclude-path /entry/identity "
    "--exclude-path /entry/semigroup "
    // Eigenvectors and currents are 0 somewhere, where no digit can be asked for.
    "--exclude-path /entry/modes --exclude-path /entry/current "
    "--exclude-path /entry/provenance/environment/study.output "
    "--exclude-path /entry/provenance/date";

void check_on_all_ranks(const std::vector<Short>& short_studies) {
  for (const auto& [name, arguments, agreement] : short_studies) {
    const Folder folder;
    for (const int ranks : {1, 3, 4}) {
      const std::string ours = "on_" + std::to_string(ranks);
      std::filesystem::create_directory(folder.path() / ours);
      const std::string file = ours + "/out.h5";
      const Outcome outcome = folder.feller(studies + arguments + " --study.output=" + file, ranks);
      INFO(name << " on " << ranks << "\n" << outcome.out << outcome.error);
      CHECK(outcome.status == 0);
      if (ranks == 1) continue;
      const Outcome same =
          folder.run("h5diff " + agreement + " " + differing + " on_1/out.h5 " + file);
      INFO(same.out << same.error);
      CHECK(same.status == 0);
    }
    CHECK(folder.feller("verify on_4/out.h5").status == 0);
  }
}

}  // namespace

TEST_CASE("ranks: osmosis", "[ranks]") {
  check_on_all_ranks(osmosis);
}

TEST_CASE("ranks: images", "[ranks]") {
  check_on_all_ranks(images);
}

TEST_CASE("ranks: densities", "[ranks]") {
  check_on_all_ranks(densities);
}

TEST_CASE("ranks: chains", "[ranks]") {
  check_on_all_ranks(chains);
}

TEST_CASE("ranks: flows, backward and entropies", "[ranks]") {
  check_on_all_ranks(flows);
}

TEST_CASE("ranks: passages, spectra and currents", "[ranks]") {
  check_on_all_ranks(passages);
}

TEST_CASE("ranks: ladders", "[ranks]") {
  check_on_all_ranks(ladders);
}

TEST_CASE("ranks: likelihoods and denoisers", "[ranks]") {
  check_on_all_ranks(scores);
}

TEST_CASE("ranks: operators of the paper", "[ranks]") {
  check_on_all_ranks(operators);
}

TEST_CASE("ranks: reverse processes", "[ranks]") {
  check_on_all_ranks(reversals);
}

TEST_CASE("ranks: steps and forms of noise", "[ranks]") {
  check_on_all_ranks(reverse_steps);
}

TEST_CASE("ranks: control, h5diff does see a difference of 1e-9", "[ranks]") {
  const Folder folder;
  const std::string study =
      studies + "double_well.ini --grid.cells=32,32 --time.end=0.1 --time.outputs=0,0.1 ";
  CHECK(folder.run("mkdir a b c").status == 0);
  const std::string diff = "h5diff --relative=1e-12 " + differing;
  CHECK(folder.feller(study + "--study.output=a/out.h5").status == 0);
  CHECK(folder.feller(study + "--study.output=b/out.h5").status == 0);
  CHECK(folder.feller(study + "--study.output=c/out.h5 --problem.diffusion=1.000000001").status ==
        0);
  CHECK(folder.run(diff + " a/out.h5 b/out.h5").status == 0);
  const std::string field = " /entry/density/p";
  CHECK(folder.run("h5diff --relative=1e-12 a/out.h5 c/out.h5" + field).status == 1);
}

/// What bad input gets: one line, exit status 2, and nothing on the disk.

#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "io/image.hpp"
#include "tests/process.hpp"

using namespace feller::test;

namespace {

const std::string density =
    "[study]\nkind = relaxation\noutput = out.h5\n"
    "[problem]\nkind = fokker_planck\npotential = x^2/2\ninitial = normal(x, 1, 0.5)\n"
    "[grid]\ncells = 40\nlower = -4\nupper = 4\n[time]\nstep = 0.1\nend = 0.2\n";

const std::string plane =
    "[study]\nkind = relaxation\noutput = out.h5\n"
    "[problem]\nkind = fokker_planck\npotential = x^2/2\ninitial = normal(x, 1, 0.5)\n"
    "[grid]\ncells = 8, 8\nlower = -2, -2\nupper = 2, 2\n[time]\nstep = 0.1\nend = 0.2\n";

const std::string process =
    "[study]\nkind = relaxation\noutput = out.h5\n[problem]\nkind = cir\n"
    "[grid]\ncells = 40\nlower = 0\nupper = 4\n[time]\nstep = 0.1\nend = 0.2\n";

const std::string gaussian =
    "[study]\nkind = feller_moments\noutput = out.h5\n[problem]\nkind = ornstein_uhlenbeck\n"
    "means = 0\nsds = 0.5\n[grid]\ncells = 40\nlower = -8\nupper = 8\n"
    "[time]\nmethod = uniformization\nstep = 0.1\nend = 0.2\n";

const std::string noisy =
    "[study]\nkind = ito_fick\noutput = out.h5\n[problem]\nkind = fokker_planck\ndrift = -x\n"
    "diffusion = 1 + x^2/4\ninitial = normal(x, 0, sqrt(0.5))\n[scheme]\nform = ito\n"
    "[grid]\ncells = 100\nlower = -20\nupper = 20\n"
    "[time]\nmethod = uniformization\nstep = 0.1\nend = 2\n";

const std::string exploding =
    "[study]\nkind = schedule\noutput = out.h5\n[problem]\nkind = brownian\nmeans = 0\n"
    "sds = 0.5\n[grid]\ncells = 40\nlower = -8\nupper = 8\n";

const std::string box =
    "[study]\nkind = osmosis_theorem\noutput = out.h5\n[problem]\nkind = osmosis_box\n"
    "initial_values = 1, 2, 4\nguidance_values = 1, 3, 2\n[grid]\ncells = 3\nlower = 0\nupper = 3\n"
    "[time]\nstep = 1\nend = 2\n";

const std::string image =
    "[study]\nkind = relaxation\noutput = out.h5\n"
    "[problem]\nkind = osmosis\nimage = cat.png\n[time]\nstep = 1\nend = 2\n";

const std::filesystem::path pictures = std::filesystem::path{FELLER_SOURCE_DIR} / "studies/images";

struct Case {
  std::string name;
  std::string study;
  std::string arguments;  ///< after the study file
  std::string message;    ///< must stand in the one line
  int ranks = 1;
};

const std::vector<Case> cases{
    {"unknown key", density, "--time.stpe=1",
     "command line: unknown key 'time.stpe'; did you mean 'time.step'?"},
    {"unknown key in the file", density + "ouputs = 0\n", "",
     "study.ini:15: unknown key 'time.ouputs'; did you mean 'time.outputs'?"},
    {"unknown study", density, "--study.kind=relaxtion",
     "study.kind = relaxtion: must be one of relaxation, steady_state, duality"},
    {"unknown study, with a suggestion", density, "--study.kind=relaxtion",
     "did you mean 'relaxation'?"},
    {"unknown problem", density, "--problem.kind=osmose",
     "problem.kind = osmose: must be one of fokker_planck, osmosis, osmosis_box"},
    {"no kind", "[time]\nstep = 1\n", "", "study.ini: study.kind is missing"},
    {"out of range", density, "--time.step=-1", "time.step = -1: must be a number > 0"},
    {"not a number", density, "--time.end=soon", "time.end = soon: must be a number > 0"},
    {"not a flux", density, "--scheme.flux=centre", "did you mean 'central'?"},
    {"not a functional", density, "--observe.functionals=entrpy", "did you mean 'entropy'?"},
    {"missing key", "[study]\nkind = relaxation\noutput = out.h5\n[problem]\nkind = osmosis\n",
     "--time.step=1 --time.end=1", "problem.image is missing"},
    {"output beyond the end", density, "--time.outputs=0,5", "5 lies beyond time.end = 0.2"},
    {"nothing absorbs", density, "--study.kind=first_passage",
     "first_passage.set: is missing and no border absorbs"},
    {"an absorbing set that is empty", density,
     "--study.kind=first_passage --first_passage.set='x > 9'",
     "first_passage.set = x > 9: holds no cell's centre"},
    {"an absorbing set that is everything", density,
     "--study.kind=first_passage --first_passage.set='x < 9'",
     "first_passage.set = x < 9: holds every cell's centre"},
    {"an absorbing set of NaN", density, "--study.kind=first_passage --first_passage.set='ln(x)'",
     "first_passage.set = ln(x): is nan"},
    {"a start in the absorbing set", density,
     "--study.kind=first_passage --first_passage.set='x > 1' --first_passage.start=0,2",
     "first_passage.start = 0,2: x = 2 lies in the absorbing set"},
    {"a start outside the grid", density,
     "--study.kind=first_passage --first_passage.set='x > 1' --first_passage.start=-5",
     "x = -5 lies outside the grid"},
    {"a target that overlaps the set", density,
     "--study.kind=first_passage --first_passage.set='x > 1' --first_passage.target='x > 2'",
     "first_passage.target = x > 2: has cells in common with first_passage.set"},
    {"a target border that is closed", density,
     "--study.kind=first_passage --first_passage.set='x > 1' "
     "--first_passage.target_borders=x_lower",
     "names x_lower, where nothing is absorbed"},
    {"a set that holds the initial mass", density,
     "--study.kind=first_passage --first_passage.set='x < 2' --problem.initial='x < 0'",
     "holds all of the initial mass"},
    {"a set out of reach", density,
     "--study.kind=first_passage --first_passage.set='x > 1 && y > 0' --problem.potential='x*0' "
     "--problem.initial=1 --problem.diffusion=1,0 --grid.cells=10,10 --grid.lower=-2,-2 "
     "--grid.upper=2,2",
     "cannot be reached from 50 cells"},
    {"more modes than cells", density, "--study.kind=spectrum --spectrum.modes=40",
     "spectrum.modes = 40: must be < 40"},
    {"a spectrum in time", density,
     "--study.kind=spectrum --problem.potential='' --problem.drift='-x*t'",
     "study.kind = spectrum: needs coefficients that do not depend on t"},
    {"a first passage of a colour image", image, "--study.kind=first_passage",
     "asks about one quantity, but this problem has 3 channels"},
    {"no assignment", density + "nonsense\n", "", "study.ini:15: neither"},
    {"expression does not parse", density, "--problem.initial='sin('",
     "problem.initial = sin(: Unexpected end of expression"},
    {"expression names an unknown variable", density, "--problem.potential='x*w'",
     "problem.potential = x*w: Unexpected token \"w\""},
    {"expression names a coordinate that is not there", density, "--problem.potential='x*y'",
     "Unexpected token \"y\""},
    {"initial density in t", density, "--problem.initial='exp(-x^2)*t'", "Unexpected token \"t\""},
    {"NaN", density, "--problem.initial='ln(x)'", "problem.initial = ln(x): is nan at x = -3.977"},
    {"infinity", density, "--problem.potential='1/(0*x^2)'",
     "problem.potential = 1/(0*x^2): is inf at x = -3.9"},
    {"infinite drift", density, "--problem.drift='1/x'", "problem.drift = 1/x: is inf at x = 0"},
    {"negative density", density, "--problem.initial='x'",
     "is -3.97746 at x = -3.97746, must be >= 0"},
    {"zero diffusion", density, "--problem.diffusion=0", "problem.diffusion = 0: is 0 at x = -3.9"},
    {"negative diffusion", density, "--problem.diffusion='x^2-1' --scheme.form=ito", "must be > 0"},
    {"varying diffusion without a form", density, "--problem.diffusion='1+x^2'",
     "scheme.form must say what the equation means"},
    {"initial density without mass", density, "--problem.initial='0*x'",
     "problem.initial = 0*x: has mass 0 in the box"},
    {"drift with too many components", density, "--problem.drift='x,x'", "has 2 components"},
    {"central where it is not positive", density, "--scheme.flux=central --problem.drift='-99*x'",
     "scheme.flux = central: central needs |b h / D| < 2"},
    {"box upside down", density, "--grid.upper=-5", "grid.upper = -5: must exceed grid.lower"},
    {"lists of unequal length", density, "--grid.lower=1,2", "has 2 entries, but grid.cells has 1"},
    {"four dimensions", density, "--grid.cells=3,3,3,3", "must have 1, 2 or 3 entries"},
    {"no cells", density, "--grid.cells=0", "must be a list of integers, each >= 1"},
    {"too many cells", density, "--grid.cells=99999,99999 --grid.lower=0,0 --grid.upper=1,1",
     "64-bit indices"},
    {"grid that cannot be split", density, "--grid.cells=2", "cannot be split over 3 ranks", 3},
    {"image that is missing", image, "--problem.image=dog.png", "dog.png: no such file"},
    {"image that is none", image, "--problem.image=study.ini", "not a PNG, JPEG or TIFF image"},
    {"image that is truncated", image, "--problem.image=half.png", "truncated or damaged"},
    {"image that is truncated, in parallel", image, "--problem.image=half.png",
     "truncated or damaged", 3},
    {"image that is a folder", image, "--problem.image=.", "problem.image = .:"},
    {"guidance of another size", image,
     "--problem.guidance=image --problem.guidance_image=other.png",
     "problem.guidance_image = other.png: is 512 x 512, grey, but problem.image is 451 x 300, RGB"},
    {"guidance without a file", image, "--problem.guidance=image",
     "problem.guidance_image: must name a file"},
    {"guidance that is not positive", image, "--problem.noise_offset=0",
     "problem.noise_offset = 0: the guidance falls to -4."},
    {"guidance image that is not positive", image,
     "--problem.guidance=image --problem.guidance_image=cat.png --problem.offset=0",
     "problem.offset = 0: the guidance falls to 0"},
    {"output without its ending", density, "--study.output=out", "must end in .h5"},
    {"output folder that is missing", density, "--study.output=nowhere/out.h5",
     "the folder 'nowhere' does not exist"},
    {"output that exists", density, "--study.output=there.h5", "study.overwrite = true"},
    {"output that is a folder", density, "--study.output=folder.h5 --study.overwrite=true",
     "cannot be replaced"},
    {"PETSc option before the dashes", density, "-ksp_monitor", "PETSc options after --"},
    {"two study files", density, "other.ini", "one argument too many"},
    {"assignment in a formula", density, "--problem.drift='x=3'",
     "problem.drift = x=3: assigns with '='"},
    {"constant with a name that is taken", density, "--constants.x=2",
     "constants.x = 2: has a meaning of its own"},
    {"constant with a name that is none", density, "--constants.2a=2", "is no name for a constant"},
    {"potential that does not close", density, "--problem.potential=x --grid.boundary=periodic",
     "problem.potential = x: is -4 at x = -4 and 4 at x = 4, but that axis is periodic"},
    {"exact density that is none", density, "--problem.exact='2*normal(x,0,0.5)'",
     "has mass 2 in the box at t = 0, must be 1"},
    {"exact density that breaks off", density, "--problem.exact='normal(x,0,sqrt(0.15-t))'",
     "problem.exact = normal(x,0,sqrt(0.15-t)): is nan"},
    {"functional named twice", density, "--observe.functionals=mass,mass", "names mass twice"},
    {"tolerance that allows everything", density, "--solver.tolerance=1",
     "solver.tolerance = 1: must be a number in (0, 0.1]"},
    {"option with a space", density, "--time.step 0.1", "write --section.key=value"},
    {"image with negative values", image, "--problem.image=negative.tif",
     "problem.image = negative.tif: falls to -255, but grey levels must not be negative"},
    {"image without anything", image, "--problem.image=black.png --problem.offset=0",
     "problem.image = black.png: is 0 everywhere"},
    {"image file with 16-bit palette", image, "--problem.image=palette16.tif", "palette"},
    {"guidance image that is not asked for", image, "--problem.guidance_image=other.png",
     "is given, but problem.guidance = noise"},
    {"table that exists", density, "--study.output=taken.h5", "taken.csv exists"},
    {"input that would be overwritten", image, "--problem.image=out_t0.png --study.overwrite=true",
     "out_t0.png would be overwritten, but is an input"},
    {"more products than anyone would wait for", density,
     "--time.method=uniformization --time.step=1e8 --time.end=1e8",
     "time.method = uniformization: uniformization would need"},
    {"Chebyshev without detailed balance", density,
     "--problem.drift=-y,x --time.method=chebyshev --grid.cells=8,8 --grid.lower=-1,-1 "
     "--grid.upper=1,1",
     "time.method = chebyshev: chebyshev needs detailed balance"},
    {"ladder with fewer than three grids", density,
     "--study.kind=convergence --convergence.levels=2",
     "convergence.levels = 2: needs at least 3 grids"},
    {"ladder of an image in space", image, "--study.kind=convergence",
     "convergence.in: this problem's grid is given and cannot be refined"},
    {"ladder against an exact density that is not given", density,
     "--study.kind=convergence --convergence.reference=exact",
     "convergence.reference = exact: exact needs problem.exact"},
    {"ladder in time of what is exact in time", density,
     "--study.kind=convergence --convergence.in=time --time.method=chebyshev",
     "time.method = chebyshev: has no error in time"},
    {"ladder against an exact density that is none", density,
     "--study.kind=convergence --problem.exact='2*normal(x,0,0.5)'",
     "has mass 2 in the box at t = 0.2, must be 1"},
    {"ladder that is not refined", density, "--study.kind=convergence --convergence.ratio=1",
     "convergence.ratio = 1: must be an integer >= 2"},
    {"solver that needs detailed balance", density,
     "--problem.drift=-y,x --solver.method=cg_icc --grid.cells=8,8 --grid.lower=-1,-1 "
     "--grid.upper=1,1",
     "command line: solver.method = cg_icc: needs detailed balance"},
    {"tensor with too few entries", plane, "--problem.diffusion=1,0,1", "has 3 components"},
    {"tensor that is not symmetric", plane, "--problem.diffusion='1,0.2,0.3,1'",
     "is not symmetric: D_xy = 0.2, but D_yx = 0.3 at (x, y) = (-1.75, -1.75)"},
    {"tensor that is not semi-definite", plane, "--problem.diffusion='1,2,2,1'",
     "is not positive semi-definite: it has the eigenvalue -1 at (x, y) = (-1.75, -1.75)"},
    {"tensor that is not semi-definite somewhere", plane,
     "--problem.diffusion='1,x,x,1' --scheme.form=ito", "is not positive semi-definite"},
    {"tensor that is too anisotropic", plane,
     "--problem.diffusion='1,1.41421,1.41421,2' --problem.potential=0",
     "is too anisotropic for this grid at"},
    {"tensor that varies, in a form that it has not", plane,
     "--problem.diffusion='2+x,0.1,0.1,1+y^2' --problem.potential=0 "
     "--scheme.form=stratonovich",
     "depends on which root of the tensor"},
    {"diffusion along one axis that is negative", plane, "--problem.diffusion='1,-1'",
     "is -1 at (x, y) = (-1.75, -1.75), must be >= 0"},
    {"border of no kind", density, "--grid.boundary=absorbng",
     "'absorbng' must be one of reflecting, periodic, absorbing, dirichlet; did you mean "
     "'absorbing'?"},
    {"border that is half periodic", density, "--grid.boundary=periodic:reflecting",
     "an axis is periodic at both ends or at none"},
    {"stretching without its strength", density, "--grid.spacing=sinh", "sinh needs grid.stretch"},
    {"spacing of no kind", density, "--grid.spacing=log", "must be"},
    {"faces that are missing", density, "--grid.spacing=faces",
     "grid.x_faces: has 0 entries, but grid.cells has 41"},
    {"faces that do not ascend", density,
     "--grid.spacing=faces --grid.cells=3 --grid.x_faces=-4,1,0,4",
     "faces must ascend, but 1 is followed by 0"},
    {"faces that leave the box", density,
     "--grid.spacing=faces --grid.cells=3 --grid.x_faces=-4,-1,0,5",
     "must reach from grid.lower = -4 to grid.upper = 4"},
    {"two initial densities", density, "--problem.initial_file=study.ini",
     "and problem.initial_file are both given"},
    {"histogram that is missing", density, "--problem.initial= --problem.initial_file=no.csv",
     "no.csv"},
    {"chebyshev from where the steady state has hardly any mass", density,
     "--time.method=chebyshev --problem.potential=50*x^2 --problem.initial='normal(x, 2, 0.5)'",
     "time.method = chebyshev: chebyshev would change masses by up to"},
    {"diffusion that comes to vary", density,
     "--problem.potential= --problem.drift=-x --problem.diffusion='1 + max(0, t - 0.12)*x^2'",
     "problem.diffusion = 1 + max(0, t - 0.12)*x^2: varies in space, so scheme.form must say"},
    {"products of all steps with coefficients in t", density,
     "--problem.drift='sin(t)' --time.method=uniformization --grid.cells=4000 --time.step=0.1 "
     "--time.end=100",
     "time.method = uniformization: uniformization would need"},
    {"ladder with a tolerance in time", density, "--study.kind=convergence --time.tolerance=1e-3",
     "time.tolerance = 1e-3: keeps the error in time from falling"},
    {"tolerance in time for a two-step method", density, "--time.method=bdf2 --time.tolerance=1e-3",
     "time.tolerance = 1e-3: needs a one-step method"},
    {"two-step method with coefficients in t", density,
     "--time.method=bdf2 --problem.drift='sin(t)'", "time.method = bdf2: bdf2 looks back on steps"},
    {"steady state of coefficients in t", density,
     "--study.kind=steady_state --problem.drift='sin(t)'", "do not depend on t"},
    {"steady state behind open borders", density,
     "--study.kind=steady_state --grid.boundary=absorbing", "the only steady state is 0"},
    {"an entropy twice", density, "--study.kind=lyapunov --lyapunov.entropies=hellinger,hellinger",
     "lyapunov.entropies = hellinger,hellinger: names hellinger twice"},
    {"second solution not given", density,
     "--study.kind=lyapunov --lyapunov.against=second_solution",
     "lyapunov.second_initial: must be given for lyapunov.against = second_solution"},
    {"second solution without mass", density,
     "--study.kind=lyapunov --lyapunov.against=second_solution --lyapunov.second_initial=0*x",
     "lyapunov.second_initial = 0*x: has mass 0 in the box, must be > 0"},
    {"second solution negative", density,
     "--study.kind=lyapunov --lyapunov.against=second_solution --lyapunov.second_initial=x",
     "lyapunov.second_initial = x: is", 3},
    {"no steady state for entropies", density, "--study.kind=lyapunov --grid.boundary=absorbing",
     "lyapunov.against: steady_state: there is none"},
    {"no steady state in time", density, "--study.kind=lyapunov --problem.drift=t",
     "lyapunov.against: steady_state: there is none"},
    {"renyi of unequal masses", density,
     "--study.kind=lyapunov --grid.boundary=absorbing --lyapunov.against=second_solution "
     "--lyapunov.second_initial=1 --lyapunov.entropies=renyi",
     "lyapunov.entropies = renyi: renyi compares densities of the same mass"},
    {"entropies under cut steps", density, "--study.kind=lyapunov --time.tolerance=1e-3",
     "time.tolerance = 1e-3: cuts steps"},
    {"cut outside the run", density, "--study.kind=semigroup --semigroup.split=0.2",
     "semigroup.split = 0.2: 0.2 leaves no step before or after it: there are 2 of length 0.1"},
    {"semigroup of a method with a memory", density, "--study.kind=semigroup --time.method=bdf2",
     "time.method = bdf2: bdf2 looks two steps back"},
    {"semigroup of nothing", density, "--study.kind=semigroup --semigroup.terminal=0*x",
     "semigroup.terminal = 0*x: is 0 everywhere"},
    {"duality with a source", density,
     "--study.kind=duality --duality.terminal=x --grid.boundary=dirichlet "
     "--problem.border_density=1",
     "problem.border_density = 1: brings mass in"},
    {"moments of another process", process, "--study.kind=feller_moments --time.method=mfn",
     "problem.kind = cir: has no transition in closed form"},
    {"moments with an error in time", gaussian, "--time.method=sdirk2",
     "time.method = sdirk2: must have no error in time"},
    {"moments of a ladder that does not ascend", gaussian,
     "--feller_moments.ladder=0.1,0.2,0.2,0.3",
     "feller_moments.ladder = 0.1,0.2,0.2,0.3: must be at least four ascending times"},
    {"moments where nothing drifts", gaussian, "--feller_moments.value=0",
     "feller_moments.value = 0: must not be 0"},
    {"too few paths to tell anything", gaussian, "--feller_moments.paths=10000",
     "feller_moments.paths = 10000: must be"},
    {"backward equation at no time", gaussian, "--feller_moments.point=0.5,0.3,0",
     "feller_moments.point = 0.5,0.3,0: must be three numbers, the last > 0"},
    {"moments on cells that cannot be halved", gaussian, "--grid.cells=41",
     "grid.cells = 41: must be even", 3},
    {"moments by another scheme", gaussian, "--scheme.flux=upwind",
     "scheme.flux = upwind: must be scharfetter_gummel"},
    {"moments by a method that the start does not suit", gaussian,
     "--time.method=chebyshev "
     "--grid.lower=-60 --grid.upper=60 --problem.means=50",
     "time.method = chebyshev"},
    {"moments in a box that mass leaves", gaussian,
     "--time.step=0.5 --time.end=2 --feller_moments.paths=400000",
     "grid.upper = 8: the box is too narrow: backward from the initial density", 3},
    {"moments on cells that are too wide", gaussian, "--feller_moments.paths=400000",
     "grid.cells = 40: are too wide: on half as many they are 0.8, must be 0.5 at most"},
    {"a transition density that no grid resolves", gaussian,
     "--feller_moments.point=0.5,0.3,0.01 --grid.cells=160 --feller_moments.paths=400000",
     "feller_moments.point = 0.5,0.3,0.01: the transition density has the width 0.142"},
    {"a transition density that lies elsewhere", gaussian,
     "--feller_moments.point=30,0.3,1 --grid.cells=160 --feller_moments.paths=400000",
     "feller_moments.point = 30,0.3,1: the transition density is largest at x = 81.5"},
    {"a transition density that is 0", gaussian,
     "--feller_moments.point=0.5,30,0.7 --grid.cells=160 --feller_moments.paths=400000",
     "feller_moments.point = 0.5,30,0.7: the transition density changes by"},
    {"osmosis towards a density that the box cuts", gaussian,
     "--study.kind=osmosis_is_fokker_planck --grid.lower=-3 --grid.upper=3",
     "grid.upper = 3: the box is too narrow: 0.0027 of the mass", 3},
    {"osmosis of a density that jumps", gaussian,
     "--study.kind=osmosis_is_fokker_planck --problem.means= --problem.sds= "
     "--problem.population=uniform --problem.population_lower=-0.7 "
     "--problem.population_upper=1.2",
     "problem.population = uniform: jumps", 3},
    {"osmosis of a density between cells", gaussian,
     "--study.kind=osmosis_is_fokker_planck --problem.sds=0.1",
     "grid.cells = 40: do not resolve the initial density"},
    {"osmosis towards a density that underflows", gaussian,
     "--study.kind=osmosis_is_fokker_planck --grid.lower=-40 --grid.upper=40 --grid.cells=1000",
     "grid.upper = 40: the box reaches to |x| = 40, where the Gaussian underflows: it may reach "
     "to 37.42"},
    {"forms of a noise that does not vary", density,
     "--study.kind=ito_fick --time.method=uniformization --grid.cells=8 --grid.lower=-2 "
     "--grid.upper=2",
     "problem.kind = fokker_planck: must be fokker_planck on a line"},
    {"forms that particles cannot tell", noisy, "--ito_fick.particles=1000",
     "ito_fick.particles = 1000: are too few"},
    {"forms from another variance", noisy, "--ito_fick.variance=0.7",
     "ito_fick.variance = 0.7: is not that of problem.initial", 3},
    {"steps back of another process", gaussian, "--study.kind=schedule",
     "problem.kind = ornstein_uhlenbeck: must be brownian on a line"},
    {"steps back that go forward", exploding, "--study.kind=schedule --schedule.last=0.001",
     "schedule.last = 0.001: must be beyond schedule.first"},
    {"wrong score with too much noise for its steps", exploding,
     "--study.kind=score_error --score_error.lambdas=1,1000",
     "score_error.steps: are too few for lambda = 1000"},
    {"wrong score that is right", exploding, "--study.kind=score_error --score_error.error=0",
     "score_error.error = 0: must not be 0 without another error of the score"},
    {"wrong score with noises that do not ascend", exploding,
     "--study.kind=score_error --score_error.lambdas=1,1",
     "score_error.lambdas = 1,1: must be at least two, ascending"},
    {"osmosis of another process", process,
     "--study.kind=osmosis_is_fokker_planck "
     "--time.method=mfn",
     "problem.kind = cir: must be ornstein_uhlenbeck"},
    {"osmosis with another diffusion", gaussian,
     "--study.kind=osmosis_is_fokker_planck "
     "--problem.diffusion_coefficient=2",
     "problem.diffusion_coefficient = 2: must be 1"},
    {"osmosis on a ring", gaussian,
     "--study.kind=osmosis_is_fokker_planck "
     "--grid.boundary=periodic",
     "grid.boundary = periodic: must be reflecting"},
    {"osmosis at time 0 alone", gaussian,
     "--study.kind=osmosis_is_fokker_planck "
     "--time.outputs=0",
     "time.outputs = 0: must hold a time after 0"},
    {"osmosis theorem of a density", density, "--study.kind=osmosis_theorem",
     "problem.kind = fokker_planck: must be osmosis of one channel"},
    {"osmosis on cells with too few numbers", box, "--problem.initial_values=1,2",
     "problem.initial_values = 1,2: has 2 numbers, but the grid 3 cells"},
    {"osmosis on cells with a formula and numbers", box, "--problem.guidance=2",
     "problem.guidance = 2: and problem.guidance_values are both given"},
    {"osmosis on cells with nothing", box, "--problem.initial_values=", "problem.initial"},
    {"guidance on cells that is not positive", box, "--problem.guidance_values=1,-1,2",
     "problem.noise_offset: the guidance falls to -1, but must be positive", 3},
    {"osmosis theorem of a signed guidance", box,
     "--problem.guidance_values=1,-1.5,2 --problem.allow_signed_guidance=true",
     "problem.kind = osmosis_box: needs a guidance > 0 here", 3},
    {"osmosis theorem without a drift", box, "--problem.guidance_values=2,2,2",
     "problem.guidance: is constant", 3},
    {"guidance with opposite neighbours", box,
     "--study.kind=signed_guidance --problem.guidance_values=1,0.5,-0.5 "
     "--problem.allow_signed_guidance=true",
     "problem.guidance_values = 1,0.5,-0.5: has two neighbours that add up to 0", 3},
    {"signed guidance that is positive", box, "--study.kind=signed_guidance",
     "problem.kind = osmosis_box: must be osmosis_box with a guidance that changes sign"},
    {"osmosis theorem of a negative image", box, "--problem.initial_values=1,-1,2",
     "problem.initial: must not be negative"},
    {"osmosis theorem by a method of choice", box, "--time.method=mfn",
     "time.method = mfn: is not used: six methods"},
    {"moments with a tolerance in time", gaussian, "--time.tolerance=1e-3",
     "time.tolerance = 1e-3: is not used"},
    {"signed guidance by a method of choice", box, "--study.kind=signed_guidance --time.method=mfn",
     "time.method = mfn: is not used"},
    {"osmosis on unequal cells", box, "--grid.spacing=geometric --grid.stretch=2",
     "grid.spacing = geometric: must be uniform"},
    {"osmosis on an open box", box, "--grid.boundary=absorbing",
     "grid.boundary = absorbing: must be reflecting"},
    {"signed guidance of a density", density, "--study.kind=signed_guidance",
     "problem.kind = fokker_planck: must be osmosis_box"},
    {"signed guidance in a plane of one number", box,
     "--study.kind=signed_guidance --signed_guidance.plane=12",
     "signed_guidance.plane = 12: must be two numbers"},
    {"signed guidance of one noise twice", box,
     "--study.kind=signed_guidance --signed_guidance.seeds=1,1",
     "signed_guidance.seeds = 1,1: must be ascending"},
    {"diffusion that comes to need more ghosts", plane,
     "--problem.potential=0 --problem.diffusion='1,min(1.9,40*t),min(1.9,40*t),4' "
     "--time.method=sdirk2",
     "set grid.halo"},
    {"process whose border would be reached", process, "--problem.sigma=9", "problem.sigma = 9"},
    {"box beyond the process's border", process, "--problem.kind=jacobi --problem.point=0.5",
     "grid.upper = 4: 4 lies beyond the process's border, 1"},
};

std::string first_half(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str().substr(0, text.str().size() / 2);
}

void write_palette_of_16_bits(const std::filesystem::path& path) {
  TIFF* file = TIFFOpen(path.c_str(), "w");
  std::vector<std::uint16_t> ramp(65536), row(4, 7);
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<std::uint16_t>(i);
  TIFFSetField(file, TIFFTAG_IMAGEWIDTH, 4);
  TIFFSetField(file, TIFFTAG_IMAGELENGTH, 1);
  TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, 16);
  TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(file, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_PALETTE);
  TIFFSetField(file, TIFFTAG_COLORMAP, ramp.data(), ramp.data(), ramp.data());
  TIFFWriteScanline(file, row.data(), 0, 0);
  TIFFClose(file);
}

void prepare(const Folder& folder, const Case& c) {
  folder.write("study.ini", c.study);
  folder.write("there.h5", "precious");
  folder.write("half.png", first_half(pictures / "chelsea.png"));
  std::filesystem::create_directory(folder.path() / "folder.h5");
  std::filesystem::copy_file(pictures / "chelsea.png", folder.path() / "cat.png");
  std::filesystem::copy_file(pictures / "camera.png", folder.path() / "other.png");
  std::filesystem::copy_file(pictures / "camera.png", folder.path() / "out_t0.png");
  folder.write("taken.csv", "precious");
  feller::write_tiff(folder.path() / "negative.tif", feller::make_image(4, 3, 1, 32, -255));
  feller::write_png(folder.path() / "black.png", feller::make_image(4, 3, 1));
  write_palette_of_16_bits(folder.path() / "palette16.tif");
}

}  // namespace

TEST_CASE("bad input: one line, status 2, nothing written", "[bad_input]") {
  for (const auto& c : cases) {
    const Folder folder;
    prepare(folder, c);
    const auto before = folder.files();
    const Outcome outcome = folder.feller("study.ini " + c.arguments, c.ranks);
    INFO(c.name << ": " << outcome.error);
    CHECK(outcome.status == 2);
    const auto lines = complaints(outcome.error);
    CHECK(lines.size() == 1);
    if (c.ranks == 1) CHECK(std::count(outcome.error.begin(), outcome.error.end(), '\n') == 1);
    CHECK_THAT(lines.empty() ? "" : lines[0], Catch::Contains(c.message));
    CHECK(folder.files() == before);
    CHECK(folder.run("cat there.h5").out == "precious");
  }
}

TEST_CASE("bad input: a study file that is not there, or no study at all", "[bad_input]") {
  const Folder folder;
  CHECK(folder.feller("nowhere.ini").error == "feller: nowhere.ini: no such study file\n");
  CHECK(folder.feller("nowhere.ini").status == 2);
  CHECK(folder.feller(".").status == 2);
  CHECK(folder.feller("").error == "feller: command line: no study file; see feller --help\n");
  CHECK(folder.feller("describe osmossis").error ==
        "feller: command line: nothing is called 'osmossis'; did you mean 'osmosis'? (feller "
        "describe lists all)\n");
  CHECK(folder.files().empty());
}

TEST_CASE("bad input: a folder that cannot be written to", "[bad_input]") {
  const Folder folder;
  folder.write("study.ini", density);
  std::filesystem::create_directory(folder.path() / "locked");
  folder.run("chmod 755 . && chmod 555 locked");
  // Root may write everywhere, so the program is run as nobody then.
  const std::string user =
      geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : "";
  const Outcome outcome = folder.run("HOME=/tmp " + user + "'" + FELLER_PROGRAM +
                                     "' study.ini --study.output=locked/out.h5");
  INFO(outcome.error);
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.error, Catch::Contains("the folder 'locked' cannot be written to"));
  CHECK(folder.files() == std::vector<std::string>{"locked", "study.ini"});
}

TEST_CASE("bad input: the file that exists is replaced when asked", "[bad_input]") {
  const Folder folder;
  folder.write("study.ini", density);
  CHECK(folder.feller("study.ini").status == 0);
  CHECK(folder.feller("study.ini").status == 2);
  CHECK(folder.feller("study.ini --study.overwrite=true").status == 0);
}

TEST_CASE("a library call that fails on one rank alone ends all ranks", "[bad_input]") {
  const Folder folder;
  folder.write("study.ini", image);
  std::filesystem::copy_file(pictures / "chelsea.png", folder.path() / "cat.png");
  const Outcome outcome = folder.run(
      "timeout 60 " + std::string{FELLER_MPIEXEC} + " 3 -x LD_PRELOAD='" + FELLER_FAILING_SOLVE +
      "' '" + FELLER_PROGRAM + "' study.ini --time.end=50 --solver.method=bicgstab_ilu");
  INFO(outcome.error);
  CHECK(outcome.status == 3);
  CHECK_THAT(outcome.error, Catch::Contains("feller: PETSc error 55"));
  CHECK_THAT(folder.feller("verify out.h5").out, Catch::Contains("running, or killed"));
}

TEST_CASE("a solver that does not converge: status 3, the file stays readable", "[bad_input]") {
  for (const int ranks : {1, 3}) {
    const Folder folder;
    folder.write("study.ini", image);
    std::filesystem::copy_file(pictures / "chelsea.png", folder.path() / "cat.png");
    const Outcome outcome =
        folder.feller("study.ini --solver.method=bicgstab_ilu --solver.max_iterations=1", ranks);
    INFO(outcome.error);
    CHECK(outcome.status == 3);
    const auto lines = complaints(outcome.error);
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], Catch::Contains("step 1, time 1: bicgstab_ilu: DIVERGED_ITS after 1"));
    const Outcome verified = folder.feller("verify out.h5");
    CHECK(verified.status == 1);
    CHECK_THAT(verified.out, Catch::Contains("out.h5: failed"));
  }
}

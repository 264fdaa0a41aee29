#include "studies/registry.hpp"

#include <array>

#include "studies/study.hpp"

namespace feller {
namespace {

constexpr std::array kinds{
    StudyEntry{"relaxation",
               "any problem to an end time: mass, positivity, monotone relative entropy, distance "
               "to the steady state, error against an exact density",
               relaxation},
    StudyEntry{"steady_state",
               "the steady state directly: closed form against the solver, from the initial state",
               steady_state_study},
    StudyEntry{
        "duality",
        "forward and backward equation together: their pairing is constant, expectations stay "
        "in range; control: the drift's sign as printed in Peter 2023, eq. (24)",
        duality},
    StudyEntry{"lyapunov",
               "phi-entropies beside the steady state or a second solution: each decreases, the "
               "dissipation identity of implicit Euler, logarithmic Sobolev ratio, rates against "
               "the spectral gap; control: Crank-Nicolson without a damped start",
               lyapunov_study},
    StudyEntry{"semigroup",
               "one run of s + t against two, forward and backward: Chapman-Kolmogorov, order of "
               "the defect of other steps; controls: a step left out, the family of the wrong time",
               semigroup},
    StudyEntry{"convergence",
               "the error on a ladder of grids, of steps, or both: observed orders with their "
               "spread, extrapolated values; control: the reversed drift does not converge",
               convergence},
    StudyEntry{
        "spectrum",
        "the slowest eigenmodes, right and left; the current and entropy production of a "
        "steady state without detailed balance; the quasi-stationary state where mass leaves",
        spectrum},
    StudyEntry{"feller_moments",
               "the moments of a process from simulated paths, the forward and the backward "
               "equation; controls: all three as printed in Peter 2023, (23) to (25)",
               feller_moments},
    StudyEntry{"first_passage",
               "mean time to absorption and its deviation, committor, survival and density of the "
               "time, by the backward equation",
               first_passage},
    StudyEntry{"entropy",
               "the Markov chain of probabilistic diffusion: entropies, information and "
               "divergences, Theorems A to D, where entropy turns; controls: Peter 2023, "
               "(10), (12), (18) as printed",
               entropy_study},
    StudyEntry{
        "chain_semigroup",
        "the Markov chain of probabilistic diffusion: steps against jumps and the law, "
        "Chapman-Kolmogorov for varying beta; controls: (5) and (8) as printed in Peter 2023",
        chain_semigroup},
    StudyEntry{
        "chain_steady_state",
        "the chain's way to N(0, I): the bound of the relative entropy, its decay by powers of "
        "the survival factor; controls: beta_i = 2^-i stalls, (10) of Peter 2023 is not needed",
        chain_steady_state},
    StudyEntry{"information",
               "mutual information of data and data under noise, by the least mean squared error, "
               "with nodes in t, ln t and snr; controls: McAllester, (11) as printed",
               information_study},
    StudyEntry{"information_space",
               "the same in the plane and in space, with -ln p(y) of single points, by Monte "
               "Carlo in strata of the noise; control: the factor 1/2 dropped",
               information_space},
    StudyEntry{"information_images",
               "what noise leaves of which picture of a folder it was: information, likelihood of "
               "each, decision threshold; control: a picture that is not of the folder",
               information_images},
    StudyEntry{"likelihood",
               "-ln p(y) by the errors of the best guess at all levels of noise, and of Markov "
               "chains read backward; controls: McAllester, (5) as printed, factors dropped",
               likelihood_study},
    StudyEntry{"likelihood_terms",
               "the terms of McAllester's (4) as steps get short and the chain long: what each "
               "tends to; controls: (9) summed from the first step on, an end of a uniform law",
               likelihood_terms},
    StudyEntry{"posterior",
               "the law of z(t - dt) given z(t): how fast it becomes normal as dt falls; controls: "
               "McAllester, (6), (7) taken for exact",
               posterior_study},
    StudyEntry{"denoiser",
               "the score of data under noise in four ways, and denoisers learned by least squares "
               "in polynomials, radial functions or splines: excess risk, conditioning; controls: "
               "McAllester, (13) and (21), line 4 as printed, features that are not scaled",
               denoiser_study},
    StudyEntry{"initial_state",
               "the chain starts from the data: masses of cells or bins, draws of U_0; control: "
               "(5) as printed in Peter 2023",
               initial_state},
    StudyEntry{
        "osmosis",
        "images by any model of osmosis: the verified steady state or the flow in time, with "
        "pictures, drift, mask and quality; control: where published codes stop",
        osmosis_study},
    StudyEntry{"osmosis_is_fokker_planck",
               "the Ornstein-Uhlenbeck process as osmosis towards the Gaussian, by Scharfetter and "
               "Gummel, and exactly: orders, spectral gap, steady state; control: centred drift on "
               "wide cells",
               osmosis_is_fokker_planck},
    StudyEntry{"osmosis_theorem",
               "osmosis on few cells by six methods that must agree: mean, positivity, L "
               "increasing to 0, steady state; controls: signed guidance, unmatched mean, explicit "
               "Euler beyond its limit",
               osmosis_theorem},
    StudyEntry{"signed_guidance",
               "osmosis towards noise as its offset falls: where positivity and where stability "
               "are lost, on a line and in the plane; control: standard normal noise as in Peter "
               "2023, section 4.2",
               signed_guidance},
    StudyEntry{"ensemble",
               "thousands of trajectories of the chain from a photograph: mean and variance of "
               "every pixel, and the conditional entropy, against the exact law; controls: the "
               "product and the entropy as printed in Peter 2023, (5) and (18)",
               ensemble},
    StudyEntry{"permutation",
               "the chain on permuted pixels is the permuted chain, bit by bit, and to round-off "
               "under the cosine transform; controls: beta by place, correlated noise, osmosis",
               permutation},
    StudyEntry{
        "figure1",
        "Figure 1 of Peter 2023: a photograph turns to noise by the chain and by osmosis, as "
        "one plate and by curves at equal distance to the steady states; controls: signed "
        "guidance, a steady state of another mean",
        figure1},
    StudyEntry{"probability_flow",
               "what moves the densities of z = y + sqrt(t) eps: noise in any number of steps, "
               "the flow (20) of McAllester forth and back, Langevin's dynamics; controls: the "
               "display after (22) and the noise of (23) as printed",
               probability_flow},
    StudyEntry{"reverse",
               "the reverse processes of z = y + sqrt(t) eps by particles, with or without noise: "
               "order in the time step, exact law, quantiles; control: the noise of McAllester's "
               "(23) as printed",
               reverse},
    StudyEntry{"reverse_density",
               "the reverse processes as densities on grids, with the stored forward solution: "
               "order 2, entropies and quantiles kept without noise, particles beside; controls: "
               "the noise of McAllester's (23) as printed, drift doubled without noise",
               reverse_density},
    StudyEntry{"reverse_images",
               "pictures of a folder out of noise by their exact score, and halves completed by "
               "the exact conditional score: which come out, how close; controls: the half "
               "unknown, the replacement method",
               reverse_images},
    StudyEntry{"ito_fick",
               "an equation with state-dependent noise in Ito's, Stratonovich's and Fick's form: "
               "second moments and steady states by particles and on the grid; control: "
               "McAllester, (17) as printed",
               ito_fick},
    StudyEntry{"schedule",
               "time grids for the reverse steps (7) of McAllester: relative entropy of the path "
               "and of the end, uniform in t, in ln t, and optimal; controls: uniform grids "
               "taken for the best",
               schedule_study},
    StudyEntry{"score_error",
               "reverse processes with a wrong score and any amount of noise lambda: Girsanov's "
               "bound beside the true relative entropy; control: lambda = 1 is best for the "
               "bound alone",
               score_error},
};

}  // namespace

std::span<const StudyEntry> study_kinds() {
  return kinds;
}

}  // namespace feller

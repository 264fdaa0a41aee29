#pragma once

/// Particles of z(t) = y + sqrt(t) eps (McAllester, (1)) that are moved in three ways:
///
///     dz = dW                                noise, from t_0 up to T in any number of steps: (1)
///     dz/dt = -s_t(z)/2                      the probability flow (20), forth, and back by (22)
///     dz = s_t0(z) ds + r sqrt(2) dW_s       Langevin's dynamics at a fixed t_0
///
/// What (23), corrected, does beyond (22) is the last one with r = 1 and ds = lambda/2 dt, for
/// which p_t0 is invariant; with the noise lambda as printed it is r = sqrt(lambda), and
/// p^(1/lambda) is. Heun's scheme for the latter two. The same bits on any number of ranks.

#include <functional>

#include "discretisation/petsc.hpp"
#include "solvers/reverse_particles.hpp"

namespace feller {

struct FlowPlan {
  double from = 0.1;  ///< t_0
  double to = 10;     ///< T
  std::int64_t particles = 0;
  std::uint64_t seed = 1;
};

class FlowParticles {
 public:
  /// Hears of the positions of one block of particles.
  using Harvest = std::function<void(const std::vector<double>& z)>;

  FlowParticles(MPI_Comm comm, Clusters clusters, const FlowPlan& plan);

  /// From p_t0 to T by (1); `power` 1 for the noise of variance dt, 2 for that of variance dt^2.
  void diffuse(int steps, int power, const Harvest& harvest);
  /// From p_t0 to T by dz/dt = -drift s_t(z), drift = 1/2 being (20), in steps of equal ratio.
  void flow(int steps, double drift, const Harvest& harvest);
  /// From p_t0 by so many steps ds of Langevin's dynamics.
  void relax(int steps, double ds, double amplitude, const Harvest& harvest);

  struct FlowError {
    double quantile = 0;     ///< rms of F_T(z(T)) - F_t0(z(t_0))
    double return_trip = 0;  ///< rms of the distance to the start after (20) and (22)
  };
  /// Of a few thousand particles on a line; `below(t, z)` is P(z(t) <= z). Collective.
  FlowError flow_error(int steps, const std::function<double(double, double)>& below);

 private:
  void each_block(std::int64_t particles,
                  const std::function<void(std::uint64_t first, std::vector<double>& z)>& move);

  MPI_Comm comm_;
  ReverseParticles particles_;
  ClusterScore score_;
  FlowPlan plan_;
};

}  // namespace feller

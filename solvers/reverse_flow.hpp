#pragma once

/// Densities of reverse processes with the score of a stored forward solution p,
///
///     dp/dt = -div J,   J = b p - grad p                             forward
///     dx = [2 g grad ln p - b] ds + sqrt(2) c dW                     backward, s = -t
///     dq/ds = -div([2 g grad ln p - b] q) + c^2 Lap q
///
/// for a motion with the drift g and the noise c (solvers/reverse_particles.hpp; in the scaling
/// variables x = z/sqrt(1 + t) with the time ln(1 + t)/2 it is dz = g s_t dt + c dW). With r = q/p
/// and the excess e = 2 g - c^2 - 1, which is 0 for noise sqrt(lambda) and g = (1 + lambda)/2,
///
///     dq/ds = -div( (-J + e grad p) r )  +  c^2 div(p grad r)
///
/// transport by minus the forward current, and Langevin dynamics with the invariant density p. On
/// cells the current is what crossed each face in the forward step, so that r = 1 stays for every
/// lambda: from the discrete p_T one gets back the discrete p_t. The Langevin part conducts by the
/// harmonic mean of p in two cells (the rates of osmosis with v = p) and is uniformized; transport
/// is that of solvers/ratio_transport.hpp. Strang's splitting a step of the forward solution:
///
///     q <- e^(c^2 tau/2 L(p_n)) transport e^(c^2 tau/2 L(p_{n+1})) q             order 2
///
/// All parts keep mass and positivity; for e = 0 also the range of r.

#include <map>
#include <memory>
#include <span>

#include "solvers/forward_history.hpp"
#include "solvers/ratio_transport.hpp"
#include "solvers/reverse_particles.hpp"

namespace feller {

/// e = 2 g - c^2 - 1: 0 if the motion has the laws of the forward process.
double excess(const ReverseMotion& motion);

/// Langevin dynamics dq/ds = div(p grad(q/p)) with masses of p > 0. Collective.
Generator langevin_generator(const Field& masses);

class ReverseFlow {
 public:
  /// Diffusion must be 1, cells equal, borders reflecting. The history must outlive this.
  /// Sub-steps of transport take this part of what is allowed. Collective.
  explicit ReverseFlow(ForwardHistory& history, double part = 1);
  ~ReverseFlow();

  /// Carries the masses q, each by its motion, from t_{n+1} to t_n. Collective.
  void carry(std::span<Field> q, std::span<const ReverseMotion> motions, int n);

  /// Sub-steps of transport and products of the Langevin parts so far.
  int sub_steps() const { return sub_steps_; }
  int products() const { return products_; }

 private:
  struct Langevin;

  void diffuse(std::span<Field> q, std::span<const ReverseMotion> motions, const Field& masses,
               double length, int level);
  RatioTransport& transport_of(double excess);
  FaceFluxes fluxes(const ForwardStep& step, double excess) const;

  ForwardHistory& history_;
  double part_;
  std::map<double, RatioTransport> transports_;  ///< by excess
  std::unique_ptr<Langevin> langevin_;
  int sub_steps_ = 0;
  int products_ = 0;
};

}  // namespace feller

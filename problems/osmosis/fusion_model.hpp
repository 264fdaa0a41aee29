#pragma once

/// Fusion of a foreground f and a background b: u and its guidance v minimise
///
///     E(u, v) = int  v |grad(u/v)|^2 / 2 + eta H(|grad v|)
///                    + mu (v - f^alpha b^(1-alpha))^2 / 2 + gamma alpha (u - f)^2 / 2
///
/// H(s) = s^2 / (2 delta) up to s = delta, s - delta / 2 beyond (Huber). Levels include the offset.
/// Reference: Parisotto, Calatroni, Bugeau, Papadakis & Schoenlieb 2020.

#include "discretisation/field.hpp"

namespace feller {

struct FusionModel {
  std::vector<Field> foreground;  ///< f, a channel after the other
  std::vector<Field> mixture;     ///< f^alpha b^(1 - alpha)
  Field alpha;
  double tv_weight;          ///< eta
  double huber;              ///< delta [grey level/pixel]
  double guidance_weight;    ///< mu
  double foreground_weight;  ///< gamma
};

}  // namespace feller

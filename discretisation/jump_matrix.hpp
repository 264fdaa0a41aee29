#pragma once

/// P = I + A / rate of a generator A without a matrix, for polynomials of high degree in P.
///
///     (P m)_K   = stay_K m_K + sum over families of  back_K m_{K+e}  + forth_{K-e} m_{K-e}
///     (P^T g)_K = stay_K g_K + sum over families of  forth_K g_{K+e} + back_{K-e} g_{K-e}
///
/// with all rates over `rate`, stay = 1 - outflow. With rate >= max|A_KK| and no rate < 0, P is a
/// stochastic matrix: P >= 0 with columns of sum 1, to the last digit of each entry.
///
/// Many products in a row are bound by memory, so that a product and the sums around it are one
/// pass over arrays, without branches: the arrays cover the rank's cells and ghosts, e is one
/// distance in all of them, and faces that nothing crosses have rate 0. Several products follow
/// each other through the arrays while rates and values are in the cache; ghosts are as many layers
/// as these need, so that they are fetched once for all of them. Reference: Wellein et al. 2009
/// (wavefront blocking); Demmel et al. 2008 (ghosts for several products).

#include <vector>

#include <petscsf.h>

#include "discretisation/generator.hpp"

namespace feller {

/// sum over k of weight_k p_k(P),  p_0 = 1,  p_1 = P,  p_{k+1} = factor P p_k + kept p_{k-1},
/// by Clenshaw's (Horner's, where kept = 0) recursion downwards from the degree,
///
///     f_k = weight_k u + factor P f_{k+1} + kept f_{k+2},   with 1 for the factor at k = 0,
///
/// which reads u where a sum upwards would read and write itself; f_0 is the result.
struct Polynomial {
  double factor = 1;
  double kept = 0;
  int first = 0;                ///< the weights before this are 0
  std::vector<double> weights;  ///< of k = first, first + 1, ..., degree

  int degree() const { return first + static_cast<int>(weights.size()) - 1; }
  double weight(int k) const {
    return k < first ? 0 : weights[static_cast<std::size_t>(k - first)];
  }
};

class JumpMatrix {
 public:
  enum class Direction { forward, backward };  ///< P, P^T

  /// `rate` > 0 [1/T], or 0 if the generator is 0. Collective.
  JumpMatrix(const Generator& generator, double rate);

  /// u <- polynomial(P) u. Collective.
  void apply(const Polynomial& polynomial, Direction direction, Field& u);

 private:
  struct Family {
    std::ptrdiff_t distance;
    double *forth, *back;
  };

  void lay_out(const JumpRates& rates);
  void connect();
  void fill_stay(const Field& outflow, double rate);
  void fill_family(const Faces& faces, const Family& family, double rate);

  std::size_t position(const Index& cell) const;
  void load(const Field& field, double* values) const;
  void store(const double* values, Field& field) const;
  void fetch_ghosts(double* values) const;
  int products_together() const;
  void sweep(const Polynomial& polynomial, Direction direction, int k, int count);
  void advance(const Polynomial& polynomial, Direction direction, int k, std::ptrdiff_t begin,
               std::ptrdiff_t size);

  int exchanged_;  ///< products from one exchange of ghosts to the next; 0 without ghosts
  Grid grid_;      ///< the generator's, with ghosts for as many
  std::ptrdiff_t margin_ = 0;   ///< longest distance: room around each array
  std::size_t size_ = 0;        ///< of an array
  std::vector<double> room_;    ///< for all of them
  std::array<double*, 2> f_{};  ///< f_k for even and odd k, of which two are needed at a time
  double* start_ = nullptr;     ///< u
  double* stay_ = nullptr;
  std::vector<Family> families_;
  Handle<PetscSF, PetscSFDestroy> exchange_;  ///< owned cells to ghosts; none where no ghosts are
};

}  // namespace feller

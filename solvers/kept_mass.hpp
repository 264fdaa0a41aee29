#pragma once

/// What a generator keeps of a start: the mass of each closed region, and the value of each cell
/// that nothing enters, leaves or kills.

#include "discretisation/generator.hpp"
#include "discretisation/regions.hpp"

namespace feller {

class KeptMass {
 public:
  /// Both must outlive it. Collective; throws SolverError where a closed region has a source: its
  /// mass would grow for ever.
  KeptMass(const Generator& generator, const Field& start);

  /// Gives each closed region its mass back by adding a multiple of `along`, the nearly stationary
  /// state, and each isolated cell its value. Collective.
  void restore(Field& masses, const Field& along) const;
  /// The same for a rate of change, whose sum over each closed region is to be 0.
  void balance(Field& change, const Field& along) const;

  const Regions& regions() const { return regions_; }

  /// Sums over each region. Collective.
  std::vector<long double> sums(const Field& field) const;

 private:
  void shift(Field& field, const std::vector<long double>& wanted, const Field& along) const;
  void require_no_growth(const Field& source) const;

  const Generator& generator_;
  const Field& start_;
  Regions regions_;
  std::vector<long double> wanted_;
};

}  // namespace feller

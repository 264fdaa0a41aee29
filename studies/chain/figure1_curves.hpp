#pragma once

/// The curves of figure1: the chain against its step, osmosis against time, and both at the same
/// chi-square distance to their steady states:
///
///     chain      of the law in each pixel to N(0, 1), mean of the pixels
///     osmosis    of u to w, divided by the mass

#include "io/recorder.hpp"
#include "studies/chain/chain_law.hpp"
#include "studies/chain/traces.hpp"

namespace feller {

/// One of the two processes at one time.
struct Moment {
  double at = 0;  ///< i or t
  double chi_square = 0;
  double relative_entropy = 0;  ///< to the steady state: of a pixel, of a unit of mass
  double variation = 0;         ///< total variation relative to that of the steady state
  Traces traces = {};
  double contrast_to_noise = 0;  ///< of the law where there is one
  double information = 0;
  // Of the chain alone.
  ChainLaw law = {};
  double entropy = 0;  ///< plug-in of U_i - sqrt(a_i) U_0, a pixel
};

std::vector<Table> figure1_tables();

/// Collective.
void record_chain(Recorder& recorder, const Moment& moment);
void record_osmosis(Recorder& recorder, const Moment& moment);
/// Both at the distances that both have, interpolated in ln chi-square. Returns the lowest and the
/// highest of these, or nothing where there are none. Collective.
struct Overlap {
  double low = 0, high = 0;
  double factor = 0;  ///< least one between their informations, >= 1, over all these
};
Overlap record_aligned(Recorder& recorder, const std::vector<Moment>& chain,
                       const std::vector<Moment>& osmosis);

}  // namespace feller

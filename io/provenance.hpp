#pragma once

/// Where a file comes from, written into its skeleton.

#include "io/hdf5.hpp"
#include "io/layout.hpp"

namespace feller {

/// Adds the group `provenance` to `entry`. On one rank.
void write_provenance(hid_t entry, const Provenance& provenance);

}  // namespace feller

#pragma once

/// Collective writing and reading of datasets of a file that all ranks have opened.
///
/// A rank writes (or reads) a rectangular part of a dataset, or nothing; either way it takes part.

#include <optional>
#include <span>
#include <vector>

#include "discretisation/grid.hpp"
#include "io/hdf5.hpp"

namespace feller {

/// A rectangular part of a dataset; empty: nothing.
struct Selection {
  std::vector<hsize_t> start;
  std::vector<hsize_t> count;
};

/// The owned box, slowest axis first, of snapshot `step` if there is one, with all channels if any.
Selection selection_of(const Grid& grid, std::optional<hsize_t> step, std::size_t channels);

/// Sets the extent of dimension 0. Collective.
void extend(hid_t dataset, hsize_t length);

/// Writes `values` (as many as the selection holds, in its order) there. Collective.
void write_part(hid_t dataset, const Selection& selection, std::span<const double> values);

/// Reads what the selection holds into `values`, in its order. Collective.
void read_part(hid_t dataset, const Selection& selection, std::span<double> values);

/// Rank 0 writes `values` from `start` on, into a dataset of one dimension. Collective.
void write_from_root(MPI_Comm comm, hid_t dataset, hsize_t start, std::span<const double> values);

}  // namespace feller

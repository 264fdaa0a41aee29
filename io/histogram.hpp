#pragma once

/// Histograms from CSV and HDF5 files: the start of a run.
///
///     m_b = n_b          where the file counts what fell into bin b, or
///     m_b = p_b |B_b|    where it gives a density (|B_b|: length, area or volume of the bin)
///
/// Only the ratios of the m_b matter: whoever uses them scales them to total mass 1.
///
/// CSV, told from HDF5 by the first bytes, not by the name. Columns are parted by semicolons,
/// commas, or tabs and blanks; what follows a # is a comment; names may stand before the numbers.
///     centre value          1-D, in any order; bins meet half way between their centres
///     lower upper value     1-D, ascending and without gaps
///     x y value, x y z value    centres of a full grid (each x with each y, z), in any order
/// A last column named count, counts or mass holds n; density, p or value holds p. Without names,
/// bins must be of one size, so that this makes no difference. Three columns are x y value if a
/// value of the first one comes twice, or the names say so.
///
/// HDF5: numbers in the order z, y, x (x fastest), as far as there are axes. Bins from
///     x_edges, y_edges, z_edges   n + 1 numbers each, in the dataset's group; the values are n
///                         (numpy.histogram's; the result of histogram2d must be transposed)
///     cell centres        dimension scales, or datasets that the group's @axes names (NeXus); the
///                         values are p. A leading axis "time" is allowed: its last snapshot counts
/// so that `/entry/density/p` of an output file starts another run.
///
/// Negative values are refused, those smaller than round-off (1e-12 of the largest value) are 0.

#include <filesystem>
#include <string>
#include <vector>

#include "discretisation/petsc.hpp"

namespace feller {

/// Mass on a box of bins, 1-D to 3-D; not scaled.
struct Histogram {
  std::vector<std::vector<double>> edges;  ///< per axis, ascending, n + 1
  std::vector<double> mass;                ///< of each bin, x fastest; >= 0, the sum is > 0

  int dimension() const { return static_cast<int>(edges.size()); }
  std::size_t bins(std::size_t axis) const { return edges[axis].size() - 1; }
};

/// Reads a file of at most 1e8 bins. `dataset` says where in an HDF5 file; CSV does not need it.
/// Throws InputError: one line that begins with the path (and the line, or the dataset).
Histogram read_histogram(const std::filesystem::path& file, const std::string& dataset);

/// The same on all ranks, read by rank 0. Collective; throws InputError on all ranks.
Histogram read_histogram(MPI_Comm comm, const std::filesystem::path& file,
                         const std::string& dataset);

}  // namespace feller

#pragma once

/// The empty file: every group, attribute, axis and (zero-length) dataset, before any rank writes.
///
/// Attributes of variable length hang when they are written collectively (HDF5 1.10.8), so one rank
/// makes all of them here, through the serial driver.

#include <filesystem>
#include <span>
#include <vector>

#include "discretisation/grid.hpp"
#include "io/hdf5.hpp"
#include "io/layout.hpp"

namespace feller {

/// Replaces what lies at `path`, in one step. On one rank; `layout` must be valid.
void write_skeleton(const std::filesystem::path& path, const FileLayout& layout, const Grid& grid,
                    const Provenance& provenance);

/// Extents of one snapshot, slowest axis first: (z, y, x, channel) as far as they exist.
std::vector<hsize_t> snapshot_shape(const FieldGroup& group, const Grid& grid);

/// Extents of a chunk of about 1 MiB, cut from `shape` along the slowest axis (and the next one
/// where a single layer is larger). Whatever the number of ranks: the file must not depend on it.
std::vector<hsize_t> chunk_shape(std::vector<hsize_t> shape);

}  // namespace feller

#pragma once

/// The XDMF 2 sidecar: the same HDF5 data for ParaView ("XDMF Reader", not the Xdmf3 readers).
///
/// Each group is a collection of grids in time, or a single grid. Fields are values of cells on a
/// uniform mesh (ORIGIN_DXDYDZ, z y x); a 1-D grid is one cell high. A channel is an attribute of
/// its own, "u (red)", read as a strided part of the array.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "discretisation/grid.hpp"
#include "io/layout.hpp"

namespace feller {

/// Times of the snapshots that the file holds, by name of the group.
using SnapshotTimes = std::map<std::string, std::vector<double>>;

/// The sidecar's text; `h5_name` is the file's name as seen from the sidecar. Not collective.
std::string xdmf(const std::string& h5_name, const FileLayout& layout, const Grid& grid,
                 const SnapshotTimes& times);

/// Replaces what lies at `path` in one step. On one rank. Throws IoError.
void write_xdmf(const std::filesystem::path& path, const std::string& h5_name,
                const FileLayout& layout, const Grid& grid, const SnapshotTimes& times);

}  // namespace feller

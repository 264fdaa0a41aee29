#include "io/parallel.hpp"

namespace feller {
namespace {

/// Where numbers lie in memory and in the file, moved by all ranks together.
struct Transfer {
  Transfer(hid_t dataset, const Selection& selection, hsize_t items)
      : collective{H5Pcreate(H5P_DATASET_XFER)},
        file{H5Dget_space(dataset)},
        memory{H5Screate_simple(1, &items, nullptr)} {
    check_h5(H5Pset_dxpl_mpio(collective.get(), H5FD_MPIO_COLLECTIVE));
    if (items == 0) {
      check_h5(H5Sselect_none(file.get()));
      check_h5(H5Sselect_none(memory.get()));
    } else {
      check_h5(H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, selection.start.data(), nullptr,
                                   selection.count.data(), nullptr));
    }
  }

  PropertyHandle collective;
  SpaceHandle file;
  SpaceHandle memory;
};

}  // namespace

Selection selection_of(const Grid& grid, std::optional<hsize_t> step, std::size_t channels) {
  Selection part;
  const auto add = [&part](auto start, auto count) {
    part.start.push_back(static_cast<hsize_t>(start));
    part.count.push_back(static_cast<hsize_t>(count));
  };
  if (step) add(*step, 1);
  for (auto a = static_cast<std::size_t>(grid.dimension()); a-- > 0;) {
    add(grid.owned().start[a], grid.owned().count[a]);
  }
  if (channels > 0) add(0, channels);
  return part;
}

void extend(hid_t dataset, hsize_t length) {
  const SpaceHandle space{H5Dget_space(dataset)};
  std::vector<hsize_t> size(
      static_cast<std::size_t>(check_h5(H5Sget_simple_extent_ndims(space.get()))));
  check_h5(H5Sget_simple_extent_dims(space.get(), size.data(), nullptr));
  size.front() = length;
  check_h5(H5Dset_extent(dataset, size.data()));
}

void write_part(hid_t dataset, const Selection& selection, std::span<const double> values) {
  const Transfer transfer{dataset, selection, values.size()};
  check_h5(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, transfer.memory.get(), transfer.file.get(),
                    transfer.collective.get(), values.data()));
}

void read_part(hid_t dataset, const Selection& selection, std::span<double> values) {
  const Transfer transfer{dataset, selection, values.size()};
  check_h5(H5Dread(dataset, H5T_NATIVE_DOUBLE, transfer.memory.get(), transfer.file.get(),
                   transfer.collective.get(), values.data()));
}

void write_from_root(MPI_Comm comm, hid_t dataset, hsize_t start, std::span<const double> values) {
  if (rank_of(comm) != 0) values = {};
  write_part(dataset, {{start}, {values.size()}}, values);
}

}  // namespace feller

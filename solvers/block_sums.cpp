#include "solvers/block_sums.hpp"

namespace feller {

std::vector<double> BlockSums::total(MPI_Comm comm) const {
  std::vector<double> all(sums_.size());
  check_mpi(MPI_Allreduce(sums_.data(), all.data(), static_cast<int>(all.size()), MPI_DOUBLE,
                          MPI_SUM, comm));
  const auto width = static_cast<std::size_t>(quantities_);
  std::vector<long double> totals(width);
  for (std::size_t i = 0; i < all.size(); ++i) totals[i % width] += all[i];
  return {totals.begin(), totals.end()};
}

}  // namespace feller

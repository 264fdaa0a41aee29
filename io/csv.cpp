#include "io/csv.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "io/agreement.hpp"

namespace feller {
namespace {

void check_stream(const std::ofstream& out, const std::filesystem::path& path) {
  if (out) return;
  throw IoError(
      fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno)));
}

}  // namespace

CsvFile::CsvFile(std::filesystem::path path, const Table& table, MPI_Comm comm)
    : path_{std::move(path)}, comm_{comm}, width_{table.columns.size() + 1} {
  on_root(comm_, [&] {
    out_.open(path_, std::ios::binary);
    check_stream(out_, path_);
    std::vector<Labels> columns{table.axis};
    columns.insert(columns.end(), table.columns.begin(), table.columns.end());
    std::vector<std::string> names;
    for (const auto& column : columns) {
      out_ << fmt::format("# {} [{}]: {}\n", column.name, column.units, column.long_name);
      names.push_back(column.name);
    }
    out_ << fmt::format("{}\n", fmt::join(names, ",")) << std::flush;
    check_stream(out_, path_);
  });
}

void CsvFile::append_rows(std::span<const double> rows) {
  if (rows.size() % width_ != 0) {
    throw std::invalid_argument(
        fmt::format("{}: {} numbers do not make rows of {}", path_.string(), rows.size(), width_));
  }
  if (rank_of(comm_) != 0) return;
  for (; !rows.empty(); rows = rows.subspan(width_)) {
    out_ << fmt::format("{}\n", fmt::join(rows.first(width_), ","));
  }
}

void CsvFile::flush() {
  on_root(comm_, [&] {
    out_.flush();
    check_stream(out_, path_);
  });
}

}  // namespace feller

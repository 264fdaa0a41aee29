#pragma once

/// What an output file will hold, declared before the run starts.
///
///     entry/
///       <group>/     fields on the grid, in time or not          FieldGroup
///       <table>/     columns of numbers that grow by rows        Table
///       checks/      what was verified, added at the end         io/check_file.hpp
///       provenance/  what was run, where, with which parameters  Provenance
///
/// Plain descriptions; `OutputFile` makes the file from them, `write_xdmf` and `CsvFile` describe
/// the same data to other readers, so that a name or a unit is written once.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace feller {

/// What a reader shows beside numbers. The name is an HDF5 name (no '/'); units are never empty
/// ("1" for pure numbers). Do not call a unit "seconds", "days", ...: xarray makes dates of those.
struct Labels {
  std::string name;       ///< "p"
  std::string long_name;  ///< "probability density"
  std::string units;      ///< "1/L"
};

/// Arrays on the grid, shown together: (time, z, y, x, channel), less what does not apply.
struct FieldGroup {
  std::string name;  ///< "density", "image", "steady_state"
  std::string title;
  std::vector<Labels> fields;           ///< the first is the signal, the others are auxiliary
  std::vector<std::string> channels{};  ///< "red", "green", "blue"; none: no channel axis
  /// The axis along which snapshots follow each other; it may as well number eigenmodes. None: the
  /// arrays are written once.
  std::optional<Labels> time = Labels{"time", "time", "T"};
};

/// Columns against an axis, which must ascend (some readers reverse one that does not).
struct Table {
  std::string name;  ///< "diagnostics"
  std::string title;
  Labels axis;                  ///< {"time", "time", "T"}
  std::vector<Labels> columns;  ///< the first is the signal, the others are auxiliary
  bool log_axis = false;
  bool log_signal = false;
  bool together = false;  ///< columns are alike, for one picture with a legend
  /// Of the columns, how many are signals; those after them stand beside and are not drawn.
  std::size_t signals = std::numeric_limits<std::size_t>::max();
  std::size_t points = 0;  ///< of columns drawn together, how many are marks without a line
};

/// Where a file comes from: enough to run it again.
struct Provenance {
  using Value = std::variant<std::int64_t, double, std::string>;

  std::string program = "feller";
  std::string version;
  std::string git_hash;
  std::string petsc_version;
  std::string petsc_options;
  std::string hostname;
  std::string start_time;                                 ///< ISO 8601
  std::string study_name;                                 ///< of the study file
  std::string study_text;                                 ///< all of it, as read
  std::vector<std::pair<std::string, Value>> parameters;  ///< all, resolved: "scheme.flux"
  int ranks = 1;
  std::string restarts;  ///< one line each time that the run went on from a checkpoint
};

struct FileLayout {
  std::string title;
  std::string main_group;  ///< the group or table that a viewer opens first
  std::array<Labels, 3> axes{{{"x", "x", "L"}, {"y", "y", "L"}, {"z", "z", "L"}}};
  bool y_downwards = false;  ///< true for images: row 0 is the top one
  std::vector<FieldGroup> groups{};
  std::vector<Table> tables{};
};

/// Throws std::invalid_argument where names are missing, used twice or impossible.
void validate(const FileLayout& layout);

}  // namespace feller

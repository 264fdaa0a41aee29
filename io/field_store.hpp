#pragma once

/// Fields one after the other in a plain file: field i takes the bytes from 8 N i on, N the number
/// of cells, as doubles in natural order (x fastest).
///
/// Nothing but numbers at fixed places: what was written stays whole whatever becomes of the
/// writer, and any number of ranks reads it. Whoever writes keeps the fingerprints.

#include <cstdint>
#include <filesystem>

#include "discretisation/field.hpp"

namespace feller {

class FieldStore {
 public:
  FieldStore(std::filesystem::path path, const Grid& grid) : path_{std::move(path)}, grid_{grid} {}

  /// Writes field `index`; later ones stay as they are. Returns its fingerprint. Collective; throws
  /// IoError.
  std::uint64_t write(std::size_t index, const Field& field) const;

  /// Reads field `index`. Collective; throws IoError if it does not have this fingerprint.
  Field read(std::size_t index, std::uint64_t fingerprint) const;

 private:
  std::filesystem::path path_;
  Grid grid_;
};

/// Throws IoError if the file cannot hold so many fields. On one rank.
void require_fields(const std::filesystem::path& path, std::size_t number, PetscInt cells);

}  // namespace feller

#pragma once

/// Files that are there whole or not at all: they are written beside their place, then renamed.
///
/// On one rank. Throws IoError.

#include <filesystem>

namespace feller {

/// Where the file is written: "<path>.tmp".
std::filesystem::path draft_of(const std::filesystem::path& path);

/// Puts a file where another may lie, in one step.
void move_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Takes hold of the blocks of a file up to this size, so that what is written there later finds
/// them: a full disk is met here, on one rank, and not in the middle of collective writing.
void reserve_space(const std::filesystem::path& path, std::size_t size);

}  // namespace feller

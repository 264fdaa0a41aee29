#pragma once

/// How a run ended, as its output file tells: status, end and checks.
///
/// Through the serial driver, on one rank, for files that no rank has open. All throw IoError.

#include <filesystem>
#include <string>
#include <string_view>

#include "io/check.hpp"

namespace feller {

enum class RunStatus { complete, failed, interrupted };

/// Adds end time (ISO 8601) and checks to a closed file, then sets its status.
void record_end(const std::filesystem::path& path, RunStatus status, std::string_view end_time,
                const Checks& checks);

/// "running" (also what a killed run leaves behind), "complete", "failed" or "interrupted".
std::string read_status(const std::filesystem::path& path);

/// None for a run that did not end.
Checks read_checks(const std::filesystem::path& path);

}  // namespace feller

#pragma once

/// What the readers of the two formats share. Internal to io/histogram*.cpp.

#include <functional>

#include "io/histogram.hpp"

namespace feller::detail {

/// Counts of a bin, or a density there.
enum class Meaning { mass, density };

inline constexpr double most_bins = 1e8;

/// Throws InputError: "<where>: <words>".
[[noreturn]] void reject(const std::string& where, const std::string& words);

/// Throws unless the numbers are finite and ascend.
void require_ascending(const std::vector<double>& numbers, const std::string& where);

/// Edges half way between centres that ascend; the outer cells are symmetric about their centres.
std::vector<double> edges_around(const std::vector<double>& centres, const std::string& where);

/// A histogram from values in its order, which are checked; `where(b)` is the place of value b.
Histogram make_histogram(std::vector<std::vector<double>> edges, std::vector<double> values,
                         Meaning meaning, const std::string& source,
                         const std::function<std::string(std::size_t)>& where);

Histogram read_csv_histogram(const std::filesystem::path& file);
Histogram read_hdf5_histogram(const std::filesystem::path& file, const std::string& dataset);

}  // namespace feller::detail

#pragma once

/// The tables of the study `information`, whose title says which quantity of McAllester's (12) each
/// holds.

#include "io/layout.hpp"

namespace feller {

/// "mmse", "rate", "information" and "nodes"; of a discrete law with the lines at H(P) and H(P)/2.
void add_line_tables(FileLayout& layout, bool discrete);

}  // namespace feller

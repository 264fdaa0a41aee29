#pragma once

/// What there is, generated from the registries and the declarations themselves.

#include <string>

namespace feller {

/// All of it, or one study, problem, flux, method, functional, or "expressions". Throws InputError
/// for an unknown name, with the nearest known one.
std::string describe(const std::string& name);

}  // namespace feller

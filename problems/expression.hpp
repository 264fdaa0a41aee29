#pragma once

/// A formula in x, y, z, t and named constants, as the user wrote it (muParser).
///
/// Beside muParser's own functions (exp, ln, sin, cosh, sqrt, abs, min, max, ...; a ? b : c) there
/// are  pi, e,  erf(s),  normal(x, mean, sd)  and  uniform(x, a, b), both probability densities.

#include <memory>
#include <string>

#include "discretisation/grid.hpp"
#include "io/parameters.hpp"

namespace feller {

class Expression {
 public:
  /// Throws std::invalid_argument, saying what is wrong, if the text is no formula in the first
  /// `dimension` coordinates (and t, if `in_time`) and the constants.
  Expression(const std::string& text, int dimension, const Constants& constants,
             bool in_time = false);
  ~Expression();
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;

  double operator()(const Point& point, double time = 0) const;
  bool depends_on_time() const;

  /// Throws std::invalid_argument if a constant cannot have this name: coordinates, t, pi, e and
  /// functions keep their meaning.
  static void validate_constant(const std::string& name);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// Names and meanings of what an expression may use beside coordinates; for `feller describe`.
std::string expression_help();

}  // namespace feller

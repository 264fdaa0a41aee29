#pragma once

/// Formulas of a study file as fields on a grid, every complaint naming the parameter it came from.

#include <string>

#include "io/parameters.hpp"
#include "problems/expression.hpp"
#include "problems/sampling.hpp"

namespace feller {

/// Refers to its arguments, which must outlive it. Sampling is collective; all throw InputError, on
/// all ranks.
class FormulaSampler {
 public:
  /// Throws for a constant whose name is taken.
  FormulaSampler(const Parameters& parameters, const Grid& grid, const Constants& constants);

  Expression parse(const std::string& key, const std::string& text, bool in_time = false) const;

  Field at_centres(const std::string& key, const std::string& text, Sign sign) const;
  Field cell_means(const std::string& key, const std::string& text, Sign sign) const;
  Field cell_means(const std::string& key, const Expression& formula, double time, Sign sign) const;

  /// Throws where the formula differs at the two ends of a periodic axis. `advice` ends the line.
  void require_closed(const std::string& key, const std::string& text,
                      const std::string& advice) const;

 private:
  const Parameters& parameters_;
  const Grid& grid_;
  const Constants& constants_;
};

}  // namespace feller

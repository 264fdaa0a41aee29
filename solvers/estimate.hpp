#pragma once

namespace feller {

/// A mean over samples with its standard error.
struct Estimate {
  double value = 0;
  double error = 0;
};

}  // namespace feller

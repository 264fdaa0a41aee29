#pragma once

/// What is solved: one or more conserved quantities (channels) on a grid, each with its own rates.
///
///     dm/dt = A m + s,   m_K = |K| u_K,   A and s from the jump rates,   u(0) = initial
///
/// A density has one channel, a colour image three. A problem states rates and data; it never
/// solves anything.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "discretisation/generator.hpp"
#include "io/parameters.hpp"

namespace feller {

/// What moves, in words for files and axes.
struct Quantity {
  std::string group;      ///< of the output file: "density" or "image"
  std::string symbol;     ///< "p" or "u"
  std::string name;       ///< "probability density"
  std::string unit;       ///< "1/L^2"
  std::string length;     ///< unit of the coordinates
  bool is_image = false;  ///< y points down, values are grey levels
  /// One a channel of an image: added to its grey levels, to be taken off for pictures.
  std::vector<double> offsets{};
  int bits = 8;  ///< of an image file, so that pictures can have as many: 8 or 16
};

class OsmosisProblem;
class Process;
struct Equation;

class Problem {
 public:
  virtual ~Problem() = default;

  virtual const Grid& grid() const = 0;
  virtual const Quantity& quantity() const = 0;
  /// Names of the channels; one empty name for a single quantity.
  virtual const std::vector<std::string>& channels() const = 0;

  /// At a time, where they depend on it. Collective; throws InputError.
  virtual JumpRates rates(int channel, double time) const = 0;
  virtual bool depends_on_time() const { return false; }
  virtual Field initial(int channel) const = 0;

  /// ln pi, pi the mass in each cell (up to a factor) with which the rates are in detailed balance,
  /// where there is such a weight.
  virtual std::optional<Field> log_weight(int channel, double time) const = 0;
  /// The rates are all there is to it; else they are those of a linear equation nearby.
  virtual bool is_linear() const { return true; }
  JumpRates rates(int channel) const { return rates(channel, 0); }
  std::optional<Field> log_weight(int channel) const { return log_weight(channel, 0); }
  Generator generator(int channel, double time = 0) const {
    return Generator{rates(channel, time), log_weight(channel, time)};
  }

  /// A stationary state up to a factor where one is known though there is no such weight.
  virtual std::optional<Field> stationary(int) const { return std::nullopt; }
  /// The process with closed forms that this is, if it is one.
  virtual const Process* process() const { return nullptr; }
  /// The drift-diffusion equation that this is, if it is one given by functions.
  virtual const Equation* equation() const { return nullptr; }
  /// The model of osmosis that this is, if it is one.
  virtual const OsmosisProblem* osmosis() const { return nullptr; }
  virtual bool has_exact() const { return false; }
  /// Exact cell means at a time, where they are known. Collective; throws InputError.
  virtual std::optional<Field> exact(int, double) const { return std::nullopt; }
};

/// The parameters of a kind of problem, and how to build it from them.
class ProblemKind {
 public:
  virtual ~ProblemKind() = default;
  virtual void declare(Parameters& parameters) = 0;
  /// Collective; throws InputError on all ranks. With `refinement` = 1/2 the same problem on half
  /// as many cells an axis, with 2 on twice as many; only where `refinable`.
  virtual std::unique_ptr<Problem> build(const Parameters& parameters,
                                         double refinement = 1) const = 0;
  virtual bool refinable() const = 0;
};

}  // namespace feller

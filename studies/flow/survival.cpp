#include "studies/flow/survival.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solvers/functionals.hpp"

namespace feller {
namespace {

double product(const Field& a, const Field& b) {
  double result = 0;
  check(VecDot(a.vector(), b.vector(), &result));
  return result;
}

Field killing_of(const KilledProcess& process) {
  Field killing = process.generator.killing();
  check(VecPointwiseMult(killing.vector(), killing.vector(), process.alive.vector()));
  return killing;
}

}  // namespace

Survival::Survival(const KilledProcess& process, Propagator& propagator, const Field& mean_time,
                   const QuasiStationary& slowest, const Field& start)
    : process_{process},
      propagator_{propagator},
      slowest_{slowest},
      start_{start},
      survival_{process.alive},
      density_{killing_of(process)},
      left_{mean_time},
      expected_{product(mean_time, start)},
      at_start_{total(start)},
      slow_start_{product(survival_, slowest.masses)},
      slow_survival_{slow_start_} {}

double Survival::pairing(const Field& expectation) const {
  return product(expectation, start_);
}

void Survival::advance() {
  // All steps are functions of one A, so a damped start may come first here too, where it smooths
  // what is rough: the indicator and the rates at the border.
  const double before = survived();
  Field change = survival_;
  residuals_ += propagator_.advance_backward(survival_, steps_).residual;
  propagator_.advance_backward(density_, steps_);
  propagator_.advance_backward(left_, steps_);
  ++steps_;
  check(VecAYPX(change.vector(), -1, survival_.vector()));
  raise(rise_, largest(change));
  integral_ += propagator_.step() * (before + survived()) / 2;
  const double slow = product(survival_, slowest_.masses);
  if (!(slow > 1e-250)) return;
  slow_survival_ = slow;
  slow_time_ = time();
}

bool Survival::guaranteed() const {
  // An exact exponential is positive as well, if only to the round-off of the largest value.
  return propagator_.order() == Propagator::exact ||
         propagator_.stiffness() <= propagator_.positive_up_to();
}

bool Survival::has_decay() const {
  return slowest_.settled() && slow_time_ > 0 && std::isfinite(decay_bound());
}

Checks Survival::checks() const {
  Checks checks;
  if (guaranteed()) {
    checks.push_back({.name = "survival",
                      .claim = "largest rise of the survival probability in a step, anywhere",
                      .measured = rise_,
                      .bound = 1e-12 + residuals_});
    checks.push_back(mean_time_check());
  }
  if (has_decay()) checks.push_back(decay_check());
  return checks;
}

std::string Survival::left_out() const {
  std::string words;
  if (!guaranteed()) {
    words = fmt::format(
        "survival, integral: not checked, as this step is beyond {:.4g} / max|a_ii|, up to which "
        "the propagator is positive",
        propagator_.positive_up_to());
  }
  if (slowest_.settled() && !has_decay()) {
    words += words.empty() ? "" : "; ";
    words += "decay: not checked, as the step is longer than 1 / rate, or all was absorbed in one";
  }
  return words;
}

Check Survival::mean_time_check() const {
  // S falls, so trapezoids are wrong by half a step times its fall at most; for implicit Euler
  // exactly by that.
  const double fall = at_start_ - survived();
  return {.name = "integral",
          .claim = fmt::format("mean time from the initial law, {:.6g}, less the integral of its "
                               "survival, less what is left at the end; relative",
                               expected_ / at_start_),
          .measured = std::abs(integral_ + pairing(left_) - expected_) / expected_,
          .bound = propagator_.step() / 2 * fall * (1 + 1e-9) / expected_ + 1e-10 + residuals_};
}

/// |-ln R(-z) / z - 1|, z = step times rate, to leading order with room: 1/2 z for implicit Euler,
/// below 1/4 z^2 for the methods of order 2 and 1/4 z^2 in each of the two damped steps.
double Survival::decay_bound() const {
  const double z = propagator_.step() * slowest_.rate;
  const double rounding =
      1e-9 + (1e-12 + residuals_) / (slowest_.rate * std::max(slow_time_, propagator_.step()));
  if (propagator_.order() == 1) return z / 2 + rounding;
  if (propagator_.order() == Propagator::exact) return rounding;
  if (z > 1) return HUGE_VAL;
  return z * z / 4 + z / (2 * slow_time_ * slowest_.rate) * z + rounding;
}

Check Survival::decay_check() const {
  const double rate = std::log(slow_start_ / slow_survival_) / slow_time_;
  return {.name = "decay",
          .claim = fmt::format("rate at which survival from the quasi-stationary state decays "
                               "until t = {:.4g}, against its eigenvalue {:.8g}; relative",
                               slow_time_, slowest_.rate),
          .measured = std::abs(rate / slowest_.rate - 1),
          .bound = decay_bound()};
}

}  // namespace feller

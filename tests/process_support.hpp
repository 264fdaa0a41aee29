#pragma once

/// Processes from study text, and an independent way to integrate and to differentiate.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "problems/processes/registry.hpp"

namespace feller::test {

/// A process by its kind's name and the lines of its [problem] section.
std::unique_ptr<Process> process(const std::string& kind, const std::string& problem,
                                 int dimension = 1);
/// What InputError says, or "" if there is none.
std::string complaint(const std::string& kind, const std::string& problem, int dimension = 1);

/// int f over the support of a process on the line, by the trapezoidal rule in a coordinate that
/// moves borders to infinity: x, ln x or ln(x/(1-x)).
double line_integral(const Process& process, const std::function<double(double)>& f);

/// How the diffusion enters the flux: d(D p) or D dp.
enum class Form { ito, fick };

/// dp/dt + div J at a point, by central differences of order 4 with the given steps.
double residual(const Process& process, const Point& x, double time, double step, double time_step,
                Form form = Form::ito);

/// J_a of the stationary law by differences of order 4.
double current(const Process& process, int axis, const Point& x, double step);

/// The cases of one dimension: a kind and its parameters.
struct LineCase {
  std::string kind;
  std::string problem;
};
const std::vector<LineCase>& line_cases();

}  // namespace feller::test

#pragma once

/// What several tests need: problems from study text, dense matrices, reference numbers.

#include <memory>
#include <string>
#include <vector>

#include <boost/property_tree/ptree.hpp>

#include "discretisation/generator.hpp"
#include "problems/problem.hpp"

namespace feller::test {

/// A problem and what it refers to, built from the text of a study file.
class BuiltProblem {
 public:
  explicit BuiltProblem(const std::string& text, double refinement = 1);
  const Problem& operator*() const { return *problem_; }
  const Problem* operator->() const { return problem_.get(); }

 private:
  StudyFile file_;
  std::unique_ptr<ProblemKind> kind_;
  Parameters parameters_;
  std::unique_ptr<Problem> problem_;
};

using Dense = std::vector<std::vector<double>>;

/// The matrix on every rank, in natural order of the cells. Small grids only.
Dense dense(Mat matrix, const Grid& grid);
/// exp(A) by scaling and squaring of a Taylor series in long double.
Dense exponential(const Dense& a);
std::vector<double> times(const Dense& a, const std::vector<double>& x);
/// All values of a field on every rank, in natural order.
std::vector<double> everywhere(const Field& field);
Field from_natural(const Grid& grid, const std::vector<double>& values);

using Json = boost::property_tree::ptree;
Json reference(const std::string& file);
std::vector<double> numbers(const Json& array);

double largest_difference(const std::vector<double>& a, const std::vector<double>& b);

/// Extrapolates values at steps h, h/2, h/4, ... whose error is a sum of these powers of h.
double richardson(std::vector<double> values, const std::vector<int>& powers);

/// Slope of ln y against ln x by least squares: the observed order.
double slope(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace feller::test

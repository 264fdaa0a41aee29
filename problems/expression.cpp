#include "problems/expression.hpp"

#include <fmt/format.h>
#include <muParser.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace feller {
namespace {

double normal(double x, double mean, double sd) {
  const double s = (x - mean) / sd;
  return std::exp(-s * s / 2) / (std::abs(sd) * std::sqrt(2 * std::numbers::pi));
}

double uniform(double x, double a, double b) {
  return x >= a && x <= b ? 1 / (b - a) : 0;
}

double error_function(double s) {
  return std::erf(s);
}

void define_functions(mu::Parser& formula) {
  formula.DefineConst("pi", std::numbers::pi);
  formula.DefineConst("e", std::numbers::e);
  formula.DefineFun("normal", normal);
  formula.DefineFun("uniform", uniform);
  formula.DefineFun("erf", error_function);
}

/// muParser takes "x = 3" for an assignment; here it is a slip for "x == 3".
void refuse_assignment(const std::string& text) {
  for (std::size_t i = text.find('='); i != std::string::npos; i = text.find('=', i + 1)) {
    if (i + 1 < text.size() && text[i + 1] == '=') {
      ++i;
    } else if (i == 0 || std::string{"<>!"}.find(text[i - 1]) == std::string::npos) {
      throw std::invalid_argument("assigns with '='; to compare write '=='");
    }
  }
}

}  // namespace

struct Expression::Parser {
  mu::Parser formula;
  Point point{};
  double time = 0;
};

Expression::Expression(const std::string& text, int dimension, const Constants& constants,
                       bool in_time)
    : parser_{std::make_unique<Parser>()} {
  refuse_assignment(text);
  auto& formula = parser_->formula;
  std::string allowed;
  try {
    for (int a = 0; a < dimension; ++a) {
      const std::string name{Grid::axis_names[static_cast<std::size_t>(a)]};
      formula.DefineVar(name, &parser_->point[static_cast<std::size_t>(a)]);
      allowed += name + ", ";
    }
    if (in_time) {
      formula.DefineVar("t", &parser_->time);
      allowed += "t, ";
    }
    define_functions(formula);
    for (const auto& [name, value] : constants) {
      formula.DefineConst(name, value);
      allowed += name + ", ";
    }
    formula.SetExpr(text);
    formula.Eval();
    if (formula.GetNumResults() != 1) throw mu::ParserError("More than one formula");
  } catch (const mu::ParserError& error) {
    throw std::invalid_argument(
        fmt::format("{} (it may use {}pi, e and functions; see feller "
                    "describe expressions)",
                    error.GetMsg(), allowed));
  }
}

Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;

double Expression::operator()(const Point& point, double time) const {
  parser_->point = point;
  parser_->time = time;
  return parser_->formula.Eval();
}

bool Expression::depends_on_time() const {
  return parser_->formula.GetUsedVar().contains("t");
}

void Expression::validate_constant(const std::string& name) {
  mu::Parser formula;
  define_functions(formula);
  const bool coordinate = name == "x" || name == "y" || name == "z" || name == "t";
  if (coordinate || formula.GetConst().contains(name) || formula.GetFunDef().contains(name)) {
    throw std::invalid_argument("has a meaning of its own; take another name");
  }
  try {
    formula.DefineConst(name, 0);
  } catch (const mu::ParserError&) {
    throw std::invalid_argument("is no name for a constant; take letters, digits and _");
  }
}

std::string expression_help() {
  return "coordinates   x, y, z (as many as the grid has axes); t where a formula may depend on "
         "time\n"
         "constants     pi, e, and those of the study file's [constants] section\n"
         "operators     + - * / ^  < > <= >= == != && ||  a ? b : c\n"
         "functions     exp ln log2 log10 sqrt abs sign rint sin cos tan asin acos atan atan2\n"
         "              sinh cosh tanh asinh acosh atanh min max sum avg erf\n"
         "densities     normal(x, mean, sd)   uniform(x, a, b)\n";
}

}  // namespace feller

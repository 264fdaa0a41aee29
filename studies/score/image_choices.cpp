#include "studies/score/image_choices.hpp"

#include <fmt/format.h>

#include <cmath>

#include "studies/chain/normal_scores.hpp"
#include "studies/score/image_population.hpp"

namespace feller {
namespace {

/// From p_T the frequencies are those of the weights.
void add_near(ImageChecks& found, const std::string& name, const std::string& words,
              const std::vector<double>& counts, const std::vector<double>& shares) {
  const ChoiceTest test = choice_test(counts, shares);
  if (test.freedom > 0) {
    found.checks.push_back(
        {.name = name,
         .claim = fmt::format("{}: chi-square of how often the {} pictures that are expected 5 "
                              "times or more come out",
                              words, test.freedom + 1),
         .measured = test.square,
         .bound = test.bound(),
         .statement = "V19"});
  } else {
    found.left_out.push_back(fmt::format("{}: left out, one picture alone is expected", name));
  }
  if (test.rare_expected == 0 && test.rare == 0) return;
  found.checks.push_back(
      {.name = name + "_rare",
       .claim = fmt::format("{}: how often the others come out, expected {:.2g} times", words,
                            test.rare_expected),
       .measured = test.rare,
       .bound = test.rare_bound(),
       .statement = "V19"});
}

void add_far(ImageChecks& found, const ImagePlan& plan, const Clusters& pictures,
             const std::string& name, const std::string& words, const std::vector<double>& counts,
             const std::vector<double>& shares) {
  const double samples = plan.samples;
  double start = 0;
  const std::size_t n = pictures.dimension;
  for (std::size_t k = 0; k < shares.size(); ++k) {
    double squares = 0;
    for (std::size_t a = 0; a < n; ++a) squares += std::pow(pictures.means[k * n + a], 2);
    start += shares[k] * squares / (2 * plan.from);
  }
  double distance = 0;
  for (std::size_t k = 0; k < shares.size(); ++k) {
    distance += std::abs(counts[k] / samples - shares[k]) / 2;
  }
  const double bound = std::sqrt(start / 2) +
                       std::sqrt((static_cast<double>(shares.size()) - 1) / samples) / 2 +
                       std::sqrt(-std::log(beyond_four()) / (2 * samples));
  if (bound >= 1) {
    found.left_out.push_back(fmt::format("{}: left out, N(0, T) is too far from p_T", name));
    return;
  }
  found.checks.push_back(
      {.name = name,
       .claim = fmt::format("{}, from N(0, T): total variation between how often pictures come out "
                            "and their weights, against sqrt(KL/2) of the start and sampling",
                            words),
       .measured = distance,
       .bound = bound,
       .statement = "V19"});
}

}  // namespace

ImageChecks choice_checks(const ImagePlan& plan, const Clusters& pictures, const std::string& name,
                          const std::string& words, const std::vector<double>& counts,
                          const std::vector<double>& shares) {
  ImageChecks found;
  if (plan.exact_start) {
    add_near(found, name, words, counts, shares);
  } else {
    add_far(found, plan, pictures, name, words, counts, shares);
  }
  return found;
}

}  // namespace feller

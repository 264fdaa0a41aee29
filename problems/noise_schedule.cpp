#include "problems/noise_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/lexical_cast/try_lexical_convert.hpp>
#include <cctype>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>

#include "discretisation/petsc.hpp"

namespace feller {
namespace {

constexpr int most_steps = 1'000'000;

std::vector<double> linear(double first, double last, int steps) {
  std::vector<double> betas;
  for (int i = 0; i < steps; ++i) {
    betas.push_back(steps == 1 ? first : first + i * (last - first) / (steps - 1));
  }
  return betas;
}

/// 1 - a_i / a_{i-1} for a_i = cos^2(pi/2 (i/m + s)/(1 + s)), at most 0.999.
std::vector<double> cosine(double offset, int steps) {
  const auto root = [&](int i) {
    const double part = (static_cast<double>(i) / steps + offset) / (1 + offset);
    return std::cos(part * std::numbers::pi / 2);
  };
  std::vector<double> betas;
  for (int i = 1; i <= steps; ++i) {
    const double ratio = root(i) / root(i - 1);
    betas.push_back(std::min(1 - ratio * ratio, 0.999));
  }
  return betas;
}

std::vector<double> halving(int steps) {
  std::vector<double> betas;
  for (int i = 1; i <= steps; ++i) betas.push_back(std::exp2(-i));
  return betas;
}

}  // namespace

NoiseSchedule::NoiseSchedule(std::vector<double> betas)
    : betas_{std::move(betas)}, log_survival_{0} {
  long double sum = 0;
  for (const double beta : betas_) {
    sum += std::log1p(-static_cast<long double>(beta));
    log_survival_.push_back(static_cast<double>(sum));
  }
}

double NoiseSchedule::log_survival(int first, int last) const {
  if (first + 1 == last) return std::log1p(-beta(last));
  return log_survival_[static_cast<std::size_t>(last)] -
         log_survival_[static_cast<std::size_t>(first)];
}

double NoiseSchedule::survival(int i) const {
  return std::exp(log_survival(i));
}

double NoiseSchedule::noise(int i) const {
  return -std::expm1(log_survival(i));
}

double NoiseSchedule::ve_time(int i) const {
  return std::expm1(-log_survival(i));
}

void NoiseScheduleOptions::declare(Parameters& p) {
  p.add("chain.schedule", kind_,
        {.meaning = "beta_i: constant; linear from beta_first to beta_last; cosine (Nichol & "
                    "Dhariwal 2021); halving, 2^-i; or numbers of a file",
         .choices = {"constant", "linear", "cosine", "halving", "file"}});
  p.add("chain.steps", steps_,
        {.meaning = "length m of the chain; a file may have more", .range = range::at_least_one});
  p.add("chain.beta", beta_,
        {.meaning = "beta of the constant schedule, < 1", .range = range::positive});
  p.add("chain.beta_first", first_,
        {.meaning = "beta_1 of the linear schedule, < 1", .range = range::positive});
  p.add("chain.beta_last", last_,
        {.meaning = "beta_m of the linear schedule, < 1", .range = range::positive});
  p.add("chain.cosine_offset", offset_,
        {.meaning = "s of the cosine schedule, which keeps beta_1 from being tiny",
         .range = range::not_negative});
  p.add("chain.file", file_, {.meaning = "numbers beta_1, beta_2, ... in (0, 1), # for comments"});
  p.add("chain.outputs", outputs_,
        {.meaning = "steps i to look at; default: up to four per doubling", .range = {.low = 0}});
}

void NoiseScheduleOptions::reject_others(const Parameters& parameters) const {
  const auto given = parameters.given();
  const auto reject = [&](const std::string& key, std::string_view owner) {
    if (kind_ == owner || std::ranges::find(given, key) == given.end()) return;
    throw parameters.blame(key, fmt::format("belongs to chain.schedule = {}", owner));
  };
  reject("chain.beta", "constant");
  reject("chain.beta_first", "linear");
  reject("chain.beta_last", "linear");
  reject("chain.cosine_offset", "cosine");
  reject("chain.file", "file");
}

std::vector<double> NoiseScheduleOptions::from_file(const Parameters& parameters) const {
  if (file_.empty()) throw parameters.blame("chain.file", "must be given for this schedule");
  std::string text;
  agree_on(PETSC_COMM_WORLD, [&] {
    if (rank_of(PETSC_COMM_WORLD) != 0) return;
    if (std::filesystem::is_directory(file_)) throw parameters.blame("chain.file", "is no file");
    std::ifstream stream{file_};
    std::ostringstream all;
    all << stream.rdbuf();
    if (!stream) throw parameters.blame("chain.file", "cannot be read");
    text = all.str();
  });
  text = broadcast(PETSC_COMM_WORLD, text);
  std::vector<double> betas;
  std::istringstream lines{text};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    std::ranges::replace(line, ',', ' ');
    std::istringstream words{line};
    for (std::string word; words >> word;) {
      double beta = 0;
      if (boost::conversion::try_lexical_convert(word, beta) && beta > 0 && beta < 1) {
        betas.push_back(beta);
        continue;
      }
      throw parameters.blame("chain.file",
                             fmt::format("line {}: '{}' must be a number in (0, 1)", number, word));
    }
  }
  if (static_cast<int>(betas.size()) < std::max(steps_, 1)) {
    throw parameters.blame("chain.file", fmt::format("has {} numbers, chain.steps asks for {}",
                                                     betas.size(), std::max(steps_, 1)));
  }
  if (steps_ > 0) betas.resize(static_cast<std::size_t>(steps_));
  return betas;
}

NoiseSchedule NoiseScheduleOptions::build(const Parameters& parameters) const {
  reject_others(parameters);
  for (const auto& [key, beta] :
       {std::pair{"chain.beta", beta_}, {"chain.beta_first", first_}, {"chain.beta_last", last_}}) {
    if (!(beta < 1)) throw parameters.blame(key, "must be < 1");
  }
  if (kind_ == "file") return NoiseSchedule{from_file(parameters)};
  const int longest = kind_ == "halving" ? 1000 : most_steps;
  if (steps_ == 0) throw parameters.blame("chain.steps", "must be given");
  if (steps_ > longest) {
    throw parameters.blame("chain.steps", fmt::format("must be at most {}", longest));
  }
  if (kind_ == "linear") return NoiseSchedule{linear(first_, last_, steps_)};
  if (kind_ == "cosine") return NoiseSchedule{cosine(offset_, steps_)};
  if (kind_ == "halving") return NoiseSchedule{halving(steps_)};
  return NoiseSchedule{std::vector<double>(static_cast<std::size_t>(steps_), beta_)};
}

std::vector<int> NoiseScheduleOptions::outputs(const Parameters& parameters,
                                               const NoiseSchedule& schedule) const {
  std::vector<int> found{0, schedule.steps()};
  for (const int step : outputs_) {
    if (step > schedule.steps()) {
      throw parameters.blame(
          "chain.outputs", fmt::format("{} lies beyond the last step, {}", step, schedule.steps()));
    }
    found.push_back(step);
  }
  if (outputs_.empty()) {
    for (double step = 1; step < schedule.steps(); step *= std::exp2(0.25)) {
      found.push_back(static_cast<int>(std::lround(step)));
    }
  }
  std::ranges::sort(found);
  const auto repeated = std::ranges::unique(found);
  found.erase(repeated.begin(), repeated.end());
  return found;
}

}  // namespace feller

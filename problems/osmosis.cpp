#include "problems/osmosis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "problems/osmosis/models.hpp"

namespace feller {
namespace {

class OsmosisKind : public ProblemKind {
 public:
  void declare(Parameters& p) override {
    p.add("problem.model", model_, {.meaning = about_models(), .choices = names()});
    options_.declare(p);
  }

  std::unique_ptr<Problem> build(const Parameters& parameters, double) const override {
    const auto models = osmosis_models();
    const auto& model = *std::ranges::find(models, model_, &OsmosisModel::name);
    refuse_idle_keys(parameters, model);
    return model.build(parameters, options_);
  }

  bool refinable() const override { return false; }

 private:
  static std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& model : osmosis_models()) all.emplace_back(model.name);
    return all;
  }

  static std::string about_models() {
    std::string text = "what drifts where";
    char before = ':';
    for (const auto& model : osmosis_models()) {
      text += fmt::format("{} {}, {}", before, model.name, model.meaning);
      before = ';';
    }
    return text;
  }

  /// A key that only other models take would be believed to do something.
  void refuse_idle_keys(const Parameters& parameters, const OsmosisModel& model) const {
    const auto takes = [](const OsmosisModel& m, const std::string& key) {
      return std::ranges::find(m.keys, key) != m.keys.end();
    };
    for (const auto& key : parameters.given()) {
      std::vector<std::string_view> others;
      for (const auto& other : osmosis_models()) {
        if (takes(other, key)) others.push_back(other.name);
      }
      if (others.empty() || takes(model, key)) continue;
      throw parameters.blame(key, fmt::format("is not for problem.model = {}, but for {}", model_,
                                              fmt::join(others, ", ")));
    }
  }

  std::string model_ = "canonical";
  OsmosisOptions options_;
};

}  // namespace

JumpRates osmosis_rates(const Field& guidance, const FluxWeight& flux) {
  const Grid& grid = guidance.grid();
  const Ghosted v{guidance};
  JumpRates rates{grid};
  set_crossings(rates, [&](const Index& k, const Index& l, int axis) -> Crossing {
    const double h = grid.axis(axis).width(0);
    const double sum = v[k] + v[l];
    if (flux.weight == central) {
      // B(z) = 1 - z/2 in closed form: no cancellation where the guidance jumps.
      const double scale = 2 / (h * h * sum);
      return {scale * v[l], scale * v[k]};
    }
    const double z = flux.balanced ? std::log(v[l] / v[k]) : 2 * (v[l] - v[k]) / sum;
    return crossing(flux, 1, h, z);
  });
  return rates;
}

std::unique_ptr<ProblemKind> osmosis() {
  return std::make_unique<OsmosisKind>();
}

}  // namespace feller

/// What noise leaves of which picture of a folder it was (McAllester, (10), (12), with pictures as
/// points of R^n, studies/score/image_population.hpp): with E[y|t,z] their softmax-weighted mean,
///
///     I(y; z(t)) = int_t^inf mmse(s)/(2 s^2) ds  ->  H(P) for t -> 0, ln K if all are as likely
///
/// by Monte Carlo in the axes of their span, -ln P of each picture, and the threshold at which it
/// becomes decidable which one it was. Control: for a picture that is not of the folder the
/// integral grows like d^2/2t, d its distance from the nearest.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "studies/program/progress.hpp"
#include "studies/score/image_population.hpp"
#include "studies/score/principal_axes.hpp"
#include "studies/score/space_information.hpp"
#include "studies/study.hpp"

namespace feller {
namespace {

class InformationImages : public Study {
 public:
  void declare(Parameters& p) override;
  void run(Experiment& experiment) const override;

 private:
  /// The pictures, and the stranger if there is one, in the axes of their span.
  PrincipalPoints read(const Experiment& experiment) const;
  FileLayout layout(const Experiment& experiment) const;
  void look_at_pictures(Experiment& experiment, Recorder& recorder, NoisyPoints& population,
                        const DiscreteLaw& law, const std::vector<double>& times) const;
  void look_at_stranger(Experiment& experiment, Recorder& recorder, NoisyPoints& population,
                        const DiscreteLaw& law, const std::vector<double>& y,
                        const std::vector<double>& times) const;

  StrataOptions strata_{"information_images"};
  std::filesystem::path folder_;
  std::vector<double> weights_;
  std::filesystem::path stranger_;
};

void InformationImages::declare(Parameters& p) {
  strata_.declare(p);
  p.add("information_images.folder", folder_,
        {.meaning = "grey PNGs of the problem's size: the population", .required = true});
  p.add("information_images.weights", weights_,
        {.meaning = "of the pictures in the order of their names; default: equal",
         .range = range::positive});
  p.add("information_images.stranger", stranger_,
        {.meaning = "a grey PNG of that size that is not of the folder"});
}

PrincipalPoints InformationImages::read(const Experiment& experiment) const {
  const Parameters& parameters = experiment.parameters();
  require_grey_image(parameters, experiment.problem());
  const Grid& grid = experiment.problem().grid();
  const int width = grid.axis(0).cells, height = grid.axis(1).cells;
  auto population =
      read_population(parameters, "information_images.folder", folder_, width, height);
  apply_weights(parameters, "information_images.weights", weights_, population.points);
  std::vector<std::vector<double>> others;
  if (!stranger_.empty()) {
    const std::string key = "information_images.stranger";
    others.push_back(read_picture(parameters, key, stranger_, width, height));
    if (DiscreteLaw{population.points}.at(others.front())) {
      throw parameters.blame(key, "is a picture of the folder");
    }
  }
  return in_principal_axes(population.points, others);
}

FileLayout InformationImages::layout(const Experiment& experiment) const {
  FileLayout layout = experiment.layout("information");
  add_information_tables(layout, true);
  layout.tables.push_back({.name = "pictures",
                           .title = "-ln P of each picture by (10), least t [nat]",
                           .axis = {"picture", "number of the picture", "1"},
                           .columns = {{"integral", "integral of (10)", "1"},
                                       {"surprise", "-ln P", "1"},
                                       {"error", "standard error", "1"}},
                           .together = true,
                           .signals = 2,
                           .points = 1});
  if (stranger_.empty()) return layout;
  layout.tables.push_back({.name = "stranger",
                           .title = "a picture that is not of the folder: no finite -ln P [nat]",
                           .axis = {"noise", "variance t of the noise", "L^2"},
                           .columns = {{"integral", "integral of (10)", "1"},
                                       {"nearest", "d^2/2t - ln P of the nearest picture", "1"},
                                       {"known", "largest -ln P of the folder", "1"},
                                       {"error", "standard error", "1"}},
                           .log_axis = true,
                           .log_signal = true,
                           .together = true,
                           .signals = 3,
                           .points = 1});
  return layout;
}

void InformationImages::look_at_pictures(Experiment& experiment, Recorder& recorder,
                                         NoisyPoints& population, const DiscreteLaw& law,
                                         const std::vector<double>& times) const {
  const MPI_Comm comm = experiment.problem().grid().comm();
  const Clusters& points = population.points();
  Progress progress{static_cast<int>(points.size()), comm};
  progress.heading(fmt::format("{:>9}", "pictures"));
  std::vector<SpaceTerm> all;
  for (std::size_t k = 0; k < points.size(); ++k) {
    const auto place = points.means.begin() + static_cast<std::ptrdiff_t>(k * points.dimension);
    const GivenValue value{.y = {place, place + static_cast<std::ptrdiff_t>(points.dimension)},
                           .left = law.surprise(k),
                           .point = k};
    const auto stream = static_cast<std::uint32_t>(k + 1);
    const auto terms = space_terms(population, value, &law, strata_, times, stream, comm);
    const auto& first = terms.front().integral;
    recorder.row("pictures", {static_cast<double>(k + 1), first.value, value.left, first.error});
    all.insert(all.end(), terms.begin(), terms.end());
    const auto done = static_cast<int>(k + 1);
    if (progress.due(done)) progress.show(done, fmt::format("{:>9}", done));
  }
  add_with_controls(experiment, term_checks(all, true), "(10)");
}

void InformationImages::look_at_stranger(Experiment& experiment, Recorder& recorder,
                                         NoisyPoints& population, const DiscreteLaw& law,
                                         const std::vector<double>& y,
                                         const std::vector<double>& times) const {
  const MPI_Comm comm = experiment.problem().grid().comm();
  const auto stream = static_cast<std::uint32_t>(law.size() + 1);
  const auto terms = space_terms(population, {.y = y}, nullptr, strata_, times, stream, comm);
  double known = 0, worst = 0;
  for (std::size_t k = 0; k < law.size(); ++k) known = std::max(known, law.surprise(k));
  for (const auto& term : terms) {
    const auto [low, high] = law.outside(y, term.t);
    const auto& [value, error] = term.integral;
    recorder.row("stranger", {term.t, value, high, known, error});
    raise(worst, std::max({0.0, low - value, value - high}) / error);
  }
  const auto& first = terms.front();
  experiment.add({.name = "stranger",
                  .claim = fmt::format(
                      "a picture that is not of the folder, {:.4g} from the nearest: the integral "
                      "of (10) lies between d^2/2t - ln P and a bound below it that meets it for "
                      "small t: largest distance in standard errors",
                      law.distance(y)),
                  .measured = worst,
                  .bound = 4,
                  .statement = "V15"});
  experiment.add({.name = "control_stranger",
                  .claim = fmt::format("its integral, {:.4g} from t = {:g} on, taken for an -ln P "
                                       "of the folder, at most {:.4g}: apart in standard errors",
                                       first.integral.value, first.t, known),
                  .measured = (first.integral.value - known) / first.integral.error,
                  .relation = Relation::greater,
                  .bound = 40,
                  .is_control = true,
                  .statement = "V15"});
}

void InformationImages::run(Experiment& experiment) const {
  const auto times = strata_.times(experiment.parameters());
  const PrincipalPoints found = read(experiment);
  NoisyPoints population{found.points};
  const DiscreteLaw law{found.points};
  Recorder& recorder = experiment.open(layout(experiment), {});
  const auto information =
      space_information(population, strata_, times, experiment.problem().grid().comm());
  record_information(recorder, population, information, times, &law);
  for (auto& check : limit_checks(population, information, &law)) experiment.add(check);
  look_at_pictures(experiment, recorder, population, law, times);
  if (found.others.empty()) return;
  look_at_stranger(experiment, recorder, population, law, found.others.front(), times);
}

}  // namespace

std::unique_ptr<Study> information_images() {
  return std::make_unique<InformationImages>();
}

}  // namespace feller

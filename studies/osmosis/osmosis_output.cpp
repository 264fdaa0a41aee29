#include "studies/osmosis/osmosis_output.hpp"

#include <fmt/format.h>

#include <cmath>

#include "problems/osmosis.hpp"
#include "problems/osmosis/drift.hpp"

namespace feller {
namespace {

Field shifted(Field field, double offset) {
  check(VecShift(field.vector(), offset));
  return field;
}

std::string drift_name(const Index& step) {
  if (step == Index{1, 0, 0}) return "drift_x";
  if (step == Index{0, 1, 0}) return "drift_y";
  return fmt::format("drift_{}_{}", step[0], step[1]);
}

/// d across the faces of each family, with all channels.
std::vector<std::vector<Field>> drifts(const Problem& problem, const std::vector<Field>& guidance) {
  std::vector<std::vector<Field>> all;
  for (std::size_t c = 0; c < problem.channels().size(); ++c) {
    const JumpRates rates = guidance.empty() ? problem.rates(static_cast<int>(c))
                                             : osmosis_rates(guidance[c], flux_weight("central"));
    all.resize(rates.families().size());
    for (std::size_t f = 0; f < all.size(); ++f) all[f].push_back(drift(rates.families()[f]));
  }
  return all;
}

Table figures_table(const std::vector<Figure>& figures) {
  Table table{.name = "figures",
              .title = "numbers of the model",
              .axis = {"run", "number of the run", "1"}};
  for (const auto& figure : figures) table.columns.push_back({figure.name, figure.meaning, "1"});
  return table;
}

}  // namespace

OsmosisOutput::OsmosisOutput(Experiment& experiment, const PictureOptions& options)
    : experiment_{experiment},
      problem_{*experiment.problem().osmosis()},
      quality_{problem_, options} {}

void OsmosisOutput::add_to(FileLayout& layout) const {
  const std::string unit = problem_.quantity().unit;
  const auto add = [&](FieldGroup group) {
    group.time.reset();
    layout.groups.push_back(std::move(group));
  };
  add(experiment_.group("result", experiment_.title(),
                        {{"picture", "result as a picture, without offset", unit},
                         {"u", problem_.quantity().name, unit},
                         {"initial", "initial image, with offset", unit}}));
  std::vector<Labels> across;
  const JumpRates rates = problem_.rates(0);
  for (const auto& family : rates.families()) {
    across.push_back(
        {drift_name(family.step),
         fmt::format("drift across the face to pixel ({:+}, {:+})", family.step[0], family.step[1]),
         "1/pixel"});
  }
  add(experiment_.group("drift", "drift", std::move(across)));
  if (const auto layers = problem_.layers(); !layers.empty()) {
    FieldGroup group{.name = "model", .title = "what the model was given"};
    for (const auto& layer : layers) group.fields.push_back({layer.name, layer.meaning, "1"});
    add(std::move(group));
  }
  layout.tables.push_back(quality_.table());
  if (const auto figures = problem_.figures(); !figures.empty()) {
    layout.tables.push_back(figures_table(figures));
  }
}

std::vector<std::string> OsmosisOutput::pictures() const {
  std::vector<std::string> names{"initial"};
  for (const auto& layer : problem_.layers()) {
    if (layer.drawn) names.push_back(layer.name);
  }
  names.insert(names.end(), {"result", "result.tif"});
  return names;
}

std::vector<Field> OsmosisOutput::initial() const {
  std::vector<Field> fields;
  for (std::size_t c = 0; c < problem_.channels().size(); ++c) {
    fields.push_back(problem_.initial(static_cast<int>(c)));
  }
  return fields;
}

void OsmosisOutput::add_figures(Recorder& record) const {
  std::vector<double> row{0};
  for (const auto& figure : problem_.figures()) {
    row.push_back(figure.value);
    experiment_.say(fmt::format("{}: {:.4g}", figure.meaning, figure.value));
  }
  if (row.size() > 1) record.row("figures", row);
}

/// Pictures lose the offset again.
void OsmosisOutput::draw(Recorder& record, std::vector<Field> picture) const {
  const auto& offsets = problem_.quantity().offsets;
  record.picture("initial", "initial image", initial());
  for (const auto& layer : problem_.layers()) {
    if (!layer.drawn) continue;
    const Field white = transformed(layer.values, [](double x) { return 255 * x; });
    std::vector<Field> channels;
    for (const double offset : offsets) channels.push_back(shifted(white, offset));
    record.picture(layer.name, layer.name, channels, Opacity::full);
  }
  picture = with_offsets(std::move(picture), offsets);
  record.picture("result", "result", picture);
  record.exact_picture("result.tif", picture);
}

void OsmosisOutput::write(Recorder& record, const std::vector<Field>& result,
                          const std::vector<Field>& guidance) const {
  const auto judged = quality_.judge(result);
  record.constant("result", {judged.picture, result, initial()});
  const auto across = drifts(problem_, guidance);
  record.constant("drift", {across.begin(), across.end()});
  if (const auto layers = problem_.layers(); !layers.empty()) {
    std::vector<Channels> fields;
    for (const auto& layer : layers) fields.emplace_back(layer.values);
    record.constant("model", fields);
  }
  for (const auto& row : judged.rows) record.row("quality", row);
  for (const auto& words : judged.words) experiment_.say(words);
  add_figures(record);
  draw(record, judged.picture);
}

}  // namespace feller

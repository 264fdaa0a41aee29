#include "studies/osmosis_output.hpp"

#include <fmt/format.h>

#include <cmath>

#include "discretisation/regions.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/mask.hpp"
#include "solvers/image_quality.hpp"

namespace feller {
namespace {

constexpr double least_part = 0.05;  ///< smaller parts of a picture do not count as lit

Field shifted(Field field, double offset) {
  check(VecShift(field.vector(), offset));
  return field;
}

/// Sum over a part of u, where `label` has that number.
double sum_in(const Field& u, const Field& label, std::size_t part) {
  long double own = 0;
  auto value = u.values().begin();
  for (const double l : label.values()) {
    if (l == static_cast<double>(part)) own += *value;
    ++value;
  }
  return static_cast<double>(sum(u.grid().comm(), own));
}

/// The part of the picture beside the mask that has become darkest, as the lit part does where
/// mass flows into a shadow. Everything if there is no mask, or it separates nothing.
Field lit_part(const OsmosisProblem& problem, const Field& result, const Field& initial) {
  const Grid& grid = result.grid();
  if (problem.lit() != nullptr) return *problem.lit();
  if (problem.mask() == nullptr) return Field{grid, 1};
  const FaceSet masked{*problem.mask(), FaceRule::either};
  JumpRates beside{grid};
  set_crossings(beside, [&](const Index& k, const Index& l, int) {
    return masked.contains(k, l) ? Crossing{} : Crossing{1, 1};
  });
  const Regions parts = regions_of(beside);
  double darkest = HUGE_VAL;
  double best = Regions::alone;
  for (std::size_t part = 0; part < parts.list.size(); ++part) {
    if (static_cast<double>(parts.list[part].cells) < least_part * grid.cells()) continue;
    const double ratio = sum_in(result, parts.label, part) / sum_in(initial, parts.label, part);
    if (ratio >= darkest) continue;
    darkest = ratio;
    best = static_cast<double>(part);
  }
  if (best == Regions::alone) return complement(*problem.mask());
  return transformed(parts.label, [best](double l) { return l == best ? 1 : 0; });
}

std::string drift_name(const Index& step) {
  if (step == Index{1, 0, 0}) return "drift_x";
  if (step == Index{0, 1, 0}) return "drift_y";
  return fmt::format("drift_{}_{}", step[0], step[1]);
}

/// d across the faces of each family, with all channels.
std::vector<std::vector<Field>> drifts(const Problem& problem) {
  std::vector<std::vector<Field>> all;
  for (int c = 0; c < static_cast<int>(problem.channels().size()); ++c) {
    const JumpRates rates = problem.rates(c);
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

void OsmosisOutputOptions::declare(Parameters& p) {
  p.add("osmosis.rescale", rescale,
        {.meaning = "match the brightness of the picture to the initial image: not, over the lit "
                    "part, or over the whole",
         .choices = {"none", "lit", "whole"}});
  p.add("osmosis.reference", reference,
        {.meaning = "image that the picture is compared with (PSNR, SSIM)"});
}

OsmosisOutput::OsmosisOutput(Experiment& experiment, const OsmosisOutputOptions& options)
    : experiment_{experiment}, options_{options}, problem_{*experiment.problem().osmosis()} {
  if (!options.reference.empty()) {
    reference_ = problem_.canvas().levels("osmosis.reference", options.reference);
    return;
  }
  for (std::size_t c = 0; c < problem_.channels().size(); ++c) {
    auto known = problem_.reference(static_cast<int>(c));
    if (!known) return;
    reference_.push_back(shifted(std::move(*known), -problem_.quantity().offsets[c]));
  }
}

Table OsmosisOutput::quality_table() const {
  Table table{.name = "quality",
              .title = "of the picture, outside the mask",
              .axis = {"channel", "number of the channel", "1"}};
  if (!reference_.empty()) {
    table.columns = {{"psnr", "peak signal-to-noise ratio against the reference", "dB"},
                     {"psnr_before", "the same of the initial image", "dB"},
                     {"ssim", "structural similarity with the reference", "1"}};
  }
  table.columns.push_back({"factor", "by which the brightness was matched", "1"});
  return table;
}

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
  layout.tables.push_back(quality_table());
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

std::vector<Field> OsmosisOutput::picture(const std::vector<Field>& result,
                                          std::vector<Quality>& quality) const {
  std::vector<Field> levels;
  for (std::size_t c = 0; c < result.size(); ++c) {
    Field picture{result[c]};
    if (options_.rescale != "none") {
      const Field before = problem_.initial(static_cast<int>(c));
      const Field set = options_.rescale == "whole" ? Field{problem_.grid(), 1}
                                                    : lit_part(problem_, result[c], before);
      quality[c].factor = matching_factor(result[c], before, set);
      check(VecScale(picture.vector(), quality[c].factor));
    }
    levels.push_back(shifted(std::move(picture), -problem_.quantity().offsets[c]));
  }
  return levels;
}

void OsmosisOutput::judge(const std::vector<Field>& picture, std::vector<Quality>& quality) const {
  const Field trusted =
      problem_.mask() != nullptr ? complement(*problem_.mask()) : Field{problem_.grid(), 1};
  for (std::size_t c = 0; c < picture.size(); ++c) {
    const Field before =
        shifted(problem_.initial(static_cast<int>(c)), -problem_.quantity().offsets[c]);
    quality[c].psnr = psnr(picture[c], reference_[c], trusted);
    quality[c].psnr_before = psnr(before, reference_[c], trusted);
    quality[c].ssim = ssim(picture[c], reference_[c], trusted);
  }
}

void OsmosisOutput::add_rows(Recorder& record, const std::vector<Quality>& quality) const {
  for (std::size_t c = 0; c < quality.size(); ++c) {
    const Quality& q = quality[c];
    std::vector<double> row{static_cast<double>(c)};
    if (!reference_.empty()) row.insert(row.end(), {q.psnr, q.psnr_before, q.ssim});
    row.push_back(q.factor);
    record.row("quality", row);
    const std::string& name = problem_.channels()[c];
    if (reference_.empty()) continue;
    experiment_.say(fmt::format("{}PSNR {:.2f} dB (initial image {:.2f} dB), SSIM {:.4f}",
                                name.empty() ? "" : name + ": ", q.psnr, q.psnr_before, q.ssim));
  }
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

void OsmosisOutput::write(Recorder& record, const std::vector<Field>& result) const {
  std::vector<Quality> quality(result.size());
  auto levels = picture(result, quality);
  record.constant("result", {levels, result, initial()});
  const auto across = drifts(problem_);
  record.constant("drift", {across.begin(), across.end()});
  if (const auto layers = problem_.layers(); !layers.empty()) {
    std::vector<Channels> fields;
    for (const auto& layer : layers) fields.emplace_back(layer.values);
    record.constant("model", fields);
  }
  if (!reference_.empty()) judge(levels, quality);
  add_rows(record, quality);
  draw(record, std::move(levels));
}

}  // namespace feller

#include "studies/osmosis/picture_quality.hpp"

#include <fmt/format.h>

#include <cmath>

#include "discretisation/regions.hpp"
#include "problems/osmosis/drift.hpp"
#include "problems/osmosis/mask.hpp"
#include "solvers/functionals.hpp"
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

/// Relative entropy of images whose masses may differ; never negative.
double divergence(const Field& f, const Field& u) {
  const Field log_u = transformed(u, [](double x) { return std::log(x); });
  return relative_entropy(f, log_u) - mass(f) + mass(u);
}

double sum_of_clipped(const Field& levels) {
  return total(transformed(levels, [](double x) { return x < -0.5 || x > 255.5 ? 1 : 0; }));
}

}  // namespace

void PictureOptions::declare(Parameters& p) {
  p.add("osmosis.rescale", rescale,
        {.meaning = "match the brightness of the picture to the initial image: not, over the lit "
                    "part, or over the whole",
         .choices = {"none", "lit", "whole"}});
  p.add("osmosis.reference", reference,
        {.meaning = "image that the picture is compared with (PSNR, SSIM)"});
}

PictureQuality::PictureQuality(const OsmosisProblem& problem, const PictureOptions& options)
    : problem_{problem},
      options_{options},
      trusted_{problem.mask() != nullptr ? complement(*problem.mask()) : Field{problem.grid(), 1}} {
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

Table PictureQuality::table() const {
  Table table{.name = "quality",
              .title = "of the picture, PSNR and SSIM outside the mask",
              .axis = {"channel", "number of the channel", "1"}};
  const std::string level = problem_.quantity().unit;
  if (!reference_.empty()) {
    table.columns = {{"psnr", "peak signal-to-noise ratio against the reference", "dB"},
                     {"psnr_before", "the same of the initial image", "dB"},
                     {"ssim", "structural similarity with the reference", "1"}};
  }
  const std::vector<Labels> always{
      {"factor", "by which the brightness was matched", "1"},
      {"mean_before", "mean of the initial image, with offset", level},
      {"mean", "mean of u", level},
      {"minimum", "smallest value of u", level},
      {"maximum", "largest value of u", level},
      {"relative_entropy", "sum of f ln(f / u) - f + u, f the initial image", level + " pixel^2"}};
  table.columns.insert(table.columns.end(), always.begin(), always.end());
  return table;
}

/// The same for all channels.
Field PictureQuality::matched_set(const std::vector<Field>& result) const {
  if (options_.rescale != "lit") return Field{problem_.grid(), 1};
  std::vector<Field> initial;
  for (std::size_t c = 0; c < result.size(); ++c) {
    initial.push_back(problem_.initial(static_cast<int>(c)));
  }
  return lit_part(problem_, sum_of(result), sum_of(initial));
}

PictureQuality::Judged PictureQuality::judge(const std::vector<Field>& result) const {
  Judged judged;
  const Field set = matched_set(result);
  for (std::size_t c = 0; c < result.size(); ++c) {
    const Field& u = result[c];
    const double offset = problem_.quantity().offsets[c];
    const Field initial = problem_.initial(static_cast<int>(c));
    const double matched = options_.rescale == "none" ? 1 : matching_factor(u, initial, set);
    Field levels{u};
    check(VecScale(levels.vector(), matched));
    levels = shifted(std::move(levels), -offset);
    std::vector<double> row{static_cast<double>(c)};
    if (!reference_.empty()) {
      row.insert(row.end(), {psnr(levels, reference_[c], trusted_),
                             psnr(shifted(initial, -offset), reference_[c], trusted_),
                             ssim(levels, reference_[c], trusted_)});
      judged.words.push_back(words(c, row));
    }
    row.insert(row.end(),
               {matched, mean(initial), mean(u), least(u), largest(u), divergence(initial, u)});
    judged.rows.push_back(std::move(row));
    judged.picture.push_back(std::move(levels));
  }
  if (const auto line = clipped(judged.picture); !line.empty()) judged.words.push_back(line);
  return judged;
}

std::string PictureQuality::words(std::size_t channel, const std::vector<double>& row) const {
  const std::string& name = problem_.channels()[channel];
  return fmt::format("{}PSNR {:.2f} dB (initial image {:.2f} dB), SSIM {:.4f}",
                     name.empty() ? "" : name + ": ", row[1], row[2], row[3]);
}

/// Nothing is clipped without a word.
std::string PictureQuality::clipped(const std::vector<Field>& picture) const {
  double samples = 0;
  for (const auto& levels : picture) samples += sum_of_clipped(levels);
  if (samples == 0) return "";
  const double all =
      static_cast<double>(picture.size()) * static_cast<double>(problem_.grid().cells());
  return fmt::format("{} of {} samples leave 0..255 and are clipped in the PNG, not in the TIFF",
                     samples, all);
}

}  // namespace feller

#include "studies/experiment.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>

#include "studies/version.hpp"

namespace feller {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

std::string petsc_version() {
  return fmt::format("{}.{}.{}", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR);
}

/// All of them: from the study file, the command line and the environment.
std::string petsc_options() {
  char* text = nullptr;
  check(PetscOptionsGetAll(nullptr, &text));
  std::string copy = text;
  check(PetscFree(text));
  return copy;
}

}  // namespace

Experiment::Experiment(const StudyFile& file, const Parameters& parameters,
                       const StudyOptions& options, const ProblemKind& kind)
    : file_{file},
      parameters_{parameters},
      options_{options},
      kind_{kind},
      start_time_{now()},
      problem_{kind.build(parameters)} {}

std::unique_ptr<Problem> Experiment::refined_problem(double refinement) const {
  return kind_.refinable() ? kind_.build(parameters_, refinement) : nullptr;
}

std::string Experiment::title() const {
  return options_.title.empty() ? file_.path().stem().string() : options_.title;
}

FileLayout Experiment::layout(std::string main_group) const {
  const Quantity& quantity = problem_->quantity();
  FileLayout layout{.title = title(), .main_group = std::move(main_group)};
  for (auto& axis : layout.axes) axis.units = quantity.length;
  layout.y_downwards = quantity.is_image;
  return layout;
}

FieldGroup Experiment::group(std::string name, std::string title,
                             std::vector<Labels> fields) const {
  FieldGroup group{.name = std::move(name), .title = std::move(title), .fields = std::move(fields)};
  const auto& channels = problem_->channels();
  if (channels.size() > 1) group.channels = channels;
  return group;
}

/// What a run writes must not be there already, unless it may be replaced, and is never its input.
void Experiment::refuse_files_in_the_way(const std::vector<std::filesystem::path>& files) const {
  agree_on(problem_->grid().comm(), [&] {
    if (rank_of(problem_->grid().comm()) != 0) return;
    auto inputs = parameters_.files();
    inputs.push_back(file_.path());
    for (const auto& file : files) {
      std::error_code ignored;
      for (const auto& input : inputs) {
        if (!std::filesystem::equivalent(file, input, ignored)) continue;
        throw parameters_.blame(
            "study.output",
            fmt::format("{} would be overwritten, but is an input of this study", file.string()));
      }
      if (options_.overwrite || !std::filesystem::exists(file, ignored)) continue;
      throw parameters_.blame("study.output",
                              fmt::format("{} exists; set study.overwrite = true to "
                                          "replace it",
                                          file.string()));
    }
  });
}

Recorder& Experiment::open(const FileLayout& layout, const std::vector<std::string>& pictures) {
  refuse_files_in_the_way(Recorder::files_of(
      options_.output, layout,
      picture_kind() == PictureKind::none ? std::vector<std::string>{} : pictures));
  return recorder_.emplace(options_.output, layout, problem_->grid(), provenance(), picture_kind(),
                           problem_->quantity().offset);
}

void Experiment::finish(RunStatus status) {
  if (recorder_) recorder_->finish(status, checks_);
}

void Experiment::say(const std::string& line) const {
  spdlog::info("{}", line);
}

PictureKind Experiment::picture_kind() const {
  if (problem_->quantity().is_image) return PictureKind::grey_levels;
  return problem_->grid().dimension() == 2 ? PictureKind::density : PictureKind::none;
}

Provenance Experiment::provenance() const {
  Provenance origin;
  origin.version = version;
  origin.git_hash = git_hash;
  origin.petsc_version = petsc_version();
  origin.petsc_options = petsc_options();
  origin.hostname = host_name();
  origin.start_time = start_time_;
  origin.study_name = file_.path().filename().string();
  origin.study_text = file_.text();
  origin.parameters = parameters_.resolved();
  origin.ranks = size_of(problem_->grid().comm());
  return origin;
}

}  // namespace feller

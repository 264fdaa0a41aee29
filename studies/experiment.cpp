#include "studies/experiment.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>

#include "problems/osmosis/osmosis_problem.hpp"
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
                       const StudyOptions& options, const ProblemKind& kind, const Restart* restart)
    : file_{file},
      parameters_{parameters},
      options_{options},
      kind_{kind},
      restart_{restart},
      output_{options.output},
      start_time_{now()},
      problem_{kind.build(parameters)} {
  if (restart_ != nullptr) remember_first_run();
}

/// On rank 0, which writes.
void Experiment::remember_first_run() {
  const auto& texts = restart_->checkpoint.texts;
  const auto text = [&texts](const std::string& name) {
    const auto found = texts.find(name);
    return found == texts.end() ? std::string{} : found->second;
  };
  restarts_ = fmt::format("{}{}: from {}, on {} ranks\n", text("restarts"), start_time_,
                          restart_->path.filename().string(), size_of(problem_->grid().comm()));
  if (!text("start_time").empty()) start_time_ = text("start_time");
  const auto warn = [&](const std::string& what, const std::string& before,
                        const std::string& present) {
    if (before != present) say(fmt::format("{} {}, '{}' before", what, present, before));
  };
  if (rank_of(problem_->grid().comm()) != 0) return;
  warn("warning: this is Feller", text("version"), std::string{version} + " " + git_hash);
  warn("warning: PETSc's options are", text("petsc_options"), petsc_options());
}

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
    const std::string hint = CheckpointFiles{output_}.present().empty()
                                 ? ""
                                 : ", or give --restart to go on from a checkpoint";
    for (const auto& file : files) {
      std::error_code ignored;
      for (const auto& input : inputs) {
        if (!std::filesystem::equivalent(file, input, ignored)) continue;
        throw parameters_.blame(
            "study.output",
            fmt::format("{} would be overwritten, but is an input of this study", file.string()));
      }
      if (restart_ != nullptr || options_.overwrite) continue;
      if (!std::filesystem::exists(file, ignored)) continue;
      throw parameters_.blame("study.output",
                              fmt::format("{} exists; set study.overwrite = true to "
                                          "replace it{}",
                                          file.string(), hint));
    }
  });
}

Recorder& Experiment::open(const FileLayout& layout, const std::vector<std::string>& pictures) {
  auto files = Recorder::files_of(
      output_, layout,
      picture_style().kind == PictureKind::none ? std::vector<std::string>{} : pictures);
  const auto checkpoints = CheckpointFiles{output_}.present();
  files.insert(files.end(), checkpoints.begin(), checkpoints.end());
  refuse_files_in_the_way(files);
  // Checkpoints of another run would be taken for those of this one.
  if (restart_ == nullptr && rank_of(problem_->grid().comm()) == 0) {
    CheckpointFiles{output_}.remove();
  }
  return recorder_.emplace(output_, layout, problem_->grid(), provenance(), picture_style());
}

void Experiment::finish(RunStatus status) {
  if (recorder_) recorder_->finish(status, checks_);
  if (status == RunStatus::complete && rank_of(problem_->grid().comm()) == 0) {
    CheckpointFiles{output_}.remove();
  }
}

Checkpoint Experiment::checkpoint() const {
  const Provenance origin = provenance();
  Checkpoint checkpoint;
  for (const auto& [key, value] : origin.parameters) {
    checkpoint.parameters.emplace_back(key, text_of(value));
  }
  checkpoint.texts = {{"program", origin.program},
                      {"version", origin.version + " " + origin.git_hash},
                      {"petsc_options", origin.petsc_options},
                      {"study_file", origin.study_text},
                      {"start_time", origin.start_time},
                      {"restarts", origin.restarts}};
  if (rank_of(problem_->grid().comm()) == 0) add_contents(parameters_, checkpoint);
  return checkpoint;
}

void Experiment::say(const std::string& line) const {
  spdlog::info("{}", line);
}

PictureStyle Experiment::picture_style() const {
  const Quantity& quantity = problem_->quantity();
  if (!quantity.is_image) {
    return {problem_->grid().dimension() == 2 ? PictureKind::density : PictureKind::none};
  }
  const OsmosisProblem* osmosis = problem_->osmosis();
  return {PictureKind::grey_levels, quantity.offsets, quantity.bits,
          osmosis != nullptr ? osmosis->opacity() : nullptr};
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
  origin.restarts = restarts_;
  return origin;
}

}  // namespace feller

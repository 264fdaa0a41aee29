#pragma once

/// One run: a problem, what is asked of it, and what is left behind.
///
/// A study gets an Experiment and walks through it: it looks at the problem, `open`s the record
/// once nothing can be wrong with the input any more, records, and adds checks.

#include <memory>
#include <optional>
#include <string>

#include "io/recorder.hpp"
#include "problems/problem.hpp"
#include "studies/options.hpp"
#include "studies/program/restart.hpp"

namespace feller {

class Experiment {
 public:
  /// Refers to its arguments, which must outlive it; `restart` is null for a run that starts anew.
  /// Builds the problem. Collective.
  Experiment(const StudyFile& file, const Parameters& parameters, const StudyOptions& options,
             const ProblemKind& kind, const Restart* restart = nullptr);

  const Problem& problem() const { return *problem_; }
  const Parameters& parameters() const { return parameters_; }
  /// The same problem on `refinement` times as many cells an axis (1/2, 2, 4, ...); nothing where
  /// it cannot be refined. Collective; throws InputError.
  std::unique_ptr<Problem> refined_problem(double refinement) const;
  std::unique_ptr<Problem> coarser_problem() const { return refined_problem(0.5); }

  /// A layout with the title and the labels of the grid filled in.
  FileLayout layout(std::string main_group) const;
  /// A group of fields like the problem's quantity.
  FieldGroup group(std::string name, std::string title, std::vector<Labels> fields) const;

  /// Starts the output; before this nothing was written. `pictures` are the names of those that
  /// will be drawn. Throws InputError if a file is in the way, IoError. Collective.
  Recorder& open(const FileLayout& layout, const std::vector<std::string>& pictures);

  void add(Check check) { checks_.push_back(std::move(check)); }
  const Checks& checks() const { return checks_; }

  /// Ends the record, if it was opened; a complete one has no use for checkpoints any more.
  void finish(RunStatus status);

  const std::filesystem::path& output() const { return output_; }
  /// What the run goes on from, if it does.
  const Restart* restart() const { return restart_; }
  /// A checkpoint that says where it is from, still without any state.
  Checkpoint checkpoint() const;
  const Recorder* record() const { return recorder_ ? &*recorder_ : nullptr; }

  /// A line for the user, from rank 0.
  void say(const std::string& line) const;
  std::string title() const;

 private:
  Provenance provenance() const;
  void refuse_files_in_the_way(const std::vector<std::filesystem::path>& files) const;
  void remember_first_run();
  PictureStyle picture_style() const;

  const StudyFile& file_;
  const Parameters& parameters_;
  const StudyOptions& options_;
  const ProblemKind& kind_;
  const Restart* restart_;
  std::filesystem::path output_;
  std::string start_time_;  ///< of the first run
  std::string restarts_;
  std::unique_ptr<Problem> problem_;
  std::optional<Recorder> recorder_;
  Checks checks_;
};

}  // namespace feller

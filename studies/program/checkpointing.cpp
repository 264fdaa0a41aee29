#include "studies/program/checkpointing.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>

#include "io/agreement.hpp"
#include "io/draft.hpp"

namespace feller {
namespace {

double minutes_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::ratio<60>>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

void CheckpointOptions::declare(Parameters& p) {
  p.add(
      "checkpoint.steps", steps,
      {.meaning = "steps between two checkpoints; 0: not by steps", .range = range::not_negative});
  p.add("checkpoint.minutes", minutes,
        {.meaning = "minutes of wall time between two checkpoints; 0: not by time",
         .range = range::not_negative});
}

Checkpointing::Checkpointing(Experiment& experiment, Recorder& recorder,
                             const CheckpointOptions& options)
    : experiment_{experiment},
      options_{options},
      files_{experiment.output()},
      record_{recorder, files_},
      written_{std::chrono::steady_clock::now()} {}

int Checkpointing::resume(const RecordCopy::Seen& seen) {
  const Restart* restart = experiment_.restart();
  if (restart == nullptr) return 0;
  int step = 0;
  double time = 0;
  KeptState here = state_;
  here.add("step", step);
  here.add("time", time);
  here.restore(restart->checkpoint, restart->path, experiment_.problem().grid());
  record_.replay(restart->checkpoint, seen);
  newest_is_whole_ = restart->path == files_.newest();
  written_ = std::chrono::steady_clock::now();
  experiment_.say(
      fmt::format("goes on after step {}, time {:g}, from {}", step, time, restart->path.string()));
  return step;
}

void Checkpointing::after(int step, double time) {
  // Rank 0's clock decides, and a signal to any rank is one to all.
  const MPI_Comm comm = experiment_.problem().grid().comm();
  const bool late = options_.minutes > 0 && minutes_since(written_) >= options_.minutes;
  std::array<int, 2> wishes{Interruption::seen(), rank_of(comm) == 0 && late ? 1 : 0};
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, wishes.data(), 2, MPI_INT, MPI_MAX, comm));
  const auto [signal, due] = wishes;
  if (signal != 0) {
    write(step, time);
    throw Interrupted(fmt::format("interrupted by {} after step {}, time {:g}",
                                  signal == SIGINT ? "SIGINT" : "SIGTERM", step, time));
  }
  if (due != 0 || (options_.steps > 0 && step % options_.steps == 0)) try_to_write(step, time);
}

/// A run does not end because its safety net could not be spread; the one before is still there.
void Checkpointing::try_to_write(int step, double time) {
  try {
    write(step, time);
  } catch (const IoError& error) {
    spdlog::warn("no checkpoint after step {}: {}", step, error.what());
    written_ = std::chrono::steady_clock::now();
  }
}

void Checkpointing::write(int step, double time) {
  const Grid& grid = experiment_.problem().grid();
  Checkpoint checkpoint = experiment_.checkpoint();
  state_.save(checkpoint);
  checkpoint.numbers["step"] = {static_cast<double>(step)};
  checkpoint.numbers["time"] = {time};
  try {
    record_.save(checkpoint);
    write_checkpoint(files_.draft(), checkpoint, state_.fields(), grid);
  } catch (const IoError&) {
    std::error_code ignored;
    if (rank_of(grid.comm()) == 0) std::filesystem::remove(files_.draft(), ignored);
    throw;
  }
  on_root(grid.comm(), [&] {
    if (newest_is_whole_) move_file(files_.newest(), files_.older());
    move_file(files_.draft(), files_.newest());
  });
  newest_is_whole_ = true;
  written_ = std::chrono::steady_clock::now();
}

}  // namespace feller

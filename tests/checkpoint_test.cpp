// Checkpoints: what goes in comes out on any number of ranks, and a damaged file is never taken for
// a whole one. What is said of a few ranks holds for all of them: grids live on parts of the world.

#include "io/checkpoint.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>

#include "io/agreement.hpp"
#include "io/field_store.hpp"
#include "io/fingerprint.hpp"
#include "io/output_file.hpp"
#include "studies/flow/evolution.hpp"
#include "tests/scratch.hpp"
#include "tests/support.hpp"

namespace {

using namespace feller;
using namespace feller::test;
namespace fs = std::filesystem;
const MPI_Comm world = MPI_COMM_WORLD;

std::vector<Axis> axes_in(int dimension) {
  std::vector<Axis> axes{{11, -1, 1}, {7, 0, 3}, {5, 2, 4}};
  axes.resize(static_cast<std::size_t>(dimension));
  return axes;
}

Field numbered(const Grid& grid, double shift = 0) {
  return fill(grid, [&](const Index& cell) {
    return 1.0 / (3.0 + static_cast<double>(grid.natural(cell))) + shift;
  });
}

/// Rank 0 alone, for reading what all have written.
class FirstRank {
 public:
  FirstRank() { MPI_Comm_split(world, rank_of(world) == 0 ? 0 : MPI_UNDEFINED, 0, &comm_); }
  ~FirstRank() {
    if (comm_ != MPI_COMM_NULL) MPI_Comm_free(&comm_);
  }
  FirstRank(const FirstRank&) = delete;
  FirstRank& operator=(const FirstRank&) = delete;
  bool is_me() const { return comm_ != MPI_COMM_NULL; }
  MPI_Comm comm() const { return comm_; }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
};

Checkpoint sample() {
  Checkpoint checkpoint;
  checkpoint.parameters = {{"time.step", "0.5"}, {"study.title", ""}, {"constants.a", "1e-300"}};
  checkpoint.texts = {{"study_file", "[study]\nkind = relaxation  # \xc3\xa9\n"}, {"empty", ""}};
  checkpoint.numbers = {
      {"step", {7}},
      {"rows of diagnostics", {0, 1.0 / 3, -std::numeric_limits<double>::infinity()}},
      {"rows of nothing", {}}};
  return checkpoint;
}

void flip_bit(const fs::path& path, std::uintmax_t position) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekg(static_cast<std::streamoff>(position));
  const char byte = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(position));
  file.put(byte);
}

/// Where these doubles stand in a file.
std::uintmax_t position_of(const fs::path& path, double value) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  const std::string bytes{reinterpret_cast<const char*>(&value), sizeof value};
  const auto found = text.str().find(bytes);
  REQUIRE(found != std::string::npos);
  return found;
}

}  // namespace

TEST_CASE("checkpoint: everything comes back, in 1-D, 2-D and 3-D", "[checkpoint]") {
  const Scratch scratch;
  const FirstRank first;
  for (int dimension = 1; dimension <= 3; ++dimension) {
    const Grid grid{axes_in(dimension)};
    Field a = numbered(grid), b = numbered(grid, 5);
    const auto path = scratch / "run.checkpoint.h5";
    write_checkpoint(path, sample(), {{"masses", &a}, {"memory 0, red", &b}}, grid);
    on_root(world, [&] {
      const Checkpoint read = read_checkpoint(path);
      CHECK(read.parameters == sample().parameters);
      CHECK(read.texts == sample().texts);
      CHECK(read.numbers == sample().numbers);
    });
    Field back{grid};
    read_checkpoint_fields(path, {{"memory 0, red", &back}}, grid);
    CHECK(everywhere(back) == everywhere(b));
    const auto wanted = everywhere(a);
    if (first.is_me()) {
      const Grid alone{axes_in(dimension), 1, first.comm()};
      Field whole{alone};
      read_checkpoint_fields(path, {{"masses", &whole}}, alone);
      CHECK(std::ranges::equal(std::as_const(whole).values(), wanted));
    }
    check_mpi(MPI_Barrier(world));
  }
}

TEST_CASE("checkpoint: one that a single rank wrote is read by all", "[checkpoint]") {
  const Scratch scratch;
  const FirstRank first;
  const auto path = scratch / "run.checkpoint.h5";
  if (first.is_me()) {
    const Grid alone{axes_in(2), 1, first.comm()};
    Field field = numbered(alone);
    write_checkpoint(path, sample(), {{"masses", &field}}, alone);
  }
  check_mpi(MPI_Barrier(world));
  const Grid grid{axes_in(2)};
  Field back{grid};
  read_checkpoint_fields(path, {{"masses", &back}}, grid);
  CHECK(everywhere(back) == everywhere(numbered(grid)));
}

TEST_CASE("checkpoint: a truncated or damaged file is refused", "[checkpoint]") {
  const Scratch scratch;
  const Grid grid{axes_in(2)};
  Field field = numbered(grid);
  const auto path = scratch / "run.checkpoint.h5", copy = scratch / "copy.h5";
  write_checkpoint(path, sample(), {{"masses", &field}}, grid);
  on_root(world, [&] {
    const auto size = fs::file_size(path);
    CHECK_NOTHROW(read_checkpoint(path));
    for (const auto length : {std::uintmax_t{0}, std::uintmax_t{100}, size / 2, size - 1}) {
      fs::copy_file(path, copy, fs::copy_options::overwrite_existing);
      fs::resize_file(copy, length);
      CHECK_THROWS_AS(read_checkpoint(copy), IoError);
    }
    fs::copy_file(path, copy, fs::copy_options::overwrite_existing);
    flip_bit(copy, position_of(copy, 1.0 / 40));
    CHECK_THROWS_AS(read_checkpoint(copy), IoError);
    fs::copy_file(path, copy, fs::copy_options::overwrite_existing);
    {
      const FileHandle file = open_file(copy, H5F_ACC_RDWR);
      const int no = 0;
      H5Dwrite(open_dataset(file.get(), "complete").get(), H5T_NATIVE_INT, H5S_ALL, H5S_ALL,
               H5P_DEFAULT, &no);
    }
    CHECK_THROWS_AS(read_checkpoint(copy), IoError);
    CHECK_THROWS_AS(read_checkpoint(scratch / "none.h5"), IoError);
  });
}

TEST_CASE("checkpoint: what cannot be written throws on all ranks", "[checkpoint]") {
  const Scratch scratch;
  const Grid grid{axes_in(1)};
  Field field = numbered(grid);
  CHECK_THROWS_AS(write_checkpoint(scratch / "no/such.h5", sample(), {{"masses", &field}}, grid),
                  IoError);
  CHECK_THROWS_AS((FieldStore{scratch / "no/such.raw", grid}.write(0, field)), IoError);
}

TEST_CASE("checkpoint: fingerprints tell every bit and place, on any ranks", "[checkpoint]") {
  const Grid grid{axes_in(3)};
  const Field field = numbered(grid);
  const auto mark = fingerprint(field);
  Fingerprint one_after_the_other;
  const auto values = everywhere(field);
  for (std::size_t i = 0; i < values.size(); ++i) one_after_the_other.add(i, values[i]);
  CHECK(one_after_the_other.value() == mark);
  auto other = values;
  other[17] = std::nextafter(other[17], 1.0);
  CHECK(fingerprint(from_natural(grid, other)) != mark);
  other = values;
  std::swap(other[3], other[4]);
  CHECK(fingerprint(from_natural(grid, other)) != mark);
}

TEST_CASE("checkpoint: stored fields come back, and damage is seen", "[checkpoint]") {
  const Scratch scratch;
  const FirstRank first;
  const auto path = scratch / "run.checkpoint.density.raw";
  for (int dimension = 1; dimension <= 3; ++dimension) {
    const Grid grid{axes_in(dimension)};
    const FieldStore store{path, grid};
    std::vector<std::uint64_t> marks;
    for (int i = 0; i < 3; ++i) {
      marks.push_back(store.write(static_cast<std::size_t>(i), numbered(grid, i)));
    }
    marks[1] = store.write(1, numbered(grid, 7));
    CHECK(everywhere(store.read(1, marks[1])) == everywhere(numbered(grid, 7)));
    CHECK(everywhere(store.read(2, marks[2])) == everywhere(numbered(grid, 2)));
    CHECK_THROWS_AS(store.read(2, marks[1]), IoError);
    if (first.is_me()) {
      const Grid alone{axes_in(dimension), 1, first.comm()};
      const FieldStore same{path, alone};
      CHECK(fingerprint(same.read(2, marks[2])) == fingerprint(numbered(alone, 2)));
    }
    on_root(world, [&] { fs::resize_file(path, fs::file_size(path) - 1); });
    CHECK_THROWS_AS(store.read(2, marks[2]), IoError);
  }
}

TEST_CASE("checkpoint: files beside the output", "[checkpoint]") {
  const Scratch scratch;
  on_root(world, [&] {
    const CheckpointFiles files{scratch / "cat.h5"};
    CHECK(files.newest() == scratch / "cat.checkpoint.h5");
    CHECK(files.older() == scratch / "cat.checkpoint.old.h5");
    CHECK(files.present().empty());
    for (const std::string name : {"cat.checkpoint.h5", "cat.checkpoint.image.raw", "cat.h5",
                                   "dog.checkpoint.h5", "cat.image.raw"}) {
      std::ofstream{scratch / name} << "x";
    }
    CHECK(files.present().size() == 2);
    files.remove();
    CHECK(files.present().empty());
    CHECK(fs::exists(scratch / "cat.h5"));
    CHECK(fs::exists(scratch / "dog.checkpoint.h5"));
    CHECK(fs::exists(scratch / "cat.image.raw"));
  });
}

TEST_CASE("checkpoint: an open output file gives back what it was given", "[checkpoint]") {
  const Scratch scratch;
  const Grid grid{axes_in(2)};
  const FileLayout layout{
      .title = "A test",
      .main_group = "image",
      .groups = {{"image", "Image", {{"u", "u", "1"}, {"v", "v", "1"}}, {"r", "g"}}},
      .tables = {{"rows", "Rows", {"time", "time", "T"}, {{"a", "a", "1"}}}}};
  OutputFile file{scratch / "run.h5", layout, grid, {}};
  for (int step = 0; step < 3; ++step) {
    const std::vector<Field> u{numbered(grid, step), numbered(grid, step + 10)};
    const std::vector<Field> v{numbered(grid, step + 20), numbered(grid, step + 30)};
    file.append("image", step, {u, v});
    file.append_row("rows", {1.0 * step, 2.0 * step});
  }
  const auto fields = file.snapshot("image", 1);
  REQUIRE(fields.size() == 4);
  for (int i = 0; i < 4; ++i) {
    CHECK(everywhere(fields[static_cast<std::size_t>(i)]) ==
          everywhere(numbered(grid, 1 + 10 * i)));
  }
  const auto rows = file.rows("rows");
  CHECK(rows ==
        (rank_of(world) == 0 ? std::vector<double>{0, 0, 1, 2, 2, 4} : std::vector<double>{}));
  file.append_row("rows", {3, 6});
  CHECK(file.rows("rows").size() == (rank_of(world) == 0 ? 8 : 0));
}

namespace {

const std::string line =
    "[problem]\nkind = fokker_planck\npotential = x^2/2\ninitial = normal(x, 1, 0.5)\n"
    "[grid]\ncells = 60\nlower = -4\nupper = 4\n";
const std::string moving =
    "[problem]\nkind = fokker_planck\ndrift = -(1 + sin(5*t))*x\ninitial = normal(x, 1, 0.5)\n"
    "[grid]\ncells = 60\nlower = -4\nupper = 4\n";
const std::string fed =
    "[problem]\nkind = fokker_planck\npotential = x^2/2\ninitial = normal(x, 1, 0.5)\n"
    "border_density = 0.1\n[grid]\ncells = 60\nlower = -4\nupper = 4\nboundary = dirichlet\n";

void advance(Evolution& evolution, int steps) {
  for (int n = 0; n < steps; ++n) {
    evolution.advance();
    evolution.look();
  }
}

/// The same to the last bit.
void require_equal(Evolution& a, Evolution& b) {
  CHECK(everywhere(a.masses()) == everywhere(b.masses()));
  CHECK(everywhere(a.state()) == everywhere(b.state()));
  CHECK(a("mass") == b("mass"));
  CHECK(a.propagator().stiffness() == b.propagator().stiffness());
  const auto &x = a.extremes(), &y = b.extremes();
  CHECK(x.mass_defect == y.mass_defect);
  CHECK(x.mass_rise == y.mass_rise);
  CHECK(x.residual == y.residual);
  CHECK(x.error_l1 == y.error_l1);
  CHECK(x.error_chi == y.error_chi);
  CHECK(x.least == y.least);
  CHECK(x.entropy_rise == y.entropy_rise);
  CHECK(x.entropy_rise_step == y.entropy_rise_step);
  CHECK(x.log_ratio == y.log_ratio);
}

}  // namespace

TEST_CASE("checkpoint: an evolution goes on as if nothing had been", "[checkpoint]") {
  const Scratch scratch;
  const auto path = scratch / "run.checkpoint.h5";
  const std::vector<std::pair<std::string, std::string>> cases{
      {line, "implicit_euler"}, {line, "bdf2"},     {line, "crank_nicolson"},
      {line, "chebyshev"},      {moving, "sdirk2"}, {fed, "bdf2"}};
  for (const auto& [text, method] : cases) {
    INFO(text << method);
    const BuiltProblem problem{text};
    Evolution whole{*problem, 0, 0.1, method, {}}, before{*problem, 0, 0.1, method, {}},
        after{*problem, 0, 0.1, method, {}};
    advance(whole, 12);
    advance(before, 5);
    KeptState kept, restored;
    before.keep(kept, "");
    after.keep(restored, "");
    Checkpoint checkpoint;
    kept.save(checkpoint);
    write_checkpoint(path, checkpoint, kept.fields(), problem->grid());
    Checkpoint read;
    on_root(world, [&] { read = read_checkpoint(path); });
    restored.restore(read, path, problem->grid());
    require_equal(after, before);
    advance(after, 7);
    require_equal(after, whole);
  }
}

TEST_CASE("checkpoint: control, bdf2 does not go on without its memory", "[checkpoint]") {
  const BuiltProblem problem{line};
  const Generator generator = problem->generator(0);
  const auto run = make_propagator("bdf2", generator, 0.1, {});
  const auto forgetful = make_propagator("bdf2", generator, 0.1, {});
  Field masses = masses_of(problem->initial(0));
  for (int n = 0; n < 5; ++n) run->advance(masses, n);
  Field other = masses;
  run->advance(masses, 5);
  forgetful->advance(other, 5);
  CHECK(largest_difference(everywhere(masses), everywhere(other)) > 1e-4);
}

TEST_CASE("checkpoint: state that the file does not have is refused by all", "[checkpoint]") {
  const Scratch scratch;
  const Grid grid{axes_in(1)};
  const auto path = scratch / "run.checkpoint.h5";
  Field field = numbered(grid);
  double number = 0;
  write_checkpoint(path, sample(), {{"masses", &field}}, grid);
  KeptState state;
  state.add("unheard of", number);
  CHECK_THROWS_AS(state.restore(sample(), path, grid), IoError);
  CHECK_THROWS_AS(read_checkpoint_fields(path, {{"unheard of", &field}}, grid), IoError);
}

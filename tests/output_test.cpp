// The HDF5 file: what goes in comes out, the same for any number of ranks, whatever becomes of the
// run. Files are written by all ranks and read back by rank 0 through serial HDF5.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "io/agreement.hpp"
#include "io/csv.hpp"
#include "io/output_file.hpp"
#include "io/skeleton.hpp"
#include "io/xdmf.hpp"

namespace {

using namespace feller;
namespace fs = std::filesystem;
const MPI_Comm world = MPI_COMM_WORLD;

/// A folder that all ranks know, removed at the end.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "feller_output_XXXXXX").string();
    if (rank_of(world) == 0 && mkdtemp(name.data()) == nullptr) name.clear();
    folder_ = broadcast(world, name);
    REQUIRE(!folder_.empty());
  }
  ~Scratch() {
    std::error_code ignored;
    if (rank_of(world) == 0) fs::remove_all(folder_, ignored);
  }
  fs::path operator/(const char* name) const { return folder_ / name; }

 private:
  fs::path folder_;
};

/// A value that tells field, step, channel and cell.
double value_at(const Grid& grid, const Index& cell, int field, int step, int channel) {
  return 1e9 * field + 1e7 * step + 1e6 * channel + grid.natural(cell) + 0.125;
}

std::vector<Field> sample(const Grid& grid, int field, int step, int channels = 1) {
  std::vector<Field> fields;
  for (int c = 0; c < channels; ++c) {
    fields.push_back(
        fill(grid, [&](const Index& cell) { return value_at(grid, cell, field, step, c); }));
  }
  return fields;
}

/// The same as the file should hold it: step, then z y x, then channel.
std::vector<double> expected(const Grid& grid, int field, int steps, int channels = 1) {
  std::vector<double> values;
  for (int step = 0; step < steps; ++step) {
    for_each(grid.whole(), [&](const Index& cell) {
      for (int c = 0; c < channels; ++c) {
        values.push_back(value_at(grid, cell, field, step, c));
      }
    });
  }
  return values;
}

std::vector<double> centres(const Axis& axis) {
  std::vector<double> values;
  for (int i = 0; i < axis.cells; ++i) values.push_back(axis.centre(i));
  return values;
}

std::vector<hsize_t> shape_of(hid_t file, const std::string& name) {
  const auto dataset = open_dataset(file, name);
  const SpaceHandle space{H5Dget_space(dataset.get())};
  std::vector<hsize_t> shape(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get())));
  H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
  return shape;
}

std::vector<hsize_t> chunk_of(hid_t file, const std::string& name) {
  const auto dataset = open_dataset(file, name);
  const PropertyHandle creation{H5Dget_create_plist(dataset.get())};
  std::vector<hsize_t> chunk(8);
  chunk.resize(static_cast<std::size_t>(H5Pget_chunk(creation.get(), 8, chunk.data())));
  return chunk;
}

Provenance provenance() {
  return {.version = "0.1.0",
          .git_hash = "0000000",
          .petsc_version = "3.18.5",
          .petsc_options = "",
          .hostname = "here",
          .start_time = "2024-01-01T00:00:00Z",
          .study_name = "study.ini",
          .study_text = "[study]\nkind = test\n",
          .parameters = {{"grid.cells", std::int64_t{7}},
                         {"scheme.flux", std::string{"upwind"}},
                         {"time.step", 0.5}},
          .ranks = size_of(world)};
}

FileLayout layout() {
  return {.title = "A test",
          .main_group = "density",
          .groups = {{"density", "Densities", {{"p", "density", "1/L"}, {"q", "other", "1/L"}}},
                     {"image", "Image", {{"u", "intensity", "1"}}, {"red", "green", "blue"}},
                     {"steady_state", "Limit", {{"w", "steady state", "1/L"}}, {}, std::nullopt}},
          .tables = {{"diagnostics",
                      "Along the run",
                      {"time", "time", "T"},
                      {{"entropy", "relative entropy", "1"}, {"mass", "total mass", "1"}},
                      false,
                      true}}};
}

Checks checks() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return {
      {"mass", "the mass stays, (1)", 1e-16, Relation::at_most, 1e-12, false},
      {"order", "second order, (2)", 1.5, Relation::at_least, 1.9, false},
      {"nothing", "could not be computed", nan, Relation::less, 1, false, "V1"},
      {"wrong", "a wrong formula fails, (3)", 3, Relation::greater, 1, true, "V2", "Nobody, (3)"}};
}

/// Every group and table, `steps` snapshots and as many rows.
void append_all(OutputFile& file, const Grid& grid, int steps) {
  file.write("steady_state", {sample(grid, 9, 0)});
  for (int step = 0; step < steps; ++step) {
    const auto p = sample(grid, 1, step);
    const auto q = sample(grid, 2, step);
    file.append("density", 0.5 * step, {p, q[0]});
    file.append("image", 0.25 * step, {sample(grid, 3, step, 3)});
    file.append_row("diagnostics", {0.1 * step, 1.0 / (1 + step), 1.0});
    if (step % 2 == 1) file.flush();
  }
}

void require_all(const fs::path& path, const Grid& grid, int steps) {
  const FileHandle file = open_file(path, H5F_ACC_RDONLY);
  const auto read = [&](const std::string& name) {
    return read_numbers(file.get(), "entry/" + name);
  };
  CHECK(read("density/p") == expected(grid, 1, steps));
  CHECK(read("density/q") == expected(grid, 2, steps));
  CHECK(read("image/u") == expected(grid, 3, steps, 3));
  CHECK(read("steady_state/w") == expected(grid, 9, 1));
  for (int a = 0; a < grid.dimension(); ++a) {
    const std::string name{Grid::axis_names[static_cast<std::size_t>(a)]};
    CHECK(read("density/" + name) == centres(grid.axis(a)));
    CHECK(read("image/" + name) == centres(grid.axis(a)));
  }
  std::vector<double> coarse, fine, rows, entropy;
  for (int step = 0; step < steps; ++step) {
    coarse.push_back(0.5 * step);
    fine.push_back(0.25 * step);
    rows.push_back(0.1 * step);
    entropy.push_back(1.0 / (1 + step));
  }
  CHECK(read("density/time") == coarse);
  CHECK(read("image/time") == fine);
  CHECK(read("diagnostics/time") == rows);
  CHECK(read("diagnostics/entropy") == entropy);
  CHECK(read("diagnostics/mass") == std::vector<double>(static_cast<std::size_t>(steps), 1.0));
}

std::vector<Axis> axes_in(int dimension) {
  std::vector<Axis> axes{{11, -1, 1}, {7, 0, 3}, {5, 2, 4}};
  axes.resize(static_cast<std::size_t>(dimension));
  return axes;
}

}  // namespace

TEST_CASE("output: every value comes back, in 1-D, 2-D and 3-D", "[output]") {
  const Scratch scratch;
  for (int dimension = 1; dimension <= 3; ++dimension) {
    const Grid grid{axes_in(dimension)};
    const auto path = scratch / "run.h5";
    OutputFile file{path, layout(), grid, provenance()};
    append_all(file, grid, 5);
    CHECK(file.times("density") == std::vector<double>{0, 0.5, 1, 1.5, 2});
    file.close(RunStatus::complete, "2024-01-01T00:00:01Z", {});
    on_root(world, [&] { require_all(path, grid, 5); });
  }
}

TEST_CASE("output: shapes are (time, z, y, x, channel)", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(3)};
  const auto path = scratch / "run.h5";
  OutputFile file{path, layout(), grid, provenance()};
  append_all(file, grid, 2);
  file.close(RunStatus::complete, "", {});
  on_root(world, [&] {
    const FileHandle h5 = open_file(path, H5F_ACC_RDONLY);
    using Shape = std::vector<hsize_t>;
    CHECK(shape_of(h5.get(), "entry/density/p") == Shape{2, 5, 7, 11});
    CHECK(shape_of(h5.get(), "entry/image/u") == Shape{2, 5, 7, 11, 3});
    CHECK(shape_of(h5.get(), "entry/steady_state/w") == Shape{5, 7, 11});
    CHECK(chunk_of(h5.get(), "entry/image/u") == Shape{1, 5, 7, 11, 3});
    CHECK(chunk_of(h5.get(), "entry/diagnostics/mass") == Shape{1024});
  });
}

TEST_CASE("output: chunks hold about 1 MiB and are cut along the slowest axis", "[output]") {
  using Shape = std::vector<hsize_t>;
  CHECK(chunk_shape({300}) == Shape{300});
  CHECK(chunk_shape({1000000}) == Shape{1000000});
  CHECK(chunk_shape({1024, 1024}) == Shape{128, 1024});
  CHECK(chunk_shape({1000, 1000}) == Shape{125, 1000});
  CHECK(chunk_shape({600, 800, 3}) == Shape{50, 800, 3});
  CHECK(chunk_shape({64, 512, 512}) == Shape{1, 256, 512});
  CHECK(chunk_shape({256, 64, 64}) == Shape{32, 64, 64});
}

TEST_CASE("output: what was flushed can be read although the run never ended", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(2)};
  const auto path = scratch / "run.h5";
  const auto copy = scratch / "copy.h5";
  OutputFile file{path, layout(), grid, provenance()};
  append_all(file, grid, 3);
  file.flush();
  on_root(world, [&] {
    fs::copy_file(path, copy);
    require_all(copy, grid, 3);
    CHECK(read_status(copy) == "running");
    CHECK(read_checks(copy).empty());
  });
}

TEST_CASE("output: a file that is destroyed unclosed says running", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(1)};
  const auto path = scratch / "run.h5";
  {
    OutputFile file{path, layout(), grid, provenance()};
    append_all(file, grid, 2);
    OutputFile moved{std::move(file)};
    moved.flush();
  }
  on_root(world, [&] {
    require_all(path, grid, 2);
    CHECK(read_status(path) == "running");
  });
}

TEST_CASE("output: status and checks come back", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(1)};
  const auto path = scratch / "run.h5";
  for (const auto status : {RunStatus::complete, RunStatus::failed}) {
    OutputFile file{path, layout(), grid, provenance()};
    file.close(status, "2024-01-01T00:00:01Z", checks());
    on_root(world, [&] {
      CHECK(read_status(path) == (status == RunStatus::complete ? "complete" : "failed"));
      const Checks read = read_checks(path);
      const Checks wrote = checks();
      REQUIRE(read.size() == wrote.size());
      for (std::size_t i = 0; i < wrote.size(); ++i) {
        CHECK(read[i].name == wrote[i].name);
        CHECK(read[i].claim == wrote[i].claim);
        CHECK((read[i].measured == wrote[i].measured || std::isnan(wrote[i].measured)));
        CHECK(read[i].relation == wrote[i].relation);
        CHECK(read[i].bound == wrote[i].bound);
        CHECK(read[i].is_control == wrote[i].is_control);
        CHECK(read[i].statement == wrote[i].statement);
        CHECK(read[i].misprint == wrote[i].misprint);
        CHECK(read[i].passed() == wrote[i].passed());
      }
      CHECK(table(read) == table(wrote));
    });
  }
}

TEST_CASE("output: provenance is text and numbers", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(1)};
  const auto path = scratch / "run.h5";
  OutputFile file{path, layout(), grid, provenance()};
  file.close(RunStatus::complete, "2024-01-01T00:00:01Z", {});
  on_root(world, [&] {
    const FileHandle h5 = open_file(path, H5F_ACC_RDONLY);
    const auto home = open_group(h5.get(), "entry/provenance");
    CHECK(read_text(home.get(), "study_file/data") == provenance().study_text);
    CHECK(read_text(home.get(), "environment/petsc_options").empty());
    CHECK(read_text(home.get(), "environment/scheme.flux") == "upwind");
    CHECK(read_numbers(home.get(), "environment/time.step") == std::vector<double>{0.5});
    CHECK(read_numbers(home.get(), "environment/mpi_ranks").at(0) == size_of(world));
    CHECK(read_text(h5.get(), "entry/end_time") == "2024-01-01T00:00:01Z");
  });
}

TEST_CASE("output: rows of rank 0 alone are enough", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(1)};
  const auto path = scratch / "run.h5";
  OutputFile file{path, layout(), grid, provenance()};
  const bool root = rank_of(world) == 0;
  for (int i = 0; i < 3000; ++i) {
    if (root) file.append_row("diagnostics", {1.0 * i, 2.0 * i, 3.0 * i});
    if (i % 500 == 499) file.flush();
  }
  file.flush();
  file.close(RunStatus::complete, "", {});
  on_root(world, [&] {
    const FileHandle h5 = open_file(path, H5F_ACC_RDONLY);
    const auto mass = read_numbers(h5.get(), "entry/diagnostics/mass");
    REQUIRE(mass.size() == 3000);
    for (std::size_t i = 0; i < mass.size(); ++i) CHECK(mass[i] == 3.0 * static_cast<double>(i));
  });
}

TEST_CASE("output: an impossible path throws on all ranks", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(1)};
  CHECK_THROWS_AS((OutputFile{scratch / "no/such/run.h5", layout(), grid, provenance()}), IoError);
  CHECK_THROWS_AS((OutputFile{scratch / "", layout(), grid, provenance()}), IoError);
  CHECK_THROWS_AS((CsvFile{scratch / "no/such/run.csv", layout().tables[0], world}), IoError);
  CHECK_THROWS_AS(read_status(scratch / "none.h5"), IoError);
}

TEST_CASE("output: what does not fit the layout is refused", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(1)};
  const Grid other{axes_in(1)};
  OutputFile file{scratch / "run.h5", layout(), grid, provenance()};
  const Field p{grid};
  CHECK_THROWS_AS(file.append("none", 0, {p}), std::invalid_argument);
  CHECK_THROWS_AS(file.append("density", 0, {p}), std::invalid_argument);
  CHECK_THROWS_AS(file.append("image", 0, {p}), std::invalid_argument);
  CHECK_THROWS_AS(file.append("steady_state", 0, {p}), std::invalid_argument);
  CHECK_THROWS_AS(file.write("density", {p, p}), std::invalid_argument);
  CHECK_THROWS_AS(file.write("steady_state", {Field{other}}), std::invalid_argument);
  CHECK_THROWS_AS(file.append_row("diagnostics", {1.0}), std::invalid_argument);
  FileLayout twice = layout();
  twice.groups[0].fields[1].name = "x";
  CHECK_THROWS_AS(validate(twice), std::invalid_argument);
  twice = layout();
  twice.main_group = "none";
  CHECK_THROWS_AS(validate(twice), std::invalid_argument);
}

TEST_CASE("output: CSV numbers read back as the same doubles", "[output]") {
  const Scratch scratch;
  const auto path = scratch / "run.csv";
  CsvFile csv{path, layout().tables[0], world};
  csv.append_row({0.1, 1.0 / 3, 1});
  csv.append_row({1e-300, -0.0, std::nextafter(1.0, 2.0)});
  csv.flush();
  on_root(world, [&] {
    std::ifstream in{path};
    std::stringstream text;
    text << in.rdbuf();
    CHECK(text.str() ==
          "# time [T]: time\n# entropy [1]: relative entropy\n# mass [1]: total mass\n"
          "time,entropy,mass\n0.1,0.3333333333333333,1\n1e-300,-0,1.0000000000000002\n");
  });
}

TEST_CASE("output: the XDMF sidecar names every snapshot and channel", "[output]") {
  const Scratch scratch;
  const Grid grid{axes_in(2)};
  const auto text = xdmf("run.h5", layout(), grid, {{"density", {0, 0.5}}, {"image", {0, 0.5}}});
  CHECK(text.find("Dimensions=\"2 8 12\"") != std::string::npos);
  CHECK(text.find("1 0 0 1 1 1 1 7 11</DataItem>") != std::string::npos);
  CHECK(text.find("1 0 0 2 1 1 1 1 1 7 11 1</DataItem>") != std::string::npos);
  CHECK(text.find("Name=\"u (blue)\"") != std::string::npos);
  CHECK(text.find("Dimensions=\"2 7 11 3\"") != std::string::npos);
  CHECK(text.find("run.h5:/entry/steady_state/w") != std::string::npos);
  on_root(world, [&] { write_xdmf(scratch / "run.xdmf", "run.h5", layout(), grid, {}); });
  on_root(world, [&] { CHECK(fs::exists(scratch / "run.xdmf")); });
}

TEST_CASE("output: checks hold by their relation, and never for NaN", "[output]") {
  const auto holds = [](double measured, Relation relation, double bound) {
    return Check{"", "", measured, relation, bound, false}.passed();
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(holds(1, Relation::at_most, 1));
  CHECK(!holds(1, Relation::less, 1));
  CHECK(holds(1, Relation::at_least, 1));
  CHECK(!holds(1, Relation::greater, 1));
  for (const auto relation :
       {Relation::at_most, Relation::less, Relation::at_least, Relation::greater}) {
    CHECK(!holds(nan, relation, 1));
    CHECK(!holds(1, relation, nan));
  }
  CHECK(all_passed({}));
  CHECK(!all_passed(checks()));
}

TEST_CASE("output: the table of checks is aligned and not too wide", "[output]") {
  Checks all = checks();
  all[0].claim =
      "the mass stays what it was, up to the solver's tolerance, for whatever weight of"
      " the flux and whatever number of ranks, (1)";
  const std::string text = table(all);
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 110);
  CHECK(text.find("2 of 4 checks held\n") != std::string::npos);
  CHECK(text.find("control: a wrong formula fails, (3)") != std::string::npos);
  CHECK(text.find("FAILED") != std::string::npos);
}

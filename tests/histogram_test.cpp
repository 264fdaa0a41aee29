// Histograms from files, and from their bins to the cells of a grid. Rank 0 writes the files, all
// ranks read them together.

#include "io/histogram.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <limits>
#include <numeric>

#include "io/agreement.hpp"
#include "io/output_file.hpp"
#include "problems/histogram_source.hpp"
#include "problems/remap.hpp"
#include "tests/support.hpp"

namespace {

using namespace feller;
using Catch::Contains, Catch::EndsWith, Catch::StartsWith;
namespace fs = std::filesystem;
using Numbers = std::vector<double>;
const MPI_Comm world = MPI_COMM_WORLD;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// A folder that all ranks know, removed at the end.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "feller_histogram_XXXXXX").string();
    if (rank_of(world) == 0 && mkdtemp(name.data()) == nullptr) name.clear();
    folder_ = broadcast(world, name);
    REQUIRE(!folder_.empty());
  }
  ~Scratch() {
    check_mpi(MPI_Barrier(world));
    std::error_code ignored;
    if (rank_of(world) == 0) fs::remove_all(folder_, ignored);
  }
  /// A text file.
  fs::path text(const std::string& words) const {
    const auto path = folder_ / "bins.csv";
    on_root(world, [&] { std::ofstream(path, std::ios::binary) << words; });
    return path;
  }
  /// An HDF5 file that `write(file)` fills.
  fs::path hdf5(auto&& write) const {
    const auto path = folder_ / "bins.h5";
    on_root(world, [&] { write(create_file(path).get()); });
    return path;
  }
  fs::path operator/(const char* name) const { return folder_ / name; }

 private:
  fs::path folder_;
};

/// One line that begins with the path, the same on all ranks; returned without the path.
std::string complaint(const fs::path& path, const std::string& dataset = "") {
  std::string words = "no complaint";
  try {
    read_histogram(world, path, dataset);
  } catch (const InputError& error) {
    words = error.what();
    CHECK_THAT(words, StartsWith(path.string() + ":") && !Contains("\n"));
    words = words.substr(path.string().size() + 1);
  }
  CHECK(broadcast(world, words) == words);
  return words;
}

/// Numbers of any shape, slowest axis first.
DatasetHandle put(hid_t parent, const std::string& name, std::vector<hsize_t> shape,
                  const Numbers& values) {
  auto dataset = create_dataset(parent, name, H5T_IEEE_F64LE, {.size = std::move(shape)});
  check_h5(
      H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  return dataset;
}

Numbers ascending(std::size_t count) {
  Numbers numbers(count);
  std::iota(numbers.begin(), numbers.end(), 1.0);
  return numbers;
}

}  // namespace

TEST_CASE("histogram: one axis from text", "[histogram]") {
  const Scratch scratch;
  SECTION("centres: edges half way, in any order, whatever parts the columns") {
    const std::string separator = GENERATE(",", ";", "\t", "  ", " , ");
    const std::string names = GENERATE("", "centre%count\n", "\xEF\xBB\xBF\"Centre\"%Count\r\n");
    std::string text = names + "# comment\n3%4 # here too\r\n\n+1%2\n 2%3e0 \n";
    for (auto at = text.find('%'); at != std::string::npos; at = text.find('%')) {
      text.replace(at, 1, separator);
    }
    const auto histogram = read_histogram(world, scratch.text(text), "");
    CHECK(histogram.edges == std::vector<Numbers>{{0.5, 1.5, 2.5, 3.5}});
    CHECK(histogram.mass == Numbers{2, 3, 4});
  }
  SECTION("uneven centres") {
    const auto histogram = read_histogram(world, scratch.text("x,density\n0,1\n2,1\n3,4\n"), "");
    CHECK(histogram.edges == std::vector<Numbers>{{-1, 1, 2.5, 3.5}});
    CHECK(histogram.mass == Numbers{2, 1.5, 4});
  }
  SECTION("edges") {
    const std::string name = GENERATE("count", "counts", "mass", "density", "p", "value");
    const bool density = name == "density" || name == "p" || name == "value";
    const auto path = scratch.text("left right " + name + "\n0 1 5\n1 3 6\n3 3.5 0\n");
    const auto histogram = read_histogram(world, path, "");
    CHECK(histogram.edges == std::vector<Numbers>{{0, 1, 3, 3.5}});
    CHECK(histogram.mass == (density ? Numbers{5, 12, 0} : Numbers{5, 6, 0}));
  }
  SECTION("without names the bins must be even") {
    CHECK(read_histogram(world, scratch.text("0 1 5\n1 2 6\n"), "").mass == Numbers{5, 6});
    CHECK_THAT(complaint(scratch.text("0 1 5\n1 3 6\n")),
               Contains(" the bins are of different sizes, so a first line must name the columns"));
  }
}

TEST_CASE("histogram: two and three axes from text", "[histogram]") {
  const Scratch scratch;
  SECTION("any order") {
    const auto path = scratch.text("x,y,mass\n1,5,6\n0,4,1\n0,5,4\n2,4,3\n1,4,2\n2,5,0\n");
    const auto histogram = read_histogram(world, path, "");
    CHECK(histogram.edges == std::vector<Numbers>{{-0.5, 0.5, 1.5, 2.5}, {3.5, 4.5, 5.5}});
    CHECK(histogram.mass == Numbers{1, 2, 3, 4, 6, 0});
  }
  SECTION("three columns without names, where x comes twice; round-off in x") {
    const auto path = scratch.text("0.3 0 1\n0.1 0 2\n0.1 1 3\n0.30000000000000004 1 4\n");
    CHECK(read_histogram(world, path, "").mass == Numbers{2, 1, 3, 4});
  }
  SECTION("a density on uneven bins in 3-D") {
    std::string text = "x y z density\n";
    for (const int z : {0, 2}) {
      for (const int y : {0, 1, 3}) {
        for (const int x : {0, 1}) text += fmt::format("{} {} {} {}\n", x, y, z, 1 + x + y + z);
      }
    }
    const auto histogram = read_histogram(world, scratch.text(text), "");
    CHECK(histogram.edges == std::vector<Numbers>{{-0.5, 0.5, 1.5}, {-0.5, 0.5, 2, 4}, {-1, 1, 3}});
    CHECK(histogram.mass == Numbers{2, 4, 6, 9, 16, 20, 6, 8, 12, 15, 24, 28});
  }
}

TEST_CASE("histogram: what is wrong with a text is said, with its line", "[histogram]") {
  const Scratch scratch;
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {"", " holds no numbers"},
      {"x,count\n# 1,2\n", " holds no numbers"},
      {"x,count\n1,2\n2,three\n", "3: 'three' is not a number"},
      {"1,2\n2,1e999\n", "2: '1e999' is not a number"},
      {"1;0,5\n2;1\n", "1: '0,5' is not a number"},
      {"1,2\n2,-1\n", "2: the value is -1, must be >= 0"},
      {"1,-1\n2,0\n", "1: the value is -1, must be >= 0"},
      {"1,2\n\n2,nan\n", "3: the value is nan, must be finite"},
      {"1,2\n2,inf\n", "2: the value is inf, must be finite"},
      {"1,2\nnan,2\n", "2: nan is no place for a bin, must be finite"},
      {"1,0\n2,0\n", " all values are zero"},
      {"1,1e308\n2,1e308\n", " the sum of all values is beyond 1e308: scale them"},
      {"1,2\n", " column x: one centre alone does not tell how large its bin is"},
      {"1,2\n2,3\n1,4\n", "3: the same centre as in line 1"},
      {"1,2\n2,3,4\n", "2: has 3 columns, above there are 2"},
      {"x,y,count\n1,2\n", "2: has 2 columns, above there are 3"},
      {"1\n2\n",
       "1: has 1 columns; allowed are: centre, value; lower, upper, value; x, y, value; "
       "x, y, z, value"},
      {"1 2 3 4 5\n",
       "1: has 5 columns; allowed are: centre, value; lower, upper, value; x, y, "
       "value; x, y, z, value"},
      {"x,weight\n1,2\n2,3\n",
       " the last column is called 'weight', must be 'count' or 'mass' (of "
       "each bin), or 'density', 'p' or 'value'"},
      {"0,1,3\n2,1,3\n", "2: edges must ascend, but the bin's are 2 and 1"},
      {"0,1,3\n2,3,3\n",
       "2: edges must ascend without gaps, but the bin begins at 2 and the one "
       "before ends at 1"},
      {"lower,upper,count\n0,1,3\n0,1,3\n",
       "3: edges must ascend without gaps, but the bin begins "
       "at 0 and the one before ends at 1"},
      {"0 0 1\n1 0 1\n0 1 1\n",
       " the grid is incomplete: 2 x 2 points are needed, there are 3; "
       "(1, 1) is missing"},
      {"x y p\n0 0 1\n1 2 1\n2 1 1\n",
       " the grid is incomplete: 3 x 3 points are needed, there "
       "are 3"},
  }));
  CHECK(complaint(scratch.text(text)) == words);
  CHECK_THAT(complaint(scratch / "none.csv"), StartsWith(" cannot be read: No such file"));
  CHECK(complaint(scratch.text("\x89PNG x\n\x1a 2\n3 4\n")) == "2: '?' is not a number");
}

TEST_CASE("histogram: values below round-off count as zero, others do not", "[histogram]") {
  const Scratch scratch;
  CHECK(read_histogram(world, scratch.text("1,2\n2,-1e-13\n"), "").mass == Numbers{2, 0});
  CHECK(complaint(scratch.text("1,2\n2,-1e-11\n")) == "2: the value is -1e-11, must be >= 0");
}

TEST_CASE("histogram: edges beside a dataset of counts", "[histogram]") {
  const Scratch scratch;
  const std::vector<Numbers> edges{{-1, -0.5, 0.25, 0.5, 1.5, 2}, {0, 1, 1.25, 2}, {-1, 0, 3}};
  const auto path = scratch.hdf5([&](hid_t file) {
    const auto group = create_group(file, "bins", "NXdata");
    put(group.get(), "counts", {2, 3, 5}, ascending(30));
    write_numbers(group.get(), "x_edges", edges[0]);
    write_numbers(group.get(), "y_edges", edges[1]);
    write_numbers(group.get(), "z_edges", edges[2]);
    put(file, "plain", {2}, {1, 3});
    write_numbers(file, "x_edges", std::vector<int>{0, 1, 3});
  });
  for (const auto* name : {"/bins/counts", "bins/counts"}) {
    const auto histogram = read_histogram(world, path, name);
    CHECK(histogram.edges == edges);
    CHECK(histogram.mass == ascending(30));
  }
  CHECK(read_histogram(world, path, "plain").edges == std::vector<Numbers>{{0, 1, 3}});
}

TEST_CASE("histogram: centres beside a dataset of a density", "[histogram]") {
  const Scratch scratch;
  const Numbers x{0, 1, 3}, y{-1, 1};
  const std::string kind = GENERATE("@axes", "@axes of fixed length", "dimension scales");
  const auto path = scratch.hdf5([&](hid_t file) {
    const auto group = create_group(file, "data", "NXdata");
    const auto p = put(group.get(), "p", {2, 3}, ascending(6));
    const auto u = write_numbers(group.get(), "u", x);
    const auto v = write_numbers(group.get(), "v", y);
    if (kind == "@axes") set_attribute(group.get(), "axes", std::vector<std::string>{"v", "u"});
    if (kind == "@axes of fixed length") {
      const TypeHandle type{H5Tcopy(H5T_C_S1)};
      check_h5(H5Tset_size(type.get(), 2));
      const hsize_t size = 2;
      const SpaceHandle space{H5Screate_simple(1, &size, nullptr)};
      const AttributeHandle axes{
          H5Acreate2(group.get(), "axes", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT)};
      check_h5(H5Awrite(axes.get(), type.get(), "v\0u\0"));
    }
    if (kind == "dimension scales") {
      check_h5(H5DSset_scale(u.get(), "u"));
      check_h5(H5DSset_scale(v.get(), "v"));
      check_h5(H5DSattach_scale(p.get(), v.get(), 0));
      check_h5(H5DSattach_scale(p.get(), u.get(), 1));
    }
  });
  const auto histogram = read_histogram(world, path, "/data/p");
  CHECK(histogram.edges == std::vector<Numbers>{{-0.5, 0.5, 2, 4}, {-2, 0, 2}});
  CHECK(histogram.mass == Numbers{2, 6, 12, 8, 15, 24});
}

TEST_CASE("histogram: what is wrong with an HDF5 file is said, with its dataset", "[histogram]") {
  const Scratch scratch;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto path = scratch.hdf5([&](hid_t file) {
    const auto group = create_group(file, "bins", "NXdata");
    write_numbers(group.get(), "x_edges", Numbers{0, 1, 2});
    write_numbers(group.get(), "y_edges", Numbers{0, 2, 1});
    put(group.get(), "h", {2, 2}, {1, 2, 3, 4});
    put(group.get(), "wide", {2, 3}, ascending(6));
    put(group.get(), "flat", {2}, {1, 2});
    const auto one = create_group(file, "one", "NXdata");
    write_numbers(one.get(), "x_edges", Numbers{0, 1, 2});
    put(one.get(), "negative", {2}, {1, -2});
    put(one.get(), "hole", {2}, {1, nan});
    put(one.get(), "zero", {2}, {0, 0});
    const auto none = create_group(file, "none", "NXdata");
    set_attribute(none.get(), "axes", std::vector<std::string>{"x", "y"});
    put(none.get(), "line", {2}, {1, 2});
    put(none.get(), "h", {2, 2}, {1, 2, 3, 4});
    write_numbers(none.get(), "x", Numbers{0, 1});
    put(none.get(), "empty", {0, 2}, {});
    put(none.get(), "scalar", {}, {1});
    write_text(none.get(), "text", "words");
    put(none.get(), "deep", {1, 1, 1, 1, 1}, {1});
    const auto transposed = create_group(file, "transposed", "NXdata");
    set_attribute(transposed.get(), "axes", std::vector<std::string>{"x", "y"});
    write_numbers(transposed.get(), "x", Numbers{0, 1});
    write_numbers(transposed.get(), "y", Numbers{1, 0});
    put(transposed.get(), "h", {2, 2}, {1, 2, 3, 4});
  });
  const auto [dataset, words] = GENERATE(table<std::string, std::string>({
      {"/bins/h", " /bins/y_edges: must ascend, but 1 follows 2"},
      {"/bins/wide",
       " /bins/x_edges: must hold 4 numbers, as the order of a dataset is z, y, x; its shape is "
       "(3)"},
      {"/bins/flat", " /bins/flat: must have 2 axes, as x_edges, y_edges lie beside it, but has 1"},
      {"/one/negative", " /one/negative[1]: the value is -2, must be >= 0"},
      {"/one/hole", " /one/hole[1]: the value is nan, must be finite"},
      {"/one/zero", " /one/zero: all values are zero"},
      {"/none/line",
       " /none/line: its 1 axes are not described: it needs x_edges, y_edges, ... "
       "beside it, dimension scales, or a group whose @axes names as many"},
      {"/none/h", " /none/h: @axes of its group names 'y', which is not there"},
      {"/none/empty", " /none/empty: is empty, its shape is (0, 2)"},
      {"/none/scalar", " /none/scalar: has 0 axes, must have [time,] [z,] [y,] x"},
      {"/none/deep", " /none/deep: has 5 axes, must have [time,] [z,] [y,] x"},
      {"/none/text", " /none/text: does not hold numbers"},
      {"/transposed/h", " /transposed/h: its axes are x, y, must be [time,] [z,] [y,] x"},
  }));
  CHECK(complaint(path, dataset) == words);
  CHECK_THAT(complaint(path, "/one/negativ"),
             StartsWith(" has no dataset '/one/negativ'; its datasets: /bins/flat, /bins/h, ") &&
                 EndsWith(" and 7 more; did you mean '/one/negative'?"));
  CHECK_THAT(complaint(path, "/one"), StartsWith(" '/one' is no dataset; its datasets: "));
  CHECK_THAT(complaint(path, ""), StartsWith(" no dataset is named; its datasets: "));
  CHECK_THAT(complaint(path, "/one/zero/a"), StartsWith(" has no dataset '/one/zero/a'"));
}

TEST_CASE("histogram: too many bins, and damage", "[histogram]") {
  const Scratch scratch;
  const hsize_t n = 10001;
  const auto path = scratch.hdf5([&](hid_t file) {
    const hsize_t size[]{n, n}, chunk[]{1, n};
    const SpaceHandle space{H5Screate_simple(2, size, nullptr)};
    const PropertyHandle creation{H5Pcreate(H5P_DATASET_CREATE)};
    check_h5(H5Pset_chunk(creation.get(), 2, chunk));
    check_h5(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_INCR));
    const DatasetHandle h{H5Dcreate2(file, "h", H5T_IEEE_F64LE, space.get(), H5P_DEFAULT,
                                     creation.get(), H5P_DEFAULT)};
    write_numbers(file, "x_edges", ascending(n + 1));
    write_numbers(file, "y_edges", ascending(n + 1));
  });
  CHECK(complaint(path, "h") == " /h: has 1.0002e+08 bins, at most 1e8 are allowed");
  on_root(world, [&] { fs::resize_file(path, 600); });
  CHECK_THAT(complaint(path, "h"), StartsWith(" HDF5 error at "));
}

TEST_CASE("histogram: an output file starts another run", "[histogram]") {
  const Scratch scratch;
  const int dimension = GENERATE(1, 2, 3);
  std::vector<Axis> axes{{11, -1, 1}, {7, 0, 3}, {5, 2, 4}};
  axes.resize(static_cast<std::size_t>(dimension));
  const Grid grid{axes};
  const auto value = [&](const Index& cell, int step) {
    return 1.0 + 0.1 * step + static_cast<double>(grid.natural(cell) * (step + 3) % 13);
  };
  const FileLayout layout{
      .title = "A test",
      .main_group = "density",
      .groups = {{"density", "Density", {{"p", "density", "1/L"}}},
                 {"image", "Image", {{"u", "intensity", "1"}}, {"red", "green", "blue"}},
                 {"steady_state", "Limit", {{"w", "density", "1/L"}}, {}, std::nullopt}},
      .tables = {{"diagnostics", "Numbers", {"time", "time", "T"}, {{"mass", "mass", "1"}}}}};
  const auto path = scratch / "run.h5";
  OutputFile file{path, layout, grid, {.version = "0"}};
  const auto field = [&](int step) {
    return fill(grid, [&](const Index& cell) { return value(cell, step); });
  };
  for (int step = 0; step < 3; ++step) file.append("density", step, {field(step)});
  file.append("image", 0, {std::vector<Field>(3, field(0))});
  file.write("steady_state", {field(9)});
  file.append_row("diagnostics", {0, 1});
  file.close(RunStatus::complete, "", {});

  // Edges are the faces up to epsilon |x| / h < 15 epsilon, which a neighbour (< 15) fills.
  const auto compare = [&](const std::string& dataset, int step) {
    const auto [density, outside] = remap(read_histogram(world, path, dataset), grid);
    CHECK(test::largest_difference(test::everywhere(density), test::everywhere(field(step))) <
          15 * 15 * 2 * dimension * epsilon);
    CHECK(outside < 15 * 2 * dimension * epsilon);
  };
  compare("/entry/density/p", 2);
  compare("/entry/steady_state/w", 9);
  CHECK_THAT(complaint(path, "/entry/image/u"),
             EndsWith("x, channel, must be [time,] [z,] [y,] x") ||
                 Contains("/entry/image/u: has 5 axes, must have"));
  CHECK(complaint(path, "/entry/diagnostics/mass") ==
        " /entry/diagnostics/mass: its axes are time, must be [time,] [z,] [y,] x");
  CHECK_THAT(complaint(path, "/entry/density/x"), Contains("/entry/density/x: its 1 axes are not"));
}

TEST_CASE("histogram: complaints name the parameter", "[histogram]") {
  const Scratch scratch;
  const auto density = [&](const std::string& words, double upper) {
    scratch.text(words);
    StudyFile study{scratch / "study.ini", "[problem]\ninitial_file = bins.csv\n"};
    Parameters parameters;
    fs::path file;
    parameters.add("problem.initial_file", file, {.meaning = "density to start from"});
    parameters.read(study);
    return histogram_density(parameters, "problem.initial_file", file, "", Grid{{{8, 0, upper}}});
  };
  const auto place = (scratch / "study.ini").string() + ":2: problem.initial_file = bins.csv";
  CHECK(test::everywhere(density("0.5 1\n1.5 3\n", 2)) == Numbers{1, 1, 1, 1, 3, 3, 3, 3});
  CHECK_NOTHROW(density("0.5 1\n1.5 0.0009\n", 1));
  CHECK_THROWS_WITH(density("0.5 1\n1.5 3\n", 1),
                    StartsWith(place) && Contains("0.75 of its mass lies outside the grid, at most "
                                                  "0.001 may"));
  CHECK_THROWS_WITH(density("0.5 a\n1.5 3\n", 2),
                    StartsWith(place) && EndsWith("bins.csv:1: 'a' is not a number"));
}

#include "io/xdmf.hpp"

#include <fmt/format.h>

#include <fstream>
#include <optional>

#include "discretisation/error.hpp"
#include "io/draft.hpp"
#include "io/skeleton.hpp"

namespace feller {
namespace {

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

/// "a b c"
std::string spaced(const auto& numbers) {
  return fmt::format("{}", fmt::join(numbers, " "));
}

const Axis unit_axis;

const Axis& axis_or_unit(const Grid& grid, int a) {
  return a < grid.dimension() ? grid.axis(a) : unit_axis;
}

/// Node counts in z, y, x, then the nodes along x, y, z.
std::string stretched_mesh(const Grid& grid) {
  std::vector<int> nodes;
  std::string items;
  for (int a = 2; a >= 0; --a) nodes.push_back(axis_or_unit(grid, a).cells + 1);
  for (int a = 0; a < 3; ++a) {
    const Axis& axis = axis_or_unit(grid, a);
    std::vector<double> faces;
    for (int i = 0; i <= axis.cells; ++i) faces.push_back(axis.face(i));
    items += fmt::format(
        "<DataItem Dimensions=\"{}\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">{}"
        "</DataItem>\n",
        faces.size(), spaced(faces));
  }
  return fmt::format(
      "<Topology TopologyType=\"3DRectMesh\" Dimensions=\"{}\"/>\n"
      "<Geometry GeometryType=\"VXVYVZ\">\n{}</Geometry>\n",
      spaced(nodes), items);
}

/// Node counts, origin and spacing in z, y, x; unused axes are one unit cell thick.
std::string mesh(const Grid& grid) {
  if (!grid.is_uniform()) return stretched_mesh(grid);
  std::vector<int> nodes;
  std::vector<double> origin, spacing;
  for (int a = 2; a >= 0; --a) {
    const Axis& axis = axis_or_unit(grid, a);
    nodes.push_back(axis.cells + 1);
    origin.push_back(axis.lower);
    spacing.push_back(axis.width(0));
  }
  return fmt::format(R"(<Topology TopologyType="3DCoRectMesh" Dimensions="{}"/>
<Geometry GeometryType="ORIGIN_DXDYDZ">
<DataItem Dimensions="3" NumberType="Float" Precision="8" Format="XML">{}</DataItem>
<DataItem Dimensions="3" NumberType="Float" Precision="8" Format="XML">{}</DataItem>
</Geometry>
)",
                     spaced(nodes), spaced(origin), spaced(spacing));
}

/// A part of an array in the HDF5 file.
struct Part {
  std::string dataset;         ///< "name.h5:/entry/density/p"
  std::vector<hsize_t> start;  ///< as long as the array has dimensions
  std::vector<hsize_t> count;
  std::vector<hsize_t> whole;
};

std::string attribute(const std::string& label, const std::string& cells, const Part& part) {
  const std::vector<int> stride(part.start.size(), 1);
  return fmt::format(
      R"(<Attribute Name="{}" AttributeType="Scalar" Center="Cell">
<DataItem ItemType="HyperSlab" Dimensions="{}" Type="HyperSlab">
<DataItem Dimensions="3 {}" Format="XML">{} {} {}</DataItem>
<DataItem Dimensions="{}" NumberType="Float" Precision="8" Format="HDF">{}</DataItem>
</DataItem>
</Attribute>
)",
      escaped(label), cells, part.start.size(), spaced(part.start), spaced(stride),
      spaced(part.count), spaced(part.whole), escaped(part.dataset));
}

class GroupWriter {
 public:
  GroupWriter(const std::string& h5_name, const FieldGroup& group, const Grid& grid)
      : home_{fmt::format("{}:/entry/{}/", h5_name, group.name)},
        group_{group},
        grid_{grid},
        shape_{snapshot_shape(group, grid)} {
    const Index all = grid.whole().count;
    cells_ = fmt::format("{} {} {}", all[2], all[1], all[0]);
  }

  /// Snapshot `step` of `steps`, or the only one of a group without time.
  std::string snapshot(std::optional<std::size_t> step, std::size_t steps, double time) const {
    std::string text =
        fmt::format("<Grid Name=\"{}\" GridType=\"Uniform\">\n", escaped(group_.name));
    if (step) text += fmt::format("<Time Value=\"{}\"/>\n", time);
    text += mesh(grid_);
    for (const auto& field : group_.fields) {
      if (group_.channels.empty()) {
        text += attribute(field.name, cells_, part(field.name, step, steps, std::nullopt));
      }
      for (std::size_t c = 0; c < group_.channels.size(); ++c) {
        text += attribute(fmt::format("{} ({})", field.name, group_.channels[c]), cells_,
                          part(field.name, step, steps, c));
      }
    }
    return text + "</Grid>\n";
  }

 private:
  Part part(const std::string& field, std::optional<std::size_t> step, std::size_t steps,
            std::optional<std::size_t> channel) const {
    Part part{home_ + field, std::vector<hsize_t>(shape_.size(), 0), shape_, shape_};
    if (channel) {
      part.start.back() = *channel;
      part.count.back() = 1;
    }
    if (step) {
      part.start.insert(part.start.begin(), *step);
      part.count.insert(part.count.begin(), 1);
      part.whole.insert(part.whole.begin(), steps);
    }
    return part;
  }

  std::string home_;
  const FieldGroup& group_;
  const Grid& grid_;
  std::vector<hsize_t> shape_;
  std::string cells_;
};

std::string collection(const GroupWriter& writer, const FieldGroup& group,
                       const std::vector<double>& times) {
  std::string text =
      fmt::format("<Grid Name=\"{}\" GridType=\"Collection\" CollectionType=\"Temporal\">\n",
                  escaped(group.name));
  for (std::size_t step = 0; step < times.size(); ++step) {
    text += writer.snapshot(step, times.size(), times[step]);
  }
  return text + "</Grid>\n";
}

}  // namespace

std::string xdmf(const std::string& h5_name, const FileLayout& layout, const Grid& grid,
                 const SnapshotTimes& times) {
  std::string text = "<?xml version=\"1.0\" ?>\n<Xdmf Version=\"2.0\">\n<Domain>\n";
  for (const auto& group : layout.groups) {
    const GroupWriter writer{h5_name, group, grid};
    const auto found = times.find(group.name);
    if (!group.time) {
      text += writer.snapshot(std::nullopt, 1, 0);
    } else if (found != times.end() && !found->second.empty()) {
      text += collection(writer, group, found->second);
    }
  }
  return text + "</Domain>\n</Xdmf>\n";
}

void write_xdmf(const std::filesystem::path& path, const std::string& h5_name,
                const FileLayout& layout, const Grid& grid, const SnapshotTimes& times) {
  const auto draft = draft_of(path);
  std::ofstream out{draft, std::ios::binary};
  out << xdmf(h5_name, layout, grid, times);
  out.close();
  if (!out) throw IoError(fmt::format("cannot write {}", draft.string()));
  move_file(draft, path);
}

}  // namespace feller

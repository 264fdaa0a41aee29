#include "io/record_copy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

#include "io/agreement.hpp"
#include "io/field_store.hpp"
#include "io/fingerprint.hpp"

namespace feller {
namespace {

std::string rows_name(const std::string& table) {
  return "rows of " + table;
}

std::string times_name(const std::string& group) {
  return "times of " + group;
}

const std::string snapshots_of = "snapshots of ";

std::string fingerprints_name(const std::string& group) {
  return snapshots_of + group;
}

std::string lines_of(const std::vector<std::uint64_t>& fingerprints) {
  std::string text;
  for (const auto value : fingerprints) text += hexadecimal(value) + "\n";
  return text;
}

std::vector<std::uint64_t> fingerprints_in(const std::string& lines) {
  std::vector<std::uint64_t> values;
  std::istringstream stream{lines};
  for (std::string line; std::getline(stream, line);) {
    values.push_back(std::stoull(line, nullptr, 16));
  }
  return values;
}

std::vector<double> broadcast(MPI_Comm comm, std::vector<double> values) {
  auto number = static_cast<unsigned long long>(values.size());
  check_mpi(MPI_Bcast(&number, 1, MPI_UNSIGNED_LONG_LONG, 0, comm));
  values.resize(number);
  check_mpi(MPI_Bcast(values.data(), static_cast<int>(number), MPI_DOUBLE, 0, comm));
  return values;
}

/// An item of rank 0's checkpoint, empty elsewhere.
auto item_on_root(MPI_Comm comm, const auto& items, const std::string& name) {
  std::decay_t<decltype(items.begin()->second)> item;
  on_root(comm, [&] {
    const auto found = items.find(name);
    if (found == items.end()) throw IoError(fmt::format("the checkpoint has no '{}'", name));
    item = found->second;
  });
  return item;
}

}  // namespace

void RecordCopy::verify(const Checkpoint& checkpoint, const CheckpointFiles& files) {
  for (const auto& [name, lines] : checkpoint.texts) {
    if (!name.starts_with(snapshots_of)) continue;
    const auto number = fingerprints_in(lines).size();
    if (number == 0) continue;
    require_fields(files.snapshots(name.substr(snapshots_of.size())), number,
                   static_cast<PetscInt>(checkpoint.numbers.at("cells").at(0)));
  }
}

void RecordCopy::save(Checkpoint& checkpoint) {
  checkpoint.numbers["cells"] = {static_cast<double>(recorder_.grid().cells())};
  for (const auto& table : recorder_.layout().tables) {
    checkpoint.numbers[rows_name(table.name)] = recorder_.rows_of(table.name);
  }
  for (const auto& group : recorder_.layout().groups) {
    if (!group.time) continue;
    const FieldStore store{files_.snapshots(group.name), recorder_.grid()};
    const auto& times = recorder_.times_of(group.name);
    auto& known = fingerprints_[group.name];
    const std::size_t fields =
        group.fields.size() * std::max<std::size_t>(1, group.channels.size());
    for (std::size_t step = known.size() / fields; step < times.size(); ++step) {
      std::vector<std::uint64_t> fresh;
      for (const auto& field : recorder_.snapshot_of(group.name, step)) {
        fresh.push_back(store.write(step * fields + fresh.size(), field));
      }
      known.insert(known.end(), fresh.begin(), fresh.end());
    }
    checkpoint.numbers[times_name(group.name)] = times;
    checkpoint.texts[fingerprints_name(group.name)] = lines_of(known);
  }
}

void RecordCopy::replay(const Checkpoint& checkpoint, const Seen& seen) {
  const MPI_Comm comm = recorder_.grid().comm();
  for (const auto& table : recorder_.layout().tables) {
    recorder_.rows(table.name, item_on_root(comm, checkpoint.numbers, rows_name(table.name)));
  }
  for (const auto& group : recorder_.layout().groups) {
    if (!group.time) continue;
    const auto lines = item_on_root(comm, checkpoint.texts, fingerprints_name(group.name));
    fingerprints_[group.name] = fingerprints_in(feller::broadcast(comm, lines));
    replay(group, broadcast(comm, item_on_root(comm, checkpoint.numbers, times_name(group.name))),
           seen);
  }
}

void RecordCopy::replay(const FieldGroup& group, const std::vector<double>& times,
                        const Seen& seen) {
  const FieldStore store{files_.snapshots(group.name), recorder_.grid()};
  const std::size_t channels = std::max<std::size_t>(1, group.channels.size());
  const auto& known = fingerprints_.at(group.name);
  std::size_t position = 0;
  for (const double time : times) {
    std::vector<Field> fields;
    while (fields.size() < channels * group.fields.size()) {
      fields.push_back(store.read(position, known.at(position)));
      ++position;
    }
    if (seen) seen(group.name, time, fields);
    std::vector<Channels> parts;
    for (std::size_t i = 0; i < fields.size(); i += channels) {
      parts.emplace_back(std::span<const Field>{fields}.subspan(i, channels));
    }
    recorder_.snapshot(group.name, time, parts);
  }
}

}  // namespace feller

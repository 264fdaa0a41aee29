#include "io/provenance.hpp"

namespace feller {
namespace {

void write_environment(hid_t parent, const Provenance& provenance) {
  const auto group = create_group(parent, "environment", "NXparameters");
  write_text(group.get(), "git_hash", provenance.git_hash);
  write_text(group.get(), "petsc_version", provenance.petsc_version);
  write_text(group.get(), "petsc_options", provenance.petsc_options);
  write_text(group.get(), "hostname", provenance.hostname);
  write_number(group.get(), "mpi_ranks", provenance.ranks);
  for (const auto& [name, value] : provenance.parameters) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      write_text(group.get(), name, *text);
    } else if (const auto* number = std::get_if<double>(&value)) {
      write_number(group.get(), name, *number);
    } else {
      write_number(group.get(), name, std::get<std::int64_t>(value));
    }
  }
}

}  // namespace

void write_provenance(hid_t entry, const Provenance& provenance) {
  const auto group = create_group(entry, "provenance", "NXprocess");
  write_text(group.get(), "program", provenance.program);
  write_text(group.get(), "version", provenance.version);
  write_text(group.get(), "date", provenance.start_time);
  if (!provenance.restarts.empty()) {
    set_attribute(open_dataset(group.get(), "date").get(), "restarts", provenance.restarts);
  }
  const auto study = create_group(group.get(), "study_file", "NXnote");
  write_text(study.get(), "type", "text/plain");
  write_text(study.get(), "file_name", provenance.study_name);
  write_text(study.get(), "data", provenance.study_text);
  write_environment(group.get(), provenance);
}

}  // namespace feller

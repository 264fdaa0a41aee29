#include "studies/flow/lyapunov_record.hpp"
#include "studies/flow/propagation.hpp"

#include <fmt/format.h>

#include <cmath>

namespace feller {
namespace {

std::string named(const std::string& name, const std::string& channel) {
  return channel.empty() ? name : name + "_" + channel;
}

std::vector<std::string> picture_names(const Schedule& schedule) {
  std::vector<std::string> names;
  for (const int n : schedule.outputs) names.push_back("t" + short_number(schedule.time(n)));
  return names;
}

}  // namespace

LyapunovRecord::LyapunovRecord(Experiment& experiment, const Schedule& schedule, int every,
                               std::vector<WatchedFlow>& flows)
    : experiment_{experiment},
      schedule_{schedule},
      every_{every},
      flows_{flows},
      steady_{flows.front().flow->second() == nullptr},
      recorder_{experiment.open(layout(), picture_names(schedule))},
      progress_{schedule.steps, experiment.problem().grid().comm()} {
  const Propagator& propagator = flows.front().flow->propagator();
  say_method(experiment, propagator);
  if (steady_) {
    std::vector<Field> w;
    for (const auto& [flow, decay] : flows) {
      w.push_back(transformed(flow->log_beside(), [](double l) { return std::exp(l); }));
    }
    recorder_.constant("steady_state", {w});
  }
  progress_.heading(fmt::format("{:>9} {:>10} {:>14} {:>12} {:>16} {:>12} {:>12}", "step", "time",
                                "mass", "minimum", flows.front().flow->tracks().front().name,
                                "change", "defect"));
}

FileLayout LyapunovRecord::layout() const {
  const Quantity& quantity = experiment_.problem().quantity();
  FileLayout layout = experiment_.layout("entropies");
  std::vector<Labels> fields{{quantity.symbol, quantity.name, quantity.unit}};
  if (!steady_) fields.push_back({"q", "second solution", quantity.unit});
  layout.groups.push_back(experiment_.group(quantity.group, experiment_.title(), fields));
  if (steady_) {
    layout.groups.push_back(
        experiment_.group("steady_state", "steady state", {{"w", "steady state", quantity.unit}}));
    layout.groups.back().time.reset();
  }
  layout.tables.push_back(table("entropies", "entropies in time", ""));
  layout.tables.push_back(rates());
  if (flows_.front().flow->has_identity()) {
    layout.tables.push_back(
        table("losses", "loss of each entropy in a step, by the identity", "loss_"));
    layout.tables.push_back(
        table("identity", "defect of the dissipation identity, relative to the largest value",
              "defect_"));
  }
  return layout;
}

Table LyapunovRecord::table(const std::string& name, const std::string& title,
                            const std::string& prefix) const {
  Table table{.name = name,
              .title = title,
              .axis = {"time", "time", "T"},
              .log_signal = true,
              .together = true};
  for (const auto& track : flows_.front().flow->tracks()) {
    const auto& entry = phi_entropy(track.name);
    const std::string_view words = entry.meaning.substr(0, entry.meaning.find(':'));
    for (const auto& channel : experiment_.problem().channels()) {
      const std::string of = channel.empty() ? "" : fmt::format(" ({})", channel);
      table.columns.push_back({named(prefix + track.name, channel),
                               fmt::format("{} {}{}", words, entry.symbol, of), "1"});
    }
  }
  return table;
}

Table LyapunovRecord::rates() const {
  Table table{.name = "rates",
              .title = "Fisher information and rates of decay",
              .axis = {"time", "time", "T"},
              .log_signal = true};
  const std::vector<Labels> columns{
      {"relative_fisher_information", "relative Fisher information int |grad ln(u/w)|^2 u",
       "1/L^2"},
      {"production", "production of KL by the jumps, int D |grad ln(u/w)|^2 u", "1/T"},
      {"log_sobolev_ratio", "2 KL / production", "T"},
      {"rate_relative_entropy", "rate of KL, fitted over the later half so far", "1/T"},
      {"rate_chi_square", "rate of chi-square, fitted over the later half so far", "1/T"}};
  for (const auto& column : columns) {
    for (const auto& channel : experiment_.problem().channels()) {
      const std::string of = channel.empty() ? "" : fmt::format(" ({})", channel);
      table.columns.push_back({named(column.name, channel), column.long_name + of, column.units});
    }
  }
  return table;
}

void LyapunovRecord::look(int step) {
  const double time = schedule_.time(step);
  const bool row = step % every_ == 0 || step == schedule_.steps;
  if (row) {
    for (auto& [flow, decay] : flows_) decay.look(*flow, time);
    add_rows(time);
  }
  if (schedule_.is_output(step)) add_snapshot(time);
  show(step, time);
}

void LyapunovRecord::add_rows(double time) {
  std::vector<double> values{time}, losses{time}, defects{time}, rates{time};
  for (std::size_t i = 0; i < flows_.front().flow->tracks().size(); ++i) {
    for (const auto& [flow, decay] : flows_) {
      const auto& track = flow->tracks()[i];
      values.push_back(track.entropy->shown(track.value, flow->mass()));
      losses.push_back(flow->steps() == 0 ? std::nan("") : track.loss);
      defects.push_back(flow->steps() == 0 ? std::nan("") : track.defect);
    }
  }
  using Row = DecayWatch::Row;
  for (const auto part : {&Row::fisher, &Row::production, &Row::ratio, &Row::rate_relative_entropy,
                          &Row::rate_chi_square}) {
    for (const auto& [flow, decay] : flows_) rates.push_back(decay.now().*part);
  }
  recorder_.row("entropies", values);
  recorder_.row("rates", rates);
  if (!flows_.front().flow->has_identity()) return;
  recorder_.row("losses", losses);
  recorder_.row("identity", defects);
}

void LyapunovRecord::add_snapshot(double time) {
  std::vector<Field> first, second;
  for (const auto& [flow, decay] : flows_) {
    first.push_back(flow->state());
    if (!steady_) second.push_back(*flow->second());
  }
  recorder_.picture("t" + short_number(time), "t = " + short_number(time), first);
  std::vector<Channels> fields{first};
  if (!steady_) fields.push_back(second);
  recorder_.snapshot(experiment_.problem().quantity().group, time, fields);
}

void LyapunovRecord::show(int step, double time) {
  double total = 0, low = HUGE_VAL, entropy = 0, defect = 0;
  for (const auto& [flow, decay] : flows_) {
    const auto& track = flow->tracks().front();
    entropy += track.entropy->shown(track.value, flow->mass());
    defect = std::max(defect, track.defect);
    total += flow->mass_now();
    low = std::min(low, flow->least_now().value);
  }
  const double change = step == 0 ? 0 : entropy - before_;
  before_ = entropy;
  if (!progress_.due(step)) return;
  progress_.show(
      step, fmt::format("{:>9} {:>10.4g} {:>14.8g} {:>12.4g} {:>16.7g} {:>12.3g} {:>12.3g}", step,
                        time, total, low, entropy, change, defect));
}

}  // namespace feller

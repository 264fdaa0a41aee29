#include "studies/score/information_tables.hpp"

#include <initializer_list>

namespace feller {
namespace {

const Labels noise{"noise", "variance t of the noise", "L^2"};

void add_curves(FileLayout& layout) {
  layout.tables.push_back(
      {.name = "mmse",
       .title = "least mean squared error, over the variance of the data",
       .axis = noise,
       .columns = {{"mmse", "mmse(t)/v", "1"}, {"gauss", "of a normal law, t/(v + t)", "1"}},
       .log_axis = true,
       .together = true});
  layout.tables.push_back(
      {.name = "rate",
       .title = "information lost an e-fold of the noise [nat]",
       .axis = noise,
       .columns = {{"rate", "mmse(t)/(2t)", "1"}, {"gauss", "of a normal law, v/(2(v + t))", "1"}},
       .log_axis = true,
       .together = true});
}

void add_information(FileLayout& layout, bool discrete) {
  Table table{.name = "information",
              .title = "information I(y; z(t)) [nat]",
              .axis = noise,
              .columns = {{"information", "by mmse, (12)", "1"},
                          {"gauss", "of a normal law, ln(1 + v/t)/2", "1"},
                          {"reading_a", "(11) as printed, posterior at t_0", "1"},
                          {"reading_b", "(11) as printed, posterior at t, z at t_0", "1"}},
              .log_axis = true,
              .together = true,
              .signals = 4};
  if (discrete) {
    table.columns.push_back({"entropy", "H(P), all there is to know", "1"});
    table.columns.push_back({"half", "H(P)/2: its crossing is the threshold t*", "1"});
    table.signals = 6;
  }
  for (const Labels& beside :
       std::initializer_list<Labels>{{"by_entropy", "H(z(t)) - H(z(t)|y)", "1"},
                                     {"sampled", "by Monte Carlo", "1"},
                                     {"sampled_error", "its standard error", "1"},
                                     {"controlled", "by Monte Carlo with control variate", "1"},
                                     {"controlled_error", "its standard error", "1"}}) {
    table.columns.push_back(beside);
  }
  layout.tables.push_back(table);
}

void add_nodes(FileLayout& layout) {
  layout.tables.push_back({.name = "nodes",
                           .title = "error of I(y; z(t)) by nodes [nat]",
                           .axis = {"nodes", "nodes of the midpoint rule", "1"},
                           .columns = {{"in_t", "uniform in t", "1"},
                                       {"in_ln_t", "uniform in ln t", "1"},
                                       {"in_snr", "uniform in 1/t", "1"},
                                       {"in_t_controlled", "in t, control variate", "1"},
                                       {"in_ln_t_controlled", "in ln t, control variate", "1"},
                                       {"in_snr_controlled", "in 1/t, control variate", "1"}},
                           .log_axis = true,
                           .log_signal = true,
                           .together = true});
}

}  // namespace

void add_line_tables(FileLayout& layout, bool discrete) {
  add_curves(layout);
  add_information(layout, discrete);
  add_nodes(layout);
}

}  // namespace feller

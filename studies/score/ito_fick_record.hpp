#pragma once

/// The tables of the study ito_fick. Boxes are as wide as the tails ask for; densities are recorded
/// in the bins, where they are to be seen.

#include "studies/score/ito_fick_checks.hpp"

namespace feller {

FileLayout ito_fick_layout(const Experiment& experiment, const Schedule& schedule);
/// All but the table weak_order. Collective.
void record_forms(Recorder& record, const ItoFickCase& c, const FormResults& results);

}  // namespace feller

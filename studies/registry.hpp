#pragma once

/// The kinds of studies there are. A new one is a file and a line in registry.cpp.

#include <memory>
#include <span>
#include <string_view>

namespace feller {

class Study;

struct StudyEntry {
  std::string_view name;
  std::string_view meaning;
  std::unique_ptr<Study> (*make)();
};

std::span<const StudyEntry> study_kinds();

std::unique_ptr<Study> relaxation();
std::unique_ptr<Study> steady_state_study();
std::unique_ptr<Study> duality();
std::unique_ptr<Study> likelihood_study();
std::unique_ptr<Study> lyapunov_study();
std::unique_ptr<Study> likelihood_terms();
std::unique_ptr<Study> posterior_study();
std::unique_ptr<Study> semigroup();
std::unique_ptr<Study> chain_semigroup();
std::unique_ptr<Study> chain_steady_state();
std::unique_ptr<Study> convergence();
std::unique_ptr<Study> information_study();
std::unique_ptr<Study> denoiser_study();
std::unique_ptr<Study> information_space();
std::unique_ptr<Study> information_images();
std::unique_ptr<Study> initial_state();
std::unique_ptr<Study> spectrum();
std::unique_ptr<Study> feller_moments();
std::unique_ptr<Study> first_passage();
std::unique_ptr<Study> entropy_study();
std::unique_ptr<Study> osmosis_is_fokker_planck();
std::unique_ptr<Study> osmosis_study();
std::unique_ptr<Study> osmosis_theorem();
std::unique_ptr<Study> signed_guidance();
std::unique_ptr<Study> ensemble();
std::unique_ptr<Study> permutation();
std::unique_ptr<Study> figure1();
std::unique_ptr<Study> probability_flow();
std::unique_ptr<Study> reverse();
std::unique_ptr<Study> reverse_density();
std::unique_ptr<Study> reverse_images();
std::unique_ptr<Study> ito_fick();
std::unique_ptr<Study> schedule_study();
std::unique_ptr<Study> score_error();

}  // namespace feller

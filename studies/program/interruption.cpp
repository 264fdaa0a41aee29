#include "studies/program/interruption.hpp"

#include <csignal>
#include <exception>

namespace feller {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int signal) {
  noted = signal;
  for (const int each : Interruption::signals) ::signal(each, SIG_DFL);
}

}  // namespace

Interruption::Interruption() {
  noted = 0;
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;  // what MPI and HDF5 are writing goes on
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &before_[i]);
}

Interruption::~Interruption() {
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
  if (noted != 0 && std::uncaught_exceptions() == 0) raise(noted);  // nobody heard of it
}

int Interruption::seen() {
  return noted;
}

}  // namespace feller

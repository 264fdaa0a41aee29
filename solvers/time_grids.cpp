#include "solvers/time_grids.hpp"

#include <cmath>

namespace feller {

Times uniform_times(double from, double to, int steps) {
  Times times;
  for (int i = 0; i < steps; ++i) times.push_back(from + (to - from) * i / steps);
  times.push_back(to);
  return times;
}

Times log_times(double from, double to, int steps) {
  Times times;
  for (int i = 0; i < steps; ++i) times.push_back(from * std::pow(to / from, double(i) / steps));
  times.push_back(to);
  return times;
}

Times refined_times(const Times& times, int parts) {
  Times fine{times.front()};
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Times piece = log_times(times[i - 1], times[i], parts);
    fine.insert(fine.end(), piece.begin() + 1, piece.end());
  }
  return fine;
}

}  // namespace feller

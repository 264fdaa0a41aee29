#pragma once

/// A result of osmosis as a picture: its brightness, its range, and how near it is to a reference.
///
/// The brightness is matched by one factor a channel, in least squares to the initial image over
/// the lit part: what the model knows to be lit, or else the part of the picture, of those that the
/// mask separates, that has become darkest beside the initial image.

#include "io/layout.hpp"
#include "problems/osmosis/osmosis_problem.hpp"

namespace feller {

struct PictureOptions {
  std::string rescale = "none";
  std::filesystem::path reference;

  void declare(Parameters& parameters);
};

class PictureQuality {
 public:
  /// Reads the reference. Refers to its arguments. Collective; throws InputError.
  PictureQuality(const OsmosisProblem& problem, const PictureOptions& options);

  /// A row a channel.
  Table table() const;

  struct Judged {
    std::vector<Field> picture;  ///< grey levels, matched
    std::vector<std::vector<double>> rows;
    std::vector<std::string> words;  ///< for the user
  };
  /// Of a result, one field a channel, offset included. Collective.
  Judged judge(const std::vector<Field>& result) const;

 private:
  /// Over which the brightness is matched.
  Field matched_set(const std::vector<Field>& result) const;
  std::string words(std::size_t channel, const std::vector<double>& row) const;
  std::string clipped(const std::vector<Field>& picture) const;

  const OsmosisProblem& problem_;
  const PictureOptions& options_;
  std::vector<Field> reference_;  ///< grey levels; none where there is nothing to compare with
  Field trusted_;                 ///< 1 outside the mask
};

}  // namespace feller

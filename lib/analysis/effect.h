#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace clew::analysis {

/// What one parameter, or several together beyond what each does alone, contribute to the variance
/// of a target.
struct Effect {
  std::vector<std::size_t> columns;  ///< of the table, ascending
  double share = 0;                  ///< of the variance, 0 to 1
  /// By how much the share is uncertain: its standard deviation over the trees of a forest.
  std::optional<double> deviation;
  /// The share that chance alone would give, where runs were repeated.
  std::optional<double> by_chance;
  /// Of a single parameter: the mean of the target at each of its levels, over all settings of the
  /// other parameters.
  std::vector<double> means;
};

}  // namespace clew::analysis

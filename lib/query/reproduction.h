#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/parts.h"

namespace clew::query {

/// Did a run leave the same as the one that it repeats?
struct OutputMatch {
  enum class State { same, differs, missing, added, unknown };
  std::string path;
  State state = State::same;  ///< unknown: one of the two was not hashed as a whole
  std::string before;         ///< SHA-256 in the run that is repeated; empty when there is none
  std::string after;
};

struct MetricMatch {
  enum class State { same, close, differs, missing, added };
  std::string name;
  State state = State::same;         ///< close: not the same, but within the tolerance
  std::uint64_t points = 0;          ///< that were compared
  double largest = 0;                ///< the largest relative difference
  std::optional<std::int64_t> step;  ///< of the first point that is not close enough
};

struct Reproduction {
  std::vector<OutputMatch> outputs;  ///< by path
  std::vector<MetricMatch> metrics;  ///< by name
  bool same_end = true;              ///< the same state, exit code and signal
  /// Everything that was compared matched. What could not be compared counts as no match.
  [[nodiscard]] bool matches() const;
};

/// Compares the outputs of two runs by digest and their metrics point by point: steps must be the
/// same, times do not count, values may differ by `tolerance` relative to the larger magnitude (0:
/// to the bit, NaN equal to NaN). Metrics of clew's own ("system/…") take no part.
[[nodiscard]] Reproduction compare_outcomes(const model::RunParts& before,
                                            const model::SeriesOf& series_before,
                                            const model::RunParts& after,
                                            const model::SeriesOf& series_after, double tolerance);

/// |a - b| relative to the larger magnitude; 0 for equal values and for two NaN, infinity where
/// only one of them is a number or an infinity meets anything else.
[[nodiscard]] double relative_difference(double a, double b);

}  // namespace clew::query

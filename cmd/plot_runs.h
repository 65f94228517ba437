#pragma once

#include <string>
#include <vector>

#include "model/run.h"
#include "render/chart.h"

// What `clew plot --scatter` and `--parallel` draw: runs as points and lines.

namespace clew::cmd {

/// A run's value for a name, as one of several columns.
struct RunValues {
  std::string title;
  std::vector<Json> values;  ///< one per run; null where it has none
};

/// Runs over two values; a third one gives the points their colours. Runs that lack one of the two
/// are left out, which a note says. Throws Error(usage) for another number of columns, or a third
/// one with too many different values.
[[nodiscard]] render::Chart scatter_chart(const std::vector<model::Run>& runs,
                                          const std::vector<RunValues>& columns);

/// Runs as lines over two or more values; Throws Error(usage) for fewer.
[[nodiscard]] render::Chart parallel_chart(const std::vector<model::Run>& runs,
                                           const std::vector<RunValues>& columns);

/// The axis on which these values stand: numbers, on a logarithmic scale where all are above 0 and
/// the largest is a hundred times the smallest or more; or categories in the order of their texts.
[[nodiscard]] render::Axis axis_of(const RunValues& column);

}  // namespace clew::cmd

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The built-in rule by which a line of output counts as metrics. Internal to the layer; the rule
// itself is described in output_metrics.h.

namespace clew::capture {

/// What a line of output says.
struct PrintedMetrics {
  struct Value {
    std::string name;
    double value;
  };
  std::optional<std::int64_t> step;
  std::optional<double> epoch;
  /// The epoch that the lines after this one belong to, if the line says one.
  std::optional<std::int64_t> epoch_from_here;
  std::vector<Value> values;  ///< no name twice
};

/// Reads a line without its end and without control sequences. Time is linear in its length.
[[nodiscard]] PrintedMetrics read_printed_line(std::string_view line);

}  // namespace clew::capture

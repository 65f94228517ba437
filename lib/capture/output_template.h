#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "capture/protocol_parts.h"

namespace clew::capture {

/// A template of metric lines, as described in output_metrics.h. Internal to the layer.
class MetricTemplate {
 public:
  /// Throws Error(usage) with the template and the column of the fault.
  explicit MetricTemplate(std::string_view text);

  /// Looks for the template anywhere in the line. True when it fits; `out` then holds what its
  /// fields say, with names that live as long as this object. The first place where it fits counts.
  [[nodiscard]] bool match(std::string_view line, MetricsLine& out) const;

 private:
  struct Part {
    enum class Kind { text, blanks, step, epoch, metric, skip };
    Kind kind;
    std::string text;  // what has to stand there, or the name of the metric
  };
  void add_field(std::string_view name);
  [[nodiscard]] bool match_at(std::string_view line, std::size_t at, MetricsLine& out) const;

  std::vector<Part> parts_;
};

}  // namespace clew::capture

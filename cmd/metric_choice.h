#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/run.h"

namespace clew::cmd {

/// The one number of a run that a command is about: a metric (its last value), METRIC.last, first,
/// min, max, mean, count, argmin or argmax, a parameter, or run.duration (in seconds). params.NAME
/// and metrics.NAME tell a parameter from a metric of the same name.
class MetricChoice {
 public:
  /// Throws Error(usage) for a name that none of the runs has, with suggestions, and for one that
  /// is both a parameter and a metric.
  MetricChoice(std::string_view name, const std::vector<model::Run>& runs, Time now);

  /// The number; nullopt where the run has none.
  [[nodiscard]] std::optional<double> of(const model::Run& run) const;
  /// As the user wrote it.
  [[nodiscard]] const std::string& name() const { return title_; }

 private:
  enum class Kind { metric, parameter, duration };

  std::string title_;
  Kind kind_ = Kind::duration;
  std::string name_;  ///< of the metric or parameter
  std::string part_;  ///< of the metric
  Time now_;
};

/// The metric that says most about two runs that both have it, by metric_rank(), as a name that
/// MetricChoice takes; nullopt when they have none in common.
[[nodiscard]] std::optional<std::string> telling_metric(const model::Run& a, const model::Run& b);

/// A list of names separated by commas; spaces around them do not count, empty ones are none.
[[nodiscard]] std::vector<std::string> name_list(std::string_view text);

}  // namespace clew::cmd

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log_columns.h"
#include "model/run.h"

namespace clew::cmd {

/// The one number of a run that a command is about, named as a column of `clew log`: METRIC (its
/// last value), METRIC.max and the like, run.duration, a parameter.
class MetricChoice {
 public:
  /// Throws Error(usage) for a name that none of the runs has, with suggestions, and for a list.
  MetricChoice(std::string_view name, const std::vector<model::Run>& runs, Time now);

  /// The number; nullopt where the run has none.
  [[nodiscard]] std::optional<double> of(const model::Run& run) const;
  [[nodiscard]] const std::string& name() const { return column_.title; }

 private:
  LogColumn column_;
  Time now_;
};

/// The metric that says most about two runs that both have it, by metric_rank(); nullopt when they
/// have none in common.
[[nodiscard]] std::optional<std::string> telling_metric(const model::Run& a, const model::Run& b);

/// A list of names separated by commas; spaces around them do not count, empty ones are none.
[[nodiscard]] std::vector<std::string> name_list(std::string_view text);

}  // namespace clew::cmd

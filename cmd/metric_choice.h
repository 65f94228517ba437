#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/session.h"
#include "model/run.h"
#include "query/catalog.h"

namespace clew::cmd {

/// The one number of a run that a command is about: an expression of clew-query(7), most often the
/// name of a metric (its last value) or METRIC.max and the like.
class MetricChoice {
 public:
  /// Evaluates it for all runs. Throws Error(usage) that shows the expression where it does not
  /// parse, or has a name that no run knows.
  MetricChoice(const Session& session, const query::Catalog& catalog, std::string_view expression);

  /// The number; nullopt where the run has none.
  [[nodiscard]] std::optional<double> of(RunId run) const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::map<RunId, double> values_;
};

/// A condition on that number that is true of good runs: "> 0.9" is about the metric, anything else
/// is an expression of its own.
class Condition {
 public:
  /// Throws as MetricChoice does.
  Condition(const Session& session, const query::Catalog& catalog, std::string_view metric,
            std::string_view condition);
  /// nullopt where a value is missing.
  [[nodiscard]] std::optional<bool> holds(RunId run) const;
  /// "val_acc.max > 0.9", whichever way it was written.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::map<RunId, bool> values_;
};

/// The metric that says most about two runs that both have it, by metric_rank(), as an expression;
/// nullopt when they have none in common.
[[nodiscard]] std::optional<std::string> telling_metric(const model::Run& a, const model::Run& b);

/// A list of names separated by commas; spaces around them do not count, empty ones are none.
[[nodiscard]] std::vector<std::string> name_list(std::string_view text);

}  // namespace clew::cmd

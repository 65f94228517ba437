#include "metric_choice.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace clew::cmd {

namespace {

LogColumn single_column(std::string_view name, const std::vector<model::Run>& runs) {
  std::vector<LogColumn> columns = parse_columns(name, runs);
  // The id stands before whatever was asked for.
  if (columns.size() != 2) {
    throw Error(ErrorKind::usage, concat("'", name, "' is not one metric"),
                {"name a metric, or METRIC.max and the like; 'clew show RUN' lists them"});
  }
  return std::move(columns.back());
}

}  // namespace

MetricChoice::MetricChoice(std::string_view name, const std::vector<model::Run>& runs, Time now)
    : column_(single_column(name, runs)), now_(now) {}

std::optional<double> MetricChoice::of(const model::Run& run) const {
  const Json value = column_value(column_, run, now_);
  return value.is_number() ? std::optional(value.as_double()) : std::nullopt;
}

std::optional<std::string> telling_metric(const model::Run& a, const model::Run& b) {
  std::optional<std::string> best;
  int rank = 0;
  for (const model::MetricSummary& metric : a.metrics) {
    if (model::is_system_metric(metric.name) || b.metric(metric.name) == nullptr) continue;
    const int now = metric_rank(metric.name);
    if (best && now <= rank) continue;
    best = metric.name;
    rank = now;
  }
  return best;
}

std::vector<std::string> name_list(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view name = trim(part);
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

}  // namespace clew::cmd

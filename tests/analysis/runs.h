#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/table.h"
#include "model/run.h"

namespace clew::analysis::testing {

using Settings = std::initializer_list<std::pair<std::string, Json>>;

/// A run with these parameters and a metric "y" of one point.
inline model::Run made_run(std::uint64_t id,
                           const std::vector<std::pair<std::string, Json>>& params,
                           std::optional<double> y) {
  model::Run run;
  run.id = RunId{id << 32};
  run.state = model::State::finished;
  run.started = static_cast<Time>(id) * 1'000'000;
  run.ended = run.started + 500'000;
  for (const auto& [name, value] : params)
    model::set_parameter(run.params, {name, value, model::Source::argv, "", {}});
  if (y) {
    model::MetricSummary metric{"y", model::MetricSource::api, {}};
    metric.summary.add({0, run.started, *y});
    run.metrics.push_back(metric);
  }
  return run;
}

/// Runs one after the other.
class Runs {
 public:
  Runs& add(Settings params, std::optional<double> y) {
    return add(std::vector<std::pair<std::string, Json>>(params), y);
  }
  Runs& add(const std::vector<std::pair<std::string, Json>>& params, std::optional<double> y) {
    list.push_back(made_run(list.size() + 1, params, y));
    return *this;
  }
  [[nodiscard]] Table table(const TableOptions& options = {}) const {
    return make_table(list, value, options);
  }
  static std::optional<double> value(const model::Run& run) {
    const model::MetricSummary* metric = run.metric("y");
    return metric ? std::optional(metric->summary.last) : std::nullopt;
  }

  std::vector<model::Run> list;
};

}  // namespace clew::analysis::testing

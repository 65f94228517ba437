#pragma once

#include <map>
#include <string>

#include "export/exporter.h"
#include "export/full_run.h"

namespace clew::test {

/// A run together with its series, as an exporter gets them.
struct WholeRun {
  model::RunParts parts;
  std::map<std::string, model::Series> series;

  void add_point(const std::string& name, const model::Point& point,
                 model::MetricSource source = model::MetricSource::api) {
    auto& made = series[name];
    made.name = name;
    made.source = source;
    made.points.push_back(point);
  }

  /// The parts with the summaries of the series.
  [[nodiscard]] model::RunParts finished() const {
    model::RunParts out = parts;
    for (const auto& [name, values] : series) {
      model::MetricSummary metric{name, values.source, {}};
      for (const auto& point : values.points)
        metric.summary.add(point);
      out.run.metrics.push_back(metric);
    }
    return out;
  }

  [[nodiscard]] std::string jsonl() const {
    std::string text;
    exporter::write_jsonl(
        finished(), [this](const std::string& name) { return series.at(name); },
        [&](std::string_view piece) { text += piece; });
    return text;
  }
};

}  // namespace clew::test

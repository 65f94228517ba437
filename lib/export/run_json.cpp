#include "base/text.h"
#include "export/exporter.h"
#include "export/fields.h"
#include "export/files_json.h"

namespace clew::exporter {
namespace {

enum class SystemMetrics { leave_out, include };

Json summary_to_json(const model::Summary& summary) {
  // Of no values there is no extreme, and its place would be made up.
  const auto if_any = [](bool any, auto value) { return any ? Json(value) : Json(); };
  const bool points = summary.count > 0;
  const bool numbers = summary.numbers > 0;
  return Json::Object{{"count", summary.count},
                      {"first", if_any(points, summary.first)},
                      {"last", if_any(points, summary.last)},
                      {"min", if_any(points, summary.min)},
                      {"max", if_any(points, summary.max)},
                      {"mean", if_any(points, summary.mean())},
                      {"argmin", if_any(numbers, summary.argmin)},
                      {"argmax", if_any(numbers, summary.argmax)}};
}

Json metrics_to_json(const std::vector<model::MetricSummary>& metrics, SystemMetrics system) {
  Json::Object out;
  for (const auto& metric : metrics) {
    if (system == SystemMetrics::leave_out && model::is_system_metric(metric.name)) continue;
    out.emplace_back(metric.name, summary_to_json(metric.summary));
  }
  return out;
}

Json duration_to_json(const model::Run& run, Time now) {
  if (!run.ended && run.state != model::State::running) return nullptr;
  return static_cast<double>(run.duration(now)) / 1e6;
}

Json::Object header_to_json(const model::Run& run, Time now, SystemMetrics system,
                            CodeDetail detail) {
  Json::Object out;
  add_identity(out, run);
  add_times(out, run);
  out.emplace_back("duration", duration_to_json(run, now));
  add_params(out, run);
  out.emplace_back("metrics", metrics_to_json(run.metrics, system));
  add_annotations(out, run);
  out.emplace_back("code", code_to_json(run.code, detail));
  return out;
}

}  // namespace

Json run_to_json(const model::Run& run, Time now) {
  return header_to_json(run, now, SystemMetrics::leave_out, CodeDetail::identity);
}

Json run_to_full_json(const model::RunParts& parts, Time now) {
  Json::Object out = header_to_json(parts.run, now, SystemMetrics::include, CodeDetail::full);
  Json::Array changes;
  for (const auto& change : parts.changes) {
    Json::Object fields;
    add_change(fields, change);
    changes.emplace_back(std::move(fields));
  }
  Json::Array artifacts;
  for (const auto& artifact : parts.artifacts) {
    artifacts.emplace_back(
        Json::Object{{"path", artifact.path}, {"time", format_time(artifact.time)}});
  }
  out.emplace_back("param_changes", std::move(changes));
  out.emplace_back("environment", parts.environment);
  out.emplace_back("processes", processes_to_json(parts.processes));
  out.emplace_back("files", files_to_json(parts.files));
  out.emplace_back("capture", capture_to_json(parts.capture));
  out.emplace_back("firings", firings_to_json(parts.firings));
  out.emplace_back("rerun_of", parts.run.rerun_of ? Json(parts.run.rerun_of->hex()) : Json());
  out.emplace_back("artifacts", std::move(artifacts));
  out.emplace_back("gaps", Json::Array(parts.run.gaps.begin(), parts.run.gaps.end()));
  out.emplace_back("digest", parts.digest ? Json(to_hex(*parts.digest)) : Json());
  return out;
}

Json series_to_json(const model::Series& series) {
  Json::Array steps, times, values;
  steps.reserve(series.points.size());
  times.reserve(series.points.size());
  values.reserve(series.points.size());
  for (const auto& point : series.points) {
    steps.push_back(step_or_null(point.step));
    times.emplace_back(point.time);
    values.emplace_back(point.value);
  }
  return Json::Object{{"name", series.name},
                      {"steps", std::move(steps)},
                      {"times", std::move(times)},
                      {"values", std::move(values)}};
}

}  // namespace clew::exporter

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "export/chunks.h"
#include "export/exporter.h"

namespace clew::exporter {
namespace {

constexpr std::string_view kFixed[] = {"id", "name", "state", "started", "ended", "duration"};

/// A value as a CSV field: texts as they are, anything else as JSON, numbers never quoted.
std::string value_text(const Json& value) {
  if (value.is_string()) return value.as_string();
  std::string text = dump_json(value);
  if (value.is_double() && text.front() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

/// The names that at least one run has, sorted.
struct Columns {
  std::set<std::string, std::less<>> params;
  std::set<std::string, std::less<>> metrics;
};

Columns columns_of(const std::vector<model::Run>& runs) {
  Columns columns;
  for (const auto& run : runs) {
    for (const auto& param : run.params)
      columns.params.insert(param.name);
    for (const auto& metric : run.metrics) {
      if (!model::is_system_metric(metric.name)) columns.metrics.insert(metric.name);
    }
  }
  return columns;
}

void write_header(const Columns& columns, std::string& out) {
  // A name that stands for two columns says which one it is.
  std::map<std::string_view, int> uses;
  for (const auto name : kFixed)
    ++uses[name];
  for (const auto& name : columns.params)
    ++uses[name];
  for (const auto& name : columns.metrics)
    ++uses[name];
  const auto add = [&](std::string_view kind, const std::string& name) {
    out += ',';
    out += csv_field(uses[name] > 1 ? concat(kind, '.', name) : name);
  };
  out += "id,name,state,started,ended,duration";
  for (const auto& name : columns.params)
    add("params", name);
  for (const auto& name : columns.metrics)
    add("metrics", name);
}

void write_row(const model::Run& run, const Columns& columns, Time now, std::string& out) {
  const auto add = [&](std::string_view text) {
    out += ',';
    out += csv_field(text);
  };
  const bool lasts_known = run.ended || run.state == model::State::running;
  out += run.id.hex();
  add(run.name);
  add(model::name_of(run.state));
  add(format_time(run.started));
  add(run.ended ? format_time(*run.ended) : "");
  add(lasts_known ? value_text(static_cast<double>(run.duration(now)) / 1e6) : "");
  for (const auto& name : columns.params) {
    const model::Parameter* param = run.param(name);
    add(param != nullptr ? value_text(param->value) : "");
  }
  for (const auto& name : columns.metrics) {
    const model::MetricSummary* metric = run.metric(name);
    const bool any = metric != nullptr && metric->summary.count > 0;
    add(any ? value_text(metric->summary.last) : "");
  }
}

}  // namespace

std::string csv_field(std::string_view text) {
  std::string valid = valid_utf8(text);
  if (valid.find_first_of(",\"\r\n") == std::string::npos) return valid;
  std::string out = "\"";
  for (const char c : valid) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

void write_runs_csv(const std::vector<model::Run>& runs, Time now, const Out& out) {
  const Columns columns = columns_of(runs);
  Chunks chunks(out);
  write_header(columns, chunks.text());
  chunks.end_line();
  for (const auto& run : runs) {
    write_row(run, columns, now, chunks.text());
    chunks.end_line();
  }
  chunks.finish();
}

void write_series_csv(const model::Series& series, const Out& out) {
  Chunks chunks(out);
  chunks.text() += "step,time,value";
  chunks.end_line();
  for (const auto& point : series.points) {
    std::string& line = chunks.text();
    if (point.step) line += std::to_string(*point.step);
    line += ',';
    line += format_time(point.time);
    line += ',';
    line += value_text(point.value);
    chunks.end_line();
  }
  chunks.finish();
}

}  // namespace clew::exporter

#include <algorithm>
#include <charconv>
#include <map>

#include "base/hash.h"
#include "base/text.h"
#include "prov/run_template.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

std::string_view json_type(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "boolean";
  if (value.is_int()) return "integer";
  if (value.is_double()) return "double";
  if (value.is_string()) return "string";
  return value.is_array() ? "list" : "map";
}

/// prov:value and what it takes to read it back as the same value. What has no XSD type becomes
/// its JSON text.
void add_value(Attributes& about, const Json& value) {
  about.emplace_back("clew:valueType", text_value(std::string(json_type(value))));
  if (value.is_bool()) {
    about.emplace_back("prov:value", bool_value(value.as_bool()));
  } else if (value.is_int()) {
    about.emplace_back("prov:value", int_value(value.as_int()));
  } else if (value.is_double()) {
    about.emplace_back("prov:value", real_value(value.as_double()));
  } else if (value.is_string()) {
    auto text = text_value(value.as_string());
    if (text.text != value.as_string()) {
      about.emplace_back("clew:json", text_value(dump_json(value)));
    }
    about.emplace_back("prov:value", std::move(text));
  } else {
    about.emplace_back("prov:value", text_value(dump_json(value)));
  }
}

Json lost_json(const std::vector<model::LostValue>& lost) {
  auto list = Json::array();
  for (const auto& value : lost) {
    auto item = Json::object();
    item["value"] = value.value;
    item["source"] = model::name_of(value.source);
    if (!value.file.empty()) item["file"] = value.file;
    list.push(std::move(item));
  }
  return list;
}

void append_int(std::string& out, std::int64_t value) {
  char digits[24];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, result.ptr);
}

template <typename Append>
void append_list(std::string& out, std::string_view name, const std::vector<model::Point>& points,
                 Append append) {
  out += concat('"', name, "\":[");
  bool first = true;
  for (const auto& point : points) {
    if (!std::exchange(first, false)) out += ',';
    append(point);
  }
  out += ']';
}

void add_summary(Attributes& about, const model::Summary& summary) {
  about.emplace_back("clew:count", int_value(static_cast<std::int64_t>(summary.count)));
  if (summary.count == 0) return;
  about.emplace_back("clew:first", real_value(summary.first));
  about.emplace_back("clew:last", real_value(summary.last));
  about.emplace_back("clew:min", real_value(summary.min));
  about.emplace_back("clew:max", real_value(summary.max));
  about.emplace_back("clew:mean", real_value(summary.mean()));
  if (summary.numbers == 0) return;
  about.emplace_back("clew:argmin", int_value(summary.argmin));
  about.emplace_back("clew:argmax", int_value(summary.argmax));
}

}  // namespace

std::string series_text(const std::vector<model::Point>& points) {
  std::string out = "{";
  out.reserve(64 + points.size() * 32);
  append_list(out, "steps", points, [&](const model::Point& point) {
    if (point.step)
      append_int(out, *point.step);
    else
      out += "null";
  });
  out += ',';
  append_list(out, "times", points,
              [&](const model::Point& point) { append_int(out, point.time); });
  out += ',';
  append_list(out, "values", points,
              [&](const model::Point& point) { append_json_double(out, point.value); });
  return out += '}';
}

void RunTemplate::write_configuration() {
  if (run_.params.empty()) return;
  std::map<std::string_view, const Json*> at_start;
  for (const auto& change : record_.parts.changes)
    at_start.try_emplace(change.name, &change.old);

  const auto configuration = own("config");
  const auto count = static_cast<std::int64_t>(run_.params.size());
  out_.element(Kind::entity, configuration,
               {type_of("prov:Collection"),
                type_of("clew:Configuration"),
                label_of("configuration"),
                {"clew:count", int_value(count)}});
  used(configuration, {{"prov:role", name_value("clew:configuration")}});

  for (const auto& param : run_.params) {
    const auto entity = own(local_name("param", param.name));
    Attributes about = {type_of("clew:Parameter"),
                        label_of(param.name),
                        {"clew:name", text_value(param.name)},
                        {"clew:source", text_value(std::string(model::name_of(param.source)))}};
    const auto first = at_start.find(param.name);
    add_value(about, first == at_start.end() ? param.value : *first->second);
    if (!param.file.empty()) about.emplace_back("clew:file", text_value(param.file));
    if (!param.lost.empty()) {
      about.emplace_back("clew:lost", text_value(dump_json(lost_json(param.lost))));
    }
    out_.element(Kind::entity, entity, std::move(about));
    out_.relation(Kind::had_member, {{"prov:collection", configuration}, {"prov:entity", entity}});
  }
}

// Each changed value is an entity that the run generated, a revision of the one before.
void RunTemplate::write_changes() {
  struct Version {
    std::string entity;
    Time time;
  };
  std::map<std::string_view, Version> latest;
  for (const auto& param : run_.params) {
    latest.emplace(param.name, Version{own(local_name("param", param.name)), run_.started});
  }
  std::int64_t number = 0;
  for (const auto& change : record_.parts.changes) {
    const auto entity = own(local_name(concat("change.", ++number), change.name));
    Attributes about = {type_of("clew:Parameter"),
                        label_of(change.name),
                        {"clew:name", text_value(change.name)},
                        {"clew:old", text_value(dump_json(change.old))}};
    add_value(about, change.value);
    if (change.time != 0) about.emplace_back("clew:time", time_value(change.time));
    if (change.step) about.emplace_back("clew:step", int_value(*change.step));
    if (!change.cause.empty()) about.emplace_back("clew:cause", text_value(change.cause));
    out_.element(Kind::entity, entity, std::move(about));

    const auto [place, first] = latest.try_emplace(change.name, Version{entity, change.time});
    auto& before = place->second;
    // A revision cannot be older than what it revises, whatever the clocks said.
    const bool in_order = change.time >= before.time;
    generated(entity, "change", in_order ? std::optional(change.time) : std::nullopt);
    if (first) continue;
    out_.relation(Kind::was_derived_from,
                  {{"prov:generatedEntity", entity}, {"prov:usedEntity", before.entity}},
                  {type_of("prov:Revision")});
    before = {entity, std::max(change.time, before.time)};
  }
}

void RunTemplate::write_metrics() {
  for (const auto& metric : run_.metrics)
    write_metric(metric);
}

void RunTemplate::write_metric(const model::MetricSummary& metric) {
  const auto entity = own(local_name("metric", metric.name));
  Attributes about = {type_of("clew:MetricSeries"),
                      label_of(metric.name),
                      {"clew:name", text_value(metric.name)},
                      {"clew:source", text_value(std::string(model::name_of(metric.source)))}};
  auto summary = metric.summary;
  if (record_.series) {
    const auto series = record_.series(metric.name);
    // Of a live run the series may have grown since its header was read: one reading counts.
    summary = {};
    for (const auto& point : series.points)
      summary.add(point);
    auto text = series_text(series.points);
    about.emplace_back("clew:sha256", text_value(to_hex(sha256(text))));
    if (options_.with_series || series.points.size() <= inline_points) {
      about.emplace_back("clew:points", text_value(std::move(text)));
    }
  }
  add_summary(about, summary);
  out_.element(Kind::entity, entity, std::move(about));
  // The series of a run that goes on is not complete, and so not yet generated at a known time.
  const bool complete = run_.ended.has_value() && summary.count > 0;
  generated(entity, "metric", complete ? std::optional(summary.last_time) : std::nullopt);
}

void RunTemplate::write_log() {
  if (!record_.has_output) return;
  out_.element(Kind::entity, own("log"), {type_of("clew:Log"), label_of("output")});
  generated(own("log"), "log", std::nullopt);
}

}  // namespace clew::prov

#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "capture/protocol_parts.h"

namespace clew::capture {
namespace {

/// The line with NaN, Infinity and -Infinity outside of strings put into quotes: writers that
/// follow JavaScript's literals instead of RFC 8259 leave them bare.
std::string quote_bare_numbers(std::string_view line) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!in_string) {
      const std::string_view rest = line.substr(i);
      std::string_view token;
      for (const std::string_view word : {"NaN", "Infinity", "-Infinity"}) {
        if (rest.starts_with(word)) token = word;
      }
      if (!token.empty()) {
        out.append("\"").append(token).append("\"");
        i += token.size() - 1;
        continue;
      }
    }
    if (line[i] == '"') in_string = !in_string;
    if (in_string && line[i] == '\\' && i + 1 < line.size()) out.push_back(line[i++]);
    out.push_back(line[i]);
  }
  return out;
}

Json parse_line(std::string_view line) {
  try {
    return parse_json(line);
  } catch (const Error& error) {
    const std::string quoted = quote_bare_numbers(line);
    if (quoted == line) refuse(error.message());
    try {
      return parse_json(quoted);
    } catch (const Error&) {
      refuse(error.message());
    }
  }
}

/// The member that is there and not null.
const Json* member(const Json& line, std::string_view key) {
  const Json* value = line.find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const std::string& text_member(const Json& line, std::string_view kind, std::string_view key) {
  const Json* value = member(line, key);
  if (value == nullptr) refuse(concat("a line of kind '", kind, "' lacks '", key, "'"));
  if (!value->is_string() || value->as_string().empty())
    refuse(concat("'", key, "' is not a text: ", excerpt(dump_json(*value))));
  return value->as_string();
}

std::optional<std::int64_t> step_member(const Json& line) {
  const Json* value = member(line, "step");
  if (value == nullptr) return std::nullopt;
  if (value->is_int()) return value->as_int();
  const auto step = value->is_double() ? whole(value->as_double()) : std::nullopt;
  if (!step) refuse(concat("step is not an integer: ", excerpt(dump_json(*value))));
  return step;
}

std::optional<Time> time_member(const Json& line) {
  const Json* value = member(line, "time");
  if (value == nullptr) return std::nullopt;
  std::optional<Time> time;
  if (value->is_number()) time = time_from_seconds(value->as_double());
  if (value->is_string()) time = parse_time(value->as_string());
  if (!time)
    refuse(concat("time is neither seconds since 1970 nor ISO 8601: ", excerpt(dump_json(*value))));
  return time;
}

std::optional<double> epoch_member(const Json& line) {
  const Json* value = member(line, "epoch");
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) refuse(concat("epoch is not a number: ", excerpt(dump_json(*value))));
  return value->as_double();
}

double metric_value(const std::string& name, const Json& value) {
  if (value.is_number()) return value.as_double();
  if (value.is_string()) {
    const std::string& text = value.as_string();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  }
  refuse(concat("metric '", excerpt(name), "' is not a number: ", excerpt(dump_json(value))));
}

void read_metrics(const Json& line, Time now, Sink& sink) {
  const Json* values = member(line, "values");
  if (values == nullptr || !values->is_object())
    refuse("a line of kind 'metrics' lacks an object 'values'");
  MetricsLine metrics;
  metrics.step = step_member(line);
  metrics.epoch = epoch_member(line);
  metrics.time = time_member(line);
  for (const auto& [name, value] : values->as_object()) {
    check_name("metric", name);
    metrics.values.push_back({name, metric_value(name, value)});
  }
  emit(metrics, model::MetricSource::api, now, sink);
}

void read_param(const Json& line, Time now, Sink& sink) {
  const std::string& name = text_member(line, "param", "name");
  const Json* value = line.find("value");
  if (value == nullptr) refuse(concat("parameter '", excerpt(name), "' lacks a value"));
  const auto step = step_member(line);
  const Time time = time_member(line).value_or(now);
  const Json* cause = member(line, "cause");
  if (cause != nullptr && !cause->is_string())
    refuse(concat("the cause of parameter '", excerpt(name),
                  "' is not a text: ", excerpt(dump_json(*cause))));
  auto leaves = model::flatten(name, *value);
  for (const auto& [leaf, ignored] : leaves)
    check_name("parameter", leaf);
  for (auto& [leaf, item] : leaves) {
    sink.param({{std::move(leaf), std::move(item), model::Source::api, {}, {}},
                step,
                time,
                cause == nullptr ? std::string() : cause->as_string()});
  }
}

bool flag_member(const Json& line, std::string_view key) {
  const Json* value = member(line, key);
  if (value == nullptr) return false;
  if (!value->is_bool()) refuse(concat("'", key, "' is neither true nor false"));
  return value->as_bool();
}

void read_stop(const Json& line, Sink& sink) {
  StopRequest request;
  request.by = text_member(line, "stop", "by");
  request.now = flag_member(line, "now");
  request.checkpoint = flag_member(line, "checkpoint");
  if (const Json* grace = member(line, "grace")) {
    constexpr double kDay = 86'400;
    if (!grace->is_number() || !(grace->as_double() >= 0 && grace->as_double() <= kDay))
      refuse("'grace' is not a number of seconds up to a day");
    request.grace = grace->as_double();
  }
  sink.stop(std::move(request));
}

void read_kind(const Json& line, const std::string& kind, Time now, Sink& sink) {
  if (kind == "metrics") {
    read_metrics(line, now, sink);
  } else if (kind == "param") {
    read_param(line, now, sink);
  } else if (kind == "tag") {
    const std::string& tag = text_member(line, kind, "tag");
    check_name("tag", tag);
    sink.tag(tag);
  } else if (kind == "note") {
    const std::string& text = text_member(line, kind, "text");
    sink.note({time_member(line).value_or(now), text});
  } else if (kind == "artifact") {
    const std::string& path = text_member(line, kind, "path");
    if (path.find('\0') != std::string::npos) refuse("the path of an artifact has a zero byte");
    sink.artifact(path, time_member(line).value_or(now));
  } else if (kind == "stop") {
    read_stop(line, sink);
  } else {
    throw Error(ErrorKind::usage, concat("unknown kind '", excerpt(kind), "'"),
                {"use one of metrics, param, tag, note, artifact and stop"});
  }
}

}  // namespace

std::optional<GetRequest> read_interchange(std::string_view line, Time now, Sink& sink) {
  // One line at a time is read by a thread; its memory is used again for the next.
  thread_local MetricsLine metrics;
  metrics.clear();
  if (read_metrics_fast(line, metrics)) {
    emit(metrics, model::MetricSource::api, now, sink);
    return std::nullopt;
  }
  const Json json = parse_line(line);
  const Json* kind_member = member(json, "kind");
  if (kind_member == nullptr) {
    if (member(json, "get") == nullptr) refuse("a line lacks its 'kind'");
    const std::string& name = text_member(json, "get", "get");
    check_name("parameter", name);
    return GetRequest{name};
  }
  read_kind(json, kind_member->is_string() ? kind_member->as_string() : dump_json(*kind_member),
            now, sink);
  return std::nullopt;
}

}  // namespace clew::capture

#include "capture/protocol.h"

#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "capture/protocol_parts.h"

namespace clew::capture {
namespace {

constexpr std::string_view kSpace = " \t\r\n\v\f";

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Cuts the first word off the text, and the white space before it; empty at the end.
std::string_view next_word(std::string_view& rest) {
  std::size_t start = 0;
  while (start < rest.size() && is_space(rest[start]))
    ++start;
  std::size_t end = start;
  while (end < rest.size() && !is_space(rest[end]))
    ++end;
  const std::string_view word = rest.substr(start, end - start);
  rest.remove_prefix(end);
  return word;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<double> number(std::string_view text) {
  // from_chars also takes "nan(...)", which no one means.
  if (text.ends_with(')')) return std::nullopt;
  return parse_double(text);
}

Time time_from_text(std::string_view text) {
  const auto seconds = number(text);
  const auto time = seconds ? time_from_seconds(*seconds) : parse_time(text);
  if (!time)
    refuse(concat("time '", excerpt(text), "' is neither seconds since 1970 nor ISO 8601"));
  return *time;
}

std::int64_t step_from_text(std::string_view text) {
  if (const auto step = parse_int(text)) return *step;
  const auto value = number(text);
  const auto step = value ? whole(*value) : std::nullopt;
  if (!step) refuse(concat("step '", excerpt(text), "' is not an integer"));
  return *step;
}

double epoch_from_text(std::string_view text) {
  const auto epoch = number(text);
  if (!epoch || !std::isfinite(*epoch))
    refuse(concat("epoch '", excerpt(text), "' is not a number"));
  return *epoch;
}

/// Reads "name=value ... step=N".
void read_shell_metrics(std::string_view line, Time now, Sink& sink) {
  // One line at a time is read by a thread; its memory is used again for the next.
  thread_local MetricsLine metrics;
  metrics.clear();
  std::string_view rest = line;
  for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos)
      throw Error(ErrorKind::usage, concat("'", excerpt(word), "' is not of the form name=value"),
                  {"see 'man 7 clew-protocol' for the lines that are understood"});
    const std::string_view name = word.substr(0, equals);
    const std::string_view text = word.substr(equals + 1);
    if (name == "step") {
      metrics.step = step_from_text(text);
    } else if (name == "epoch") {
      metrics.epoch = epoch_from_text(text);
    } else if (name == "time") {
      metrics.time = time_from_text(text);
    } else {
      check_name("metric", name);
      const auto value = number(text);
      if (!value) refuse(concat("metric '", name, "' is not a number: '", excerpt(text), "'"));
      metrics.values.push_back({name, *value});
    }
  }
  if (metrics.values.empty()) refuse(concat("no metric in '", excerpt(line), "'"));
  emit(metrics, model::MetricSource::api, now, sink);
}

void read_shell_param(std::string_view text, Time now, Sink& sink) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    refuse(concat("'param ", excerpt(text), "' is not of the form 'param name=value'"));
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  if (name.find_first_of(kSpace) != std::string_view::npos)
    refuse(concat("the name of parameter '", excerpt(name), "' has a space in it"));
  check_name("parameter", name);
  Json scalar = scalar_from_text(value);
  // Guessing would turn "lr=0.1 batch=32" into one odd text without a word.
  if (scalar.is_string() && !value.starts_with('"') &&
      value.find_first_of(kSpace) != std::string_view::npos)
    throw Error(
        ErrorKind::usage,
        concat("parameter '", excerpt(name), "' has a value of several words: '", excerpt(value),
               "'"),
        {concat("write a text with spaces in double quotes: param ", excerpt(name), "=\"...\""),
         "set one parameter per line"});
  if (scalar.is_string()) scalar = valid_utf8(scalar.as_string());
  sink.param({{std::string(name), std::move(scalar), model::Source::api, {}, {}}, {}, now, {}});
}

void read_shell_tag(std::string_view text, Sink& sink) {
  if (text.find_first_of(kSpace) != std::string_view::npos)
    refuse(concat("tag '", excerpt(text), "' is not one word"));
  check_name("tag", text);
  sink.tag(std::string(text));
}

bool is_json_number(std::string_view text) {
  const auto digits = [&text] {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const std::size_t whole_digits = digits();
  if (whole_digits == 0 || (zero && whole_digits > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

}  // namespace

void MetricsLine::clear() {
  step.reset();
  epoch.reset();
  time.reset();
  values.clear();
}

void emit(const MetricsLine& line, model::MetricSource source, Time now, Sink& sink) {
  if (line.values.empty()) return;
  model::Point point{line.step, line.time.value_or(now), 0};
  std::optional<double> epoch = line.epoch;
  if (!point.step && epoch) {
    point.step = whole(*epoch);
    if (point.step) epoch.reset();
  }
  for (const auto& [name, value] : line.values) {
    point.value = value;
    sink.point(name, source, point);
  }
  if (epoch) {
    point.value = *epoch;
    sink.point("epoch", source, point);
  }
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return valid_utf8(text);
  return valid_utf8(text.substr(0, kShown)) + "...";
}

void refuse(std::string message) {
  throw Error(ErrorKind::usage, std::move(message));
}

void check_name(std::string_view what, std::string_view name) {
  if (name.empty()) refuse(concat("a ", what, " has an empty name"));
  if (name.size() > kMaxName)
    refuse(
        concat("the name of ", what, " '", excerpt(name), "' is longer than ", kMaxName, " bytes"));
  bool ascii = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      refuse(concat("the name of a ", what, " has a control character"));
    ascii = ascii && byte < 0x80;
  }
  if (!ascii && !is_valid_utf8(name)) refuse(concat("the name of a ", what, " is not UTF-8"));
}

std::optional<std::int64_t> whole(double value) {
  // 2^63 is the first double above the range; NaN fails every comparison.
  if (!(value >= -0x1p63 && value < 0x1p63) || std::trunc(value) != value) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<GetRequest> read_line(std::string_view line, Time now, Sink& sink) {
  if (line.size() > kMaxLine) refuse(concat("a line is longer than ", kMaxLine, " bytes"));
  line = trimmed(line);
  if (line.empty()) return std::nullopt;
  if (line.front() == '{') return read_interchange(line, now, sink);
  std::string_view rest = line;
  const std::string_view word = next_word(rest);
  rest = trimmed(rest);
  const bool statement = word == "param" || word == "tag" || word == "note" || word == "artifact";
  if (!statement) {
    read_shell_metrics(line, now, sink);
    return std::nullopt;
  }
  if (rest.empty()) refuse(concat("nothing follows '", word, "'"));
  if (word == "param") read_shell_param(rest, now, sink);
  if (word == "tag") read_shell_tag(rest, sink);
  if (word == "note") sink.note({now, valid_utf8(rest)});
  if (word == "artifact") sink.artifact(std::string(rest), now);
  return std::nullopt;
}

Json scalar_from_text(std::string_view text) {
  if (text == "null") return {};
  if (text == "true") return true;
  if (text == "false") return false;
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  if (!quoted && !is_json_number(text)) return text;
  try {
    return parse_json(text);
  } catch (const Error&) {
    return text;
  }
}

}  // namespace clew::capture

#include "prov/graph.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace clew::prov {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

/// The length of the character at the head of valid UTF-8 that XML 1.0 has no place for, or 0.
std::size_t unfit_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20) return first == '\t' || first == '\n' || first == '\r' ? 0 : 1;
  return text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf") ? 3 : 0;
}

std::string_view integer_type(std::string_view text) {
  const auto value = parse_int(text);
  if (!value) return "xsd:integer";
  const bool small = *value >= std::numeric_limits<std::int32_t>::min() &&
                     *value <= std::numeric_limits<std::int32_t>::max();
  return small ? "xsd:int" : "xsd:long";
}

std::string xsd_text(std::string text) {
  const auto plain = [](char c) { return c >= ' ' && c < '\x7f'; };
  if (std::all_of(text.begin(), text.end(), plain)) return text;
  if (!is_valid_utf8(text)) text = valid_utf8(text);
  std::string out;
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto length = unfit_length(std::string_view(text).substr(i));
    if (length == 0) continue;
    out.append(text, done, i - done).append(replacement);
    done = i + length;
  }
  if (done == 0) return text;
  return out.append(text, done);
}

}  // namespace

Value text_value(std::string text) {
  return {Value::Type::string, xsd_text(std::move(text)), {}};
}

Value int_value(std::int64_t value) {
  return {Value::Type::integer, std::to_string(value), {}};
}

Value real_value(double value) {
  if (std::isnan(value)) return {Value::Type::real, "NaN", {}};
  if (std::isinf(value)) return {Value::Type::real, value > 0 ? "INF" : "-INF", {}};
  return {Value::Type::real, shortest(value), {}};
}

Value bool_value(bool value) {
  return {Value::Type::boolean, value ? "true" : "false", {}};
}

Value time_value(Time microseconds) {
  return {Value::Type::date_time, format_time(microseconds), {}};
}

Value name_value(std::string qualified_name) {
  return {Value::Type::qualified_name, std::move(qualified_name), {}};
}

std::string_view datatype_of(const Value& value) {
  switch (value.type) {
    case Value::Type::boolean:
      return "xsd:boolean";
    case Value::Type::integer:
      return integer_type(value.text);
    case Value::Type::real:
      return "xsd:double";
    case Value::Type::date_time:
      return "xsd:dateTime";
    case Value::Type::typed:
      return value.qualifier;
    default:
      return {};
  }
}

}  // namespace clew::prov

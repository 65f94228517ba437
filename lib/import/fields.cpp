#include "import/fields.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace clew::importer {

void Fields::allow_only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : object_) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw Malformed{concat("unknown field '", name, "' in a ", subject_)};
    }
  }
}

const Json* Fields::find(std::string_view name) const {
  for (const auto& [key, value] : object_) {
    if (key == name) return value.is_null() ? nullptr : &value;
  }
  return nullptr;
}

std::string Fields::text(std::string_view name) const {
  return find(name) == nullptr ? std::string() : need_text(name);
}

std::optional<std::int64_t> Fields::integer(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int()) wrong(name, "an integer");
  return value->as_int();
}

std::optional<int> Fields::small(std::string_view name) const {
  const auto value = integer(name);
  if (!value) return std::nullopt;
  if (*value < std::numeric_limits<int>::min() || *value > std::numeric_limits<int>::max()) {
    wrong(name, "a small integer");
  }
  return static_cast<int>(*value);
}

bool Fields::boolean(std::string_view name, bool otherwise) const {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) wrong(name, "true or false");
  return value->as_bool();
}

std::optional<Time> Fields::time(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::optional<Time> time;
  if (value->is_string()) time = parse_time(value->as_string());
  if (value->is_number()) time = time_from_seconds(value->as_double());
  if (!time) wrong(name, "a time such as \"2026-01-02T03:04:05.123456Z\"");
  return time;
}

std::vector<std::string> Fields::texts(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& item : list(name)) {
    if (!item.is_string()) wrong(name, "a list of strings");
    out.push_back(item.as_string());
  }
  return out;
}

const Json::Array& Fields::list(std::string_view name) const {
  static const Json::Array kNone;
  const Json* value = find(name);
  if (value == nullptr) return kNone;
  if (!value->is_array()) wrong(name, "a list");
  return value->as_array();
}

const Json::Object& Fields::map(std::string_view name) const {
  static const Json::Object kNone;
  const Json* value = find(name);
  if (value == nullptr) return kNone;
  if (!value->is_object()) wrong(name, "an object");
  return value->as_object();
}

const Json& Fields::need(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) missing(name);
  return *value;
}

const std::string& Fields::need_text(std::string_view name) const {
  const Json& value = need(name);
  if (!value.is_string()) wrong(name, "a string");
  return value.as_string();
}

Time Fields::need_time(std::string_view name) const {
  const auto value = time(name);
  if (!value) missing(name);
  return *value;
}

const Json::Object& Fields::need_map(std::string_view name) const {
  if (find(name) == nullptr) missing(name);
  return map(name);
}

void Fields::missing(std::string_view name) const {
  throw Malformed{concat("a ", subject_, " needs the field '", name, '\'')};
}

void Fields::wrong(std::string_view name, std::string_view wanted) const {
  throw Malformed{concat("field '", name, "' of a ", subject_, " is not ", wanted)};
}

std::optional<double> number_from_json(const Json& value) {
  if (value.is_number()) return value.as_double();
  if (!value.is_string()) return std::nullopt;
  if (value.as_string() == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (value.as_string() == "Infinity") return std::numeric_limits<double>::infinity();
  if (value.as_string() == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

Json with_nonfinite(Json value) {
  if (value.is_string()) {
    if (const auto number = number_from_json(value)) return *number;
  } else if (value.is_array()) {
    for (auto& item : value.as_array())
      item = with_nonfinite(std::move(item));
  } else if (value.is_object()) {
    for (auto& [name, member] : value.as_object())
      member = with_nonfinite(std::move(member));
  }
  return value;
}

}  // namespace clew::importer

#include "prov/lookup.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "prov/arrange.h"
#include "prov/grammar.h"

namespace clew::prov {
namespace {

std::string key_of(Kind kind, std::string_view subject) {
  return concat(static_cast<int>(kind), ' ', subject);
}

[[noreturn]] void refuse_value(const Record& record, std::string_view name, std::string_view type) {
  refuse(record, concat("'", name, "' is no ", type));
}

}  // namespace

void refuse(const Record& record, std::string_view what) {
  throw Error(ErrorKind::failed,
              concat("the document cannot be read as a run at '", json_key(record.kind), '/',
                     record.id, "': ", what),
              {"'man clew-prov' has what a document of a run holds"});
}

Lookup::Lookup(const std::vector<Record>& records) {
  for (const auto& record : records) {
    const auto& grammar = grammar_of(record.kind);
    if (!grammar.is_relation()) {
      elements_.try_emplace(record.id, &record);
      continue;
    }
    const auto subject = formal_of(record, grammar.formal[0].name);
    relations_[key_of(record.kind, subject)].push_back(&record);
    if (record.kind == Kind::was_generated_by) generations_[subject].push_back(&record);
  }
}

const Record* Lookup::element(std::string_view id) const {
  const auto found = elements_.find(id);
  return found == elements_.end() ? nullptr : found->second;
}

const std::vector<const Record*>& Lookup::relations(Kind kind, std::string_view subject) const {
  static const std::vector<const Record*> none;
  const auto found = relations_.find(key_of(kind, subject));
  return found == relations_.end() ? none : found->second;
}

const Value* Lookup::value(const Record& record, std::string_view name) {
  for (const auto& [key, value] : record.attributes) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<const Value*> Lookup::values(const Record& record, std::string_view name) {
  std::vector<const Value*> found;
  for (const auto& [key, value] : record.attributes) {
    if (key == name) found.push_back(&value);
  }
  return found;
}

std::string Lookup::text(const Record& record, std::string_view name) {
  const auto* found = value(record, name);
  return found == nullptr ? std::string{} : found->text;
}

std::vector<std::string> Lookup::texts(const Record& record, std::string_view name) {
  std::vector<std::string> found;
  for (const auto* value : values(record, name))
    found.push_back(value->text);
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<std::int64_t> Lookup::integer(const Record& record, std::string_view name) {
  const auto* found = value(record, name);
  if (found == nullptr) return std::nullopt;
  const auto number = parse_int(found->text);
  if (!number) refuse_value(record, name, "whole number");
  return number;
}

std::optional<double> Lookup::real(const Record& record, std::string_view name) {
  const auto* found = value(record, name);
  if (found == nullptr) return std::nullopt;
  // "INF" and "NaN" are read in any case.
  const auto number = parse_double(found->text);
  if (!number) refuse_value(record, name, "number");
  return number;
}

bool Lookup::boolean(const Record& record, std::string_view name, bool otherwise) {
  const auto* found = value(record, name);
  if (found == nullptr) return otherwise;
  if (found->text != "true" && found->text != "false") refuse_value(record, name, "truth value");
  return found->text == "true";
}

std::optional<Time> Lookup::time(const Record& record, std::string_view name) {
  const auto* found = value(record, name);
  if (found == nullptr) return std::nullopt;
  const auto time = parse_time(found->text);
  if (!time) refuse_value(record, name, "time");
  return time;
}

Json Lookup::json(const Record& record, std::string_view name) {
  const auto* found = value(record, name);
  if (found == nullptr) return nullptr;
  try {
    return parse_json(found->text);
  } catch (const Error&) {
    refuse_value(record, name, "JSON text");
  }
}

std::optional<Time> Lookup::event_time(const Record& record, std::string_view name) {
  const auto text = formal_of(record, name);
  if (text.empty()) return std::nullopt;
  const auto time = parse_time(text);
  if (!time) refuse_value(record, name, "time");
  return time;
}

bool Lookup::has_type(const Record& record, std::string_view class_name) {
  return std::any_of(record.attributes.begin(), record.attributes.end(),
                     [class_name](const Attribute& attribute) {
                       return attribute.first == "prov:type" &&
                              attribute.second.type == Value::Type::qualified_name &&
                              attribute.second.text == class_name;
                     });
}

bool Lookup::has_role(const Record& record, std::string_view role) {
  const auto* found = value(record, "prov:role");
  return found != nullptr && found->text == role;
}

}  // namespace clew::prov

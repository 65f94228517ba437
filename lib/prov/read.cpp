#include "prov/read.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "prov/grammar.h"

namespace clew::prov {
namespace {

[[noreturn]] void refuse(std::string_view place, std::string_view what) {
  throw Error(ErrorKind::failed, concat("the PROV-JSON at '", place, "' ", what),
              {"'clew verify FILE' lists everything that is wrong with it"});
}

const Json::Object& object_of(const Json& json, std::string_view place) {
  if (!json.is_object()) refuse(place, "is not a JSON object");
  return json.as_object();
}

const std::string& text_of(const Json& json, std::string_view place) {
  if (!json.is_string()) refuse(place, "is not a string");
  return json.as_string();
}

/// A literal of a named type. A type that says more than its text would is kept as it is.
Value typed_value(const std::string& text, const std::string& type) {
  using Type = Value::Type;
  if (type == "prov:QUALIFIED_NAME" || type == "xsd:QName") return {Type::qualified_name, text, {}};
  if (type == "xsd:string") return {Type::string, text, {}};
  for (const auto known : {Type::integer, Type::real, Type::date_time}) {
    Value value{known, text, {}};
    if (datatype_of(value) == type) return value;
  }
  if (type == "xsd:boolean" && (text == "true" || text == "false"))
    return {Type::boolean, text, {}};
  return {Type::typed, text, type};
}

Value value_of(const Json& json, std::string_view place) {
  if (json.is_string()) return {Value::Type::string, json.as_string(), {}};
  if (json.is_bool()) return bool_value(json.as_bool());
  if (json.is_int()) return int_value(json.as_int());
  if (json.is_double()) return real_value(json.as_double());
  const auto* text = json.find("$");
  if (text == nullptr) refuse(place, "has a value without '$'");
  const auto* language = json.find("lang");
  const auto* type = json.find("type");
  if (language != nullptr) {
    return {Value::Type::language, text_of(*text, place), text_of(*language, place)};
  }
  if (type != nullptr) return typed_value(text_of(*text, place), text_of(*type, place));
  return {Value::Type::string, text_of(*text, place), {}};
}

bool is_formal(const Grammar& grammar, std::string_view name) {
  return std::any_of(grammar.formal.begin(), grammar.formal.end(),
                     [name](const Formal& formal) { return formal.name == name; });
}

Record read_record(const Grammar& grammar, const std::string& id, const Json& body) {
  const auto place = concat(grammar.key, '/', id);
  Record record{grammar.kind, id, {}, {}};
  for (const auto& [name, value] : object_of(body, place)) {
    if (is_formal(grammar, name)) {
      record.formal.emplace_back(name, text_of(value, place));
    } else if (value.is_array()) {
      for (const auto& item : value.as_array())
        record.attributes.emplace_back(name, value_of(item, place));
    } else {
      record.attributes.emplace_back(name, value_of(value, place));
    }
  }
  return record;
}

/// Nothing outside the document can mean a blank identifier, so one that nothing inside refers to
/// says nothing.
void drop_blank_ids(std::vector<Record>& records) {
  std::set<std::string> referred;
  for (const auto& record : records) {
    for (const auto& [name, text] : record.formal) {
      if (text.starts_with("_:")) referred.insert(text);
    }
  }
  for (auto& record : records) {
    if (record.id.starts_with("_:") && !referred.contains(record.id)) record.id.clear();
  }
}

void read_container(const Json& json, std::string_view place, Prefixes& prefixes,
                    std::vector<Record>& records) {
  for (const auto& [key, value] : object_of(json, place)) {
    if (key == "bundle") continue;
    if (key == "prefix") {
      for (const auto& [prefix, iri] : object_of(value, "prefix"))
        prefixes.emplace_back(prefix, text_of(iri, "prefix"));
      continue;
    }
    const auto* grammar = find_grammar(key);
    if (grammar == nullptr) refuse(key, "is no kind of record");
    for (const auto& [id, body] : object_of(value, key))
      records.push_back(read_record(*grammar, id, body));
  }
  drop_blank_ids(records);
}

}  // namespace

Document read_prov_json(const Json& json) {
  Document document;
  read_container(json, "document", document.prefixes, document.records);
  const auto* bundles = json.find("bundle");
  if (bundles == nullptr) return document;
  for (const auto& [id, body] : object_of(*bundles, "bundle")) {
    auto& bundle = document.bundles.emplace_back();
    bundle.id = id;
    read_container(body, concat("bundle/", id), bundle.prefixes, bundle.records);
  }
  return document;
}

}  // namespace clew::prov

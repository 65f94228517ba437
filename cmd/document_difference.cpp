#include "document_difference.h"

#include <array>
#include <map>
#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "prov/seal.h"

namespace clew::cmd {

namespace {

/// The record that something is said of, and the attribute; an empty attribute for a relation
/// without a name, which is told as a whole.
using Place = std::pair<std::string, std::string>;
using Statements = std::map<Place, std::string>;

void add_record(const std::string& kind, const std::string& id, const Json& body,
                Statements& statements) {
  if (id.starts_with("_:")) {
    statements[{concat(kind, ' ', dump_json(body)), ""}] = "";
    return;
  }
  const std::string record = concat(kind, ' ', id);
  statements[{record, ""}] = "";
  for (const auto& [name, value] : body.as_object()) {
    if (name != prov::seal_attribute) statements[{record, name}] = dump_json(value);
  }
}

void add_container(const Json& json, const std::string& where, Statements& statements) {
  for (const auto& [kind, records] : json.as_object()) {
    if (kind == "prefix") continue;
    for (const auto& [id, body] : records.as_object()) {
      if (kind == "bundle") {
        add_container(body, concat(id, ": "), statements);
      } else {
        add_record(concat(where, kind), id, body, statements);
      }
    }
  }
}

Statements statements_of(const prov::Document& document) {
  Statements statements;
  add_container(parse_json(prov::to_prov_json(document)), "", statements);
  return statements;
}

bool is_annotation(std::string_view attribute) {
  constexpr std::array<std::string_view, 4> kNames = {"clew:name", "clew:tag", "clew:notes",
                                                      "prov:label"};
  for (const std::string_view name : kNames) {
    if (attribute == name) return true;
  }
  return false;
}

std::string shown(const std::string& value) {
  constexpr std::size_t kLongest = 60;
  return value.size() <= kLongest ? value : concat(valid_utf8(value.substr(0, kLongest)), "…");
}

/// Only one of the two has it.
void add_one_sided(const Place& place, const std::string& value, std::string_view who,
                   std::vector<DocumentDifference>& differences) {
  const auto& [record, attribute] = place;
  if (attribute.empty()) {
    differences.push_back({concat("only ", who, " has ", shown(record)), false});
  } else {
    differences.push_back(
        {concat("only ", who, " says of ", record, ": ", attribute, ' ', shown(value)),
         is_annotation(attribute)});
  }
}

}  // namespace

std::vector<DocumentDifference> document_differences(const prov::Document& document,
                                                     const prov::Document& recorded) {
  const Statements claimed = statements_of(document);
  const Statements known = statements_of(recorded);
  std::vector<DocumentDifference> differences;
  for (const auto& [place, value] : claimed) {
    const auto found = known.find(place);
    const auto& [record, attribute] = place;
    if (found == known.end()) {
      // A record that is missing as a whole is told once.
      if (attribute.empty() || known.contains({record, ""}))
        add_one_sided(place, value, "the document", differences);
    } else if (found->second != value) {
      differences.push_back({concat(record, " has ", attribute, ' ', shown(value),
                                    ", in the store it is ", shown(found->second)),
                             is_annotation(attribute)});
    }
  }
  for (const auto& [place, value] : known) {
    if (claimed.contains(place)) continue;
    if (place.second.empty() || claimed.contains({place.first, ""}))
      add_one_sided(place, value, "the store", differences);
  }
  return differences;
}

}  // namespace clew::cmd

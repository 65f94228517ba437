#include "prov/arrange.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "base/text.h"
#include "prov/grammar.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

std::size_t place_of(const Grammar& grammar, std::string_view name) {
  const auto found = std::find_if(grammar.formal.begin(), grammar.formal.end(),
                                  [name](const Formal& formal) { return formal.name == name; });
  return static_cast<std::size_t>(found - grammar.formal.begin());
}

auto key_of(const Record& record) {
  return std::tie(record.kind, record.id, record.formal, record.attributes);
}

void arrange(Record& record) {
  const auto& grammar = grammar_of(record.kind);
  std::sort(record.formal.begin(), record.formal.end(), [&](const auto& a, const auto& b) {
    return place_of(grammar, a.first) < place_of(grammar, b.first);
  });
  auto& attributes = record.attributes;
  std::sort(attributes.begin(), attributes.end());
  attributes.erase(std::unique(attributes.begin(), attributes.end()), attributes.end());
}

}  // namespace

std::vector<Record> arranged(std::vector<Record> records) {
  for (auto& record : records) {
    if (record.id.empty() && !grammar_of(record.kind).is_relation()) {
      throw Error(ErrorKind::bug, "an element of a PROV graph has no name");
    }
    arrange(record);
  }
  std::sort(records.begin(), records.end(),
            [](const Record& a, const Record& b) { return key_of(a) < key_of(b); });
  const auto end =
      std::unique(records.begin(), records.end(), [](const Record& a, const Record& b) {
        if (key_of(a) == key_of(b)) return true;
        if (a.kind != b.kind || a.id != b.id || a.id.empty()) return false;
        throw Error(ErrorKind::bug,
                    concat("two records of a PROV graph have the name '", a.id, "'"));
      });
  records.erase(end, records.end());
  return records;
}

std::string_view formal_of(const Record& record, std::string_view name) {
  for (const auto& [formal, value] : record.formal) {
    if (formal == name) return value;
  }
  return {};
}

Namespaces::Namespaces(const Prefixes& document, const Prefixes& bundle)
    : known_{{"prov", prov_iri}, {"xsd", xsd_iri}} {
  for (const auto* prefixes : {&document, &bundle}) {
    for (const auto& [prefix, iri] : *prefixes)
      known_[prefix] = iri;
  }
}

std::string Namespaces::iri(std::string_view name) const {
  const auto [prefix, local] = parts_of(name);
  const auto found = known_.find(prefix.empty() ? "default" : prefix);
  if (found == known_.end()) {
    throw Error(ErrorKind::bug, concat("the prefix of '", name, "' is not declared"));
  }
  return concat(found->second, local);
}

std::pair<std::string_view, std::string_view> parts_of(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

}  // namespace clew::prov

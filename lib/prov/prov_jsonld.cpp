#include <map>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "prov/arrange.h"
#include "prov/grammar.h"
#include "prov/writers.h"

// The terms are those of the submission's context: the names of PROV-JSON without their prefix.

namespace clew::prov {
namespace {

constexpr std::string_view kContext = "https://openprovenance.org/prov-jsonld/context.jsonld";

std::string_view type_of(Kind kind) {
  constexpr std::string_view names[] = {
      "Entity",     "Activity",  "Agent",          "Generation", "Usage",       "Communication",
      "Start",      "End",       "Invalidation",   "Derivation", "Attribution", "Association",
      "Delegation", "Influence", "Specialization", "Alternate",  "Membership"};
  return names[static_cast<std::size_t>(kind)];
}

/// The terms of attributes that the context gives a meaning, "prov:value" only in entities.
std::string_view term_of(std::string_view name, Kind kind) {
  if (name == "prov:value") return kind == Kind::entity ? "value" : name;
  for (const std::string_view known : {"prov:type", "prov:label", "prov:location", "prov:role"}) {
    if (name == known) return name.substr(5);
  }
  return name;
}

class GraphWriter {
 public:
  GraphWriter(std::string& out, const Namespaces& names) : out_(out), names_(names) {}

  void write(const std::vector<Record>& records, std::string_view indent, bool& first) {
    for (const auto& record : arranged(records)) {
      out_ += concat(std::exchange(first, false) ? "\n" : ",\n", indent);
      append(record);
    }
  }

 private:
  void append(const Record& record) {
    out_ += concat("{\"@type\": \"", type_of(record.kind), '"');
    if (!record.id.empty()) member("@id", record.id);
    for (const auto& [name, value] : record.formal)
      member(parts_of(name).second, value);
    for (std::size_t i = 0; i < record.attributes.size();) {
      const auto& name = record.attributes[i].first;
      key(attribute_key(name, record.kind));
      out_ += '[';
      const auto begin = i;
      for (; i < record.attributes.size() && record.attributes[i].first == name; ++i) {
        if (i > begin) out_ += ", ";
        append_value(name, record.attributes[i].second);
      }
      out_ += ']';
    }
    out_ += '}';
  }

  /// An attribute without a prefix stands by its IRI: by itself it would be a term of the context.
  [[nodiscard]] std::string attribute_key(std::string_view name, Kind kind) const {
    if (parts_of(name).first.empty()) return names_.iri(name);
    return std::string(term_of(name, kind));
  }

  void key(std::string_view name) {
    out_ += ", ";
    append_json_string(out_, name);
    out_ += ": ";
  }

  void member(std::string_view name, std::string_view text) {
    key(name);
    append_json_string(out_, text);
  }

  void append_value(std::string_view name, const Value& value) {
    const bool qualified = value.type == Value::Type::qualified_name;
    // The context makes what these hold an identifier.
    if (qualified && (name == "prov:type" || name == "prov:role" || name == "prov:location")) {
      append_json_string(out_, value.text);
      return;
    }
    out_ += "{\"@value\": ";
    append_json_string(out_, value.text);
    if (value.type == Value::Type::language) {
      member("@language", value.qualifier);
    } else if (const auto type = qualified ? "xsd:QName" : datatype_of(value); !type.empty()) {
      member("@type", type);
    }
    out_ += '}';
  }

  std::string& out_;
  const Namespaces& names_;
};

/// The members of a JSON object that gives prefixes their meaning.
std::string prefixes_text(const Prefixes& prefixes, std::string_view indent) {
  const std::map<std::string_view, std::string_view> sorted(prefixes.begin(), prefixes.end());
  std::string out = "{";
  bool first = true;
  const auto add = [&](std::string_view key, std::string_view iri) {
    out += concat(std::exchange(first, false) ? "\n" : ",\n", indent, "  ");
    append_json_string(out, key);
    out += ": ";
    append_json_string(out, iri);
  };
  for (const auto& [prefix, iri] : sorted) {
    if (prefix != "default") {
      add(prefix, iri);
      continue;
    }
    // Properties and types go by the one, identifiers by the other.
    add("@base", iri);
    add("@vocab", iri);
  }
  return out += first ? "}" : concat('\n', indent, '}');
}

}  // namespace

std::string to_prov_jsonld(const Document& document) {
  std::string out = concat("{\n  \"@context\": [", prefixes_text(document.prefixes, "    "), ", \"",
                           kContext, "\"],\n  \"@graph\": [");
  bool first = true;
  const Namespaces names(document.prefixes);
  GraphWriter(out, names).write(document.records, "    ", first);
  std::map<std::string_view, const Bundle*> bundles;
  for (const auto& bundle : document.bundles)
    bundles.emplace(bundle.id, &bundle);
  for (const auto& [id, bundle] : bundles) {
    out += std::exchange(first, false) ? "\n    " : ",\n    ";
    out += "{\"@type\": \"Bundle\", \"@id\": ";
    append_json_string(out, id);
    out += ", \"@context\": [";
    if (!bundle->prefixes.empty()) out += prefixes_text(bundle->prefixes, "      ");
    out += "], \"@graph\": [";
    const Namespaces inner(document.prefixes, bundle->prefixes);
    bool none = true;
    GraphWriter(out, inner).write(bundle->records, "      ", none);
    out += none ? "]}" : "\n    ]}";
  }
  return out += first ? "]\n}\n" : "\n  ]\n}\n";
}

}  // namespace clew::prov

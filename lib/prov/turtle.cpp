#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "prov/arrange.h"
#include "prov/grammar.h"
#include "prov/vocabulary.h"
#include "prov/writers.h"

namespace clew::prov {
namespace {

/// How PROV-O tells a relation: the triple "subject shorthand object", and the node that qualifies
/// it. The subject is the first formal attribute, the object the second.
struct Terms {
  std::string_view shorthand;
  std::string_view qualified;  ///< empty where there is no qualified form
  std::string_view type;
  std::string_view object;  ///< from the node to the object
  std::string_view third;   ///< from the node to the formal attributes after it
  std::string_view fourth;
  std::string_view fifth;
};

constexpr std::string_view kAtTime = "prov:atTime";

Terms terms_of(Kind kind) {
  switch (kind) {
    case Kind::was_generated_by:
      return {"prov:wasGeneratedBy",
              "prov:qualifiedGeneration",
              "prov:Generation",
              "prov:activity",
              kAtTime,
              {},
              {}};
    case Kind::used:
      return {"prov:used", "prov:qualifiedUsage", "prov:Usage", "prov:entity", kAtTime, {}, {}};
    case Kind::was_informed_by:
      return {"prov:wasInformedBy",
              "prov:qualifiedCommunication",
              "prov:Communication",
              "prov:activity",
              {},
              {},
              {}};
    case Kind::was_started_by:
      return {"prov:wasStartedBy",
              "prov:qualifiedStart",
              "prov:Start",
              "prov:entity",
              "prov:hadActivity",
              kAtTime,
              {}};
    case Kind::was_ended_by:
      return {"prov:wasEndedBy",
              "prov:qualifiedEnd",
              "prov:End",
              "prov:entity",
              "prov:hadActivity",
              kAtTime,
              {}};
    case Kind::was_invalidated_by:
      return {"prov:wasInvalidatedBy",
              "prov:qualifiedInvalidation",
              "prov:Invalidation",
              "prov:activity",
              kAtTime,
              {},
              {}};
    case Kind::was_derived_from:
      return {"prov:wasDerivedFrom", "prov:qualifiedDerivation", "prov:Derivation", "prov:entity",
              "prov:hadActivity",    "prov:hadGeneration",       "prov:hadUsage"};
    case Kind::was_attributed_to:
      return {"prov:wasAttributedTo",
              "prov:qualifiedAttribution",
              "prov:Attribution",
              "prov:agent",
              {},
              {},
              {}};
    case Kind::was_associated_with:
      return {"prov:wasAssociatedWith",
              "prov:qualifiedAssociation",
              "prov:Association",
              "prov:agent",
              "prov:hadPlan",
              {},
              {}};
    case Kind::acted_on_behalf_of:
      return {"prov:actedOnBehalfOf",
              "prov:qualifiedDelegation",
              "prov:Delegation",
              "prov:agent",
              "prov:hadActivity",
              {},
              {}};
    case Kind::was_influenced_by:
      return {"prov:wasInfluencedBy",
              "prov:qualifiedInfluence",
              "prov:Influence",
              "prov:influencer",
              {},
              {},
              {}};
    case Kind::specialization_of:
      return {"prov:specializationOf", {}, {}, {}, {}, {}, {}};
    case Kind::alternate_of:
      return {"prov:alternateOf", {}, {}, {}, {}, {}, {}};
    case Kind::had_member:
      return {"prov:hadMember", {}, {}, {}, {}, {}, {}};
    default:
      return {};
  }
}

std::string_view class_of(Kind kind) {
  if (kind == Kind::entity) return "prov:Entity";
  return kind == Kind::activity ? "prov:Activity" : "prov:Agent";
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_plain(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// May the prefix stand in Turtle? PROV-JSON allows more, such as one that begins with a digit.
bool is_turtle_prefix(std::string_view prefix) {
  return !prefix.empty() && prefix != "default" && is_letter(prefix[0]) &&
         std::all_of(prefix.begin(), prefix.end(), is_plain);
}

bool is_turtle_local(std::string_view local) {
  const auto fits = [](char c) { return is_plain(c) || c == '.'; };
  return !local.empty() && is_plain(local[0]) && local[0] != '-' && is_plain(local.back()) &&
         std::all_of(local.begin(), local.end(), fits);
}

void append_escaped(std::string& out, unsigned char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  out += concat("\\u00", digits[c >> 4U], digits[c & 15U]);
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += concat('\\', c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else
      out += c;
  }
  out += '"';
}

/// Writes the triples of one graph.
class GraphWriter {
 public:
  /// `prefixes` are those that Turtle's declarations give the meaning which they have here.
  GraphWriter(std::string& out, const Namespaces& names, std::set<std::string_view> prefixes,
              std::string_view indent)
      : out_(out), names_(names), prefixes_(std::move(prefixes)), indent_(indent) {}

  void write(const std::vector<Record>& unordered) {
    const auto records = arranged(unordered);
    // What is said of a subject stands in one place: its elements, then its relations.
    std::map<std::string_view, std::vector<const Record*>> by_subject;
    std::vector<std::string_view> order;
    for (const auto& record : records) {
      const bool relation = grammar_of(record.kind).is_relation();
      const std::string_view subject =
          relation ? formal_of(record, first_formal(record)) : record.id;
      auto& about = by_subject[subject];
      if (about.empty()) order.push_back(subject);
      about.push_back(&record);
    }
    for (const auto subject : order) {
      out_ += '\n';
      out_ += indent_;
      append_name(subject);
      first_ = true;
      for (const auto* record : by_subject[subject]) {
        if (grammar_of(record->kind).is_relation())
          append_relation(*record);
        else
          append_element(*record);
      }
      out_ += " .\n";
    }
    for (const auto* record : named_)
      append_named_node(*record);
  }

  void append_name(std::string_view name) {
    const auto [prefix, local] = parts_of(name);
    if (name.starts_with("_:") || (prefixes_.contains(prefix) && is_turtle_local(local))) {
      out_ += name;
      return;
    }
    out_ += '<';
    for (const char c : names_.iri(name)) {
      // is_name() keeps out what no IRI may hold; a backslash begins an escape.
      if (c == '\\')
        append_escaped(out_, static_cast<unsigned char>(c));
      else
        out_ += c;
    }
    out_ += '>';
  }

 private:
  static std::string_view first_formal(const Record& record) {
    return grammar_of(record.kind).formal[0].name;
  }

  /// Begins one more pair of predicate and object of the present subject.
  void predicate(std::string_view name) {
    out_ += std::exchange(first_, false) ? " " : " ;\n" + std::string(indent_) + "    ";
    if (name == "a" || name == "rdfs:label")
      out_ += name;
    else
      append_name(name);
    out_ += ' ';
  }

  void pair(std::string_view name, std::string_view object) {
    predicate(name);
    append_name(object);
  }

  void time(std::string_view name, std::string_view text) {
    predicate(name);
    append_value({Value::Type::date_time, std::string(text), {}});
  }

  void append_value(const Value& value) {
    if (value.type == Value::Type::qualified_name) {
      append_name(value.text);
      return;
    }
    append_text(out_, value.text);
    if (value.type == Value::Type::language) {
      out_ += concat('@', value.qualifier);
    } else if (const auto type = datatype_of(value); !type.empty()) {
      out_ += "^^";
      append_name(type);
    }
  }

  void append_attributes(const Record& record) {
    for (const auto& [name, value] : record.attributes) {
      if (name == "prov:type" && value.type == Value::Type::qualified_name)
        predicate("a");
      else if (name == "prov:label")
        predicate("rdfs:label");
      else if (name == "prov:location")
        predicate("prov:atLocation");
      else if (name == "prov:role")
        predicate("prov:hadRole");
      else
        predicate(name);
      append_value(value);
    }
  }

  void append_element(const Record& record) {
    pair("a", class_of(record.kind));
    append_attributes(record);
    for (const auto& [name, text] : record.formal)
      time(name == "prov:startTime" ? "prov:startedAtTime" : "prov:endedAtTime", text);
  }

  void append_relation(const Record& record) {
    const auto terms = terms_of(record.kind);
    const auto& formal = grammar_of(record.kind).formal;
    const auto object = formal_of(record, formal[1].name);
    if (!object.empty()) pair(terms.shorthand, object);
    const bool named = !record.id.empty();
    const auto known = record.formal.size();
    const bool more = named || !record.attributes.empty() || known > (object.empty() ? 1U : 2U);
    if (terms.qualified.empty() || (!more && !object.empty())) return;
    if (named) {
      pair(terms.qualified, record.id);
      named_.push_back(&record);
      return;
    }
    predicate(terms.qualified);
    out_ += '[';
    first_ = true;
    append_node(record);
    out_ += " ]";
    first_ = false;
  }

  /// What a relation is and has, from the node that stands for it.
  void append_node(const Record& record) {
    const auto terms = terms_of(record.kind);
    const auto outer = indent_;
    const auto inner = std::string(indent_) + "  ";
    indent_ = inner;
    pair("a", terms.type);
    const auto& formal = grammar_of(record.kind).formal;
    const std::string_view places[] = {{}, terms.object, terms.third, terms.fourth, terms.fifth};
    for (std::size_t i = 1; i < formal.size(); ++i) {
      const auto value = formal_of(record, formal[i].name);
      if (value.empty()) continue;
      if (formal[i].role == Role::time)
        time(places[i], value);
      else
        pair(places[i], value);
    }
    append_attributes(record);
    indent_ = outer;
  }

  void append_named_node(const Record& record) {
    out_ += '\n';
    out_ += indent_;
    append_name(record.id);
    first_ = true;
    append_node(record);
    out_ += " .\n";
  }

  std::string& out_;
  const Namespaces& names_;
  std::set<std::string_view> prefixes_;
  std::string_view indent_;
  bool first_ = true;                 // is the next pair the first of its subject?
  std::vector<const Record*> named_;  // relations with identifiers, whose nodes come last
};

constexpr std::string_view kRdfs = "http://www.w3.org/2000/01/rdf-schema#";

/// The declarations of a document: its own, and those that the terms of PROV-O need.
std::map<std::string_view, std::string_view> declarations(const Document& document) {
  std::map<std::string_view, std::string_view> known = {
      {"prov", prov_iri}, {"rdfs", kRdfs}, {"xsd", xsd_iri}};
  for (const auto& [prefix, iri] : document.prefixes) {
    if (is_turtle_prefix(prefix)) known.emplace(prefix, iri);
  }
  return known;
}

/// The prefixes that may be written in the document or in one of its bundles.
std::set<std::string_view> usable(const std::map<std::string_view, std::string_view>& declared,
                                  const Prefixes& document, const Prefixes& bundle) {
  std::set<std::string_view> prefixes;
  for (const auto& [prefix, iri] : declared)
    prefixes.insert(prefix);
  for (const auto* more : {&document, &bundle}) {
    for (const auto& [prefix, iri] : *more) {
      const auto found = declared.find(prefix);
      if (found != declared.end() && found->second != iri) prefixes.erase(prefix);
    }
  }
  return prefixes;
}

}  // namespace

std::string to_turtle(const Document& document) {
  if (!document.bundles.empty()) {
    throw Error(ErrorKind::usage, "Turtle has no place for bundles",
                {"the format 'trig' is Turtle with bundles"});
  }
  return to_trig(document);
}

std::string to_trig(const Document& document) {
  const auto declared = declarations(document);
  std::string out;
  for (const auto& [prefix, iri] : declared)
    out += concat("@prefix ", prefix, ": <", iri, "> .\n");
  const Namespaces names(document.prefixes);
  GraphWriter(out, names, usable(declared, document.prefixes, {}), "").write(document.records);
  std::map<std::string_view, const Bundle*> bundles;
  for (const auto& bundle : document.bundles)
    bundles.emplace(bundle.id, &bundle);
  for (const auto& [id, bundle] : bundles) {
    const Namespaces inner(document.prefixes, bundle->prefixes);
    out += '\n';
    GraphWriter writer(out, inner, usable(declared, document.prefixes, bundle->prefixes), "  ");
    writer.append_name(id);
    out += " {";
    writer.write(bundle->records);
    out += "}\n";
  }
  return out;
}

}  // namespace clew::prov

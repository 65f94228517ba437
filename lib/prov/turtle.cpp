#include <algorithm>
#include <array>
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

/// How PROV-O qualifies a relation: by a node of the class `type`, to which prov:qualifiedTYPE
/// leads from the subject, and from which `terms` lead to the formal attributes after the subject.
/// The triple from the subject to the object has the name of the relation itself. Of kinds without
/// a qualified form the type is empty.
struct Terms {
  Kind kind;
  std::string_view type;
  std::array<std::string_view, 4> terms;
};

constexpr std::array relation_terms = {
    Terms{Kind::was_generated_by, "Generation", {"activity", "atTime"}},
    Terms{Kind::used, "Usage", {"entity", "atTime"}},
    Terms{Kind::was_informed_by, "Communication", {"activity"}},
    Terms{Kind::was_started_by, "Start", {"entity", "hadActivity", "atTime"}},
    Terms{Kind::was_ended_by, "End", {"entity", "hadActivity", "atTime"}},
    Terms{Kind::was_invalidated_by, "Invalidation", {"activity", "atTime"}},
    Terms{Kind::was_derived_from,
          "Derivation",
          {"entity", "hadActivity", "hadGeneration", "hadUsage"}},
    Terms{Kind::was_attributed_to, "Attribution", {"agent"}},
    Terms{Kind::was_associated_with, "Association", {"agent", "hadPlan"}},
    Terms{Kind::acted_on_behalf_of, "Delegation", {"agent", "hadActivity"}},
    Terms{Kind::was_influenced_by, "Influence", {"influencer"}},
    Terms{Kind::specialization_of, "", {}},
    Terms{Kind::alternate_of, "", {}},
    Terms{Kind::had_member, "", {}},
};
constexpr auto first_relation = static_cast<std::size_t>(Kind::was_generated_by);

static_assert([] {
  for (std::size_t i = 0; i < relation_terms.size(); ++i) {
    if (static_cast<std::size_t>(relation_terms[i].kind) != first_relation + i) return false;
  }
  return true;
}());

const Terms& terms_of(Kind kind) {
  return relation_terms.at(static_cast<std::size_t>(kind) - first_relation);
}

std::string_view class_of(Kind kind) {
  if (kind == Kind::entity) return "prov:Entity";
  return kind == Kind::activity ? "prov:Activity" : "prov:Agent";
}

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_plain(char c) {
  return is_name_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// May the prefix stand in Turtle? PROV-JSON allows more, such as one that begins with a digit.
bool is_turtle_prefix(std::string_view prefix) {
  return !prefix.empty() && prefix != "default" && is_name_letter(prefix[0]) &&
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

void append_quoted(std::string& out, std::string_view text) {
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
    append_quoted(out_, value.text);
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
    const auto& terms = terms_of(record.kind);
    const auto& grammar = grammar_of(record.kind);
    const auto object = formal_of(record, grammar.formal[1].name);
    if (!object.empty()) pair(concat("prov:", grammar.key), object);
    const bool named = !record.id.empty();
    const auto known = record.formal.size();
    const bool more = named || !record.attributes.empty() || known > (object.empty() ? 1U : 2U);
    if (terms.type.empty() || (!more && !object.empty())) return;
    const auto qualified_by = concat("prov:qualified", terms.type);
    if (named) {
      pair(qualified_by, record.id);
      named_.push_back(&record);
      return;
    }
    predicate(qualified_by);
    out_ += '[';
    first_ = true;
    append_node(record);
    out_ += " ]";
    first_ = false;
  }

  /// What a relation is and has, from the node that stands for it.
  void append_node(const Record& record) {
    const auto& terms = terms_of(record.kind);
    const auto outer = indent_;
    const auto inner = std::string(indent_) + "  ";
    indent_ = inner;
    pair("a", concat("prov:", terms.type));
    const auto& formal = grammar_of(record.kind).formal;
    for (std::size_t i = 1; i < formal.size(); ++i) {
      const auto value = formal_of(record, formal[i].name);
      if (value.empty()) continue;
      const auto term = concat("prov:", terms.terms.at(i - 1));
      if (formal[i].role == Role::time)
        time(term, value);
      else
        pair(term, value);
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

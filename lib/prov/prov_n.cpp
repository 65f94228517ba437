#include <algorithm>
#include <map>

#include "base/text.h"
#include "prov/arrange.h"
#include "prov/grammar.h"
#include "prov/writers.h"

// Section 3 of the Recommendation has the grammar.

namespace clew::prov {
namespace {

/// A string literal in double quotes. Line feeds and the like are escaped, so that each record
/// stays on its line.
void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        out += '\\';
        out += c;
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += c;
    }
  }
  out += '"';
}

/// A qualified name; characters that PROV-N has another use for get a backslash (PN_CHARS_ESC).
void append_name(std::string& out, std::string_view name) {
  const auto [prefix, local] = parts_of(name);
  if (!prefix.empty()) {
    out += prefix;
    out += ':';
  }
  for (std::size_t i = 0; i < local.size(); ++i) {
    const char c = local[i];
    const bool last_dot = c == '.' && i + 1 == local.size();
    const bool first_dash = c == '-' && i == 0;
    if (last_dot || first_dash || std::string_view("='(),:;[]").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
}

void append_value(std::string& out, const Value& value) {
  if (value.type == Value::Type::qualified_name) {
    out += '\'';
    append_name(out, value.text);
    out += '\'';
    return;
  }
  append_text(out, value.text);
  if (value.type == Value::Type::language) {
    out += concat('@', value.qualifier);
  } else if (const auto type = datatype_of(value); !type.empty()) {
    out += " %% ";
    append_name(out, type);
  }
}

void append_attributes(std::string& out, const Record& record) {
  if (record.attributes.empty()) return;
  out += ", [";
  bool first = true;
  for (const auto& [name, value] : record.attributes) {
    if (!std::exchange(first, false)) out += ", ";
    append_name(out, name);
    out += '=';
    append_value(out, value);
  }
  out += ']';
}

bool has_optional(const Record& record) {
  const auto& formal = grammar_of(record.kind).formal;
  return std::any_of(formal.begin(), formal.end(), [&](const Formal& row) {
    return !row.mandatory && !formal_of(record, row.name).empty();
  });
}

/// The formal attributes by their places, "-" for what is absent. Those that may be absent are
/// given all or none.
void append_formal(std::string& out, const Record& record) {
  const auto& formal = grammar_of(record.kind).formal;
  bool first = true;
  for (const auto& [name, role, mandatory] : formal) {
    if (!mandatory && !has_optional(record)) return;
    if (!std::exchange(first, false)) out += ", ";
    const auto value = formal_of(record, name);
    if (value.empty())
      out += '-';
    else if (role == Role::time)
      out += value;
    else
      append_name(out, value);
  }
}

void append_record(std::string& out, const Record& record) {
  const auto& grammar = grammar_of(record.kind);
  out += grammar.key;
  out += '(';
  if (!grammar.is_relation()) {
    append_name(out, record.id);
    if (record.kind == Kind::activity && !record.formal.empty()) {
      out += ", ";
      append_formal(out, record);
    }
  } else {
    // A blank identifier has no meaning outside of PROV-JSON.
    if (!record.id.empty() && !record.id.starts_with("_:")) {
      append_name(out, record.id);
      out += "; ";
    }
    append_formal(out, record);
  }
  append_attributes(out, record);
  out += ")\n";
}

void append_content(std::string& out, const Prefixes& prefixes, const std::vector<Record>& records,
                    std::string_view indent) {
  const std::map<std::string_view, std::string_view> sorted(prefixes.begin(), prefixes.end());
  for (const auto& [prefix, iri] : sorted) {
    // These two are reserved, and known.
    if (prefix == "prov" || prefix == "xsd") continue;
    out += prefix == "default" ? concat(indent, "default <", iri, ">\n")
                               : concat(indent, "prefix ", prefix, " <", iri, ">\n");
  }
  for (const auto& record : arranged(records)) {
    out += indent;
    append_record(out, record);
  }
}

}  // namespace

std::string to_prov_n(const Document& document) {
  std::string out = "document\n";
  append_content(out, document.prefixes, document.records, "  ");
  std::map<std::string_view, const Bundle*> bundles;
  for (const auto& bundle : document.bundles)
    bundles.emplace(bundle.id, &bundle);
  for (const auto& [id, bundle] : bundles) {
    out += "  bundle ";
    append_name(out, id);
    out += '\n';
    append_content(out, bundle->prefixes, bundle->records, "    ");
    out += "  endBundle\n";
  }
  return out += "endDocument\n";
}

}  // namespace clew::prov

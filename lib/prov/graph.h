#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

// A PROV graph as a plain value, and its PROV-JSON. Nothing here is thread-safe or needs to be.

namespace clew::prov {

/// The value of an attribute: a literal with its XSD type, or a qualified name. The last two types
/// are those of other people's documents; clew writes none of them.
struct Value {
  enum class Type { string, boolean, integer, real, date_time, qualified_name, language, typed };
  Type type = Type::string;
  std::string text;       ///< lexical form
  std::string qualifier;  ///< of `language` the tag, of `typed` the name of the type
  friend bool operator==(const Value&, const Value&) = default;
  friend bool operator<(const Value& a, const Value& b) {
    return std::tie(a.type, a.text, a.qualifier) < std::tie(b.type, b.text, b.qualifier);
  }
};
/// UTF-8 text. What xsd:string cannot hold (control characters but tab, line feed and carriage
/// return, U+FFFE and U+FFFF, bytes that are not UTF-8) becomes U+FFFD.
[[nodiscard]] Value text_value(std::string text);
[[nodiscard]] Value int_value(std::int64_t value);
[[nodiscard]] Value real_value(double value);  ///< xsd:double, with "NaN", "INF", "-INF"
[[nodiscard]] Value bool_value(bool value);
[[nodiscard]] Value time_value(Time microseconds);
[[nodiscard]] Value name_value(std::string qualified_name);
/// The type of a literal, such as "xsd:int": an integer has the smallest of xsd:int, xsd:long and
/// xsd:integer. Empty for plain text, text with a language, and qualified names.
[[nodiscard]] std::string_view datatype_of(const Value& value);

using Attribute = std::pair<std::string, Value>;

/// The kinds of record of PROV-DM, by PROV-JSON's key.
enum class Kind {
  entity,
  activity,
  agent,
  was_generated_by,
  used,
  was_informed_by,
  was_started_by,
  was_ended_by,
  was_invalidated_by,
  was_derived_from,
  was_attributed_to,
  was_associated_with,
  acted_on_behalf_of,
  was_influenced_by,
  specialization_of,
  alternate_of,
  had_member,
};
[[nodiscard]] std::string_view json_key(Kind kind);

/// One element or relation. Formal attributes (identifiers of other records, times) stand apart
/// from the others, by PROV-JSON's names ("prov:entity", "prov:startTime").
struct Record {
  Kind kind = Kind::entity;
  std::string id;  ///< qualified name; relations alone may have none or a blank one ("_:x")
  std::vector<std::pair<std::string, std::string>> formal;
  std::vector<Attribute> attributes;  ///< several of one name are a set of values
};

using Prefixes = std::vector<std::pair<std::string, std::string>>;  ///< prefix, namespace IRI

/// A named set of records inside a document, which is checked by itself. It knows the prefixes of
/// the document.
struct Bundle {
  std::string id;
  Prefixes prefixes;  ///< besides those of the document
  std::vector<Record> records;
};

/// A PROV document. Records keep no meaningful order; writers sort them.
struct Document {
  Prefixes prefixes;
  std::vector<Record> records;
  std::vector<Bundle> bundles;
};

/// The document as PROV-JSON (W3C Member Submission of 24 April 2013), keys sorted, one line per
/// record: the same document gives the same bytes, whatever the order of its records. Relations
/// without an identifier get blank ones by the order of their content; equal records are written
/// once. Throws Error(bug) when two different records of one kind have one identifier.
[[nodiscard]] std::string to_prov_json(const Document& document);

}  // namespace clew::prov

#include "prov/statements.h"

#include <algorithm>

#include "base/text.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

bool is_prov_attribute(std::string_view name) {
  return name == "prov:type" || name == "prov:label" || name == "prov:location" ||
         name == "prov:role" || name == "prov:value";
}

bool is_qualified_name_type(std::string_view type) {
  return type == "prov:QUALIFIED_NAME" || type == "xsd:QName";
}

bool names_empty_collection(const Json& value) {
  if (value.is_array()) {
    const auto& items = value.as_array();
    return std::any_of(items.begin(), items.end(), [](const Json& item) {
      return item.is_object() && names_empty_collection(item);
    });
  }
  const auto* name = value.find("$");
  const auto* type = value.find("type");
  return name != nullptr && *name == Json("prov:EmptyCollection") && type != nullptr &&
         type->is_string() && is_qualified_name_type(type->as_string());
}

/// RFC 5646 in outline: subtags of up to eight letters or digits, the first of letters.
bool is_language(std::string_view tag) {
  bool first = true;
  for (const auto part : split(tag, '-')) {
    const bool letters = std::exchange(first, false);
    const auto fits = [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!letters && c >= '0' && c <= '9');
    };
    if (part.empty() || part.size() > 8 || !std::all_of(part.begin(), part.end(), fits)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::vector<Statement> StatementReader::read(const Json& container) {
  where_ = place_.empty() ? "document" : place_.substr(0, place_.size() - 1);
  if (!container.is_object()) {
    report("is not a JSON object");
    return {};
  }
  if (const auto* prefixes = container.find("prefix"); prefixes != nullptr) {
    read_prefixes(*prefixes);
  }
  for (const auto& [key, value] : container.as_object()) {
    if (key == "prefix" || (key == "bundle" && place_.empty())) continue;
    where_ = concat(place_, key);
    if (const auto* kind = find_grammar(key); kind != nullptr) {
      read_kind(*kind, value);
    } else {
      report(key == "bundle" ? "is a bundle inside a bundle" : "is no kind of record");
    }
  }
  return std::move(statements_);
}

void StatementReader::read_prefixes(const Json& prefixes) {
  where_ = concat(place_, "prefix");
  if (!prefixes.is_object()) {
    report("is not a JSON object");
    return;
  }
  for (const auto& [prefix, iri] : prefixes.as_object()) {
    where_ = concat(place_, "prefix/", prefix);
    if (iri.is_string()) {
      read_prefix(prefix, iri.as_string());
      continue;
    }
    report("is not a string");
    // Declared all the same: its uses are no further faults.
    names_.declare(prefix, prefix);
  }
}

void StatementReader::read_prefix(const std::string& prefix, const std::string& text) {
  where_ = concat(place_, "prefix/", prefix);
  const bool reserved =
      (prefix == "prov" && text != prov_iri) || (prefix == "xsd" && text != xsd_iri);
  if (reserved) report(concat("names '", text, "' with a reserved prefix"));
  if (!is_prefix(prefix)) report("is no prefix: letters, digits, '_' and '-' may stand in one");
  if (!is_iri(text)) report(concat("'", text, "' is no absolute IRI"));
  if (!reserved) names_.declare(prefix, text);
}

void StatementReader::read_kind(const Grammar& kind, const Json& records) {
  if (!records.is_object()) {
    report("is not a JSON object");
    return;
  }
  const auto& members = records.as_object();
  statements_.reserve(statements_.size() + members.size());
  for (const auto& [id, body] : members)
    read_record(kind, id, body);
}

void StatementReader::read_record(const Grammar& kind, const std::string& id, const Json& body) {
  where_ = concat(place_, kind.key, '/', id);
  Statement statement;
  statement.grammar = &kind;
  statement.id = id;
  read_id(statement);
  if (!body.is_object()) {
    report(body.is_array() ? "is a list of records under one identifier" : "is not a JSON object");
    return;
  }
  std::array<bool, 5> given{};
  for (const auto& member : body.as_object()) {
    const auto& name = member.first;
    const auto& value = member.second;
    const auto formal = std::find_if(kind.formal.begin(), kind.formal.end(),
                                     [&name](const Formal& row) { return row.name == name; });
    if (formal == kind.formal.end()) {
      read_attribute(statement, name, value);
      continue;
    }
    const auto index = static_cast<std::size_t>(formal - kind.formal.begin());
    given.at(index) = true;
    read_formal(statement, index, value);
  }
  check_mandatory(kind, given);
  statements_.push_back(statement);
}

std::vector<Statement> StatementReader::read(const Prefixes& prefixes,
                                             const std::vector<Record>& records) {
  for (const auto& [prefix, iri] : prefixes)
    read_prefix(prefix, iri);
  statements_.reserve(records.size());
  for (const auto& record : records)
    read_record(record);
  return std::move(statements_);
}

void StatementReader::read_record(const Record& record) {
  const auto& kind = grammar_of(record.kind);
  record_ = &record;
  Statement statement;
  statement.grammar = &kind;
  statement.id = record.id;
  // A relation without an identifier gets a blank one when it is written.
  if (!record.id.empty() || !kind.is_relation()) read_id(statement);
  std::array<bool, 5> given{};
  for (const auto& [name, text] : record.formal) {
    const auto formal =
        std::find_if(kind.formal.begin(), kind.formal.end(),
                     [&known = name](const Formal& row) { return row.name == known; });
    if (formal == kind.formal.end()) {
      report(concat('\'', name, "' is no attribute of this kind of record"));
      continue;
    }
    const auto index = static_cast<std::size_t>(formal - kind.formal.begin());
    given.at(index) = true;
    read_formal(statement, index, text);
  }
  for (const auto& [name, value] : record.attributes) {
    if (!accepts_attribute(statement, name)) continue;
    const auto type = datatype_of(value);
    const bool qualified = value.type == Value::Type::qualified_name;
    if (qualified) {
      check_name(value.text);
    } else if (value.type == Value::Type::language && !is_language(value.qualifier)) {
      report(concat("'lang' of '", name, "' is no language tag: '", value.qualifier, '\''));
    } else if (!type.empty() && !fits_type(value.text, type)) {
      report(concat('\'', name, "' is no ", type, ": '", value.text, '\''));
    }
    if (value.type == Value::Type::typed) check_name(value.qualifier);
    if (qualified && name == "prov:type" && value.text == "prov:EmptyCollection") {
      statement.empty_collection = true;
    }
  }
  check_mandatory(kind, given);
  statements_.push_back(statement);
}

void StatementReader::check_mandatory(const Grammar& kind, const std::array<bool, 5>& given) {
  for (std::size_t i = 0; i < kind.formal.size(); ++i) {
    if (kind.formal[i].mandatory && !given.at(i)) {
      report(concat("lacks '", kind.formal[i].name, '\''));
    }
  }
}

void StatementReader::read_id(Statement& statement) {
  const auto& kind = *statement.grammar;
  if (is_blank(statement.id) && !kind.is_relation()) {
    report("has a blank identifier, which only relations may have");
    return;
  }
  if (!check_name(statement.id)) return;
  if (kind.open) {
    statement.node = names_.node(statement.id);
  } else if (!is_blank(statement.id)) {
    report("has an identifier, which this kind of relation cannot have");
  }
}

void StatementReader::read_formal(Statement& statement, std::size_t index, const Json& value) {
  if (!value.is_string()) {
    report(concat('\'', statement.grammar->formal[index].name, "' is not a plain string"));
    return;
  }
  read_formal(statement, index, value.as_string());
}

void StatementReader::read_formal(Statement& statement, std::size_t index,
                                  const std::string& text) {
  const auto& formal = statement.grammar->formal[index];
  if (formal.role == Role::time) {
    statement.times.at(index) = parse_date_time(text);
    if (!statement.times.at(index)) {
      report(concat('\'', formal.name, "' is no xsd:dateTime: '", text, '\''));
    }
    return;
  }
  const bool of_relation = formal.role == Role::generation || formal.role == Role::usage;
  if (is_blank(text) && !of_relation && formal.role != Role::any) {
    report(concat('\'', formal.name, "' is blank, but elements have names"));
    return;
  }
  if (check_name(text)) statement.refs.at(index) = names_.node(text);
}

bool StatementReader::accepts_attribute(const Statement& statement, const std::string& name) {
  if (!statement.grammar->open) {
    report(concat("has the attribute '", name, "', but this kind of relation has none"));
    return false;
  }
  if (accepted_.contains(name)) return true;
  if (is_blank(name)) {
    report(concat('\'', name, "' is no name of an attribute"));
    return false;
  }
  if (!check_name(name)) return false;
  if (name.starts_with("prov:") && !is_prov_attribute(name)) {
    report(concat('\'', name, "' is no attribute of this kind of record"));
    return false;
  }
  accepted_.insert(name);
  return true;
}

void StatementReader::read_attribute(Statement& statement, const std::string& name,
                                     const Json& value) {
  if (!accepts_attribute(statement, name)) return;
  if (!value.is_array()) {
    check_value(name, value);
  } else {
    for (const auto& item : value.as_array())
      check_value(name, item);
  }
  if (name == "prov:type" && names_empty_collection(value)) statement.empty_collection = true;
}

void StatementReader::check_value(const std::string& name, const Json& value) {
  if (value.is_null()) {
    report(concat('\'', name, "' is null"));
  } else if (value.is_array()) {
    report(concat('\'', name, "' has a list inside its list"));
  } else if (value.is_object()) {
    check_typed(name, value);
  }
}

void StatementReader::check_typed(const std::string& name, const Json& value) {
  for (const auto& [key, part] : value.as_object()) {
    if (key != "$" && key != "type" && key != "lang") {
      report(concat('\'', name, "' has an unknown member '", key, '\''));
    } else if (!part.is_string()) {
      report(concat("'", key, "' of '", name, "' is not a string"));
    }
  }
  const auto text_of = [&](std::string_view key) {
    const auto* found = value.find(key);
    return found != nullptr && found->is_string() ? &found->as_string() : nullptr;
  };
  if (value.find("$") == nullptr) report(concat('\'', name, "' lacks '$'"));
  const auto* text = text_of("$");
  const auto* type = text_of("type");
  const auto* language = text_of("lang");
  if (language != nullptr && !is_language(*language)) {
    report(concat("'lang' of '", name, "' is no language tag: '", *language, '\''));
  }
  if (type == nullptr || !check_name(*type) || text == nullptr) return;
  if (is_qualified_name_type(*type)) {
    check_name(*text);
  } else if (!fits_type(*text, *type)) {
    report(concat('\'', name, "' is no ", *type, ": '", *text, '\''));
  }
}

bool StatementReader::check_name(std::string_view name) {
  if (!is_name(name)) {
    report(concat('\'', name, "' is no qualified name"));
    return false;
  }
  const auto prefix = names_.undeclared(name);
  if (!prefix || !undeclared_.insert(*prefix).second) return true;
  report(*prefix == "default" && name.find(':') == std::string_view::npos
             ? concat('\'', name, "' has no prefix, and there is no default namespace")
             : concat("the prefix '", *prefix, "' is not declared"));
  return true;
}

void StatementReader::report(std::string what) {
  if (record_ != nullptr) where_ = concat(place_, json_key(record_->kind), '/', record_->id);
  findings_.push_back({where_, std::move(what), {}});
}

}  // namespace clew::prov

#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "prov/graph.h"

// What the writers share.

namespace clew::prov {

/// The records in the one order that writers use: by kind, identifier and content; formal
/// attributes as in the grammar, others sorted; of equal ones one. Throws Error(bug) when two
/// different records of one kind have one identifier, and for an element without any.
[[nodiscard]] std::vector<Record> arranged(std::vector<Record> records);

/// The value of a formal attribute, empty where it is absent.
[[nodiscard]] std::string_view formal_of(const Record& record, std::string_view name);

/// Prefixes and what they stand for. `prov` and `xsd` are known. Keeps views into what it was
/// given.
class Namespaces {
 public:
  explicit Namespaces(const Prefixes& document, const Prefixes& bundle = {});
  /// The IRI of a qualified name. Throws Error(bug) when its prefix is not declared.
  [[nodiscard]] std::string iri(std::string_view name) const;

 private:
  std::unordered_map<std::string_view, std::string_view> known_;
};

/// The prefix and the local part of a qualified name; no prefix where it has none.
[[nodiscard]] std::pair<std::string_view, std::string_view> parts_of(std::string_view name);

}  // namespace clew::prov

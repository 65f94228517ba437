#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "prov/graph.h"

namespace clew::prov {

using Formals = std::vector<std::pair<std::string, std::string>>;
using Attributes = std::vector<Attribute>;

/// Collects the records of one document. Elements that several runs share are named several times:
/// what is said of them adds up.
class Builder {
 public:
  explicit Builder(Document& document) : document_(document) {}

  /// Declares an element, or adds to what is known of it. Formal attributes that are there stay.
  void element(Kind kind, const std::string& id, Attributes attributes, Formals formal = {});
  /// A relation without an identifier of its own.
  void relation(Kind kind, Formals formal, Attributes attributes = {});
  /// A relation that others refer to; `id` may be empty all the same.
  void named_relation(Kind kind, std::string id, Formals formal, Attributes attributes);

 private:
  Document& document_;
  std::unordered_map<std::string, std::size_t> elements_;  // identifier to index of the record
};

/// `prefix:local`.
[[nodiscard]] std::string qualified(std::string_view prefix, std::string_view local);
/// prov:type with a class.
[[nodiscard]] Attribute type_of(std::string class_name);
[[nodiscard]] Attribute label_of(std::string text);

}  // namespace clew::prov

#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
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
  explicit Builder(Document& document)
      : document_(document), elements_(0, Hash{{&document}}, Same{{&document}}) {}

  /// Declares an element, or adds to what is known of it. Formal attributes that are there stay.
  void element(Kind kind, const std::string& id, Attributes attributes, Formals formal = {});
  /// A relation without an identifier of its own.
  void relation(Kind kind, Formals formal, Attributes attributes = {});
  /// A relation that others refer to; `id` may be empty all the same.
  void named_relation(Kind kind, std::string id, Formals formal, Attributes attributes);

 private:
  /// The place of a record stands for its identifier, which is so kept once.
  struct ById {
    using is_transparent = void;
    const Document* document;
    [[nodiscard]] std::string_view id(std::string_view text) const { return text; }
    [[nodiscard]] std::string_view id(std::size_t place) const {
      return document->records[place].id;
    }
  };
  struct Hash : ById {
    std::size_t operator()(const auto& one) const { return std::hash<std::string_view>()(id(one)); }
  };
  struct Same : ById {
    bool operator()(const auto& a, const auto& b) const { return id(a) == id(b); }
  };

  Document& document_;
  std::unordered_set<std::size_t, Hash, Same> elements_;  // places of records
};

/// `prefix:local`.
[[nodiscard]] std::string qualified(std::string_view prefix, std::string_view local);
/// prov:type with a class.
[[nodiscard]] Attribute type_of(std::string class_name);
[[nodiscard]] Attribute label_of(std::string text);

}  // namespace clew::prov

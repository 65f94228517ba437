#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "prov/graph.h"

// The records of PROV-DM (W3C Recommendation of 30 April 2013) as PROV-JSON writes them: one table
// that the writer and the checks share.

namespace clew::prov {

/// What a formal attribute holds: the name of a record of some kind, or a time.
enum class Role { entity, activity, agent, any, generation, usage, time };

struct Formal {
  std::string_view name;  ///< "prov:entity"
  Role role;
  bool mandatory;
};

struct Grammar {
  Kind kind;
  std::string_view key;    ///< PROV-JSON's name of the kind
  std::string_view blank;  ///< how blank identifiers of the kind begin; empty for elements
  std::span<const Formal> formal;
  /// May a record of the kind have an identifier and attributes of its own? Not so for
  /// specialization, alternate and membership.
  bool open;

  [[nodiscard]] bool is_relation() const { return !blank.empty(); }
};

inline constexpr std::size_t kind_count = static_cast<std::size_t>(Kind::had_member) + 1;

/// All kinds, in the order of Kind.
[[nodiscard]] std::span<const Grammar> grammar();
[[nodiscard]] const Grammar& grammar_of(Kind kind);
/// nullptr for a key that names no kind.
[[nodiscard]] const Grammar* find_grammar(std::string_view key);

}  // namespace clew::prov

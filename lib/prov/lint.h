#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "prov/graph.h"

namespace clew::prov {

/// A fault of a PROV-JSON document.
struct Finding {
  std::string where;       ///< the record: "used/_:u1"
  std::string what;        ///< what is wrong with it
  std::string constraint;  ///< the number in PROV-CONSTRAINTS, "54" say, or empty
};

/// Checks a parsed PROV-JSON document: structure, undeclared prefixes, dangling references, typing,
/// disjointness, syntax and order of times, duplicate generation, cycles of derivation, members of
/// an empty collection. Empty when it is sound. Bundles are checked each by itself.
[[nodiscard]] std::vector<Finding> lint(const Json& document);
/// The same of a graph that is to be written.
[[nodiscard]] std::vector<Finding> lint(const Document& document);

}  // namespace clew::prov

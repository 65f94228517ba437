#pragma once

#include <string>

#include "base/json.h"
#include "query/lineage.h"
#include "ui/output.h"

// A lineage as text for people, as JSON, and for Graphviz.

namespace clew::cmd {

struct LineageView {
  bool up = true;
  bool down = true;
};

/// The thing that was asked about, then a tree of what it came from and one of what was made from
/// it. A run or file that was drawn before with all that follows is not drawn again.
void print_lineage(ui::Output& out, const query::Lineage& lineage, const LineageView& view);

/// The graph as the object that clew-json(5) describes; `now` ends the durations of runs that go
/// on.
[[nodiscard]] Json lineage_to_json(const query::Lineage& lineage, Time now);

/// The graph in Graphviz's language, in the shapes and colours of W3C PROV: entities are yellow
/// ellipses, activities blue boxes, and what came first stands to the left.
[[nodiscard]] std::string lineage_to_dot(const query::Lineage& lineage);

}  // namespace clew::cmd

#pragma once

#include <cstddef>
#include <string>

#include "prov/graph.h"

namespace clew::exporter {

struct DotOptions {
  bool full = false;            ///< a node for every entity, however many there are
  std::size_t most_files = 40;  ///< nodes for files to aim at, unless `full`
};

/// A PROV graph as a drawing for Graphviz (its language DOT), in the shapes and colours of the
/// W3C's layout conventions (https://www.w3.org/2011/prov/wiki/Diagrams): entities are yellow
/// ellipses, activities blue boxes, agents orange houses; arrows lead from what was made to what it
/// was made from. Unless `full`, files that play the same part are one node for each directory, and
/// parameters stand in the node of their configuration. The same document gives the same text.
[[nodiscard]] std::string prov_to_dot(const prov::Document& document, const DotOptions& options);

}  // namespace clew::exporter

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "export/prov_dot.h"
#include "prov/graph.h"

// What of a PROV graph is drawn as one node. Internal to export.

namespace clew::exporter {

/// A node of the picture: one element of the graph or several.
struct PictureNode {
  prov::Kind kind = prov::Kind::entity;
  std::vector<std::string> lines;  ///< of its label
  std::string tooltip;
  bool several = false;  ///< stands for more than one element
};

struct PictureNodes {
  std::map<std::string, PictureNode> nodes;    ///< by a name that is unique in the document
  std::map<std::string, std::string> node_of;  ///< of each element, by its identifier
};

/// The nodes of a document or bundle. Elements that are referred to but not declared get a node,
/// too.
[[nodiscard]] PictureNodes picture_nodes(const std::vector<prov::Record>& records,
                                         const DotOptions& options);

/// The first value of an attribute as text; empty where there is none.
[[nodiscard]] std::string_view attribute_of(const prov::Record& record, std::string_view name);

}  // namespace clew::exporter

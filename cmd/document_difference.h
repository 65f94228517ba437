#pragma once

#include <string>
#include <vector>

#include "prov/graph.h"

namespace clew::cmd {

/// One thing that a document says otherwise than another.
struct DocumentDifference {
  std::string text;         ///< "entity r1:param-lr says prov:value 0.1, the store 0.01"
  bool annotation = false;  ///< it is a name, tag or note, which may change at any time
};

/// What `document` says otherwise than `recorded`, the same document made anew from the store. The
/// digest that a document carries of itself does not count.
[[nodiscard]] std::vector<DocumentDifference> document_differences(const prov::Document& document,
                                                                   const prov::Document& recorded);

}  // namespace clew::cmd

#pragma once

#include "base/json.h"
#include "prov/graph.h"

namespace clew::prov {

/// A parsed PROV-JSON document as a graph. Blank identifiers of relations to which nothing refers
/// are dropped, since they mean nothing. The document should have passed lint(): for what has no
/// place in a graph throws Error(failed) with the place of the fault.
[[nodiscard]] Document read_prov_json(const Json& json);

}  // namespace clew::prov

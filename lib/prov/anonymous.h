#pragma once

#include "model/parts.h"

namespace clew::prov {

/// The run without what names its user and machine: user and host, environment members and
/// variables that hold them, addresses, and absolute paths. Paths below the top of the work tree
/// become relative to it; of others the last part stays, behind 12 hex digits of the path's
/// SHA-256 ("outside:HASH/NAME"), and programs from directories named "bin" are named alone. Texts
/// that people wrote (notes, tags, names) are kept but for absolute paths and the name of the host:
/// they must be read before they are given away.
[[nodiscard]] model::RunParts anonymous(model::RunParts parts);

}  // namespace clew::prov

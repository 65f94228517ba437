#pragma once

#include <set>
#include <string>

#include "store/layout.h"

namespace clew::record {

/// The digests of the objects that a run refers to, sealed or not; all others may be removed, but
/// for new ones: a run that is just ending keeps its copies before it says so. Throws Error as
/// reading a store does.
[[nodiscard]] std::set<std::string> objects_in_use(const store::Layout& layout);

}  // namespace clew::record

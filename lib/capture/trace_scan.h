#pragma once

#include <vector>

#include "base/fs.h"
#include "capture/trace_item.h"

namespace clew::capture {

/// The regular files below `root` that were written between two moments, as opens by process 0;
/// those that were created too are marked so. Leaves out `.git` and `.clew`. Looks at no more than
/// a million entries, and for no longer than two seconds.
[[nodiscard]] std::vector<TraceItem> scan_written(const fs::path& root, Time from, Time until);

}  // namespace clew::capture

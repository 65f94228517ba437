#pragma once

#include <vector>

#include "base/fs.h"
#include "capture/file_policy.h"
#include "capture/trace_item.h"

namespace clew::capture {

/// The regular files below `root` that were written between two moments, as opens by process 0;
/// those that were created too are marked so. Leaves out `.git` and `.clew`. Looks at no more than
/// a million entries, and for no longer than two seconds.
[[nodiscard]] std::vector<TraceItem> scan_written(const fs::path& root, Time from, Time until);

/// The regular files that the user's patterns declare, as uses by process 0: as an output what was
/// written between the two moments, as an input what is there. Paths are absolute. Looks below the
/// policy's places only, within the same bounds.
[[nodiscard]] std::vector<model::FileUse> scan_declared(FilePolicy& policy, Time from, Time until);

}  // namespace clew::capture

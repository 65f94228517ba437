#pragma once

#include <optional>
#include <string_view>

#include "base/fs.h"
#include "capture/trace_calls.h"

namespace clew::record {

/// The ways to find out what a run does, best first. `automatic` takes the first that is possible.
enum class TraceMechanism { automatic, unotify, outer, preload, scan };
[[nodiscard]] std::optional<TraceMechanism> trace_mechanism_from_name(std::string_view name);

/// How the files and processes of a run are to be found out.
struct TraceRequest {
  capture::TraceLevel level = capture::TraceLevel::files;
  TraceMechanism mechanism = TraceMechanism::automatic;
  fs::path preload;  ///< the library for the mechanism of that name; empty where there is none
  fs::path reopen;   ///< that of hooks/reopen, for `automatic`; likewise
};

}  // namespace clew::record

#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fs.h"
#include "base/id.h"
#include "capture/file_policy.h"
#include "model/run.h"
#include "record/rules.h"
#include "record/trace_request.h"
#include "snapshot/snapshot.h"
#include "store/layout.h"
#include "store/store.h"

namespace clew::record {

/// What is to be recorded of the files that a run uses.
struct FileRequest {
  capture::FilePatterns patterns;
  std::uint64_t hash_limit = 4ULL << 30;  ///< bytes; of a larger file only samples are hashed
  std::uint64_t save_limit = 1ULL << 30;  ///< bytes of all kept copies together
};

/// What `clew run` was asked to do, with nothing left to look up.
struct Request {
  store::Layout layout;
  std::vector<std::string> argv;  ///< the command, exactly as given; not empty
  fs::path directory;             ///< absolute
  EnvironmentMap environment;
  std::string name;
  std::vector<std::string> notes;
  std::vector<std::string> tags;
  std::vector<std::string> params;       ///< NAME=VALUE
  std::vector<std::string> param_files;  ///< named by the user or by clew.yaml
  std::vector<std::string> metric_templates;
  std::optional<RunId> parent;
  std::optional<RunId> rerun_of;  ///< the run that this one repeats
  std::string group;
  bool snapshot = true;
  bool keep_output = true;
  bool scan_output = true;
  store::OutputLimit output_limit;
  snapshot::Bounds bounds;
  FileRequest files;
  std::vector<std::string> variable_patterns;  ///< of environment variables to record
  TraceRequest trace;
  std::vector<RuleText> rules;
  int checkpoint_signal = 0;  ///< by which the command is told to save; 0 for none
  std::chrono::seconds checkpoint_wait{30};
  std::chrono::seconds grace{30};  ///< from SIGTERM to SIGKILL
  fs::path python_client;          ///< directory that is appended to PYTHONPATH; empty for none
};

/// Seams of the recorder; both must outlive the call.
struct Seams {
  Clock& clock;
  IdSource& ids;
};

/// How the command ended, for the front's closing line and exit status.
struct Outcome {
  RunId id;
  model::Run run;                ///< header at the end; as far as known when recording broke
  std::optional<int> exit_code;  ///< of the command, or 126/127 when it could not be executed
  std::optional<int> signal;     ///< that ended the command
  std::string stopped_by;        ///< the rule or the user that ended it; empty where none did
  bool recorded = true;          ///< the end is in the spool
};

/// Prints a line for the user while the run goes on (a warning); given by the caller since lib/
/// never prints.
using Report = std::function<void(const std::string& message)>;

/// Runs the command and records it: the calling process becomes the front, a child the recorder,
/// which goes on in the background after this returns, to seal the run. Must be called from a
/// process with one thread. Returns when the command has ended and its end is recorded.
/// Throws Error only before the command is started and for wrong parameters (usage); whatever
/// breaks later is reported and the command goes on.
[[nodiscard]] Outcome run(const Request& request, const Seams& seams, const Report& report);

/// Ends this process the way the command ended: returns the exit code, or kills this process by the
/// same signal, without a core dump.
[[nodiscard]] int pass_on_status(const Outcome& outcome);

}  // namespace clew::record

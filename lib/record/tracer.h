#pragma once

#include <poll.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "capture/process.h"
#include "capture/trace_book.h"
#include "capture/trace_calls.h"
#include "capture/trace_preload.h"
#include "capture/trace_supervisor.h"
#include "model/files.h"
#include "record/guardian.h"
#include "record/trace_clerk.h"
#include "record/trace_link.h"
#include "record/trace_request.h"

namespace clew::record {

/// Finds out which processes a run has and which files they use. Behind it stand threads that
/// answer the kernel (capture::TraceSupervisor) and make the record (TraceClerk); the calling
/// thread takes what is ready. Not thread-safe.
class Tracer {
 public:
  /// `directory` is one that only this user may enter, for sockets and logs; empty for none. `root`
  /// is the tree whose files are looked at where nothing better is possible.
  Tracer(TraceRequest request, Watch watch, const fs::path& directory, fs::path root,
         capture::TraceBook::Listed listed);
  /// Ends the threads. From then on the guardian answers the kernel.
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Asks the run that this one is inside of, if there is one, to trace for it. To be called before
  /// this process does anything to files: what it did earlier counts as the outer run's.
  void join_outer(const EnvironmentMap& environment);
  /// Starts the command, traced in the best way that there is; throws as capture::spawn does.
  [[nodiscard]] capture::Spawned spawn(capture::Spawn& request);

  /// What is to be waited for, and what is to be done then.
  void await(std::vector<pollfd>& waiting) const;
  void act(const std::vector<pollfd>& ready);

  /// What was found out since the last time. Paths are absolute.
  [[nodiscard]] capture::TraceFindings take();
  /// Waits until all that the run did until the end of its command is found out, but for some
  /// seconds at most; `status` and `time` are those of the end.
  void finish(const capture::ExitStatus& status, Time time);
  /// When the command was started, by the clock that files are stamped with.
  [[nodiscard]] Time started() const { return started_; }
  /// How the run was traced, and what was not seen, as far as that is known by now.
  [[nodiscard]] model::Capture capture() const;
  /// Lets go of the run: from now on the guardian answers the kernel. Where there is none, this
  /// call answers until the last process of the run has ended.
  void leave();

 private:
  using Attempt = std::optional<capture::Spawned>;
  Attempt spawn_notified(capture::Spawn& request);
  Attempt spawn_preloaded(capture::Spawn& request);
  std::uint64_t begin_reopen(capture::Spawn& request) const;
  [[nodiscard]] bool wants(TraceMechanism mechanism) const;
  void keep_book(bool no_new_privileges);
  void begin_by_hand(pid_t command);
  void wait_for_stragglers();
  void scan(Time until);
  [[nodiscard]] std::vector<std::string> blind_spots() const;

  TraceRequest request_;
  Watch watch_;
  fs::path directory_;
  fs::path root_;
  capture::TraceBook::Listed listed_;
  std::string mechanism_ = "none";
  Time started_ = 0;
  bool whole_ = true;
  std::size_t living_ = 0;                 // processes that outlived the command
  std::optional<model::Process> command_;  // as the outer run told of it
  std::optional<std::pair<capture::ExitStatus, Time>> end_;
  mutable capture::TraceQueue queue_;
  std::unique_ptr<capture::TraceSupervisor> supervisor_;
  std::unique_ptr<capture::PreloadLog> log_;
  std::unique_ptr<TraceClerk> clerk_;
  std::optional<TraceHost> host_;
  std::optional<TraceGuest> guest_;
};

}  // namespace clew::record

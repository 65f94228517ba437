#pragma once

#include <poll.h>
#include <sys/types.h>

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "capture/trace_calls.h"
#include "record/channel.h"
#include "record/trace_clerk.h"

// clew inside clew. The kernel gives a process one supervisor only, so the processes of an inner
// run are seen by the outer run's recorder. It sorts them out, and tells the inner recorder over a
// Unix socket (SOCK_SEQPACKET, messages of channel.h) what the inner run does; into the outer run's
// record goes nothing of it.

namespace clew::record {

/// The variable of the environment that names the socket of the run that traces.
inline constexpr const char* kTracerVariable = "CLEW_TRACER";

/// The side of the outer run. Never blocks; not thread-safe.
class TraceHost {
 public:
  /// Listens at `path`, in a directory that only this user may enter. Throws Error(failed).
  explicit TraceHost(const fs::path& path);

  void await(std::vector<pollfd>& waiting) const;
  /// Answers inner recorders. Without a clerk they are told that this run does not trace.
  void act(const std::vector<pollfd>& ready, TraceClerk* clerk, capture::TraceLevel level);

 private:
  struct Guest {
    Channel channel;
    pid_t recorder = 0;
    std::optional<TraceClerk::Shelf> shelf;
  };
  void accept_all();
  void hear(Guest& guest, TraceClerk* clerk, capture::TraceLevel level);
  static void tell(Guest& guest, TraceClerk& clerk);

  Fd listener_;
  std::list<Guest> guests_;
};

/// The side of the inner run. Not thread-safe.
class TraceGuest {
 public:
  /// Asks the run whose socket is at `path` to trace for this one; nullopt when it does not, is
  /// gone, or does not answer within two seconds. To be called by the recorder, whose children are
  /// then told apart.
  [[nodiscard]] static std::optional<TraceGuest> join(const std::string& path);

  [[nodiscard]] pollfd waits_for() const { return channel_.waits_for(); }
  [[nodiscard]] bool alive() const { return channel_.alive(); }
  /// What has been told since the last time.
  [[nodiscard]] capture::TraceFindings take();
  /// Asks for all that is still to be told, and waits for it, for five seconds at most.
  void finish();
  /// Was all told?
  [[nodiscard]] bool whole() const { return done_; }
  [[nodiscard]] capture::TraceLevel level() const { return level_; }

 private:
  TraceGuest(Channel channel, capture::TraceLevel level)
      : channel_(std::move(channel)), level_(level) {}
  void hear();

  Channel channel_;
  capture::TraceLevel level_;
  capture::TraceFindings found_;
  bool done_ = false;
};

}  // namespace clew::record

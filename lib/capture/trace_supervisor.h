#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/fs.h"
#include "capture/trace_calls.h"
#include "capture/trace_filter.h"
#include "capture/trace_guard.h"
#include "capture/trace_item.h"
#include "capture/trace_table.h"

struct seccomp_notif;

namespace clew::capture {

/// Answers the kernel for a run whose command has the filter of trace_filter.h: a thread that does
/// nothing else. The kernel asks before it carries out a call, and the caller waits, so nothing is
/// done here but to read what the call is about, let it go on, and pass the item on.
///
/// The order at each call (seccomp_unotify(2)): receive; tell the guardians; read the caller's
/// memory and what only it knows (working directory, descriptors); let it go on, which fails when
/// the caller has died meanwhile, and then all that was read is dropped; queue the item.
class TraceSupervisor {
 public:
  /// What it could not see, for the record. Read while it works.
  struct Counts {
    std::atomic<std::uint64_t> calls = 0;
    std::atomic<std::uint64_t> unreadable = 0;  ///< calls of processes whose memory is closed to us
    std::atomic<std::uint64_t> unseen = 0;      ///< calls of processes outside this pid namespace
    std::atomic<std::uint64_t> io_uring = 0;    ///< rings made, whose operations cannot be seen
  };

  /// `page` and `queue` must outlive it.
  TraceSupervisor(TraceLevel level, TracePage& page, TraceQueue& queue);
  /// Stops.
  ~TraceSupervisor();
  TraceSupervisor(const TraceSupervisor&) = delete;
  TraceSupervisor& operator=(const TraceSupervisor&) = delete;

  /// Starts its thread, which waits for the handover from `socket` (the command's process sends
  /// it). Throws Error(failed) when the system allows no thread.
  void start(Fd socket);
  /// Waits until the handover has come, and tells what it said.
  [[nodiscard]] TraceHandover wait_for_handover();
  /// Ends the thread.
  void stop();
  /// The listener, after stop(): from then on another must answer.
  [[nodiscard]] Fd take_listener() { return std::move(listener_); }
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Caller;

  void work(Fd socket);
  void serve();
  bool meet_ends(int epoll);
  void take_one(int listener);
  void read_call(const Caller& caller, const TracedCall& call);
  void read_open(const Caller& caller, const TracedCall& call);
  void read_paths(const Caller& caller, const TracedCall& call);
  void read_address(const Caller& caller, const TracedCall& call);
  [[nodiscard]] std::string read_path(const Caller& caller, int directory, int path);
  void look_at_source(const Caller& caller, TraceItem& item);
  TraceItem& add(const Caller& caller, TraceItem::Kind kind, std::string path);
  void pass_on();

  TraceLevel level_;
  TracePage& page_;
  TraceQueue& queue_;
  Counts counts_;
  TraceTable table_;
  std::vector<TraceItem> items_;  // of the call at hand
  Fd wake_;                       // made readable to end the thread
  Fd listener_;
  std::thread thread_;
  std::atomic<int> handed_over_ = 0;
  TraceHandover handover_;
};

}  // namespace clew::capture

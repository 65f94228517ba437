#pragma once

#include <atomic>
#include <cstdint>

#include "base/fs.h"

namespace clew::capture {

/// Memory that the supervisor of a run shares with its guardians.
struct TracePage {
  /// The notification that the supervisor received last.
  std::atomic<std::uint64_t> last_id = 0;
  /// The process of the guardian, 0 while there is none.
  std::atomic<std::int32_t> guardian = 0;
  /// The front has done all that it had to; the recorder has.
  std::atomic<std::uint32_t> front_finished = 0;
  std::atomic<std::uint32_t> finished = 0;
};

/// Makes a page that children of this process share with it; nullptr when there is no memory. It
/// lives as long as they do.
[[nodiscard]] TracePage* make_trace_page();

/// Receives one notification into `buffer`, which has room for that of any kernel. False when there
/// was none after all, with errno set.
inline constexpr std::size_t kNotificationRoom = 512;
[[nodiscard]] bool receive_notification(int listener, void* buffer);

/// Lets a system call go on. False, with errno set, when nobody waits for it any more.
bool let_go_on(int listener, std::uint64_t id);

/// Stands in for a supervisor that died: the processes of the run wait for answers that nobody
/// would give. It lets every call go on, and records nothing. Not thread-safe; several guards of
/// one listener may be at work at once.
class TraceGuard {
 public:
  /// `page` may be null.
  TraceGuard(Fd listener, const TracePage* page) : listener_(std::move(listener)), page_(page) {}

  /// Answers what the supervisor had received but not answered.
  void take_over();
  /// Answers what waits, after poll(2) found the descriptor ready. False when no process is left
  /// that could ask.
  [[nodiscard]] bool answer();
  [[nodiscard]] int descriptor() const { return listener_.get(); }

 private:
  Fd listener_;
  const TracePage* page_;
};

}  // namespace clew::capture

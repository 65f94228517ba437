#pragma once

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/fs.h"
#include "base/timed_mutex.h"
#include "capture/trace_book.h"
#include "capture/trace_item.h"

namespace clew::record {

/// Keeps a capture::TraceBook on a thread of its own, since it looks at file systems that may be
/// slow or gone. Thread-safe but for construction and destruction.
class TraceClerk {
 public:
  using Shelf = capture::TraceBook::Shelf;

  /// Takes from `queue`, which must outlive it and be closed before it is destroyed. Throws
  /// Error(failed) when the system allows no thread.
  TraceClerk(capture::TraceQueue& queue, capture::TraceBook book);
  ~TraceClerk();
  TraceClerk(const TraceClerk&) = delete;
  TraceClerk& operator=(const TraceClerk&) = delete;

  /// Readable when there is something to take, of any shelf.
  [[nodiscard]] int descriptor() const { return ready_.get(); }
  [[nodiscard]] capture::TraceFindings take(Shelf shelf = 0);
  /// Puts all that was queued before into the book; false when the thread was busy for too long.
  bool settle();
  /// As settle(), and then decides what is open about a shelf; nothing more comes of it after that.
  bool finish(Shelf shelf = 0);
  /// A shelf for the run that `recorder` records inside of this one; nullopt when it is no process
  /// of this run.
  [[nodiscard]] std::optional<Shelf> open_shelf(pid_t recorder);
  /// The process ids of this run's processes that have not been seen to end.
  [[nodiscard]] std::vector<std::int64_t> living();

 private:
  void work();
  void keep();

  capture::TraceQueue& queue_;
  Fd ready_;
  TimedMutex mutex_;  // guards all below
  capture::TraceBook book_;
  std::thread thread_;
};

}  // namespace clew::record

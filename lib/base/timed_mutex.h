#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace clew {

/// A mutex that can be waited for with a bound, for std::lock_guard and std::unique_lock, as
/// std::timed_mutex is. That one locks by pthread_mutex_clocklock, which the thread sanitizer of
/// gcc 12 does not know, so that it would call what is guarded unguarded.
class TimedMutex {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !held_; });
    held_ = true;
  }
  [[nodiscard]] bool try_lock_for(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, patience, [this] { return !held_; })) return false;
    held_ = true;
    return true;
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  bool held_ = false;
};

}  // namespace clew

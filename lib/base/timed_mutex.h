#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

namespace clew {

/// A mutex that can be waited for with a bound, for std::lock_guard and std::unique_lock. Unlike
/// std::timed_mutex it serves whoever came first, so that a thread that takes it again and again
/// keeps nobody else from it; and it is made of what the thread sanitizer of gcc 12 knows.
class TimedMutex {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = draw();
    freed_.wait(lock, [&] { return is_turn_of(ticket); });
    enter();
  }
  [[nodiscard]] bool try_lock_for(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = draw();
    if (freed_.wait_for(lock, patience, [&] { return is_turn_of(ticket); })) {
      enter();
      return true;
    }
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), ticket));
    freed_.notify_all();
    return false;
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
    }
    freed_.notify_all();
  }

 private:
  std::uint64_t draw() {
    waiting_.push_back(next_);
    return next_++;
  }
  [[nodiscard]] bool is_turn_of(std::uint64_t ticket) const {
    return !held_ && waiting_.front() == ticket;
  }
  void enter() {
    waiting_.pop_front();
    held_ = true;
  }

  std::mutex mutex_;  // guards all below
  std::condition_variable freed_;
  std::deque<std::uint64_t> waiting_;  // tickets, the first to come in front
  std::uint64_t next_ = 0;
  bool held_ = false;
};

}  // namespace clew

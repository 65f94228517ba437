#include "capture/trace_item.h"

#include <chrono>

namespace clew::capture {

bool is_pseudo_file(std::string_view path) {
  return path.starts_with("/proc/") || path.starts_with("/sys/") ||
         (path.starts_with("/dev/") && !path.starts_with("/dev/shm/"));
}

void TraceQueue::push(TraceItem item) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (items_.size() >= kBound) {
      ++dropped_;
      return;
    }
    items_.push_back(std::move(item));
    wake = items_.size() == 1 || items_.size() == kMany;
  }
  if (wake) wake_.notify_one();
}

void TraceQueue::wait(int gather, int patience) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::milliseconds(patience),
                 [this] { return closed_ || !items_.empty(); });
  if (items_.empty()) return;
  wake_.wait_for(lock, std::chrono::milliseconds(gather),
                 [this] { return closed_ || items_.size() >= kMany; });
}

std::vector<TraceItem> TraceQueue::take() {
  std::vector<TraceItem> taken;
  const std::lock_guard lock(mutex_);
  taken.swap(items_);
  return taken;
}

void TraceQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_all();
}

bool TraceQueue::closed() {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::uint64_t TraceQueue::dropped() {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace clew::capture

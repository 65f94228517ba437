#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "record/file_collector.h"

namespace clew::record {
namespace {

constexpr std::size_t kSaveEvery = 1000;  // files

/// Lets this thread have the processor and the disk only when nobody else wants them.
void become_idle() {
  sched_param lowest{};
  sched_setscheduler(0, SCHED_IDLE, &lowest);
  constexpr int kThread = 1;           // IOPRIO_WHO_PROCESS
  constexpr int kIdleClass = 3 << 13;  // IOPRIO_CLASS_IDLE
  syscall(SYS_ioprio_set, kThread, 0, kIdleClass);
}

}  // namespace

bool InputHasher::Reading::is_of_that_time() const {
  return hash.kind != model::DigestKind::changing && hash.identity.mtime_ns / 1000 <= read;
}

InputHasher::InputHasher(capture::FilePolicy policy, std::uint64_t hash_limit,
                         const fs::path& cache)
    : policy_(std::move(policy)), hasher_(cache, hash_limit), thread_([this] { work(); }) {}

InputHasher::~InputHasher() {
  (void)stop();
}

void InputHasher::used(const model::FileUse& use) {
  // What the run has written says nothing of what it was before.
  const bool only_read =
      (use.modes & (model::kWritten | model::kCreated | model::kRenamed | model::kDeleted)) == 0;
  if (!seen_.insert(use.path).second || !only_read) return;
  {
    const std::scoped_lock lock(mutex_);
    queue_.emplace_back(use.path, use.first);
  }
  wake_.notify_one();
}

void InputHasher::work() {
  become_idle();
  std::size_t hashed = 0;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (stop_) break;
    const auto [name, time] = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    auto hash = hasher_.hash(policy_.path(name), [this] { return stop_.load(); });
    if (++hashed % kSaveEvery == 0) hasher_.save();
    lock.lock();
    if (!hash) continue;
    readings_[name] = {std::move(*hash), time};
    news_.push_back(name);
  }
  lock.unlock();
  hasher_.save();
}

std::vector<model::FileState> InputHasher::take() {
  const std::scoped_lock lock(mutex_);
  std::vector<model::FileState> states;
  for (const std::string& name : news_) {
    const Reading& reading = readings_.at(name);
    if (!reading.is_of_that_time()) continue;
    model::FileState state;
    state.path = name;
    state.size = reading.hash.identity.size;
    state.mtime_ns = reading.hash.identity.mtime_ns;
    state.sha256 = reading.hash.sha256;
    state.digest = reading.hash.kind;
    states.push_back(std::move(state));
  }
  news_.clear();
  return states;
}

InputHasher::Readings InputHasher::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  return std::move(readings_);
}

}  // namespace clew::record

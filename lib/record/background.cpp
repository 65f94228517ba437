#include "record/background.h"

#include <sched.h>
#include <unistd.h>

#include <chrono>

#include "base/error.h"
#include "snapshot/snapshot.h"

namespace clew::record {
namespace {

constexpr auto kSyncInterval = std::chrono::seconds(1);
constexpr std::uint64_t kHashLimit = 4ULL << 30;

}  // namespace

Syncer::Syncer(int fd) : fd_(fd), thread_([this] { work(); }) {}

Syncer::~Syncer() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Syncer::work() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_.wait_for(lock, kSyncInterval, [this] { return stop_; });
    lock.unlock();
    fdatasync(fd_);
    lock.lock();
  }
}

Hasher::Hasher(model::Code code)
    : code_(std::move(code)), thread_([this] {
        sched_param lowest{};
        sched_setscheduler(0, SCHED_IDLE, &lowest);  // of this thread only
        try {
          snapshot::hash_unstored(code_, kHashLimit, [this] { return stop_.load(); });
        } catch (const Error&) {
          // What could not be read stays without a digest, which the record shows.
        }
        done_ = true;
      }) {}

Hasher::~Hasher() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

std::optional<model::Code> Hasher::take() {
  if (taken_ || !done_) return std::nullopt;
  return wait();
}

model::Code Hasher::wait() {
  if (thread_.joinable()) thread_.join();
  taken_ = true;
  return code_;
}

}  // namespace clew::record

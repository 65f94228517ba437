#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "base/fs.h"
#include "model/run.h"

namespace clew::record {

/// Syncs a file to disk every second, on a thread of its own, since a disk can take longer than the
/// recorder's loop may wait.
class Syncer {
 public:
  /// `fd` stays the caller's and must outlive the syncer.
  explicit Syncer(int fd);
  /// Syncs a last time.
  ~Syncer();
  Syncer(const Syncer&) = delete;
  Syncer& operator=(const Syncer&) = delete;

 private:
  void work();

  int fd_;
  bool stop_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
};

/// Hashes the files that a snapshot names but does not hold, on an idle thread.
class Hasher {
 public:
  explicit Hasher(model::Code code);
  /// Gives up what is not hashed yet.
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  /// The result, once; nullopt while it is not there.
  [[nodiscard]] std::optional<model::Code> take();
  /// Waits until it is done.
  [[nodiscard]] model::Code wait();

 private:
  model::Code code_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> done_ = false;
  bool taken_ = false;
  std::thread thread_;
};

}  // namespace clew::record

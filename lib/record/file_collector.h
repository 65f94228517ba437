#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "capture/file_hash.h"
#include "capture/file_policy.h"
#include "model/event.h"
#include "model/parts.h"
#include "store/layout.h"

namespace clew::record {

struct FileRequest;

/// Where a store keeps its capture::DigestCache.
[[nodiscard]] inline fs::path digest_cache(const store::Layout& layout) {
  return layout.root / "digests";
}

/// Hashes the files that a run reads while nothing else wants the processor, so that what a file
/// was is known even when it is overwritten later. All but the constructor and destructor are quick
/// and to be called by one thread.
class InputHasher {
 public:
  InputHasher(capture::FilePolicy policy, std::uint64_t hash_limit, const fs::path& cache);
  /// Gives up what is not hashed yet.
  ~InputHasher();
  InputHasher(const InputHasher&) = delete;
  InputHasher& operator=(const InputHasher&) = delete;

  /// A file was used so; paths are names in the record.
  void used(const model::FileUse& use);
  /// What has been learned since the last call, for the record.
  [[nodiscard]] std::vector<model::FileState> take();

  /// What a file was when it was first read.
  struct Reading {
    capture::FileHash hash;
    Time read = 0;
    /// Was it unchanged from that moment until it was hashed?
    [[nodiscard]] bool is_of_that_time() const;
  };
  using Readings = std::unordered_map<std::string, Reading>;
  /// Ends the thread, and returns all readings, by name.
  [[nodiscard]] Readings stop();

 private:
  void work();

  capture::FilePolicy policy_;
  capture::FileHasher hasher_;
  std::unordered_set<std::string> seen_;
  std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  std::deque<std::pair<std::string, Time>> queue_;
  Readings readings_;
  std::vector<std::string> news_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// What the end of a run has to look at.
struct FileTask {
  const FileRequest& request;
  const store::Layout& layout;
  capture::FilePolicy policy;
  InputHasher::Readings readings;
  /// Does the snapshot hold the file of this name?
  std::function<bool(const std::string& name)> in_snapshot;
};

/// Looks at all files of a run that has ended: their state and digest, their role, and copies of
/// those that the user wants kept; and hashes the programs of its processes. Takes as long as the
/// reading of new content takes. Returns what is to be added to the record. Throws nothing that is
/// to be expected: what cannot be read has no digest, what cannot be kept is a gap.
[[nodiscard]] std::vector<model::Event> collect_files(FileTask task, const model::RunParts& parts);

}  // namespace clew::record

#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace clew::capture {

/// A process of a run, by its place in the order in which they were first seen; process ids are
/// used again.
using TraceProcess = std::uint32_t;

/// What is known of a process at its start or after an exec.
struct ProcessFacts {
  pid_t pid = 0;
  std::optional<TraceProcess> parent;
  pid_t parent_pid = 0;
  std::vector<std::string> argv;
  std::string cwd;
  std::string executable;
  Time started = 0;
};

/// How a file is opened.
struct OpenWish {
  bool read = false;
  bool write = false;
  bool create = false;
  friend bool operator==(const OpenWish&, const OpenWish&) = default;
};

/// One thing that a process of the run did, or was about to do: the kernel tells of calls before it
/// carries them out.
struct TraceItem {
  enum class Kind : std::uint8_t {
    began,      ///< `facts`
    executed,   ///< `facts`; `path` is the script or program as it was named, resolved
    opened,     ///< `path`, `wish`
    inherited,  ///< `path`, `wish`: open already when the program was executed
    renamed,    ///< `path` to `to`
    exchanged,  ///< `path` and `to` change places
    linked,     ///< `to` is another name of `path`
    made_link,  ///< `path` becomes a symbolic link
    removed,    ///< `path`
    made,       ///< `path` becomes a directory or a special file
    connected,  ///< `path` is an address
    exits,      ///< `code` is the exit status
    gone,       ///< `code` is as wait(2) gives it, unless -1
  };
  Kind kind = Kind::opened;
  TraceProcess process = 0;
  Time time = 0;
  OpenWish wish;
  /// The source of `renamed`, `linked` and `removed` is there, and the call can succeed; of `made`
  /// and `made_link`: something is in the way.
  bool source_exists = false;
  bool directory = false;  ///< the source or what is made is a directory
  bool sure = false;       ///< the call has succeeded: nothing is to be checked
  Time born = 0;           ///< when the source was created, where the file system tells
  int code = 0;
  std::string path;
  std::string to;
  std::unique_ptr<ProcessFacts> facts;
};

/// May a path be left out at once? What lies there is nobody's file: /proc, /sys, and /dev but for
/// /dev/shm.
[[nodiscard]] bool is_pseudo_file(std::string_view path);

/// Hands items from the thread that answers the kernel to one that has time. Thread-safe.
class TraceQueue {
 public:
  /// Never waits. Beyond the bound items are dropped and counted.
  void push(TraceItem item);
  /// Waits until there is something to take: for the first item up to `patience` milliseconds, then
  /// for others to gather up to `gather`, less when many are there. Returns at once after close().
  void wait(int gather, int patience);
  /// The items so far, in order. Does not wait.
  [[nodiscard]] std::vector<TraceItem> take();
  /// No more items will come: ends all waiting.
  void close();
  [[nodiscard]] bool closed();
  [[nodiscard]] std::uint64_t dropped();

 private:
  static constexpr std::size_t kMany = 512;
  static constexpr std::size_t kBound = 1 << 20;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<TraceItem> items_;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
};

}  // namespace clew::capture

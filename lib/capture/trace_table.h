#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/fs.h"
#include "capture/trace_item.h"

namespace clew::capture {

/// A process of the run while it lives, as the supervisor knows it.
struct TracedProcess {
  TraceProcess number = 0;
  pid_t pid = 0;
  Fd pidfd;          ///< readable when it has ended; none where the system has no more descriptors
  std::string root;  ///< of its file system, "" for the usual one
  bool foreign = false;             ///< it has mounts of its own: paths mean other files
  int exec_checks = 0;              ///< how many more times to look whether its exec has succeeded
  std::uint64_t image[2] = {0, 0};  ///< where code and stack began before that exec
  std::string exec_path;
  std::optional<int> exit_code;  ///< it has begun to exit
};

/// The live processes of a run by process and thread id. Meets those that are not known yet, and
/// tells of what it learns in items. Not thread-safe.
class TraceTable {
 public:
  /// `recorder` is the process whose descendants the run's processes are.
  explicit TraceTable(pid_t recorder);

  /// The process that `thread` belongs to; nullptr when it is gone. Adds what was learned on the
  /// way to `items`: that it, and parents of it, began, or that an exec of it has succeeded.
  TracedProcess* find(pid_t thread, Time now, std::vector<TraceItem>& items);
  /// Notes that the process is about to execute another program.
  static void expect_exec(TracedProcess& process, std::string path);
  /// Makes the process's children known while they still are its children.
  void meet_children(const TracedProcess& parent, Time now, std::vector<TraceItem>& items);
  /// The process's end, told by its pidfd; forgets it.
  void end(pid_t pid, Time now, std::vector<TraceItem>& items);
  /// The pidfd of a process that was met since the last call; -1 when there is none left.
  [[nodiscard]] std::vector<std::pair<pid_t, int>> take_new();

 private:
  struct Thread {
    pid_t process;
    Time checked;
  };

  TracedProcess* meet(pid_t pid, Time now, std::vector<TraceItem>& items);
  TracedProcess* meet_line(pid_t pid, Time now, std::vector<TraceItem>& items);
  void look_at_exec(TracedProcess& process, Time now, std::vector<TraceItem>& items);
  void look_at_root(TracedProcess& process);

  pid_t recorder_;
  TraceProcess next_ = 0;
  Time boot_ = 0;  // when the machine was started
  std::string mounts_;
  std::unordered_map<pid_t, TracedProcess> processes_;
  std::unordered_map<pid_t, Thread> threads_;
  std::vector<std::pair<pid_t, int>> new_;
};

/// The time of day in the kernel's own steps, as it marks files with: so that "was it created after
/// this?" can be asked.
[[nodiscard]] Time coarse_now();

}  // namespace clew::capture

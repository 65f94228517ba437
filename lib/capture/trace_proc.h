#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What /proc tells about the processes of a run, and their memory. All of it may be gone at any
// moment: absence is no error.

namespace clew::capture {

/// A NUL-terminated string at `address` of another process; nullopt when it cannot be read, is
/// longer than `limit` bytes, or no string. Never reads a page that the string does not reach.
[[nodiscard]] std::optional<std::string> read_remote_string(pid_t thread, std::uint64_t address,
                                                            std::size_t limit = 4096);
/// Exactly `size` bytes; nullopt when they cannot all be read.
[[nodiscard]] std::optional<std::string> read_remote_bytes(pid_t thread, std::uint64_t address,
                                                           std::size_t size);

/// Some fields of /proc/PID/stat (proc(5)).
struct ProcessStat {
  char state = '?';
  pid_t parent = 0;
  std::uint64_t start_ticks = 0;  ///< since the machine was started
  std::uint64_t start_code = 0;
  std::uint64_t start_stack = 0;
  int exit_status = 0;  ///< as wait(2) gives it; of a zombie only
};
[[nodiscard]] std::optional<ProcessStat> parse_process_stat(std::string_view text);
[[nodiscard]] std::optional<ProcessStat> process_stat(pid_t pid);

/// The process that a thread belongs to; nullopt when it is gone.
[[nodiscard]] std::optional<pid_t> process_of_thread(pid_t thread);
/// Its arguments as they are now; empty when unreadable. Cut at `limit` bytes.
[[nodiscard]] std::vector<std::string> process_arguments(pid_t pid, std::size_t limit = 1 << 16);
/// Where a link of /proc/PID/ such as "exe", "cwd" or "fd/3" leads; empty when unreadable.
[[nodiscard]] std::string process_link(pid_t pid, std::string_view name);
/// The children that threads of the process have now.
[[nodiscard]] std::vector<pid_t> process_children(pid_t pid);

/// An open regular file of a process.
struct OpenFile {
  int fd = -1;
  std::string path;
  bool read = false;
  bool written = false;
};
/// Its descriptors that are files with a name outside /dev and /proc.
[[nodiscard]] std::vector<OpenFile> process_files(pid_t pid);

/// How a process that a pidfd stands for has ended, as wait(2) gives it; nullopt while it lives, or
/// when nothing tells any more. Asks the pidfd (since Linux 6.15), else /proc.
[[nodiscard]] std::optional<int> ended_process_status(int pidfd, pid_t pid);

}  // namespace clew::capture

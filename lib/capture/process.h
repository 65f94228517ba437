#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"

namespace clew::capture {

/// How a command's system calls are handed to a supervisor (trace_filter.h).
struct SpawnTrace {
  std::vector<sock_filter> filter;
  std::vector<int> sockets;  ///< whom the command's process sends its listener to; the first one is
                             ///< told too when it cannot be traced
};

/// How a command is to be started. Strings are passed on byte for byte.
struct Spawn {
  std::vector<std::string> argv;
  EnvironmentMap environment;
  fs::path directory;
  int streams[3] = {-1, -1, -1};  ///< become 0, 1 and 2; -1 leaves the one that is there
  int terminal = -1;              ///< a pty that the command leads as its session; -1 for none
  bool own_group = false;         ///< it leads a process group of its own
  sigset_t mask{};                ///< signal mask of the command
  bool ignore_pipe = false;       ///< SIGPIPE was ignored when clew was started
  const SpawnTrace* trace = nullptr;
};

/// What became of it: a pid, or the errno of the failed execve, or of installing the filter, after
/// which nothing was started.
struct Spawned {
  pid_t pid = -1;
  int failure = 0;
  int trace_failure = 0;
};

/// Starts the command as a child of the calling process and returns when it has been executed or
/// could not be. The program is looked for along PATH of `environment`. Other threads of this
/// process must hold no locks at the time; one of them must answer the calls of a traced command.
/// Throws Error(failed) when the system allows no new process.
[[nodiscard]] Spawned spawn(const Spawn& request);

/// The descriptors above 2 that whoever started this process left open for it and its children: all
/// of clew's own are close-on-exec.
[[nodiscard]] std::vector<int> inherited_descriptors();

/// How a process ended.
struct ExitStatus {
  std::optional<int> exit_code;
  std::optional<int> signal;
};
/// From the fields of siginfo_t as waitid(2) fills them.
[[nodiscard]] ExitStatus exit_status(const siginfo_t& info);

}  // namespace clew::capture

#pragma once

#include <linux/filter.h>

#include <span>
#include <vector>

#include "base/fs.h"
#include "capture/trace_calls.h"

namespace clew::capture {

/// The program that the kernel runs at each system call of the command: those of the level go to
/// the supervisor, all others go on at once. Opens of directories and, at `outputs`, opens that
/// only read are told by their flags and go on too. So does, where `token` is not 0, an openat of
/// the first ABI that has it as its fifth argument, which the kernel does not look at
/// (hooks/reopen).
[[nodiscard]] std::vector<sock_filter> build_trace_filter(std::span<const TraceAbi* const> abis,
                                                          TraceLevel level,
                                                          std::uint64_t token = 0);

/// What the command's process says, before it becomes the command, to each process that holds its
/// listener.
struct TraceHandover {
  int failure = 0;  ///< errno of the failed installation; the process then ends
  int no_new_privileges = 0;
  int pid = 0;  ///< in the namespace of clew
};

/// Installs the filter for the calling thread and all that it will start. Returns the listener, or
/// -1 with `handover.failure` set: EBUSY when a filter with a listener is there already. Without
/// CAP_SYS_ADMIN the kernel wants no_new_privs, which then is set. Async-signal-safe.
[[nodiscard]] int install_trace_filter(std::span<const sock_filter> program,
                                       TraceHandover& handover);

/// Sends `handover`, and `listener` with it unless that is -1. Async-signal-safe.
bool send_handover(int socket, const TraceHandover& handover, int listener);

/// Receives both; false when the other end is gone without a word. Waits unless the socket is
/// non-blocking.
[[nodiscard]] bool receive_handover(int socket, TraceHandover& handover, Fd& listener);

/// Can this kernel hand system calls to a supervisor, and may this process read the memory of
/// others? Asks without changing anything.
[[nodiscard]] bool notification_is_available();

}  // namespace clew::capture

#pragma once

#include <sys/types.h>

#include <csignal>
#include <optional>

#include "base/fs.h"

namespace clew::record {

/// The signal state that a process was started with, which its command gets.
struct SignalState {
  sigset_t mask{};
  bool ignore_pipe = false;
};

/// What this process was started with. From here on SIGPIPE is ignored and all that the front
/// handles waits, so that none is lost while clew divides into its processes.
[[nodiscard]] SignalState hold_signals();

/// A descriptor from which the held signals can be read.
[[nodiscard]] Fd signal_descriptor();

/// Shows a helper, just begun and not yet waiting for them, the held signals that would have ended
/// this process: what came before it was there waits in this process only.
void share_ending_signals(pid_t helper);

/// For a helper of the front: only the signals that would end it are held any longer. It is in the
/// terminal's foreground until the command has been started, and what is meant for the command must
/// not cost its record.
void hold_ending_signals(const SignalState& found);

/// From here on they may end this process as they would have before; those that have come are
/// forgotten.
void release_ending_signals(const SignalState& found);

/// Takes one of the held signals that would have ended this process, if one has come.
[[nodiscard]] std::optional<int> take_ending_signal();

/// Would this signal end a command that does not expect it?
[[nodiscard]] bool is_ending(int signal);

}  // namespace clew::record

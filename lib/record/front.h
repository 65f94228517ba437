#pragma once

#include <sys/types.h>

#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "capture/process.h"
#include "capture/terminal.h"
#include "record/channel.h"
#include "record/recorder.h"
#include "record/stage.h"

namespace clew::record {

/// The signal state that a process was started with.
struct SignalState {
  sigset_t mask{};
  bool ignore_pipe = false;
};

/// The process that the shell waits for: it moves bytes between the terminal and the command,
/// passes signals on, copies the output to the recorder, and takes over the command when the
/// recorder dies. Not thread-safe.
class Front {
 public:
  Front(Stage stage, Channel recorder, pid_t recorder_pid, SignalState signals,
        const Report& report);
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  /// Goes on until the command has ended and its end is recorded, or cannot be. `start` starts the
  /// command from here, for when the recorder dies before it did.
  [[nodiscard]] Outcome run(const std::function<capture::Spawned(const Stage&)>& start);

 private:
  void turn(int timeout_ms);
  void hear_recorder();
  void handle_signals();
  void reap();
  void pass_signal(int signal, bool from_kernel);
  void suspend();
  void resume();
  void read_keys();
  void write_keys();
  void recorder_died();
  void finish();
  void say(const std::string& message);
  [[nodiscard]] bool ended() const { return status_.has_value(); }

  Stage stage_;
  Channel recorder_;
  pid_t recorder_pid_;
  SignalState signals_;
  const Report& report_;
  Fd signal_fd_;
  capture::RawMode raw_;
  std::vector<StreamRelay> relays_;
  std::string keys_;  // typed, not yet taken by the pty
  bool keys_open_ = false;
  pid_t command_ = -1;
  std::optional<capture::ExitStatus> status_;
  bool recorded_ = false;
  bool orphaned_ = false;  // the recorder is gone
  std::uint64_t lost_ = 0;
  std::function<capture::Spawned(const Stage&)> start_;
  Outcome outcome_;
};

}  // namespace clew::record

#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "capture/process.h"
#include "capture/terminal.h"
#include "record/channel.h"
#include "record/guardian.h"
#include "record/recorder.h"
#include "record/signals.h"
#include "record/stage.h"

namespace clew::record {

/// The children of the front; -1 for one that is not there.
struct Helpers {
  pid_t recorder = -1;
  pid_t guardian = -1;
};

/// The process that the shell waits for: it moves bytes between the terminal and the command,
/// passes signals on, copies the output to the recorder, and takes over the command when the
/// recorder dies. The kernel's questions about a traced command are then the guardian's, and this
/// process's when that has died too. Not thread-safe.
class Front {
 public:
  Front(Stage stage, Channel recorder, Watch watch, Helpers helpers, SignalState signals,
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
  void begin_command(pid_t pid);
  void suspend();
  void resume();
  void read_keys();
  void write_keys();
  void recorder_died();
  void hear_command();
  void hear_what_command_said();
  void guard();
  void finish();
  void say(const std::string& message);
  [[nodiscard]] bool ended() const { return status_.has_value(); }

  Stage stage_;
  Channel recorder_;
  Watch watch_;
  Helpers helpers_;
  SignalState signals_;
  const Report& report_;
  Fd signal_fd_;
  capture::RawMode raw_;
  std::vector<StreamRelay> relays_;
  std::string keys_;  // typed, not yet taken by the pty
  bool keys_open_ = false;
  pid_t command_ = -1;
  std::vector<std::pair<int, bool>> early_signals_;  // that came before it; sent by the kernel?
  pid_t begun_ = -1;  // the command's process, before the recorder has told of it
  std::optional<capture::ExitStatus> status_;
  bool recorded_ = false;
  bool orphaned_ = false;                     // the recorder is gone
  std::optional<capture::TraceGuard> guard_;  // of a traced command
  bool guards_ = false;                       // it is this process that answers the kernel
  std::uint64_t lost_ = 0;
  std::function<capture::Spawned(const Stage&)> start_;
  Outcome outcome_;
};

}  // namespace clew::record

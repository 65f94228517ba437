#pragma once

#include <sys/types.h>

#include "base/fs.h"
#include "capture/trace_guard.h"
#include "record/stage.h"

namespace clew::record {

/// What the processes that record a traced run share, made before they part.
struct Watch {
  capture::TracePage* page = nullptr;
  /// The ends at which front and guardian receive the command's listener.
  Fd front_hears;
  Fd guardian_hears;
  /// The ends to which the command's process sends it. The front tells its guardian over the same.
  Fd to_front;
  Fd to_guardian;

  /// Makes page and sockets; without them (no memory, no descriptors) nothing is set, and a run
  /// goes untraced.
  [[nodiscard]] static Watch make();
  [[nodiscard]] explicit operator bool() const { return page != nullptr; }
};

/// The process that does nothing as long as all goes well. A traced command waits at each of its
/// calls for an answer; when the recorder, who gives them, has died, this one lets all calls go on.
/// When the front has died too, it also moves on what the command prints, so that a command does
/// not die of its output because clew was killed. It ends when there is nothing left to guard. Not
/// thread-safe.
class Guardian {
 public:
  /// `front` and `recorder` are their process ids; the recorder must be a child of the front, which
  /// has not been reaped.
  Guardian(Watch watch, Stage stage, pid_t front, pid_t recorder);

  void run();

 private:
  void turn();
  void hear();
  void recorder_died();
  void front_died();
  void open_relays();
  void let_go_of_streams();
  [[nodiscard]] bool needed() const;

  Watch watch_;
  Stage stage_;
  Fd front_;  // pidfds, readable when they have died; none after that
  Fd recorder_;
  std::optional<capture::TraceGuard> guard_;
  bool heard_all_ = false;  // no listener will come any more
  bool has_streams_ = true;
  std::vector<StreamRelay> relays_;
};

/// Tells the guardian that the reader of an output stream went away: it must let go of it too, so
/// that the command learns of it.
void tell_refused(const Watch& watch, model::Stream stream);

}  // namespace clew::record

#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "record/process_tree.h"

namespace clew::record {

/// How a command is ended: first a signal to save what it has, if wanted; then TERM; then KILL.
struct StopPlan {
  int checkpoint_signal = 0;  ///< 0 for none
  std::chrono::milliseconds checkpoint_wait{30'000};
  std::chrono::milliseconds grace{30'000};  ///< from TERM to KILL; 0 begins with KILL
};

/// Ends a command with all that it has started. It never waits: tick() does what is due.
///
/// A signal goes to those who handle it, and not to what stands below them: a data loader's workers
/// must not die while the training that they serve saves its state. Nor does TERM go to a shell
/// above them, which would end, and the run with it, before they have. Only when all who handle it
/// are gone, or when there is none, everybody gets it. Not thread-safe.
class Stopper {
 public:
  using Clock = std::chrono::steady_clock;

  /// Begins, or changes a plan that goes on: what is due earlier by the new one counts.
  void begin(pid_t command, const StopPlan& plan, Clock::time_point now);
  [[nodiscard]] bool active() const { return phase_ != Phase::idle; }
  void tick(Clock::time_point now);
  /// How long from now tick() has nothing to do; nullopt when it is idle.
  [[nodiscard]] std::optional<std::chrono::milliseconds> rest(Clock::time_point now) const;
  /// The signals that were sent, as "SIGUSR1, SIGTERM".
  [[nodiscard]] std::string sent() const;

 private:
  enum class Phase { idle, checkpoint, ask, force };

  void ask(Clock::time_point now);
  void send(const std::vector<ProcessMark>& targets, int signal);
  void send_to_all(int signal);

  Phase phase_ = Phase::idle;
  pid_t command_ = -1;
  StopPlan plan_;
  Clock::time_point deadline_;         // of the phase
  std::vector<ProcessMark> handlers_;  // who got TERM because they handle it
  std::set<ProcessMark> told_;         // who got TERM
  std::vector<int> sent_;
};

}  // namespace clew::record

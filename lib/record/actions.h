#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "record/hook.h"
#include "record/journal.h"
#include "record/recorder.h"
#include "record/rules.h"
#include "record/stopper.h"

namespace clew::record {

/// What a recorder does about its run, beside recording it: it looks at the rules, ends the command
/// when a rule or somebody asks for it, and runs the hooks of the store. Each firing goes into the
/// record. Never waits but in finish(); not thread-safe.
class Actions {
 public:
  /// All but `seams` must outlive it. `warn` tells the user.
  Actions(const Request& request, const Seams& seams, Journal& journal,
          std::function<void(const std::string&)> warn);
  ~Actions();
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  /// The command has been started.
  void started(pid_t command) { command_ = command; }
  /// Does what is due; called when the recorder has taken in what there was.
  void act();
  /// `timeout_ms`, or less where something is due earlier.
  [[nodiscard]] int patience(int timeout_ms) const;
  /// Looks a last time; nothing is ended any more.
  void ended();
  /// Why the command was ended, for people; empty when it ended by itself.
  [[nodiscard]] const std::string& stop_reason() const { return stop_reason_; }
  /// The run is in the store: starts the hook post-run.
  void sealed();
  /// Do hooks go on? Then act() must be called once in a while, or finish().
  [[nodiscard]] bool has_hooks() const { return hooks_.running(); }
  /// Waits for all hooks.
  void finish() { hooks_.finish(); }

 private:
  void fire(const FiredRule& fired);
  /// A call of a hook with what every hook gets.
  [[nodiscard]] HookCall call_of(std::string name) const;
  [[nodiscard]] std::string alert(const FiredRule& fired);
  void stop_as_asked(const capture::StopRequest& asked);
  [[nodiscard]] StopPlan plan() const;
  [[nodiscard]] std::string begin_stop(const StopPlan& plan);

  const Request& request_;
  Seams seams_;
  Journal& journal_;
  std::function<void(const std::string&)> warn_;
  std::vector<Rule> rules_;
  std::unique_ptr<RuleWatch> watch_;
  Stopper stopper_;
  Hooks hooks_;
  pid_t command_ = -1;
  bool over_ = false;  // the command has ended, and was looked at a last time
  std::string stop_reason_;
};

/// "val_loss=1.5 step=3": the values of a firing on one line.
[[nodiscard]] std::string describe_values(const Json& values);

}  // namespace clew::record

#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fs.h"
#include "base/json.h"
#include "store/layout.h"

namespace clew::record {

/// The programs that a store runs at certain moments: executable files in its directory hooks/.
/// They belong to the store, which its owner alone writes to; nothing that comes with a repository
/// can name one.
struct HookSpec {
  std::string_view name;
  std::string_view moment;  ///< when it runs and what its end means, as a phrase
};
[[nodiscard]] const std::vector<HookSpec>& hook_specs();

/// Puts a sample of each hook into the store, "NAME.sample", where there is none. Throws
/// Error(failed).
void write_hook_samples(const store::Layout& layout);

/// The hook's file when it is there and can be executed; nullopt otherwise.
[[nodiscard]] std::optional<fs::path> find_hook(const store::Layout& layout, std::string_view name);

/// What a hook gets: variables on top of the environment, and a JSON object on standard input.
struct HookCall {
  std::string name;
  EnvironmentMap environment;
  fs::path directory;
  Json input = Json::object();
  std::chrono::milliseconds patience{60'000};  ///< then it is killed, with all of its group
};

/// Hooks that run in the background, without a terminal and with their output thrown away. Nothing
/// here waits but finish(). Not thread-safe; for a process with one thread.
class Hooks {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Hooks(store::Layout layout) : layout_(std::move(layout)) {}

  /// Starts a hook if the store has it: "started", "no hook 'on-alert'", or why not.
  std::string start(const HookCall& call, Clock::time_point now);
  /// Takes note of those that have ended, and kills those whose time is over.
  void tick(Clock::time_point now);
  [[nodiscard]] bool running() const { return !running_.empty(); }
  /// Waits until all have ended or their time is over.
  void finish();

 private:
  struct Running {
    pid_t pid = -1;
    Clock::time_point deadline;
  };
  store::Layout layout_;
  std::list<Running> running_;
};

/// Runs a hook to its end, its output going to standard error. Returns nothing when there is none
/// or it ended with status 0, else what it ended with ("exit status 3").
[[nodiscard]] std::optional<std::string> run_hook(const store::Layout& layout,
                                                  const HookCall& call);

}  // namespace clew::record

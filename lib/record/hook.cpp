#include "record/hook.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "capture/process.h"
#include "model/run.h"

namespace clew::record {
namespace {

/// A file in memory with these bytes, to be read from its start.
Fd input_of(const Json& input) {
  Fd file(memfd_create("clew-hook", MFD_CLOEXEC));
  if (!file) return Fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int failure = write_all(file.get(), dump_json(input) + '\n');
  if (failure != 0 || lseek(file.get(), 0, SEEK_SET) != 0) {
    return Fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  return file;
}

/// Starts a hook as the leader of a process group of its own, so that no key reaches it and it can
/// be ended with all that it starts.
capture::Spawned start_hook(const fs::path& file, const HookCall& call, int output) {
  capture::Spawn spawn;
  spawn.argv = {file.string()};
  spawn.environment = call.environment;
  spawn.directory = call.directory;
  const Fd input = input_of(call.input);
  spawn.streams[0] = input.get();
  spawn.streams[1] = output;
  spawn.streams[2] = output;
  spawn.own_group = true;
  sigemptyset(&spawn.mask);
  return capture::spawn(spawn);
}

std::optional<std::string> fault_of(const siginfo_t& info) {
  const capture::ExitStatus status = capture::exit_status(info);
  if (status.signal) return concat("ended by ", model::signal_name(*status.signal));
  if (*status.exit_code != 0) return concat("exit status ", *status.exit_code);
  return std::nullopt;
}

}  // namespace

const std::vector<HookSpec>& hook_specs() {
  static const std::vector<HookSpec> specs = {
      {"on-alert", "when a rule of the kind alert fires; the run goes on meanwhile"},
      {"post-run", "after a run has ended and is sealed"},
      {"pre-run", "before a command is started; a status other than 0 refuses to run it"},
  };
  return specs;
}

void write_hook_samples(const store::Layout& layout) {
  constexpr std::pair<std::string_view, std::string_view> kSamples[] = {
      {"on-alert",
       "#!/bin/sh\n"
       "# Runs when a rule of the kind alert fires. To use it: mv on-alert.sample on-alert\n"
       "# CLEW_RUN, CLEW_RULE, CLEW_STEP and CLEW_VALUE_<NAME> are set; standard input has the "
       "same\n"
       "# and more as a JSON object.\n"
       "notify-send \"clew: $CLEW_RUN\" \"$CLEW_RULE at step $CLEW_STEP\"\n"},
      {"post-run",
       "#!/bin/sh\n"
       "# Runs after a run has ended. To use it: mv post-run.sample post-run\n"
       "# CLEW_RUN and CLEW_STATE are set.\n"
       "clew export \"$CLEW_RUN\" --format prov-json -o \"$CLEW_RUN.json\"\n"},
      {"pre-run",
       "#!/bin/sh\n"
       "# Runs before a command is started; a status other than 0 refuses to run it.\n"
       "# To use it: mv pre-run.sample pre-run\n"
       "# Standard input has argv, cwd, name and params as a JSON object.\n"
       "test \"$(df --output=avail . | tail -n 1)\" -gt 1000000 || {\n"
       "  echo 'less than 1 GB of room is left' >&2\n"
       "  exit 1\n"
       "}\n"}};
  constexpr int kExecutable = 0755;
  for (const auto& [name, text] : kSamples) {
    const fs::path file = layout.hooks() / concat(name, ".sample");
    std::error_code ignored;
    if (!fs::exists(file, ignored)) replace_file(file, text, Sync::no, kExecutable);
  }
}

std::optional<fs::path> find_hook(const store::Layout& layout, std::string_view name) {
  const fs::path file = layout.hooks() / name;
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored) || access(file.c_str(), X_OK) != 0) return std::nullopt;
  return file;
}

std::string Hooks::start(const HookCall& call, Clock::time_point now) {
  const auto file = find_hook(layout_, call.name);
  if (!file) return concat("no hook '", call.name, '\'');
  // So many at once mean that they do not end; another one would not help.
  constexpr std::size_t kMost = 16;
  if (running_.size() >= kMost) return "not started, too many run already";
  try {
    const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    const capture::Spawned started = start_hook(*file, call, null.get());
    if (started.failure != 0) {
      return concat("not started: ", std::generic_category().message(started.failure));
    }
    running_.push_back({started.pid, now + call.patience});
    return "started";
  } catch (const Error& error) {
    return concat("not started: ", error.message());
  }
}

void Hooks::tick(Clock::time_point now) {
  for (auto hook = running_.begin(); hook != running_.end();) {
    siginfo_t info{};
    const bool ended = waitid(P_PID, static_cast<id_t>(hook->pid), &info, WEXITED | WNOHANG) != 0 ||
                       info.si_pid != 0;
    if (!ended && now >= hook->deadline) kill(-hook->pid, SIGKILL);
    hook = ended ? running_.erase(hook) : std::next(hook);
  }
}

void Hooks::finish() {
  while (running()) {
    tick(Clock::now());
    if (running()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::optional<std::string> run_hook(const store::Layout& layout, const HookCall& call) {
  const auto file = find_hook(layout, call.name);
  if (!file) return std::nullopt;
  const capture::Spawned started = start_hook(*file, call, STDERR_FILENO);
  if (started.failure != 0) return std::generic_category().message(started.failure);
  const auto deadline = Hooks::Clock::now() + call.patience;
  for (;;) {
    siginfo_t info{};
    const int failed = waitid(P_PID, static_cast<id_t>(started.pid), &info, WEXITED | WNOHANG);
    if (failed == 0 && info.si_pid != 0) return fault_of(info);
    if (failed != 0 && errno != EINTR) return std::nullopt;
    if (Hooks::Clock::now() >= deadline) {
      kill(-started.pid, SIGKILL);
      waitid(P_PID, static_cast<id_t>(started.pid), &info, WEXITED);
      return concat("not ended after ", call.patience.count() / 1000, " seconds");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace clew::record

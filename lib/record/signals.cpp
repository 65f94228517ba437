#include "record/signals.h"

#include <sys/signalfd.h>

#include <algorithm>
#include <ctime>

namespace clew::record {
namespace {

constexpr int kEnding[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
constexpr int kOthers[] = {SIGUSR1, SIGUSR2, SIGCONT, SIGTSTP, SIGWINCH, SIGCHLD, SIGALRM};

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kEnding)
    sigaddset(&set, signal);
  return set;
}

sigset_t all_signals() {
  sigset_t set = ending_signals();
  for (const int signal : kOthers)
    sigaddset(&set, signal);
  return set;
}

}  // namespace

SignalState hold_signals() {
  SignalState state;
  const sigset_t held = all_signals();
  sigprocmask(SIG_BLOCK, &held, &state.mask);
  struct sigaction pipe_action {};
  sigaction(SIGPIPE, nullptr, &pipe_action);
  state.ignore_pipe = pipe_action.sa_handler == SIG_IGN;
  signal(SIGPIPE, SIG_IGN);
  return state;
}

Fd signal_descriptor() {
  const sigset_t held = all_signals();
  return Fd(signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK));
}

void share_ending_signals(pid_t helper) {
  sigset_t pending;
  sigpending(&pending);
  for (const int signal : kEnding) {
    if (sigismember(&pending, signal) == 1) kill(helper, signal);
  }
}

void hold_ending_signals(const SignalState& found) {
  sigset_t held = found.mask;
  for (const int signal : kEnding)
    sigaddset(&held, signal);
  sigprocmask(SIG_SETMASK, &held, nullptr);
}

void release_ending_signals(const SignalState& found) {
  while (take_ending_signal()) {
  }
  sigset_t released;
  sigemptyset(&released);
  for (const int signal : kEnding) {
    if (sigismember(&found.mask, signal) == 0) sigaddset(&released, signal);
  }
  sigprocmask(SIG_UNBLOCK, &released, nullptr);
}

std::optional<int> take_ending_signal() {
  const sigset_t ending = ending_signals();
  const timespec at_once{};
  const int signal = sigtimedwait(&ending, nullptr, &at_once);
  return signal > 0 ? std::optional(signal) : std::nullopt;
}

bool is_ending(int signal) {
  return std::ranges::find(kEnding, signal) != std::end(kEnding);
}

}  // namespace clew::record

#include "record/front.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "capture/trace_filter.h"
#include "model/encoding.h"

namespace clew::record {
namespace {

// What the recorder may lag behind before output is dropped from the record: the command must not
// wait for it.
constexpr std::size_t kMaxQueued = 64 << 20;
constexpr auto kPatience = std::chrono::seconds(10);

capture::ExitStatus parse_status(std::string_view text) {
  capture::ExitStatus status;
  const auto words = split(text, ' ');
  const int number = static_cast<int>(parse_int(words.back()).value_or(0));
  (words.front() == "exit" ? status.exit_code : status.signal) = number;
  return status;
}

}  // namespace

Front::Front(Stage stage, Channel recorder, Watch watch, Helpers helpers, SignalState signals,
             const Report& report)
    : stage_(std::move(stage)),
      recorder_(std::move(recorder)),
      watch_(std::move(watch)),
      helpers_(helpers),
      signals_(signals),
      report_(report),
      signal_fd_(signal_descriptor()),
      raw_(STDIN_FILENO, stage_.terminal[1] && stage_.terminal[2]) {
  relays_ = make_relays(stage_, [this](model::Stream stream, std::string_view bytes) {
    if (!recorder_.alive()) return;
    if (recorder_.queued() + bytes.size() > kMaxQueued) {
      lost_ += bytes.size();
      return;
    }
    std::string message(1, static_cast<char>(stream));
    message += bytes;
    recorder_.send(Message::output, message);
  });
  watch_.to_front.reset();
  watch_.guardian_hears.reset();
  keys_open_ = stage_.terminal[0];
  if (stage_.pty) {
    const int master = stage_.pty->master.get();
    fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK);
  }
}

Front::~Front() {
  raw_.leave();
  sigprocmask(SIG_SETMASK, &signals_.mask, nullptr);
}

Outcome Front::run(const std::function<capture::Spawned(const Stage&)>& start) {
  start_ = start;
  while (!ended())
    turn(-1);
  finish();
  if (watch_) watch_.page->front_finished = 1;
  raw_.leave();
  outcome_.exit_code = status_->exit_code;
  outcome_.signal = status_->signal;
  outcome_.recorded = recorded_;
  return std::move(outcome_);
}

void Front::turn(int timeout_ms) {
  std::vector<pollfd> waiting{{signal_fd_.get(), POLLIN, 0}};
  if (recorder_.alive()) waiting.push_back(recorder_.waits_for());
  if (watch_.front_hears) waiting.push_back({watch_.front_hears.get(), POLLIN, 0});
  if (guards_ && guard_) waiting.push_back({guard_->descriptor(), POLLIN, 0});
  for (const auto& [stream, relay] : relays_)
    relay.await(waiting);
  if (keys_open_ && keys_.empty() && raw_.active()) waiting.push_back({STDIN_FILENO, POLLIN, 0});
  if (!keys_.empty()) waiting.push_back({stage_.pty->master.get(), POLLOUT, 0});
  if (poll(waiting.data(), waiting.size(), timeout_ms) < 0 && errno != EINTR) return;

  for (auto& [stream, relay] : relays_) {
    const bool was_refused = relay.refused();
    relay.act(waiting);
    if (relay.refused() && !was_refused) {
      recorder_.send(Message::refused, std::string(1, static_cast<char>(stream)));
      tell_refused(watch_, stream);
    }
  }
  for (const pollfd& entry : waiting) {
    if (entry.revents == 0) continue;
    if (entry.fd == signal_fd_.get()) handle_signals();
    if (watch_.front_hears && entry.fd == watch_.front_hears.get()) hear_command();
    if (entry.fd == recorder_.descriptor()) hear_recorder();
    if (guards_ && guard_ && entry.fd == guard_->descriptor() && !guard_->answer()) guard_.reset();
    if (entry.fd == STDIN_FILENO && entry.events == POLLIN) read_keys();
  }
  write_keys();
}

void Front::hear_recorder() {
  recorder_.flush();
  while (const auto message = recorder_.receive()) {
    const auto& [kind, text] = *message;
    if (kind == Message::spawned) {
      begin_command(static_cast<pid_t>(parse_int(text).value_or(-1)));
    } else if (kind == Message::rejected) {
      const int failure = static_cast<int>(parse_int(text).value_or(0));
      status_ = capture::ExitStatus{failure == ENOENT ? 127 : 126, std::nullopt};
    } else if (kind == Message::ended) {
      status_ = parse_status(text);
    } else if (kind == Message::recorded) {
      recorded_ = true;
      outcome_.run = model::decode_run(text);
    } else if (kind == Message::stopped) {
      outcome_.stopped_by = text;
    } else if (kind == Message::report) {
      say(text);
    }
  }
  if (!recorder_.alive() && !recorded_) recorder_died();
}

void Front::handle_signals() {
  signalfd_siginfo info{};
  while (read(signal_fd_.get(), &info, sizeof info) == sizeof info) {
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGCHLD) {
      reap();
    } else if (signal == SIGWINCH) {
      if (stage_.pty)
        capture::copy_window_size(stage_.terminal[1] ? 1 : 0, stage_.pty->master.get());
    } else if (signal == SIGTSTP) {
      suspend();
    } else if (signal == SIGCONT) {
      resume();
    } else if (static_cast<pid_t>(info.ssi_pid) != getpid()) {  // the command has its own keys
      pass_signal(signal, info.ssi_code == SI_KERNEL);
    }
  }
}

void Front::reap() {
  // The command may have ended before its recorder, now dead, could tell of it.
  hear_what_command_said();
  siginfo_t info{};
  while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0) {
    if (info.si_pid == helpers_.recorder) {
      helpers_.recorder = -1;
      // A command's process that has not become the command yet still holds the recorder's end.
      hear_recorder();
      recorder_ = Channel(Fd());
      if (!recorded_) recorder_died();
    } else if (info.si_pid == helpers_.guardian) {
      helpers_.guardian = -1;
      if (orphaned_) guard();
    } else if ((info.si_pid == command_ || info.si_pid == begun_) && !status_) {
      // Only after the recorder's death does the command become a child of this process.
      status_ = capture::exit_status(info);
    }
    info = {};
  }
}

void Front::pass_signal(int signal, bool from_kernel) {
  if (command_ <= 0) {
    // It is not there yet, or nobody has said so: it gets the signal as soon as it is.
    early_signals_.emplace_back(signal, from_kernel);
    return;
  }
  if (stage_.pty) {
    pid_t group = tcgetpgrp(stage_.pty->master.get());
    if (group <= 0) group = command_;
    kill(from_kernel ? -group : command_, signal);
  } else if (!from_kernel) {
    // What the terminal sent went to the command too: it is in the same process group.
    kill(command_, signal);
  }
}

void Front::begin_command(pid_t pid) {
  command_ = pid;
  stage_.release_command_ends();
  if (keys_open_) raw_.enter();
  for (const auto& [signal, from_kernel] : std::exchange(early_signals_, {}))
    pass_signal(signal, from_kernel);
}

void Front::suspend() {
  raw_.leave();
  if (stage_.pty && command_ > 0) {
    const pid_t group = tcgetpgrp(stage_.pty->master.get());
    if (group > 0) kill(-group, SIGSTOP);
  }
  kill(getpid(), SIGSTOP);
}

void Front::resume() {
  if (stage_.pty && command_ > 0) {
    if (keys_open_) raw_.enter();
    capture::copy_window_size(stage_.terminal[1] ? 1 : 0, stage_.pty->master.get());
    const pid_t group = tcgetpgrp(stage_.pty->master.get());
    if (group > 0) kill(-group, SIGCONT);
  }
}

void Front::read_keys() {
  char buffer[4096];
  const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) {
    keys_open_ = false;
    return;
  }
  const std::string_view typed(buffer, static_cast<std::size_t>(got));
  const int master = stage_.pty->master.get();
  // The terminal would have told the whole process group: the shell that waits in a loop, the other
  // ends of a pipeline. Raw mode keeps it from doing so.
  for (const auto& [which, signal] : {std::pair(VINTR, SIGINT), std::pair(VQUIT, SIGQUIT)}) {
    const auto key = capture::signal_character(master, which);
    if (key && typed.find(*key) != std::string_view::npos) kill(0, signal);
  }
  const auto stop = capture::signal_character(master, VSUSP);
  const std::size_t place = stop ? typed.find(*stop) : std::string_view::npos;
  if (place == std::string_view::npos) {
    keys_ += typed;
    return;
  }
  // The command leads an orphaned process group, in which the kernel ignores the key: the stop is
  // made here. What was typed behind it waits until after.
  keys_ += typed.substr(0, place);
  write_keys();
  suspend();
  keys_ += typed.substr(place + 1);
}

void Front::write_keys() {
  if (keys_.empty()) return;
  const ssize_t written = write(stage_.pty->master.get(), keys_.data(), keys_.size());
  if (written > 0) keys_.erase(0, static_cast<std::size_t>(written));
  if (written < 0 && errno != EAGAIN && errno != EINTR) keys_.clear();
}

/// The command's process tells of itself before it becomes the command.
void Front::hear_command() {
  capture::TraceHandover handover;
  Fd listener;
  if (capture::receive_handover(watch_.front_hears.get(), handover, listener) && listener) {
    guard_.emplace(std::move(listener), watch_.page);
    if (command_ <= 0) begun_ = handover.pid;
    // It came too late: the command was begun again without it.
    if (orphaned_ && command_ > 0) kill(handover.pid, SIGKILL);
  }
  watch_.front_hears.reset();
}

void Front::hear_what_command_said() {
  if (!watch_.front_hears) return;
  pollfd told{watch_.front_hears.get(), POLLIN, 0};
  if (poll(&told, 1, 0) > 0) hear_command();
}

void Front::guard() {
  guards_ = true;
  if (guard_) guard_->take_over();
}

void Front::recorder_died() {
  if (orphaned_) return;
  orphaned_ = true;
  hear_what_command_said();
  if (helpers_.guardian <= 0) guard();
  if (command_ <= 0 && begun_ > 0) {
    begin_command(begun_);
  }
  if (command_ > 0) {
    say("the recorder died; the command goes on, but what it does from here is not recorded");
    reap();
    return;
  }
  for (const auto& [signal, from_kernel] : early_signals_) {
    if (is_ending(signal)) {
      status_ = capture::ExitStatus{std::nullopt, signal};
      return;
    }
  }
  say("the recorder died; the command runs without being recorded");
  const capture::Spawned started = start_(stage_);
  if (started.failure != 0) {
    stage_.release_command_ends();
    status_ = capture::ExitStatus{started.failure == ENOENT ? 127 : 126, std::nullopt};
  } else {
    begin_command(started.pid);
  }
}

void Front::finish() {
  for (auto& [stream, relay] : relays_)
    relay.drain();
  if (lost_ > 0) {
    recorder_.send(Message::lost,
                   concat(format_size(lost_), " of output came faster than it could be recorded"));
  }
  recorder_.send(Message::drained);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  relays_.clear();
  while (recorder_.alive() && !recorded_) {
    if (std::chrono::steady_clock::now() > deadline) {
      say("the end of the run could not be recorded in time");
      return;
    }
    turn(100);
  }
}

void Front::say(const std::string& message) {
  const bool was_raw = raw_.active();
  raw_.leave();
  report_(message);
  if (was_raw) raw_.enter();
}

}  // namespace clew::record

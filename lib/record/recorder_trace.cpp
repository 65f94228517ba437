#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "capture/trace_scan.h"
#include "record/recorder_process.h"

// The part of the recorder that deals with tracing.

namespace clew::record {
namespace {

/// A descriptor that is readable when a child of this process has died.
Fd watch_children() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return Fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace

void RecorderProcess::begin_trace() {
  if (request_.trace.level != capture::TraceLevel::off) {
    // The memory of its orphans, too, may be read by their ancestors only, where Yama is strict.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    child_signal_ = watch_children();
  }
  const fs::path place = clients_ ? clients_->path().parent_path() : fs::path();
  tracer_ = std::make_unique<Tracer>(request_.trace, std::move(watch_), place,
                                     capture::top_of_tree(request_.directory),
                                     [](std::string_view) { return true; });
  tracer_->join_outer(request_.environment);
}

/// Orphans of a traced run come to this process: they must not stay as zombies, which a program
/// that waits for the end of its daemon would take for alive.
void RecorderProcess::reap() {
  signalfd_siginfo ignored{};
  while (read(child_signal_.get(), &ignored, sizeof ignored) == sizeof ignored) {
  }
  siginfo_t info{};
  while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0 &&
         info.si_pid != command_) {
    waitpid(info.si_pid, nullptr, 0);
    info = {};
  }
}

void RecorderProcess::record_traced() {
  capture::TraceFindings found = tracer_->take();
  for (const auto& event : found.processes)
    journal_.record(event);
  for (auto& event : found.uses)
    record_traced_use(std::move(event.use));
  for (auto& address : found.connections)
    connections_.push_back(std::move(address));
  for (const auto& notice : found.notices)
    gap(notice);
}

void RecorderProcess::record_traced_use(model::FileUse use) {
  using Verdict = capture::FilePolicy::Verdict;
  record_source_use(use);
  const Verdict verdict = policy_->judge(use.path, use.modes);
  if (verdict == Verdict::environment) census_->see(use.path);
  if (verdict != Verdict::listed) return;
  use.path = policy_->name(use.path);
  if (!use.from.empty()) use.from = policy_->name(use.from);
  record_use({std::move(use)});
}

/// Python reads what it compiled before in place of the source: the source was used all the same.
void RecorderProcess::record_source_use(const model::FileUse& use) {
  if ((use.modes & model::kRead) == 0) return;
  const auto source = capture::source_of_compiled(use.path);
  using Verdict = capture::FilePolicy::Verdict;
  if (!source || policy_->judge(*source, model::kRead) != Verdict::listed) return;
  std::error_code ignored;
  if (!fs::exists(*source, ignored)) return;
  record_use({{policy_->name(*source), use.process, model::kRead, use.first, use.last, ""}});
}

void RecorderProcess::finish_trace(const capture::ExitStatus& status, Time time) {
  tracer_->finish(status, time);
  record_traced();
  record_declared(time);
  record_capture(true);
}

/// Where processes are not watched, the user's word is all there is.
void RecorderProcess::record_declared(Time until) {
  const std::string mechanism = tracer_->capture().mechanism;
  if ((mechanism != "scan" && mechanism != "none") || !policy_->declares_any()) return;
  for (auto& use : capture::scan_declared(*policy_, tracer_->started(), until)) {
    use.path = policy_->name(use.path);
    record_use({std::move(use)});
  }
}

/// While the run goes on, nothing is complete.
void RecorderProcess::record_capture(bool at_end) {
  model::Capture capture = tracer_->capture();
  capture.root = policy_->root().string();
  if (capture.mechanism == "none" && policy_->declares_any()) {
    capture.mechanism = "scan";
    capture.blind = {"only files that are declared are looked at, when the command has ended"};
  }
  capture.complete = capture.complete && at_end;
  if (at_end) capture.connections = std::move(connections_);
  journal_.record(model::CaptureEvent{std::move(capture)});
}

}  // namespace clew::record

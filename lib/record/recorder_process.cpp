#include "record/recorder_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "capture/environment.h"
#include "model/encoding.h"
#include "record/seal.h"
#include "snapshot/snapshot.h"

namespace clew::record {
namespace {

constexpr Time kSecond = 1'000'000;
constexpr auto kDrainPatience = std::chrono::seconds(5);
constexpr auto kSealPatience = std::chrono::seconds(60);
constexpr std::size_t kMetricsToTell = 16;

fs::path socket_parent(const EnvironmentMap& environment) {
  for (const auto* name : {"XDG_RUNTIME_DIR", "TMPDIR"}) {
    const auto found = environment.find(name);
    // A path of a socket has 107 bytes at most.
    if (found != environment.end() && found->second.starts_with('/') && found->second.size() < 80 &&
        access(found->second.c_str(), W_OK) == 0) {
      return found->second;
    }
  }
  return "/tmp";
}

/// A run may have more processes than a process may have descriptors by default. The command keeps
/// the limit that it was started with.
void allow_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// The header for the front's closing line, small enough for one message.
model::Run brief(model::Run run) {
  run.params.clear();
  run.notes.clear();
  run.code.unstored.clear();
  run.gaps.clear();
  run.argv.clear();
  std::erase_if(run.metrics, [](const auto& m) { return model::is_system_metric(m.name); });
  std::stable_sort(run.metrics.begin(), run.metrics.end(), [](const auto& a, const auto& b) {
    return a.summary.last_time > b.summary.last_time;
  });
  if (run.metrics.size() > kMetricsToTell) run.metrics.resize(kMetricsToTell);
  return run;
}

}  // namespace

EnvironmentMap command_environment(const Request& request, RunId id, const fs::path& socket) {
  EnvironmentMap environment = request.environment;
  environment["CLEW_RUN"] = id.hex();
  environment["CLEW_STORE"] = request.layout.root.string();
  if (!socket.empty()) environment["CLEW_SOCKET"] = socket.string();
  if (!request.python_client.empty()) {
    std::string& path = environment["PYTHONPATH"];
    // An empty entry would mean the current directory.
    path = path.empty() ? request.python_client.string()
                        : concat(path, ':', request.python_client.string());
  }
  return environment;
}

RecorderProcess::RecorderProcess(const Request& request, const Seams& seams, model::Run run,
                                 Stage stage, Channel front, SignalState signals, Watch watch)
    : request_(request),
      seams_(seams),
      run_(std::move(run)),
      stage_(std::move(stage)),
      front_(std::move(front)),
      signals_(signals),
      actions_(request, seams, journal_, [this](const std::string& text) { warn(text); }),
      shared_(watch.page),
      watch_(std::move(watch)),
      inherited_(capture::inherited_descriptors()) {}

void RecorderProcess::run() {
  begin();
  if (request_.snapshot) take_snapshot();
  begin_files();
  journal_.flush();
  if (start()) watch();
  let_go();
  finish_files();
  seal_run();
  actions_.sealed();
  release_ending_signals(signals_);  // nothing is lost with this process any more
  pass_on_until(-1);
  actions_.finish();
  if (shared_ != nullptr) shared_->finished = 1;
  tracer_->leave();
}

void RecorderProcess::begin() {
  try {
    store::create(request_.layout);
    store::check_format(request_.layout, true);
    journal_.open(request_.layout, run_);
  } catch (const Error& error) {
    warn(concat("this run is not recorded: ", error.message()));
  }
  try {
    clients_ = std::make_unique<ClientSocket>(socket_parent(request_.environment), seams_.clock);
    if (journal_.is_open())
      replace_file(request_.layout.socket(run_.id), clients_->path().native());
  } catch (const Error& error) {
    gap(concat("metrics from the command: ", error.message()));
  }
  begin_trace();
  if (request_.scan_output) {
    for (const auto stream :
         {model::Stream::standard_output, model::Stream::standard_error, model::Stream::terminal}) {
      scanners_.emplace_back(stream, capture::OutputScanner(request_.metric_templates));
    }
  }
}

void RecorderProcess::take_snapshot() {
  const auto home = request_.environment.find("HOME");
  try {
    snapshot::Request wanted;
    wanted.directory = request_.directory;
    wanted.private_repository = request_.layout.code();
    wanted.home = home == request_.environment.end() ? "" : home->second;
    wanted.bounds = request_.bounds;
    wanted.store = request_.layout.root;
    snapshot::Result result = snapshot::take(wanted);
    for (const auto& warning : result.warnings)
      gap(warning);
    journal_.record(model::CodeEvent{std::move(result.code)});
  } catch (const Error& error) {
    gap(concat("the code: ", error.message()));
  }
}

bool RecorderProcess::start() {
  // A key that was hit during the snapshot was meant for the command.
  if (const auto signal = take_ending_signal()) {
    stage_.release_command_ends();
    front_.send(Message::ended, concat("signal ", *signal));
    end({model::State::killed, std::nullopt, *signal, seams_.clock.now()});
    tell_end();
    return false;
  }
  capture::Spawn spawn;
  spawn.argv = request_.argv;
  spawn.environment =
      command_environment(request_, run_.id, clients_ ? clients_->path() : fs::path());
  spawn.directory = request_.directory;
  spawn.mask = signals_.mask;
  spawn.ignore_pipe = signals_.ignore_pipe;
  stage_.equip(spawn);
  capture::Spawned started;
  const Time now = seams_.clock.now();
  try {
    started = tracer_->spawn(spawn);
  } catch (const Error& error) {
    warn(error.message());
    started.failure = EAGAIN;
  }
  stage_.release_command_ends();
  if (started.failure != 0) {
    front_.send(Message::rejected, std::to_string(started.failure));
    warn(concat("cannot run '", request_.argv[0],
                "': ", std::generic_category().message(started.failure)));
    journal_.record(model::GapEvent{concat("the command could not be executed: ",
                                           std::generic_category().message(started.failure))});
    end({model::State::failed, started.failure == ENOENT ? 127 : 126, std::nullopt, now});
    tell_end();
    return false;
  }
  command_ = started.pid;
  command_fd_.reset(static_cast<int>(syscall(SYS_pidfd_open, command_, 0)));
  actions_.started(command_);
  front_.send(Message::spawned, std::to_string(command_));
  journal_.record(model::SpawnEvent{command_, now});
  for (const int fd : inherited_)
    close(fd);
  allow_descriptors();
  setsid();
  // Without a pty the command is told by the terminal itself, but only what came after its start.
  const auto missed = take_ending_signal();
  if (missed && !stage_.pty) kill(command_, *missed);
  return true;
}

void RecorderProcess::watch() {
  journal_.record(model::EnvironmentEvent{capture::basic_environment(
      request_.argv, request_.directory, request_.environment, request_.variable_patterns)});
  record_capture(false);
  journal_.flush();
  journal_.write_head();
  if (journal_.is_open()) syncer_ = std::make_unique<Syncer>(journal_.descriptor());
  const model::Code code = journal_.fold().header().code;
  if (!code.unstored.empty()) hasher_ = std::make_unique<Hasher>(code);
  next_head_ = seams_.clock.now() + kSecond;
  // Without a descriptor for the command (an old kernel) it is looked after ten times a second.
  while (!command_ended_)
    turn(command_fd_ ? 1000 : 100);
  siginfo_t info{};
  // The status is told before the command is reaped: should this process die in between, the front
  // inherits the command and reads its status itself.
  waitid(P_PID, static_cast<id_t>(command_), &info, WEXITED | WNOWAIT);
  const capture::ExitStatus status = capture::exit_status(info);
  const Time now = seams_.clock.now();
  front_.send(Message::ended, status.exit_code ? concat("exit ", *status.exit_code)
                                               : concat("signal ", *status.signal));
  wait_for_output();
  finish_trace(status, now);
  waitpid(command_, nullptr, 0);
  actions_.ended();
  const model::State state = status.signal            ? model::State::killed
                             : *status.exit_code == 0 ? model::State::finished
                                                      : model::State::failed;
  end({state, status.exit_code, status.signal, now});
  tell_end();
}

void RecorderProcess::turn(int timeout_ms) {
  std::vector<pollfd> waiting;
  if (command_fd_ && !command_ended_) waiting.push_back({command_fd_.get(), POLLIN, 0});
  if (front_.alive()) waiting.push_back(front_.waits_for());
  if (clients_) clients_->await(waiting);
  if (child_signal_) waiting.push_back({child_signal_.get(), POLLIN, 0});
  tracer_->await(waiting);
  for (const auto& [stream, relay] : relays_)
    relay.await(waiting);
  if (poll(waiting.data(), waiting.size(), actions_.patience(timeout_ms)) < 0 && errno != EINTR) {
    return;
  }
  if (clients_) clients_->act(waiting, journal_);
  for (auto& [stream, relay] : relays_)
    relay.act(waiting);
  tracer_->act(waiting);
  record_traced();
  hear_front();
  siginfo_t info{};
  command_ended_ =
      waitid(P_PID, static_cast<id_t>(command_), &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
      info.si_pid != 0;
  if (child_signal_) reap();
  actions_.act();
  journal_.flush();
  check_disk();
  keep_time();
}

void RecorderProcess::hear_front() {
  if (took_over_) return;
  front_.flush();
  // A command that prints without pause must not keep the rest of its record waiting.
  constexpr int kMostAtOnce = 64;
  for (int i = 0; i < kMostAtOnce; ++i) {
    const auto message = front_.receive();
    if (!message) break;
    const auto& [kind, payload] = *message;
    if (kind == Message::output && !payload.empty()) {
      take_output(static_cast<model::Stream>(payload.front()), std::string_view(payload).substr(1));
    } else if (kind == Message::lost) {
      gap(payload);
    } else if (kind == Message::drained) {
      drained_ = true;
    } else if (kind == Message::refused && !payload.empty()) {
      const auto stream = static_cast<model::Stream>(payload.front());
      if (stream != model::Stream::terminal) stage_.readers[static_cast<int>(stream)].reset();
    }
  }
  if (!front_.alive()) front_died();
}

void RecorderProcess::front_died() {
  took_over_ = true;
  if (stage_.found) tcsetattr(STDIN_FILENO, TCSANOW, &*stage_.found);
  open_relays([this](model::Stream stream, std::string_view bytes) { take_output(stream, bytes); });
}

void RecorderProcess::open_relays(const StreamTap& tap) {
  relays_ = make_relays(stage_, tap);
  // The terminal belongs to the shell again.
  for (auto& [stream, relay] : relays_) {
    if (stream == model::Stream::terminal) relay.detach();
  }
}

void RecorderProcess::take_output(model::Stream stream, std::string_view bytes) {
  const Time now = seams_.clock.now();
  if (request_.keep_output) {
    journal_.record(model::OutputEvent{stream, now, std::string(bytes)});
  }
  for (auto& [scanned, scanner] : scanners_) {
    if (scanned == stream) scanner.feed(bytes, now, journal_);
  }
}

void RecorderProcess::check_disk() {
  if (journal_.failure() == 0 || disk_failed_) return;
  disk_failed_ = true;
  warn(concat("cannot write the record: ", std::generic_category().message(journal_.failure()),
              "; the command goes on, but what it does from here is not recorded"));
}

void RecorderProcess::keep_time() {
  const Time now = seams_.clock.now();
  if (now < next_head_) return;
  next_head_ = now + kSecond;
  if (hasher_) {
    if (auto code = hasher_->take()) journal_.record(model::CodeEvent{std::move(*code)});
  }
  record_readings();
  journal_.write_head();
}

void RecorderProcess::wait_for_output() {
  const auto deadline = std::chrono::steady_clock::now() + kDrainPatience;
  while (!drained_ && !took_over_ && std::chrono::steady_clock::now() < deadline)
    turn(100);
  for (auto& [stream, relay] : relays_)
    relay.drain();
  const Time now = seams_.clock.now();
  for (auto& [stream, scanner] : scanners_)
    scanner.finish(now, journal_);
  if (clients_) {
    clients_->drain(journal_);
    if (clients_->bad_lines() > 0) {
      gap(concat(clients_->bad_lines(), clients_->bad_lines() == 1 ? " line" : " lines",
                 " from the command could not be read; the first: ", clients_->first_error()));
    }
  }
}

void RecorderProcess::end(const model::EndEvent& event) {
  journal_.record(event);
  journal_.flush();
  check_disk();
  journal_.write_head();
}

void RecorderProcess::tell_end() {
  if (!actions_.stop_reason().empty()) front_.send(Message::stopped, actions_.stop_reason());
  if (journal_.is_open() && journal_.failure() == 0) {
    front_.send(Message::recorded, model::encode_run(brief(journal_.fold().header())));
  }
  while (front_.alive() && front_.queued() > 0) {
    pollfd room = front_.waits_for();
    poll(&room, 1, 1000);
    front_.flush();
  }
}

/// Lets go of everything that the front's caller could be waiting for.
void RecorderProcess::let_go() {
  syncer_.reset();
  clients_.reset();
  if (hasher_) journal_.record(model::CodeEvent{hasher_->wait()});
  journal_.flush();
  if (!took_over_) {
    open_relays([](model::Stream, std::string_view) {});
    for (auto& [stream, relay] : relays_)
      relay.drain();
  }
  std::erase_if(relays_, [](const StreamRelay& entry) { return entry.relay.finished(); });
  front_ = Channel(Fd());
  if (relays_.empty()) {
    const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    for (int stream = 0; stream < 3; ++stream)
      dup2(null.get(), stream);
  }
}

void RecorderProcess::seal_run() {
  if (!journal_.is_open()) return;
  try {
    store::Store store = store::Store::open_for_writing(request_.layout, kSealPatience);
    seal(store, run_.id, request_.output_limit);
  } catch (const Error&) {
    // The spool stays, and the next command that writes tries again and reports.
  }
}

void RecorderProcess::gap(const std::string& text) {
  journal_.record(model::GapEvent{text});
  warn(text);
}

void RecorderProcess::warn(const std::string& text) {
  front_.send(Message::report, text);
}

}  // namespace clew::record

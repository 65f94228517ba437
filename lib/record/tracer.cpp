#include "record/tracer.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "capture/trace_filter.h"
#include "capture/trace_proc.h"
#include "capture/trace_reopen.h"
#include "capture/trace_scan.h"

namespace clew::record {
namespace {

constexpr std::array<std::string_view, 5> kMechanisms{"auto", "unotify", "outer", "preload",
                                                      "scan"};

constexpr auto kStragglers = std::chrono::milliseconds(250);

std::string count_of(std::uint64_t count, std::string_view one, std::string_view many) {
  return concat(count, ' ', count == 1 ? one : many);
}

/// Is it a process of the run that goes on? Those of clew, of runs within, end by themselves.
bool goes_on(std::int64_t number) {
  const auto pid = static_cast<pid_t>(number);
  const auto stat = capture::process_stat(pid);
  if (!stat || stat->state == 'Z' || stat->state == 'X') return false;
  return capture::process_link(pid, "exe") != capture::process_link(getpid(), "exe");
}

}  // namespace

std::optional<TraceMechanism> trace_mechanism_from_name(std::string_view name) {
  const auto* const found = std::find(kMechanisms.begin(), kMechanisms.end(), name);
  if (found == kMechanisms.end()) return std::nullopt;
  return static_cast<TraceMechanism>(found - kMechanisms.begin());
}

Tracer::Tracer(TraceRequest request, Watch watch, const fs::path& directory, fs::path root,
               capture::TraceBook::Listed listed)
    : request_(std::move(request)),
      watch_(std::move(watch)),
      directory_(directory),
      root_(std::move(root)),
      listed_(std::move(listed)) {
  watch_.front_hears.reset();
  watch_.guardian_hears.reset();
}

Tracer::~Tracer() {
  if (supervisor_) supervisor_->stop();
  queue_.close();
}

bool Tracer::wants(TraceMechanism mechanism) const {
  return request_.mechanism == TraceMechanism::automatic || request_.mechanism == mechanism;
}

void Tracer::join_outer(const EnvironmentMap& environment) {
  const auto socket = environment.find(kTracerVariable);
  if (socket == environment.end() || !wants(TraceMechanism::outer)) return;
  guest_ = TraceGuest::join(socket->second);
}

capture::Spawned Tracer::spawn(capture::Spawn& request) {
  started_ = capture::coarse_now();
  if (request_.level == capture::TraceLevel::off) return capture::spawn(request);
  if (guest_) {
    mechanism_ = "outer";
    return capture::spawn(request);
  }
  if (Attempt spawned = spawn_notified(request)) return *spawned;
  if (Attempt spawned = spawn_preloaded(request)) return *spawned;
  const capture::Spawned spawned = capture::spawn(request);
  mechanism_ = "scan";
  begin_by_hand(spawned.pid);
  return spawned;
}

/// The token with which the command opens files again; 0 where it is to be told of each open.
std::uint64_t Tracer::begin_reopen(capture::Spawn& request) const {
  if (request_.mechanism != TraceMechanism::automatic ||
      !capture::can_be_preloaded(request_.reopen) || request_.level < capture::TraceLevel::files ||
      !capture::takes_reopen(request.argv[0], request.directory, request.environment)) {
    return 0;
  }
  const std::uint64_t token = capture::make_open_token();
  capture::equip_reopen(request.environment, request_.reopen, token);
  return token;
}

/// nullopt, with nothing started, where the kernel does not allow it.
Tracer::Attempt Tracer::spawn_notified(capture::Spawn& request) {
  const EnvironmentMap before = request.environment;
  int ends[2];
  if (!wants(TraceMechanism::unotify) || !watch_ || !capture::notification_is_available() ||
      socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return std::nullopt;
  }
  Fd hears(ends[0]);
  const Fd tells(ends[1]);
  capture::SpawnTrace trace;
  trace.filter =
      capture::build_trace_filter(capture::native_abis(), request_.level, begin_reopen(request));
  trace.sockets = {tells.get(), watch_.to_front.get(), watch_.to_guardian.get()};
  auto supervisor =
      std::make_unique<capture::TraceSupervisor>(request_.level, *watch_.page, queue_);
  capture::Spawned spawned;
  request.environment.erase(kTracerVariable);
  try {
    if (!directory_.empty()) {
      host_.emplace(directory_ / "tracer");
      request.environment[kTracerVariable] = (directory_ / "tracer").string();
    }
    supervisor->start(std::move(hears));
    request.trace = &trace;
    spawned = capture::spawn(request);
  } catch (const Error&) {
    spawned.trace_failure = EAGAIN;
  }
  request.trace = nullptr;
  if (spawned.trace_failure != 0) {
    shutdown(tells.get(), SHUT_RDWR);
    host_.reset();
    request.environment = before;
    return std::nullopt;
  }
  if (spawned.failure != 0) return spawned;
  const capture::TraceHandover handover = supervisor->wait_for_handover();
  supervisor_ = std::move(supervisor);
  mechanism_ = "unotify";
  keep_book(handover.no_new_privileges != 0);
  return spawned;
}

Tracer::Attempt Tracer::spawn_preloaded(capture::Spawn& request) {
  if (!wants(TraceMechanism::preload) || !capture::can_be_preloaded(request_.preload) ||
      directory_.empty() ||
      !capture::takes_preload(request.argv[0], request.directory, request.environment)) {
    return std::nullopt;
  }
  const EnvironmentMap before = request.environment;
  try {
    log_ = std::make_unique<capture::PreloadLog>(directory_ / "files", request_.level);
  } catch (const Error&) {
    return std::nullopt;
  }
  log_->equip(request.environment, request_.preload);
  const capture::Spawned spawned = capture::spawn(request);
  request.environment = before;
  mechanism_ = "preload";
  begin_by_hand(spawned.pid);
  return spawned;
}

void Tracer::keep_book(bool no_new_privileges) {
  clerk_ = std::make_unique<TraceClerk>(queue_, capture::TraceBook(listed_, no_new_privileges));
}

/// Makes the command known where the kernel does not tell of it.
void Tracer::begin_by_hand(pid_t command) {
  if (command <= 0) return;
  capture::TraceItem item;
  item.kind = capture::TraceItem::Kind::began;
  item.time = started_;
  item.facts = std::make_unique<capture::ProcessFacts>();
  item.facts->pid = command;
  item.facts->started = started_;
  item.facts->argv = capture::process_arguments(command);
  item.facts->cwd = capture::process_link(command, "cwd");
  item.facts->executable = capture::process_link(command, "exe");
  queue_.push(std::move(item));
  if (log_) log_->know(command);
  keep_book(false);
}

void Tracer::await(std::vector<pollfd>& waiting) const {
  if (clerk_) waiting.push_back({clerk_->descriptor(), POLLIN, 0});
  if (host_) host_->await(waiting);
  if (guest_ && guest_->alive()) waiting.push_back(guest_->waits_for());
}

void Tracer::act(const std::vector<pollfd>& ready) {
  if (log_) log_->read_into(queue_);
  if (host_) host_->act(ready, clerk_.get(), request_.level);
}

capture::TraceFindings Tracer::take() {
  if (clerk_) return clerk_->take();
  if (!guest_) return {};
  capture::TraceFindings found = guest_->take();
  // The outer run knows nothing of what this one wants to know.
  if (request_.level == capture::TraceLevel::off) return {};
  std::erase_if(found.uses, [this](const auto& event) { return !listed_(event.use.path); });
  for (const auto& event : found.processes) {
    if (event.index == 0) command_ = event.process;
  }
  if (end_ && command_) {
    // The outer run may not have heard yet how the command ended.
    command_->exit_code = end_->first.exit_code;
    command_->signal = end_->first.signal;
    command_->ended = std::max(end_->second, command_->started);
    found.processes.push_back({0, *command_});
    command_.reset();
  }
  return found;
}

void Tracer::finish(const capture::ExitStatus& status, Time time) {
  if (guest_) {
    guest_->finish();
    whole_ = guest_->whole();
    end_ = {status, time};
  }
  if (!clerk_) return;
  if (log_) log_->read_into(queue_);
  if (mechanism_ == "scan") scan(time);
  capture::TraceItem item;
  item.kind = capture::TraceItem::Kind::gone;
  item.time = time;
  item.code = status.signal ? *status.signal : status.exit_code.value_or(0) << 8;
  queue_.push(std::move(item));
  whole_ = clerk_->settle();
  if (whole_ && supervisor_) wait_for_stragglers();
  whole_ = clerk_->finish() && whole_;
}

/// Helpers of a program (Python's resource tracker) end when they see that it has ended: a moment
/// later.
void Tracer::wait_for_stragglers() {
  const auto deadline = std::chrono::steady_clock::now() + kStragglers;
  while (true) {
    const auto living = clerk_->living();
    living_ = static_cast<std::size_t>(std::count_if(living.begin(), living.end(), goes_on));
    if (living_ == 0 || std::chrono::steady_clock::now() > deadline) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Tracer::scan(Time until) {
  for (capture::TraceItem& item : capture::scan_written(root_, started_, until))
    queue_.push(std::move(item));
}

model::Capture Tracer::capture() const {
  model::Capture found;
  found.mechanism = mechanism_;
  found.level = name_of(guest_ ? std::min(request_.level, guest_->level()) : request_.level);
  found.root = root_.string();
  found.blind = blind_spots();
  found.complete = mechanism_ != "none" && found.blind.empty();
  return found;
}

std::vector<std::string> Tracer::blind_spots() const {
  std::vector<std::string> blind;
  if (mechanism_ == "none") return blind;
  if (mechanism_ == "preload") {
    blind.emplace_back(
        "programs that are linked statically or gain privileges, and system calls that do not go "
        "through the C library, are not seen");
  }
  if (mechanism_ == "scan") {
    blind.emplace_back(concat("files that were read and not declared, files outside '",
                              root_.string(), "', and all processes but the command are not seen"));
  } else if (request_.level == capture::TraceLevel::outputs) {
    blind.emplace_back("files that were only read are not traced");
  }
  if (!whole_) blind.emplace_back("the last of what the run did could not be looked at in time");
  if (living_ > 0) {
    blind.push_back(concat(count_of(living_, "process", "processes"),
                           " went on after the command had ended: what they did from then on is "
                           "not recorded"));
  }
  if (queue_.dropped() > 0) {
    blind.push_back(concat(count_of(queue_.dropped(), "call", "calls"),
                           " came faster than they could be recorded"));
  }
  if (!supervisor_) return blind;
  const auto& counts = supervisor_->counts();
  if (counts.io_uring > 0) {
    blind.push_back(concat(count_of(counts.io_uring, "io_uring was", "io_urings were"),
                           " set up: files opened through them are not seen"));
  }
  if (counts.unreadable > 0) {
    blind.push_back(concat(count_of(counts.unreadable, "call", "calls"),
                           " of processes whose memory cannot be read"));
  }
  if (counts.unseen > 0) {
    blind.push_back(concat(count_of(counts.unseen, "call", "calls"),
                           " of processes that were gone or cannot be seen"));
  }
  return blind;
}

void Tracer::leave() {
  if (!supervisor_) return;
  supervisor_->stop();
  const pid_t guardian = watch_.page->guardian.load();
  if (guardian > 0 && kill(guardian, 0) == 0) return;
  capture::TraceGuard guard(supervisor_->take_listener(), watch_.page);
  if (guard.descriptor() < 0) return;
  guard.take_over();
  pollfd waiting{guard.descriptor(), POLLIN, 0};
  while (guard.answer()) {
    if (poll(&waiting, 1, -1) < 0 && errno != EINTR) return;
  }
}

}  // namespace clew::record

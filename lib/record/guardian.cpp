#include "record/guardian.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "capture/process.h"
#include "capture/trace_filter.h"

namespace clew::record {
namespace {

Fd open_process(pid_t pid) {
  return Fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

bool make_ends(Fd& hears, Fd& tells) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  hears.reset(ends[0]);
  tells.reset(ends[1]);
  return true;
}

}  // namespace

Watch Watch::make() {
  Watch watch;
  if (!make_ends(watch.front_hears, watch.to_front) ||
      !make_ends(watch.guardian_hears, watch.to_guardian)) {
    return {};
  }
  watch.page = capture::make_trace_page();
  return watch;
}

void tell_refused(const Watch& watch, model::Stream stream) {
  capture::TraceHandover message;
  message.failure = -static_cast<int>(stream);
  if (watch.to_guardian) capture::send_handover(watch.to_guardian.get(), message, -1);
}

Guardian::Guardian(Watch watch, Stage stage, pid_t front, pid_t recorder)
    : watch_(std::move(watch)),
      stage_(std::move(stage)),
      front_(open_process(front)),
      recorder_(open_process(recorder)) {
  stage_.release_command_ends();
  watch_.to_front.reset();
  watch_.to_guardian.reset();
  watch_.front_hears.reset();
  for (const int fd : capture::inherited_descriptors())
    close(fd);
  // Nothing that is meant for the terminal's processes is meant for this one.
  setsid();
  prctl(PR_SET_NAME, "clew-guardian");
  for (const int signal_number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2})
    signal(signal_number, SIG_IGN);
  watch_.page->guardian.store(getpid());
}

void Guardian::run() {
  // A pidfd that cannot be had is that of a process that has died already.
  if (!recorder_) recorder_died();
  if (!front_) front_died();
  while (needed())
    turn();
}

bool Guardian::needed() const {
  if (front_ || recorder_) return true;
  return guard_ || !relays_.empty();
}

void Guardian::turn() {
  std::vector<pollfd> waiting;
  if (!heard_all_) waiting.push_back({watch_.guardian_hears.get(), POLLIN, 0});
  if (recorder_) waiting.push_back({recorder_.get(), POLLIN, 0});
  if (front_) waiting.push_back({front_.get(), POLLIN, 0});
  // While the recorder lives only the end of the last process is of interest, which is always told.
  if (guard_) {
    waiting.push_back({guard_->descriptor(), static_cast<short>(recorder_ ? 0 : POLLIN), 0});
  }
  for (const auto& [stream, relay] : relays_)
    relay.await(waiting);
  if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;

  for (const pollfd& entry : waiting) {
    if (entry.revents == 0) continue;
    if (entry.fd == watch_.guardian_hears.get()) hear();
    if (entry.fd == recorder_.get()) recorder_died();
    if (entry.fd == front_.get()) front_died();
    if (guard_ && entry.fd == guard_->descriptor() && !guard_->answer()) guard_.reset();
  }
  for (auto& [stream, relay] : relays_)
    relay.act(waiting);
  std::erase_if(relays_, [](const StreamRelay& entry) { return entry.relay.finished(); });
}

void Guardian::hear() {
  capture::TraceHandover message;
  Fd listener;
  if (!capture::receive_handover(watch_.guardian_hears.get(), message, listener)) {
    heard_all_ = true;
    return;
  }
  if (listener) {
    guard_.emplace(std::move(listener), watch_.page);
    if (!recorder_) guard_->take_over();
  } else if (message.failure < 0 && message.failure > -3) {
    stage_.readers[-message.failure].reset();
  }
}

void Guardian::recorder_died() {
  recorder_.reset();
  // What the command's process has sent is there: it sends before it becomes the command.
  while (!heard_all_) {
    pollfd waiting{watch_.guardian_hears.get(), POLLIN, 0};
    if (poll(&waiting, 1, 0) <= 0) break;
    hear();
  }
  if (guard_) guard_->take_over();
  if (!front_) open_relays();
}

void Guardian::front_died() {
  front_.reset();
  // A front that ends as it should has moved all output; so will the recorder, if it lives.
  if (watch_.page->front_finished.load() != 0) {
    let_go_of_streams();
  } else if (!recorder_) {
    open_relays();
  }
}

void Guardian::open_relays() {
  if (!has_streams_) return;
  if (watch_.page->finished.load() != 0) return let_go_of_streams();
  has_streams_ = false;
  signal(SIGPIPE, SIG_IGN);
  if (stage_.found) tcsetattr(STDIN_FILENO, TCSANOW, &*stage_.found);
  relays_ = make_relays(stage_, [](model::Stream, std::string_view) {});
  for (auto& [stream, relay] : relays_) {
    if (stream == model::Stream::terminal) relay.detach();
  }
}

/// Whoever waits for the end of clew's output must not wait for this process.
void Guardian::let_go_of_streams() {
  has_streams_ = false;
  stage_ = Stage();
  const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int stream = 0; stream < 3; ++stream)
    dup2(null.get(), stream);
}

}  // namespace clew::record

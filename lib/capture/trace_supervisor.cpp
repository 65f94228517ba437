#include "capture/trace_supervisor.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "capture/trace_address.h"
#include "capture/trace_proc.h"

// Newer than Debian 12's headers (Linux 6.6): answers wake the caller on this CPU.
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

namespace clew::capture {
namespace {

constexpr std::uint64_t kRenameExchange = 2;
constexpr std::uint64_t kRemoveDirectory = 0x200;
constexpr std::uint32_t kSkipFlags = O_DIRECTORY | O_PATH;

// What epoll tells of: process ids are positive.
constexpr std::int64_t kWake = -1;

void watch(int epoll, int fd, std::int64_t name) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(name);
  if (fd >= 0) epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/// The argument of sched_setattr(2), first version.
struct ScheduleAttributes {
  std::uint32_t size = sizeof(ScheduleAttributes);
  std::uint32_t policy = 0;  // SCHED_OTHER
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;  // for SCHED_OTHER since Linux 6.12: the slice that is asked for
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

/// The command waits while this thread does, and all that it does is short: on a busy machine it
/// asks to be run soon rather than long, and, where that is permitted, before others.
void ask_to_run_soon() {
  constexpr std::uint64_t kSlice = 100'000;  // nanoseconds, the least there is
  constexpr int kAhead = 10;
  ScheduleAttributes wanted;
  wanted.runtime = kSlice;
  const int nice = getpriority(PRIO_PROCESS, 0);
  for (const int better : {nice - kAhead, nice}) {
    wanted.nice = better;
    if (syscall(SYS_sched_setattr, 0, &wanted, 0) == 0) return;
  }
}

OpenWish wish_of(std::uint64_t flags) {
  OpenWish wish;
  const auto access = flags & kAccessMode;
  wish.read = access != O_WRONLY;
  wish.write = access == O_WRONLY || access == O_RDWR || (flags & kTruncate) != 0;
  wish.create = (flags & kCreate) != 0;
  return wish;
}

}  // namespace

struct TraceSupervisor::Caller {
  const seccomp_notif& call;
  TracedProcess& process;
  pid_t thread;
  Time now;

  [[nodiscard]] std::uint64_t argument(int index) const {
    return index < 0 ? 0 : call.data.args[static_cast<std::size_t>(index)];
  }
};

TraceSupervisor::TraceSupervisor(TraceLevel level, TracePage& page, TraceQueue& queue)
    : level_(level), page_(page), queue_(queue), table_(getpid()) {}

TraceSupervisor::~TraceSupervisor() {
  stop();
}

void TraceSupervisor::start(Fd socket) {
  wake_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  try {
    thread_ = std::thread([this, held = std::move(socket)]() mutable { work(std::move(held)); });
  } catch (const std::system_error& error) {
    throw system_error(error.code().value(), "start", "the tracer");
  }
}

TraceHandover TraceSupervisor::wait_for_handover() {
  handed_over_.wait(0);
  return handover_;
}

void TraceSupervisor::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t told = write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void TraceSupervisor::work(Fd socket) {
  if (!receive_handover(socket.get(), handover_, listener_) && handover_.failure == 0) {
    handover_.failure = ECHILD;
  }
  handed_over_ = 1;
  handed_over_.notify_all();
  if (listener_) serve();
}

void TraceSupervisor::serve() {
  ask_to_run_soon();
  ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  const Fd others(epoll_create1(EPOLL_CLOEXEC));
  watch(others.get(), wake_.get(), kWake);
  // A caller wakes this thread on its own CPU, which is several times as quick, but only one that
  // waits for the listener itself and not for an epoll of it.
  std::array<pollfd, 2> waited = {{{listener_.get(), POLLIN, 0}, {others.get(), POLLIN, 0}}};
  while (true) {
    if (poll(waited.data(), waited.size(), -1) < 0) {
      if (errno != EINTR) return;
      continue;
    }
    if (waited[1].revents != 0 && !meet_ends(others.get())) return;
    pass_on();
    const bool asked = (waited[0].revents & POLLIN) != 0;
    if (asked) take_one(listener_.get());
    // No process is left that could ask.
    if (!asked && waited[0].revents != 0) waited[0].fd = -1;
    for (const auto& [pid, pidfd] : table_.take_new())
      watch(others.get(), pidfd, pid);
  }
}

/// Takes note of the processes that have ended. Returns false when it is time to stop.
bool TraceSupervisor::meet_ends(int epoll) {
  std::array<epoll_event, 64> events;
  const int ready = epoll_wait(epoll, events.data(), events.size(), 0);
  for (int i = 0; i < ready; ++i) {
    const auto name = static_cast<std::int64_t>(events[static_cast<std::size_t>(i)].data.u64);
    if (name == kWake) return false;
    table_.end(static_cast<pid_t>(name), coarse_now(), items_);
  }
  return true;
}

void TraceSupervisor::take_one(int listener) {
  alignas(seccomp_notif) std::array<char, kNotificationRoom> buffer;
  if (!receive_notification(listener, buffer.data())) return;
  const auto& call = *reinterpret_cast<const seccomp_notif*>(buffer.data());
  page_.last_id.store(call.id);
  counts_.calls.fetch_add(1, std::memory_order_relaxed);
  const Time now = coarse_now();
  const auto thread = static_cast<pid_t>(call.pid);
  TracedProcess* process = thread == 0 ? nullptr : table_.find(thread, now, items_);
  const std::size_t learned = items_.size();
  if (process == nullptr) {
    counts_.unseen.fetch_add(1, std::memory_order_relaxed);
  } else if (const TracedCall* row = find_call(native_abis(), call.data.arch, call.data.nr)) {
    read_call({call, *process, thread, now}, *row);
  }
  // When the caller has died, another may have had its id while it was read: what was read goes.
  if (!let_go_on(listener, call.id) && errno == ENOENT) items_.resize(learned);
  pass_on();
}

void TraceSupervisor::pass_on() {
  for (TraceItem& item : items_)
    queue_.push(std::move(item));
  items_.clear();
}

void TraceSupervisor::read_call(const Caller& caller, const TracedCall& call) {
  switch (call.kind) {
    case CallKind::open:
    case CallKind::openat2:
    case CallKind::creat:
    case CallKind::truncate:
      return read_open(caller, call);
    case CallKind::exec:
      return TraceTable::expect_exec(caller.process, read_path(caller, call.directory, call.path));
    case CallKind::exit:
      caller.process.exit_code = static_cast<int>(caller.argument(0) & 0xff);
      table_.meet_children(caller.process, caller.now, items_);
      add(caller, TraceItem::Kind::exits, {}).code = *caller.process.exit_code;
      return;
    case CallKind::io_uring:
      counts_.io_uring.fetch_add(1, std::memory_order_relaxed);
      return;
    case CallKind::connect:
      return read_address(caller, call);
    default:
      return read_paths(caller, call);
  }
}

void TraceSupervisor::read_open(const Caller& caller, const TracedCall& call) {
  OpenWish wish;
  if (call.kind == CallKind::open) {
    wish = wish_of(caller.argument(call.flags));
  } else if (call.kind == CallKind::openat2) {
    const auto how = read_remote_bytes(caller.thread, caller.argument(call.flags), 8);
    std::uint64_t flags = 0;
    if (how) std::memcpy(&flags, how->data(), sizeof flags);
    if ((flags & kSkipFlags) != 0) return;
    wish = wish_of(flags);
    if (level_ == TraceLevel::outputs && !wish.write && !wish.create) return;
  } else {
    wish.write = true;
    wish.create = call.kind == CallKind::creat;
  }
  std::string path = read_path(caller, call.directory, call.path);
  if (path.empty() || is_pseudo_file(path)) return;
  TraceItem& item = add(caller, TraceItem::Kind::opened, std::move(path));
  item.wish = wish;
  if (caller.process.foreign && !wish.create) {
    look_at_source(caller, item);
    item.sure = item.source_exists && !item.directory;
    if (!item.sure) items_.pop_back();
  }
}

void TraceSupervisor::read_paths(const Caller& caller, const TracedCall& call) {
  using Kind = TraceItem::Kind;
  const bool removes_directory =
      call.kind == CallKind::rmdir ||
      (call.kind == CallKind::unlink && (caller.argument(call.flags) & kRemoveDirectory) != 0);
  if (removes_directory && level_ != TraceLevel::full) return;
  std::string path = read_path(caller, call.directory, call.path);
  if (path.empty()) return;
  std::string to =
      call.to_path < 0 ? std::string() : read_path(caller, call.to_directory, call.to_path);
  const bool exchange = call.kind == CallKind::rename && call.flags >= 0 &&
                        (caller.argument(call.flags) & kRenameExchange) != 0;
  Kind kind = Kind::made;
  if (call.kind == CallKind::rename) kind = exchange ? Kind::exchanged : Kind::renamed;
  if (call.kind == CallKind::unlink || call.kind == CallKind::rmdir) kind = Kind::removed;
  if (call.kind == CallKind::link) kind = Kind::linked;
  if (call.kind == CallKind::symlink) kind = Kind::made_link;
  TraceItem& item = add(caller, kind, std::move(path));
  item.to = std::move(to);
  if (kind == Kind::made) {
    item.directory = call.kind == CallKind::mkdir;
  } else if (kind != Kind::made_link) {
    look_at_source(caller, item);
  }
}

/// Looks whether a call's source is there: afterwards one cannot tell a file that was removed from
/// one that never was.
void TraceSupervisor::look_at_source(const Caller& caller, TraceItem& item) {
  std::string path = item.path;
  if (caller.process.foreign) path = concat("/proc/", caller.thread, "/root", path);
  struct statx found {};
  if (statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC,
            STATX_TYPE | STATX_BTIME, &found) != 0) {
    return;
  }
  item.source_exists = true;
  item.directory = S_ISDIR(found.stx_mode);
  if ((found.stx_mask & STATX_BTIME) != 0) {
    item.born = found.stx_btime.tv_sec * 1'000'000 + found.stx_btime.tv_nsec / 1000;
  }
}

void TraceSupervisor::read_address(const Caller& caller, const TracedCall& call) {
  const std::size_t size = std::min<std::size_t>(caller.argument(call.flags), kMaxAddress);
  const auto bytes = read_remote_bytes(caller.thread, caller.argument(call.path), size);
  if (!bytes) return;
  std::string address = format_address(*bytes);
  if (!address.empty()) add(caller, TraceItem::Kind::connected, std::move(address));
}

/// A path argument made absolute; empty when it cannot be read.
std::string TraceSupervisor::read_path(const Caller& caller, int directory, int path) {
  auto text = read_remote_string(caller.thread, caller.argument(path));
  if (!text) {
    counts_.unreadable.fetch_add(1, std::memory_order_relaxed);
    return {};
  }
  if (text->starts_with('/')) return caller.process.root + *text;
  const int fd = directory < 0 ? AT_FDCWD : static_cast<int>(caller.argument(directory));
  std::string base = fd == AT_FDCWD ? process_link(caller.thread, "cwd")
                                    : process_link(caller.thread, concat("fd/", fd));
  if (base.empty()) return {};
  if (text->empty()) return base;
  return concat(base, base.ends_with('/') ? "" : "/", *text);
}

TraceItem& TraceSupervisor::add(const Caller& caller, TraceItem::Kind kind, std::string path) {
  TraceItem& item = items_.emplace_back();
  item.kind = kind;
  item.process = caller.process.number;
  item.time = caller.now;
  item.path = std::move(path);
  return item;
}

}  // namespace clew::capture

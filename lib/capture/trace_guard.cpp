#include "capture/trace_guard.h"

#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <new>

namespace clew::capture {
namespace {

/// How many notifications a dead supervisor could have received after the last that it told of:
/// one, and its number is the next but for calls that signals interrupted before they were
/// received.
constexpr std::uint64_t kUntold = 1 << 16;

}  // namespace

TracePage* make_trace_page() {
  void* memory =
      mmap(nullptr, sizeof(TracePage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) TracePage();
}

bool receive_notification(int listener, void* buffer) {
  std::memset(buffer, 0, kNotificationRoom);
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, buffer) == 0;
}

bool let_go_on(int listener, std::uint64_t id) {
  seccomp_notif_resp response{};
  response.id = id;
  response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0;
}

void TraceGuard::take_over() {
  const std::uint64_t last = page_ == nullptr ? 0 : page_->last_id.load();
  if (last == 0) return;
  let_go_on(listener_.get(), last);
  // The supervisor may have died between receiving a notification and telling of it. The kernel
  // numbers them in order; EINPROGRESS is one that nobody has received yet, as are those behind it.
  for (std::uint64_t id = last + 1; id <= last + kUntold; ++id) {
    if (!let_go_on(listener_.get(), id) && errno == EINPROGRESS) break;
  }
}

bool TraceGuard::answer() {
  alignas(seccomp_notif) std::array<char, kNotificationRoom> buffer;
  while (true) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (poll(&waiting, 1, 0) <= 0) return true;
    if ((waiting.revents & POLLIN) == 0) return (waiting.revents & (POLLHUP | POLLERR)) == 0;
    if (receive_notification(listener_.get(), buffer.data())) {
      let_go_on(listener_.get(), reinterpret_cast<const seccomp_notif*>(buffer.data())->id);
    }
  }
}

}  // namespace clew::capture

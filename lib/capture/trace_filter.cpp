#include "capture/trace_filter.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/text.h"

// Flags and constants that are newer than Debian 12's headers.
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

namespace clew::capture {
namespace {

constexpr std::uint32_t kNotify = SECCOMP_RET_USER_NOTIF;
constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;

sock_filter load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}

sock_filter answer(std::uint32_t action) {
  return {BPF_RET | BPF_K, 0, 0, action};
}

sock_filter test(std::uint16_t comparison, std::uint32_t value, std::size_t if_true,
                 std::size_t if_false) {
  return {static_cast<std::uint16_t>(BPF_JMP | BPF_K | comparison),
          static_cast<std::uint8_t>(if_true), static_cast<std::uint8_t>(if_false), value};
}

/// The offset of the low half of an argument: every machine here is little-endian.
std::size_t argument(int index) {
  return offsetof(seccomp_data, args) + 8 * static_cast<std::size_t>(index);
}

void add_call(std::vector<sock_filter>& program, const TracedCall& call, const TraceAbi& abi,
              TraceLevel level) {
  if (call.kind != CallKind::open) {
    program.push_back(test(BPF_JEQ, call.number, 0, 1));
    program.push_back(answer(kNotify));
    return;
  }
  const bool only_writes = level == TraceLevel::outputs;
  program.push_back(test(BPF_JEQ, call.number, 0, only_writes ? 5 : 4));
  program.push_back(load(argument(call.flags)));
  program.push_back(test(BPF_JSET, abi.skip_flags, only_writes ? 1 : 0, only_writes ? 0 : 1));
  if (only_writes) program.push_back(test(BPF_JSET, kWriteFlags, 1, 0));
  program.push_back(answer(kAllow));
  program.push_back(answer(kNotify));
}

/// Lets an openat go on that has the token, at the first ABI's number for it, the table's first.
void add_token(std::vector<sock_filter>& program, const TraceAbi& abi, std::uint64_t token) {
  constexpr int kFifth = 4;
  program.push_back(test(BPF_JEQ, abi.calls[0].number, 0, 6));
  program.push_back(load(argument(kFifth)));
  program.push_back(test(BPF_JEQ, static_cast<std::uint32_t>(token), 0, 3));
  program.push_back(load(argument(kFifth) + 4));
  program.push_back(test(BPF_JEQ, static_cast<std::uint32_t>(token >> 32), 0, 1));
  program.push_back(answer(kAllow));
  program.push_back(load(offsetof(seccomp_data, nr)));
}

std::vector<sock_filter> section(const TraceAbi& abi, TraceLevel level, std::uint64_t token) {
  std::vector<sock_filter> program{load(offsetof(seccomp_data, nr))};
  if (abi.number_mask != ~0U) program.push_back({BPF_ALU | BPF_AND | BPF_K, 0, 0, abi.number_mask});
  if (token != 0) add_token(program, abi, token);
  for (const TracedCall& call : abi.calls) {
    if (call.level <= level) add_call(program, call, abi, level);
  }
  program.push_back(answer(kAllow));
  return program;
}

int seccomp(unsigned int operation, unsigned int flags, void* argument_) {
  return static_cast<int>(syscall(SYS_seccomp, operation, flags, argument_));
}

/// Tries with the flags that the kernel knows: killable waiting came with 5.19, and
/// SPEC_ALLOW spares the command the mitigations that older kernels switch on for a filter.
int set_filter(sock_fprog& program) {
  constexpr unsigned int kListener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
  constexpr unsigned int kChoices[] = {
      kListener | SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
      kListener | SECCOMP_FILTER_FLAG_SPEC_ALLOW, kListener};
  for (const unsigned int flags : kChoices) {
    const int listener = seccomp(SECCOMP_SET_MODE_FILTER, flags, &program);
    if (listener >= 0 || errno != EINVAL) return listener;
  }
  return -1;
}

bool has_capability(int capability) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (syscall(SYS_capget, &header, data) != 0) return false;
  return ((data[capability / 32].effective >> (capability % 32)) & 1) != 0;
}

/// Yama may forbid all reading of other processes' memory.
bool memory_is_readable() {
  char scope = '0';
  const Fd fd(open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC));
  if (!fd || read(fd.get(), &scope, 1) != 1 || scope < '2') return true;
  return scope == '2' && has_capability(CAP_SYS_PTRACE);
}

/// Letting a call go on came with 5.5; before, a supervisor can only answer in the kernel's place.
bool kernel_lets_go_on() {
  utsname name{};
  if (uname(&name) != 0) return false;
  const auto parts = split(name.release, '.');
  const auto major = parse_int(parts[0]);
  const auto minor = parts.size() > 1 ? parse_int(parts[1]) : std::nullopt;
  return major && (*major > 5 || (*major == 5 && minor && *minor >= 5));
}

}  // namespace

std::vector<sock_filter> build_trace_filter(std::span<const TraceAbi* const> abis, TraceLevel level,
                                            std::uint64_t token) {
  std::vector<sock_filter> program{load(offsetof(seccomp_data, arch))};
  for (const TraceAbi* abi : abis) {
    const auto part = section(*abi, level, abi == abis[0] ? token : 0);
    // A conditional jump reaches 255 instructions, an unconditional one any distance.
    program.push_back(test(BPF_JEQ, abi->arch, 1, 0));
    program.push_back({BPF_JMP | BPF_JA, 0, 0, static_cast<std::uint32_t>(part.size())});
    program.insert(program.end(), part.begin(), part.end());
  }
  program.push_back(answer(kAllow));
  return program;
}

int install_trace_filter(std::span<const sock_filter> program, TraceHandover& handover) {
  sock_fprog code{static_cast<unsigned short>(program.size()),
                  const_cast<sock_filter*>(program.data())};
  int listener = set_filter(code);
  if (listener < 0 && errno == EACCES) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
      handover.no_new_privileges = 1;
      listener = set_filter(code);
    }
  }
  if (listener < 0) handover.failure = errno;
  return listener;
}

bool send_handover(int socket, const TraceHandover& handover, int listener) {
  iovec piece{const_cast<TraceHandover*>(&handover), sizeof handover};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  if (listener >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &listener, sizeof listener);
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(sizeof handover);
}

bool receive_handover(int socket, TraceHandover& handover, Fd& listener) {
  iovec piece{&handover, sizeof handover};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got = 0;
  do {
    got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(sizeof handover)) return false;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    listener.reset(fd);
  }
  return true;
}

bool notification_is_available() {
  if (native_abis().empty() || !kernel_lets_go_on()) return false;
  std::uint32_t action = kNotify;
  if (seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0) return false;
  return memory_is_readable();
}

}  // namespace clew::capture

#include "capture/trace_filter.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstring>

using namespace clew::capture;

namespace {

/// Runs a filter as the kernel does: the instructions that build_trace_filter() uses, and no other.
std::uint32_t interpret(const std::vector<sock_filter>& program, const seccomp_data& data) {
  std::uint32_t accumulator = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& step = program[at];
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        REQUIRE(step.k + 4 <= sizeof data);
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&data) + step.k, 4);
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        accumulator &= step.k;
        break;
      case BPF_JMP | BPF_JA:
        at += step.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        at += accumulator == step.k ? step.jt : step.jf;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        at += (accumulator & step.k) != 0 ? step.jt : step.jf;
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        FAIL("unknown instruction " << step.code);
    }
  }
  FAIL("the program has no end");
  return 0;
}

struct Machine {
  std::vector<const TraceAbi*> abis;

  [[nodiscard]] bool notifies(TraceLevel level, std::uint32_t arch, int number,
                              std::initializer_list<std::uint64_t> arguments = {}) const {
    seccomp_data data{};
    data.nr = number;
    data.arch = arch;
    std::copy(arguments.begin(), arguments.end(), data.args);
    const std::uint32_t action = interpret(build_trace_filter(abis, level), data);
    REQUIRE((action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_USER_NOTIF));
    return action == SECCOMP_RET_USER_NOTIF;
  }
};

const Machine kX86{{&abi_x86_64(), &abi_i386()}};
const Machine kArm{{&abi_aarch64(), &abi_arm()}};

constexpr std::uint64_t kHere = static_cast<std::uint64_t>(AT_FDCWD);

}  // namespace

TEST_CASE("each call of the tables is told of at its level and above, on every ABI") {
  for (const Machine& machine : {kX86, kArm}) {
    for (const TraceAbi* abi : machine.abis) {
      for (const TracedCall& call : abi->calls) {
        if (call.kind == CallKind::open) continue;
        for (const auto level : {TraceLevel::outputs, TraceLevel::files, TraceLevel::full}) {
          CAPTURE(abi->arch, call.number, name_of(level));
          CHECK(machine.notifies(level, abi->arch, static_cast<int>(call.number)) ==
                (call.level <= level));
        }
      }
    }
  }
}

TEST_CASE("calls that are made all the time are never told of") {
  // read write close stat fstat mmap ioctl futex getdents64 statx of x86-64
  for (const int number : {0, 1, 3, 4, 5, 9, 16, 202, 217, 332}) {
    CHECK_FALSE(kX86.notifies(TraceLevel::full, AUDIT_ARCH_X86_64, number));
  }
  // read write close fstat mmap ioctl futex getdents64 statx of aarch64
  for (const int number : {63, 64, 57, 80, 222, 29, 98, 61, 291}) {
    CHECK_FALSE(kArm.notifies(TraceLevel::full, AUDIT_ARCH_AARCH64, number));
  }
}

TEST_CASE("an open is told of by its flags") {
  struct Open {
    const Machine& machine;
    std::uint32_t arch;
    int open;
    int openat;
    std::uint64_t directory;
  };
  for (const Open& abi : {Open{kX86, AUDIT_ARCH_X86_64, 2, 257, 0200000},
                          Open{kX86, AUDIT_ARCH_I386, 5, 295, 0200000},
                          Open{kArm, AUDIT_ARCH_AARCH64, -1, 56, 040000},
                          Open{kArm, AUDIT_ARCH_ARM, 5, 322, 040000}}) {
    const auto told = [&](TraceLevel level, std::uint64_t flags) {
      const bool at = abi.machine.notifies(level, abi.arch, abi.openat, {kHere, 1, flags, 0644});
      if (abi.open >= 0) {
        CHECK(abi.machine.notifies(level, abi.arch, abi.open, {1, flags, 0644}) == at);
      }
      return at;
    };
    CAPTURE(abi.arch);
    constexpr std::uint64_t kCloseOnExec = 02000000;
    CHECK(told(TraceLevel::files, O_RDONLY | kCloseOnExec));
    CHECK(told(TraceLevel::full, O_RDONLY));
    CHECK(told(TraceLevel::files, O_WRONLY | O_CREAT | O_TRUNC));
    CHECK_FALSE(told(TraceLevel::outputs, O_RDONLY | kCloseOnExec));
    for (const std::uint64_t flags : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC}) {
      CHECK(told(TraceLevel::outputs, flags));
    }
    for (const auto level : {TraceLevel::outputs, TraceLevel::files, TraceLevel::full}) {
      CHECK_FALSE(told(level, abi.directory | kCloseOnExec));
      CHECK_FALSE(told(level, 010000000));                           // O_PATH
      CHECK_FALSE(told(level, 020000000 | abi.directory | O_RDWR));  // O_TMPFILE
    }
  }
}

TEST_CASE("the x32 ABI is seen through, and other machines' calls go on") {
  CHECK(kX86.notifies(TraceLevel::files, AUDIT_ARCH_X86_64, 0x40000000 | 257, {kHere, 1, 0}));
  CHECK(kX86.notifies(TraceLevel::files, AUDIT_ARCH_X86_64, 0x40000000 | 520));
  CHECK_FALSE(kX86.notifies(TraceLevel::full, AUDIT_ARCH_AARCH64, 221));
  CHECK_FALSE(kArm.notifies(TraceLevel::full, AUDIT_ARCH_X86_64, 59));
}

TEST_CASE("an openat that has the token goes on, and no other call") {
  constexpr std::uint64_t kToken = 0x8123'4567'89ab'cdef;
  for (const Machine& machine : {kX86, kArm}) {
    for (const TraceAbi* abi : machine.abis) {
      const auto told = [&](int number, std::uint64_t flags, std::uint64_t fifth) {
        seccomp_data data{};
        data.nr = number;
        data.arch = abi->arch;
        data.args[0] = kHere;
        data.args[2] = flags;
        data.args[4] = fifth;
        const auto filter = build_trace_filter(machine.abis, TraceLevel::files, kToken);
        return interpret(filter, data) == SECCOMP_RET_USER_NOTIF;
      };
      CAPTURE(abi->arch);
      const int openat = static_cast<int>(abi->calls[0].number);
      REQUIRE(abi->calls[0].kind == CallKind::open);
      const bool own = abi == machine.abis[0];  // the token is the first ABI's alone
      CHECK(told(openat, O_RDONLY, kToken) == !own);
      CHECK(told(openat, O_RDONLY, 0));
      CHECK(told(openat, O_RDONLY, kToken & 0xffff'ffff));
      CHECK(told(openat, O_RDONLY, kToken & 0xffff'ffff'0000'0000));
      CHECK(told(openat, O_RDONLY, kToken + 1));
      CHECK_FALSE(told(openat, abi->skip_flags, 0));
      for (const TracedCall& call : abi->calls.subspan(1)) {
        if (call.level <= TraceLevel::files && call.kind != CallKind::open) {
          CHECK(told(static_cast<int>(call.number), O_RDONLY, kToken));
        }
      }
    }
  }
}

TEST_CASE("the kernel takes the program, whatever the level") {
  for (const Machine& machine : {kX86, kArm}) {
    for (const auto level : {TraceLevel::outputs, TraceLevel::files, TraceLevel::full}) {
      CHECK(build_trace_filter(machine.abis, level).size() <= BPF_MAXINSNS);
    }
  }
}

TEST_CASE("the table of this machine has the numbers of its kernel's headers") {
  if (native_abis().empty()) return;
  const std::uint32_t arch = native_abis()[0]->arch;
  const auto kind = [&](long number) {
    const TracedCall* call = find_call(native_abis(), arch, static_cast<int>(number));
    REQUIRE(call != nullptr);
    return call->kind;
  };
  CHECK(kind(SYS_openat) == CallKind::open);
  CHECK(kind(SYS_openat2) == CallKind::openat2);
  CHECK(kind(SYS_execve) == CallKind::exec);
  CHECK(kind(SYS_execveat) == CallKind::exec);
  CHECK(kind(SYS_renameat2) == CallKind::rename);
  CHECK(kind(SYS_unlinkat) == CallKind::unlink);
  CHECK(kind(SYS_linkat) == CallKind::link);
  CHECK(kind(SYS_symlinkat) == CallKind::symlink);
  CHECK(kind(SYS_truncate) == CallKind::truncate);
  CHECK(kind(SYS_exit_group) == CallKind::exit);
  CHECK(kind(SYS_io_uring_setup) == CallKind::io_uring);
  CHECK(kind(SYS_mkdirat) == CallKind::mkdir);
  CHECK(kind(SYS_mknodat) == CallKind::mknod);
  CHECK(kind(SYS_connect) == CallKind::connect);
#ifdef __x86_64__
  CHECK(kind(SYS_open) == CallKind::open);
  CHECK(kind(SYS_creat) == CallKind::creat);
  CHECK(kind(SYS_rename) == CallKind::rename);
  CHECK(kind(SYS_renameat) == CallKind::rename);
  CHECK(kind(SYS_unlink) == CallKind::unlink);
  CHECK(kind(SYS_link) == CallKind::link);
  CHECK(kind(SYS_symlink) == CallKind::symlink);
  CHECK(kind(SYS_mkdir) == CallKind::mkdir);
  CHECK(kind(SYS_rmdir) == CallKind::rmdir);
  CHECK(kind(SYS_mknod) == CallKind::mknod);
#endif
  CHECK(find_call(native_abis(), arch, SYS_read) == nullptr);
}

TEST_CASE("levels have names") {
  for (const char* name : {"off", "outputs", "files", "full"}) {
    CHECK(name_of(trace_level_from_name(name).value()) == name);
  }
  CHECK_FALSE(trace_level_from_name("all"));
}

#include "capture/trace_calls.h"

#include <linux/audit.h>

#include <array>

namespace clew::capture {
namespace {

using enum CallKind;
using enum TraceLevel;

constexpr TracedCall open_(std::uint32_t n) {
  return {n, open, outputs, -1, 0, 1};
}
constexpr TracedCall openat_(std::uint32_t n) {
  return {n, open, outputs, 0, 1, 2};
}
constexpr TracedCall openat2_(std::uint32_t n) {
  return {n, openat2, outputs, 0, 1, 2};
}
constexpr TracedCall creat_(std::uint32_t n) {
  return {n, creat, outputs, -1, 0};
}
constexpr TracedCall execve_(std::uint32_t n) {
  return {n, exec, outputs, -1, 0};
}
constexpr TracedCall execveat_(std::uint32_t n) {
  return {n, exec, outputs, 0, 1};
}
constexpr TracedCall rename_(std::uint32_t n) {
  return {n, rename, outputs, -1, 0, -1, -1, 1};
}
constexpr TracedCall renameat_(std::uint32_t n) {
  return {n, rename, outputs, 0, 1, -1, 2, 3};
}
constexpr TracedCall renameat2_(std::uint32_t n) {
  return {n, rename, outputs, 0, 1, 4, 2, 3};
}
constexpr TracedCall unlink_(std::uint32_t n) {
  return {n, unlink, outputs, -1, 0};
}
constexpr TracedCall unlinkat_(std::uint32_t n) {
  return {n, unlink, outputs, 0, 1, 2};
}
constexpr TracedCall link_(std::uint32_t n) {
  return {n, link, outputs, -1, 0, -1, -1, 1};
}
constexpr TracedCall linkat_(std::uint32_t n) {
  return {n, link, outputs, 0, 1, 4, 2, 3};
}
constexpr TracedCall symlink_(std::uint32_t n) {
  return {n, symlink, outputs, -1, 1};
}
constexpr TracedCall symlinkat_(std::uint32_t n) {
  return {n, symlink, outputs, 1, 2};
}
constexpr TracedCall truncate_(std::uint32_t n) {
  return {n, truncate, outputs, -1, 0};
}
constexpr TracedCall exit_group_(std::uint32_t n) {
  return {n, CallKind::exit, outputs};
}
constexpr TracedCall io_uring_(std::uint32_t n) {
  return {n, io_uring, outputs};
}
constexpr TracedCall mkdir_(std::uint32_t n) {
  return {n, mkdir, full, -1, 0};
}
constexpr TracedCall mkdirat_(std::uint32_t n) {
  return {n, mkdir, full, 0, 1};
}
constexpr TracedCall rmdir_(std::uint32_t n) {
  return {n, rmdir, full, -1, 0};
}
constexpr TracedCall mknod_(std::uint32_t n) {
  return {n, mknod, full, -1, 0};
}
constexpr TracedCall mknodat_(std::uint32_t n) {
  return {n, mknod, full, 0, 1};
}
/// connect(2) and bind(2): the address is argument 1, its size argument 2.
constexpr TracedCall connect_(std::uint32_t n) {
  return {n, connect, full, -1, 1, 2};
}

constexpr std::array kX86_64{
    openat_(257), open_(2), execve_(59), exit_group_(231), unlink_(87), unlinkat_(263), rename_(82),
    renameat_(264), renameat2_(316), openat2_(437), creat_(85), execveat_(322), link_(86),
    linkat_(265), symlink_(88), symlinkat_(266), truncate_(76), io_uring_(425), mkdir_(83),
    mkdirat_(258), rmdir_(84), mknod_(133), mknodat_(259), connect_(42), connect_(49),
    // The two that have numbers of their own in the x32 ABI.
    execve_(520), execveat_(545)};

constexpr std::array kI386{openat_(295),    open_(5),       execve_(11),    exit_group_(252),
                           unlink_(10),     unlinkat_(301), rename_(38),    renameat_(302),
                           renameat2_(353), openat2_(437),  creat_(8),      execveat_(358),
                           link_(9),        linkat_(303),   symlink_(83),   symlinkat_(304),
                           truncate_(92),   truncate_(193), io_uring_(425), mkdir_(39),
                           mkdirat_(296),   rmdir_(40),     mknod_(14),     mknodat_(297),
                           connect_(362),   connect_(361)};

constexpr std::array kAarch64{openat_(56),   execve_(221),    exit_group_(94), unlinkat_(35),
                              renameat_(38), renameat2_(276), openat2_(437),   execveat_(281),
                              linkat_(37),   symlinkat_(36),  truncate_(45),   io_uring_(425),
                              mkdirat_(34),  mknodat_(33),    connect_(203),   connect_(200)};

constexpr std::array kArm{openat_(322),    open_(5),       execve_(11),    exit_group_(248),
                          unlink_(10),     unlinkat_(328), rename_(38),    renameat_(329),
                          renameat2_(382), openat2_(437),  creat_(8),      execveat_(387),
                          link_(9),        linkat_(330),   symlink_(83),   symlinkat_(331),
                          truncate_(92),   truncate_(193), io_uring_(425), mkdir_(39),
                          mkdirat_(323),   rmdir_(40),     mknod_(14),     mknodat_(324),
                          connect_(283),   connect_(282)};

constexpr std::uint32_t kPathOnly = 010000000;  // O_PATH
constexpr std::array<std::string_view, 4> kLevels{"off", "outputs", "files", "full"};

}  // namespace

std::string_view name_of(TraceLevel level) {
  return kLevels[static_cast<std::size_t>(level)];
}

std::optional<TraceLevel> trace_level_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == name) return static_cast<TraceLevel>(i);
  }
  return std::nullopt;
}

const TraceAbi& abi_x86_64() {
  static constexpr TraceAbi abi{AUDIT_ARCH_X86_64, ~0x40000000U, kPathOnly | 0200000, kX86_64};
  return abi;
}

const TraceAbi& abi_i386() {
  static constexpr TraceAbi abi{AUDIT_ARCH_I386, ~0U, kPathOnly | 0200000, kI386};
  return abi;
}

const TraceAbi& abi_aarch64() {
  static constexpr TraceAbi abi{AUDIT_ARCH_AARCH64, ~0U, kPathOnly | 040000, kAarch64};
  return abi;
}

const TraceAbi& abi_arm() {
  static constexpr TraceAbi abi{AUDIT_ARCH_ARM, ~0U, kPathOnly | 040000, kArm};
  return abi;
}

std::span<const TraceAbi* const> native_abis() {
#if defined(__x86_64__)
  static const std::array<const TraceAbi*, 2> abis{&abi_x86_64(), &abi_i386()};
  return abis;
#elif defined(__aarch64__)
  static const std::array<const TraceAbi*, 2> abis{&abi_aarch64(), &abi_arm()};
  return abis;
#else
  return {};
#endif
}

const TracedCall* find_call(std::span<const TraceAbi* const> abis, std::uint32_t arch, int number) {
  for (const TraceAbi* abi : abis) {
    if (abi->arch != arch) continue;
    const std::uint32_t masked = static_cast<std::uint32_t>(number) & abi->number_mask;
    for (const TracedCall& call : abi->calls) {
      if (call.number == masked) return &call;
    }
  }
  return nullptr;
}

}  // namespace clew::capture

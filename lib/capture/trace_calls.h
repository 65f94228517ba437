#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// The system calls that tell which files and processes a run has, for each ABI that a kernel of
// this machine may run. Numbers: arch/*/entry/syscalls/*.tbl and include/uapi/asm-generic/unistd.h
// of Linux.

namespace clew::capture {

/// How much of a run is traced.
enum class TraceLevel : std::uint8_t { off = 0, outputs = 1, files = 2, full = 3 };
[[nodiscard]] std::string_view name_of(TraceLevel level);
[[nodiscard]] std::optional<TraceLevel> trace_level_from_name(std::string_view name);

enum class CallKind : std::uint8_t {
  open,
  openat2,  ///< flags stand in memory
  creat,
  exec,
  rename,
  unlink,
  link,
  symlink,
  truncate,
  exit,
  io_uring,
  mkdir,
  rmdir,
  mknod,
  connect,
};

/// One system call and where its arguments are; -1 for one that it does not have. Without a
/// directory argument a relative path begins at the working directory.
struct TracedCall {
  std::uint32_t number = 0;
  CallKind kind = CallKind::open;
  TraceLevel level = TraceLevel::files;  ///< the least level that is told of it
  std::int8_t directory = -1;
  std::int8_t path = -1;
  std::int8_t flags = -1;
  std::int8_t to_directory = -1;
  std::int8_t to_path = -1;
};

/// A way in which programs call the kernel.
struct TraceAbi {
  std::uint32_t arch;         ///< AUDIT_ARCH_*
  std::uint32_t number_mask;  ///< applied to a call's number first (x32 sets a bit)
  std::uint32_t skip_flags;   ///< O_DIRECTORY|O_PATH of this ABI: such an open reads no file
  std::span<const TracedCall> calls;
};

[[nodiscard]] const TraceAbi& abi_x86_64();
[[nodiscard]] const TraceAbi& abi_i386();
[[nodiscard]] const TraceAbi& abi_aarch64();
[[nodiscard]] const TraceAbi& abi_arm();
/// The ABIs of the machine that this program was built for, its own first; empty for a machine that
/// is not known.
[[nodiscard]] std::span<const TraceAbi* const> native_abis();

/// The row of a call; nullptr for one that is not traced.
[[nodiscard]] const TracedCall* find_call(std::span<const TraceAbi* const> abis, std::uint32_t arch,
                                          int number);

/// The flags of open(2) that are the same for every ABI here.
inline constexpr std::uint32_t kAccessMode = 3;
inline constexpr std::uint32_t kCreate = 0100;
inline constexpr std::uint32_t kExclusive = 0200;
inline constexpr std::uint32_t kTruncate = 01000;
inline constexpr std::uint32_t kWriteFlags = kAccessMode | kCreate | kTruncate;

}  // namespace clew::capture

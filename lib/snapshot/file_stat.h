#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

// Internal to the snapshot layer: what lstat(2) says about a file.

namespace clew::snapshot {

/// The part of a file's stat that shows whether it changed. Times in nanoseconds since 1970.
struct FileStat {
  std::uint32_t mode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;

  [[nodiscard]] bool is_regular() const { return S_ISREG(mode); }
  [[nodiscard]] bool is_symlink() const { return S_ISLNK(mode); }
  [[nodiscard]] bool is_directory() const { return S_ISDIR(mode); }
  friend bool operator==(const FileStat&, const FileStat&) = default;
};

inline std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

inline FileStat from_stat(const struct stat& st) {
  return {.mode = st.st_mode,
          .size = static_cast<std::uint64_t>(st.st_size),
          .mtime_ns = nanoseconds(st.st_mtim),
          .ctime_ns = nanoseconds(st.st_ctim),
          .inode = st.st_ino};
}

/// The file `name` in an open directory, symbolic links not followed. nullopt when there is none or
/// it cannot be looked at.
inline std::optional<FileStat> stat_at(int directory, const char* name) {
  struct stat st = {};
  if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return from_stat(st);
}

/// Can a stat stand for the content that was read at `read_ns` or later? A file that was modified
/// shortly before may be modified again without a new time stamp ("racily clean" in git's words):
/// the kernel's clock for files ticks at least every 10 ms, and file systems that keep whole
/// seconds show no nanoseconds.
inline bool settled(const FileStat& stat, std::int64_t read_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const bool coarse = stat.mtime_ns % kSecond == 0 && stat.ctime_ns % kSecond == 0;
  const std::int64_t margin = coarse ? 2 * kSecond : 20'000'000;
  return stat.mtime_ns < read_ns - margin && stat.ctime_ns < read_ns - margin;
}

}  // namespace clew::snapshot

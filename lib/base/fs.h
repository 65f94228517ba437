#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace clew {

namespace fs = std::filesystem;

/// The environment variables of a process, handed down explicitly: lib/ never reads its own.
using EnvironmentMap = std::map<std::string, std::string, std::less<>>;

/// Owns a file descriptor and closes it. Movable only.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { reset(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// The whole file; nullopt when there is none. More than `limit` bytes, or a failing read, throws
/// Error(failed).
[[nodiscard]] std::optional<std::string> read_file(const fs::path& path,
                                                   std::uint64_t limit = UINT64_MAX);

/// Whether a write must reach the disk before the call returns.
enum class Sync { no, yes };

/// Replaces `path` in one step: writes a temporary file beside it, then renames. Throws
/// Error(failed) and leaves the old file where it was.
void replace_file(const fs::path& path, std::string_view bytes, Sync sync = Sync::no,
                  int mode = 0644);

/// Writes all bytes to a descriptor, waiting where it must and going on after signals. Returns 0 or
/// the errno that stopped it.
[[nodiscard]] int write_all(int fd, std::string_view bytes);

/// Creates the directory and those above it. Throws Error(failed).
void make_directories(const fs::path& path, int mode = 0777);

/// Which lock to take on a file.
enum class LockMode { shared, exclusive };

/// An advisory lock (flock(2)) on a file, held until destroyed. Released by the kernel when the
/// process dies, however it dies. Not inherited over exec.
class FileLock {
 public:
  /// Waits up to `patience` (zero: does not wait). nullopt when another holds it for that long.
  /// Creates the file when absent. Throws Error(failed) when it cannot be opened.
  [[nodiscard]] static std::optional<FileLock> acquire(const fs::path& path, LockMode mode,
                                                       std::chrono::milliseconds patience);

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace clew

#include "base/fs.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "base/error.h"
#include "base/text.h"

namespace clew {

void Fd::reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

std::optional<std::string> read_file(const fs::path& path, std::uint64_t limit) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error(errno, "open", path.string());
  }
  std::string out;
  struct stat status {};
  if (fstat(fd.get(), &status) == 0 && status.st_size > 0) {
    out.reserve(static_cast<std::size_t>(status.st_size));
  }
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error(errno, "read", path.string());
    if (got == 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (out.size() > limit) {
      throw Error(ErrorKind::failed,
                  concat("cannot read '", path.string(), "': larger than ", format_size(limit)));
    }
  }
}

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{fd, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void replace_file(const fs::path& path, std::string_view bytes, Sync sync, int mode) {
  std::string temporary = path.string() + ".XXXXXX";
  Fd fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) throw system_error(errno, "create", temporary);
  int failure = write_all(fd.get(), bytes);
  if (failure == 0 && fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) failure = errno;
  if (failure == 0 && sync == Sync::yes && fsync(fd.get()) != 0) failure = errno;
  fd.reset();
  if (failure == 0 && rename(temporary.c_str(), path.c_str()) != 0) failure = errno;
  if (failure != 0) {
    unlink(temporary.c_str());
    throw system_error(failure, "write", path.string());
  }
}

void make_directories(const fs::path& path, int mode) {
  if (mkdir(path.c_str(), static_cast<mode_t>(mode)) == 0) return;
  if (errno == ENOENT && path.has_parent_path() && path.parent_path() != path) {
    make_directories(path.parent_path(), 0777);
    if (mkdir(path.c_str(), static_cast<mode_t>(mode)) == 0) return;
  }
  const int failure = errno;
  std::error_code ignored;
  if (failure == EEXIST && fs::is_directory(path, ignored)) return;
  throw system_error(failure, "create directory", path.string());
}

std::optional<FileLock> FileLock::acquire(const fs::path& path, LockMode mode,
                                          std::chrono::milliseconds patience) {
  Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!fd) throw system_error(errno, "open", path.string());
  const int operation = (mode == LockMode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (flock(fd.get(), operation) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) throw system_error(errno, "lock", path.string());
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return FileLock(std::move(fd));
}

}  // namespace clew

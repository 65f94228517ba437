#include "store/objects.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

namespace clew::store {
namespace {

constexpr std::size_t kPiece = 1 << 20;

/// A file that goes away unless it is given its name.
class Draft {
 public:
  explicit Draft(const fs::path& directory)
      : path_((directory / ".new-XXXXXX").string()), fd_(mkostemp(path_.data(), O_CLOEXEC)) {
    if (!fd_) throw system_error(errno, "create a file in", directory.string());
  }
  ~Draft() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }
  void name(const fs::path& target) {
    if (fchmod(fd_.get(), 0444) != 0 || fsync(fd_.get()) != 0 ||
        rename(path_.c_str(), target.c_str()) != 0) {
      throw system_error(errno, "write", target.string());
    }
    path_.clear();
  }

 private:
  std::string path_;
  Fd fd_;
};

/// Calls `visit` with all that is left of a file; returns 0 or the errno.
int read_all(int fd, const std::function<int(std::string_view)>& visit) {
  std::vector<char> piece(kPiece);
  for (;;) {
    const ssize_t got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    if (const int failure = visit({piece.data(), static_cast<std::size_t>(got)}); failure != 0) {
      return failure;
    }
  }
}

/// Copies in the cheapest way that the file systems allow; returns 0 or the errno.
int copy(int from, int to) {
  if (ioctl(to, FICLONE, from) == 0) return 0;
  for (;;) {
    const ssize_t copied = copy_file_range(from, nullptr, to, nullptr, 1 << 30, 0);
    if (copied == 0) break;
    if (copied > 0) continue;
    if (errno == EINTR) continue;
    if (errno == ENOSPC || errno == EDQUOT || errno == EIO) return errno;
    break;
  }
  // What is left, where the kernel does not copy between these; some say "nothing left" for a file
  // that has no size until it is read.
  return read_all(from, [to](std::string_view bytes) { return write_all(to, bytes); });
}

std::string digest_of(int fd) {
  Sha256 hash;
  lseek(fd, 0, SEEK_SET);
  const int failure = read_all(fd, [&hash](std::string_view bytes) {
    hash.add(bytes);
    return 0;
  });
  return failure == 0 ? to_hex(hash.finish()) : std::string();
}

}  // namespace

fs::path Objects::path(std::string_view sha256) const {
  return directory_ / sha256.substr(0, 2) / sha256.substr(std::min<std::size_t>(2, sha256.size()));
}

bool Objects::has(std::string_view sha256) const {
  return sha256.size() == 64 && access(path(sha256).c_str(), F_OK) == 0;
}

bool Objects::keep(const fs::path& file, const std::string& sha256) const {
  if (has(sha256)) return true;
  const fs::path target = path(sha256);
  make_directories(target.parent_path());
  const Fd source(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!source) throw system_error(errno, "read", file.string());
  Draft draft(directory_);
  if (const int failure = copy(source.get(), draft.fd()); failure != 0) {
    throw system_error(failure, "copy", file.string());
  }
  // The copy is hashed, not the file: that may have changed in between.
  if (digest_of(draft.fd()) != sha256) return false;
  draft.name(target);
  const Fd directory(open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) fsync(directory.get());
  return true;
}

bool Objects::read(const std::string& sha256,
                   const std::function<void(std::string_view bytes)>& visit) const {
  if (!has(sha256)) return false;
  const fs::path place = path(sha256);
  const Fd fd(open(place.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw system_error(errno, "read", place.string());
  Sha256 hash;
  const int failure = read_all(fd.get(), [&](std::string_view bytes) {
    hash.add(bytes);
    visit(bytes);
    return 0;
  });
  if (failure != 0) throw system_error(failure, "read", place.string());
  if (to_hex(hash.finish()) != sha256) {
    throw Error(ErrorKind::damaged,
                concat("the object '", place.string(), "' is not what its name says"));
  }
  return true;
}

std::vector<std::string> Objects::all() const {
  std::vector<std::string> digests;
  std::error_code failure;
  for (fs::directory_iterator shelf(directory_, failure), end; !failure && shelf != end;
       shelf.increment(failure)) {
    const std::string begin = shelf->path().filename().string();
    if (begin.size() != 2) continue;
    std::error_code ignored;
    for (fs::directory_iterator entry(shelf->path(), ignored); !ignored && entry != end;
         entry.increment(ignored)) {
      std::string digest = begin + entry->path().filename().string();
      if (digest_from_hex(digest)) digests.push_back(std::move(digest));
    }
  }
  std::sort(digests.begin(), digests.end());
  return digests;
}

}  // namespace clew::store

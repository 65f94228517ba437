#include "capture/file_hash.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <vector>

namespace clew::capture {
namespace {

constexpr std::uint64_t kBlock = 1 << 20;
constexpr std::uint64_t kSamples = 64;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr long kNfsMagic = 0x6969;  // statfs(2)

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * kSecond + time.tv_nsec;
}

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return nanoseconds(now);
}

FileIdentity identity_of(const struct stat& st, bool nfs) {
  // The number of a network file system is another after the next mount.
  return {nfs ? 0 : st.st_dev, st.st_ino, static_cast<std::uint64_t>(st.st_size),
          nanoseconds(st.st_mtim), nanoseconds(st.st_ctim)};
}

std::optional<FileIdentity> identity_of(int fd) {
  struct stat st {};
  struct statfs system {};
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return std::nullopt;
  return identity_of(st, fstatfs(fd, &system) == 0 && system.f_type == kNfsMagic);
}

/// Reads up to `size` bytes at `offset` into the hash; false when they cannot be read.
bool add_range(int fd, std::uint64_t offset, std::uint64_t size, Sha256& hash,
               std::vector<char>& piece, const FileHasher::Stop& stop) {
  piece.resize(kBlock);
  while (size > 0) {
    if (stop()) return false;
    const ssize_t got = pread(fd, piece.data(), std::min<std::uint64_t>(size, piece.size()),
                              static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;  // it has become shorter, which its identity shows
    hash.add({piece.data(), static_cast<std::size_t>(got)});
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::uint64_t>(got);
  }
  return true;
}

std::optional<Digest> whole_digest(int fd, std::uint64_t size, const FileHasher::Stop& stop) {
  Sha256 hash;
  std::vector<char> piece;
  if (!add_range(fd, 0, size, hash, piece, stop)) return std::nullopt;
  return hash.finish();
}

std::optional<Digest> partial_digest(int fd, std::uint64_t size, const FileHasher::Stop& stop) {
  Sha256 hash;
  std::vector<char> piece;
  hash.add("clew-partial-1\n");
  std::string number;
  for (int shift = 0; shift < 64; shift += 8)
    number += static_cast<char>(size >> shift & 0xff);
  hash.add(number);
  const std::uint64_t last = size > kBlock ? size - kBlock : 0;
  for (std::uint64_t n = 0; n < kSamples; ++n) {
    // last * n / 63 without overflow.
    const std::uint64_t offset =
        last / (kSamples - 1) * n + last % (kSamples - 1) * n / (kSamples - 1);
    if (!add_range(fd, offset, kBlock, hash, piece, stop)) return std::nullopt;
  }
  return hash.finish();
}

}  // namespace

std::optional<FileIdentity> identify(const fs::path& path) {
  // Not opened, which could wait for the other end of a pipe, and would count as a use.
  struct stat st {};
  struct statfs system {};
  if (stat(path.c_str(), &st) != 0 || !S_ISREG(st.st_mode)) return std::nullopt;
  return identity_of(st, statfs(path.c_str(), &system) == 0 && system.f_type == kNfsMagic);
}

FileHasher::FileHasher(const fs::path& cache, std::uint64_t limit) : limit_(limit) {
  if (!cache.empty()) cache_.emplace(cache);
}

std::optional<FileHash> FileHasher::hash(const fs::path& path, const Stop& stop, Extent extent) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return std::nullopt;
  auto before = identity_of(fd.get());
  if (!before) return std::nullopt;
  const bool whole = extent == Extent::whole || before->size <= limit_;
  if (whole && cache_) {
    if (const auto known = cache_->find(*before)) {
      return FileHash{*before, model::DigestKind::whole, to_hex(*known)};
    }
  }
  for (int attempt = 0;; ++attempt) {
    const std::int64_t start = now_ns();
    const auto digest = whole ? whole_digest(fd.get(), before->size, stop)
                              : partial_digest(fd.get(), before->size, stop);
    const auto after = identity_of(fd.get());
    if (!digest || !after) return std::nullopt;
    if (*after == *before) {
      // A file that was changed shortly before may change again without a new time stamp.
      const bool settled = before->ctime_ns < start - 2 * kSecond;
      if (whole && settled && cache_) cache_->add(*before, *digest);
      return FileHash{*before, whole ? model::DigestKind::whole : model::DigestKind::partial,
                      to_hex(*digest)};
    }
    before = after;
    if (attempt > 0) return FileHash{*after, model::DigestKind::changing, to_hex(*digest)};
  }
}

void FileHasher::save() {
  if (cache_) cache_->save();
}

}  // namespace clew::capture

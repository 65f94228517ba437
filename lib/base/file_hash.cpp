#include "base/file_hash.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/error.h"

namespace clew {

std::optional<Digest> sha256_of_file(const fs::path& path) {
  constexpr std::size_t kPiece = 256 << 10;
  // Not blocking: what stands under the name may be a pipe.
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error(errno, "read", path.string());
  }
  struct stat info {};
  if (fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  Sha256 hash;
  std::vector<char> buffer(kPiece);
  while (true) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got == 0) return hash.finish();
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error(errno, "read", path.string());
    hash.add({buffer.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace clew

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "snapshot/file_digest.h"
#include "snapshot/file_stat.h"
#include "snapshot/snapshot.h"

namespace clew::snapshot {

std::optional<Digest> digest_file(int directory, const std::string& path, std::uint64_t size,
                                  const std::function<bool()>& stop) {
  const Fd file(openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat st = {};
  if (!file || fstat(file.get(), &st) != 0 || !S_ISREG(st.st_mode)) return std::nullopt;
  constexpr std::size_t kPiece = 1 << 20;
  std::vector<char> piece(static_cast<std::size_t>(std::min<std::uint64_t>(size + 1, kPiece)));
  Sha256 hash;
  std::uint64_t total = 0;
  for (;;) {
    if (stop()) return std::nullopt;
    const ssize_t count = read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    total += static_cast<std::uint64_t>(count);
    if (total > size) return std::nullopt;
    hash.add({piece.data(), static_cast<std::size_t>(count)});
  }
  if (total != size) return std::nullopt;
  return hash.finish();
}

void hash_unstored(model::Code& code, std::uint64_t limit, const std::function<bool()>& stop) {
  const Fd root(open(code.root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return;
  for (model::UnstoredFile& file : code.unstored) {
    if (stop()) return;
    if (!file.sha256.empty() || file.size > limit) continue;
    const auto is_as_it_was = [&] {
      const auto stat = stat_at(root.get(), file.path.c_str());
      return stat && stat->is_regular() && stat->size == file.size &&
             stat->mtime_ns == file.mtime_ns;
    };
    if (!is_as_it_was()) continue;
    const auto digest = digest_file(root.get(), file.path, file.size, stop);
    limit -= file.size;
    if (digest && is_as_it_was()) file.sha256 = to_hex(*digest);
  }
}

}  // namespace clew::snapshot

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/fs.h"
#include "capture/digest_cache.h"
#include "model/files.h"

// The content of files, as digests.

namespace clew::capture {

/// What a file's content was found to be.
struct FileHash {
  FileIdentity identity;
  model::DigestKind kind = model::DigestKind::none;
  std::string sha256;  ///< hex
};

/// The identity of a regular file, symbolic links followed; nullopt where there is none.
[[nodiscard]] std::optional<FileIdentity> identify(const fs::path& path);

/// Hashes files, each only once as long as it does not change: what was learned is kept in a
/// DigestCache. Not thread-safe.
class FileHasher {
 public:
  using Stop = std::function<bool()>;

  /// `cache` is the file of the cache, empty for none. Of a file of more than `limit` bytes samples
  /// are hashed: SHA-256 over the text "clew-partial-1\n", the size as u64 (little-endian), and 64
  /// blocks of 1 MiB, the n-th of them at offset n * (size - 1 MiB) / 63, rounded down.
  FileHasher(const fs::path& cache, std::uint64_t limit);

  enum class Extent { by_limit, whole };
  /// The digest of a file. Where it goes on changing while it is read, twice, it is that of what
  /// was read, and `kind` says so. nullopt when it is no regular file, cannot be read, or `stop`
  /// says so, which is asked for each MiB.
  [[nodiscard]] std::optional<FileHash> hash(const fs::path& path, const Stop& stop,
                                             Extent extent = Extent::by_limit);
  /// Writes what was learned to the cache. What fails is lost, and learned again another time.
  void save();

 private:
  std::optional<DigestCache> cache_;
  std::uint64_t limit_;
};

}  // namespace clew::capture

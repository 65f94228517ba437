#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/fs.h"
#include "snapshot/file_stat.h"

// Internal to the snapshot layer: what earlier snapshots learned by reading files, so that files
// which the user's index says nothing about, or says something stale about, are read only once.
//
// Format of the file (varints and strings as in base/bytes.h), replaced as a whole:
//   "clewstat" version:byte(1) taken_ns:fixed64 count:varint
//   count x { path:string mode:varint size:varint mtime_ns:fixed64 ctime_ns:fixed64 inode:varint
//             id:20 bytes }
//   crc32c of all before it:fixed32
// It is a cache: a file that cannot be read is as good as none.

namespace clew::snapshot {

/// The binary id of a git object.
using ObjectId = std::array<unsigned char, 20>;

/// Which blob a path's content is, by the file's stat. Not thread-safe.
class StatCache {
 public:
  /// `now_ns` is the time before any file of this snapshot is read.
  explicit StatCache(std::int64_t now_ns) : now_ns_(now_ns) {}

  /// Takes over what the bytes hold; nothing at all when they are damaged.
  void decode(std::string_view bytes);
  /// All that was found or put since the construction.
  [[nodiscard]] std::string encode() const;

  /// The blob that the file with this stat is known to be.
  [[nodiscard]] std::optional<ObjectId> find(const std::string& path, const FileStat& stat);
  void put(const std::string& path, const FileStat& stat, const ObjectId& id);

  /// Does encode() differ from what was decoded?
  [[nodiscard]] bool changed() const { return changed_ || kept_.size() != known_.size(); }

 private:
  struct Known {
    FileStat stat;
    ObjectId id{};
  };
  using Table = std::unordered_map<std::string, Known>;

  std::int64_t now_ns_;
  std::int64_t taken_ns_ = 0;  ///< of the snapshot that wrote the file
  Table known_;
  Table kept_;
  bool changed_ = false;
};

/// Loads and saves. Saving is best effort: where it fails, the next snapshot is slower.
[[nodiscard]] StatCache load_stat_cache(const fs::path& path, std::int64_t now_ns);
void save_stat_cache(const fs::path& path, const StatCache& cache) noexcept;

}  // namespace clew::snapshot

#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/fs.h"
#include "base/hash.h"

// Digests of files that have not changed since they were hashed.
//
//   cache  = "clewdig1" record*
//   record = device:u64 inode:u64 size:u64 mtime:u64 ctime:u64 digest[32] checksum:u32
//
// Numbers are little-endian, times nanoseconds since 1970, the checksum CRC-32C over what stands
// before it. Records are only ever appended, under an flock(2) of the file, as often as a program
// has learned something; so several may use a cache at once, and one that was killed leaves at most
// a torn end, which the next writer cuts off. When there are too many, the newer half is written as
// a new file that takes the place of the old one. All of it can be deleted at any time.

namespace clew::capture {

/// What shows that a file is still the one that was hashed: ctime changes with every write, and
/// cannot be set back.
struct FileIdentity {
  std::uint64_t device = 0;  ///< 0 on network file systems, which have no lasting number
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// A file of digests. Never throws: what cannot be read counts as empty. Not thread-safe.
class DigestCache {
 public:
  static constexpr std::size_t kMaxRecords = 200'000;  ///< of 76 bytes

  /// Reads the file when it is first asked for something.
  explicit DigestCache(fs::path path, std::size_t max_records = kMaxRecords);

  [[nodiscard]] std::optional<Digest> find(const FileIdentity& identity);
  void add(const FileIdentity& identity, const Digest& digest);
  /// Appends to the file what was added since the last time.
  void save();

 private:
  struct Hash {
    std::size_t operator()(const FileIdentity& identity) const;
  };
  void load();
  void shrink();

  fs::path path_;
  std::size_t max_records_;
  bool loaded_ = false;
  std::unordered_map<FileIdentity, Digest, Hash> known_;
  std::vector<std::pair<FileIdentity, Digest>> added_;
};

}  // namespace clew::capture

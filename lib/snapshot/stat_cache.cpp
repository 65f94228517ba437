#include "snapshot/stat_cache.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"

namespace clew::snapshot {
namespace {

constexpr std::string_view kMagic("clewstat\x01", 9);
constexpr std::size_t kChecksumSize = 4;
constexpr std::size_t kSmallestRecord = 1 + 1 + 1 + 8 + 8 + 1 + 20;

}  // namespace

void StatCache::decode(std::string_view bytes) {
  if (bytes.size() < kMagic.size() + kChecksumSize || !bytes.starts_with(kMagic)) return;
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumSize);
  if (ByteReader(bytes.substr(body.size())).fixed32() != crc32c(body)) return;
  Table known;
  try {
    ByteReader in(body.substr(kMagic.size()));
    const auto taken_ns = static_cast<std::int64_t>(in.fixed64());
    const std::size_t count = in.count(kSmallestRecord);
    known.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::string path(in.string());
      Known entry;
      entry.stat.mode = static_cast<std::uint32_t>(in.varint());
      entry.stat.size = in.varint();
      entry.stat.mtime_ns = static_cast<std::int64_t>(in.fixed64());
      entry.stat.ctime_ns = static_cast<std::int64_t>(in.fixed64());
      entry.stat.inode = in.varint();
      std::ranges::copy(in.raw(entry.id.size()), entry.id.begin());
      known.emplace(std::move(path), entry);
    }
    taken_ns_ = taken_ns;
  } catch (const Error&) {
    return;
  }
  known_ = std::move(known);
}

std::string StatCache::encode() const {
  std::string bytes(kMagic);
  ByteWriter out(bytes);
  out.fixed64(static_cast<std::uint64_t>(now_ns_));
  out.varint(kept_.size());
  for (const auto& [path, entry] : kept_) {
    out.string(path);
    out.varint(entry.stat.mode);
    out.varint(entry.stat.size);
    out.fixed64(static_cast<std::uint64_t>(entry.stat.mtime_ns));
    out.fixed64(static_cast<std::uint64_t>(entry.stat.ctime_ns));
    out.varint(entry.stat.inode);
    out.raw({reinterpret_cast<const char*>(entry.id.data()), entry.id.size()});
  }
  out.fixed32(crc32c(bytes));
  return bytes;
}

std::optional<ObjectId> StatCache::find(const std::string& path, const FileStat& stat) {
  const auto found = known_.find(path);
  if (found == known_.end() || found->second.stat != stat || !settled(stat, taken_ns_)) {
    return std::nullopt;
  }
  kept_.emplace(path, found->second);
  return found->second.id;
}

void StatCache::put(const std::string& path, const FileStat& stat, const ObjectId& id) {
  kept_.insert_or_assign(path, Known{stat, id});
  changed_ = true;
}

StatCache load_stat_cache(const fs::path& path, std::int64_t now_ns) {
  StatCache cache(now_ns);
  try {
    if (const std::optional<std::string> bytes = read_file(path)) cache.decode(*bytes);
  } catch (const Error&) {
    // An unreadable cache is as good as none.
  }
  return cache;
}

void save_stat_cache(const fs::path& path, const StatCache& cache) noexcept {
  try {
    replace_file(path, cache.encode());
  } catch (const std::exception&) {
    // The next snapshot reads the files again.
  }
}

}  // namespace clew::snapshot

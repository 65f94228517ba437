#include "capture/digest_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "base/error.h"

namespace clew::capture {
namespace {

constexpr std::string_view kMagic = "clewdig1";
constexpr std::size_t kChecked = 5 * 8 + 32;
constexpr std::size_t kRecord = kChecked + 4;

void append_number(std::string& out, std::uint64_t value, int bytes = 8) {
  for (int i = 0; i < bytes; ++i)
    out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, int size = 8) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) {
    value |= std::uint64_t{static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)])}
             << (8 * i);
  }
  return value;
}

std::string encode(const FileIdentity& identity, const Digest& digest) {
  std::string out;
  append_number(out, identity.device);
  append_number(out, identity.inode);
  append_number(out, identity.size);
  append_number(out, static_cast<std::uint64_t>(identity.mtime_ns));
  append_number(out, static_cast<std::uint64_t>(identity.ctime_ns));
  out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  append_number(out, crc32c(out), 4);
  return out;
}

/// nullopt for a record that fails its check.
std::optional<std::pair<FileIdentity, Digest>> decode(std::string_view record) {
  if (crc32c(record.substr(0, kChecked)) != number_at(record, kChecked, 4)) return std::nullopt;
  std::pair<FileIdentity, Digest> entry;
  entry.first = {number_at(record, 0), number_at(record, 8), number_at(record, 16),
                 static_cast<std::int64_t>(number_at(record, 24)),
                 static_cast<std::int64_t>(number_at(record, 32))};
  std::memcpy(entry.second.data(), record.data() + 40, entry.second.size());
  return entry;
}

/// The file, locked for writing; empty where that cannot be had. Another writer may have put a new
/// file in its place meanwhile.
Fd open_locked(const fs::path& path) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    struct stat mine {};
    struct stat there {};
    if (!fd || flock(fd.get(), LOCK_EX) != 0 || fstat(fd.get(), &mine) != 0) return {};
    if (stat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
        mine.st_dev == there.st_dev) {
      return fd;
    }
  }
  return {};
}

}  // namespace

std::size_t DigestCache::Hash::operator()(const FileIdentity& identity) const {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  std::uint64_t hash = identity.inode * kOdd;
  hash = (hash ^ static_cast<std::uint64_t>(identity.ctime_ns)) * kOdd;
  hash = (hash ^ identity.size ^ identity.device << 32) * kOdd;
  return hash ^ hash >> 32;
}

DigestCache::DigestCache(fs::path path, std::size_t max_records)
    : path_(std::move(path)), max_records_(max_records) {}

void DigestCache::load() {
  loaded_ = true;
  std::optional<std::string> bytes;
  try {
    bytes = read_file(path_, (2 * max_records_ + 2) * kRecord);
  } catch (const Error&) {
    return;
  }
  if (!bytes || !bytes->starts_with(kMagic)) return;
  for (std::size_t at = kMagic.size(); at + kRecord <= bytes->size(); at += kRecord) {
    if (auto entry = decode(std::string_view(*bytes).substr(at, kRecord))) {
      known_.insert_or_assign(entry->first, entry->second);
    }
  }
}

std::optional<Digest> DigestCache::find(const FileIdentity& identity) {
  if (!loaded_) load();
  const auto found = known_.find(identity);
  if (found == known_.end()) return std::nullopt;
  return found->second;
}

void DigestCache::add(const FileIdentity& identity, const Digest& digest) {
  if (!loaded_) load();
  if (!known_.insert_or_assign(identity, digest).second) return;
  added_.emplace_back(identity, digest);
}

void DigestCache::save() {
  if (added_.empty()) return;
  std::string bytes;
  for (const auto& [identity, digest] : added_)
    bytes += encode(identity, digest);
  added_.clear();
  const Fd fd = open_locked(path_);
  if (!fd) return;
  char magic[8] = {};
  off_t size = lseek(fd.get(), 0, SEEK_END);
  const bool ours = pread(fd.get(), magic, sizeof magic, 0) == ssize_t{sizeof magic} &&
                    std::string_view(magic, sizeof magic) == kMagic;
  if (!ours) {
    bytes.insert(0, kMagic);
    size = 0;
  } else {
    size -= (size - static_cast<off_t>(kMagic.size())) % static_cast<off_t>(kRecord);
  }
  if (ftruncate(fd.get(), size) != 0 || lseek(fd.get(), size, SEEK_SET) != size) return;
  if (write_all(fd.get(), bytes) != 0) return;
  if (static_cast<std::size_t>(size) / kRecord > max_records_) shrink();
}

/// Called with the lock held.
void DigestCache::shrink() {
  try {
    const auto bytes = read_file(path_);
    if (!bytes) return;
    const std::size_t kept = max_records_ / 2 * kRecord;
    if (bytes->size() < kept + kMagic.size()) return;
    replace_file(path_, std::string(kMagic) + bytes->substr(bytes->size() - kept));
  } catch (const Error&) {
    // It is tried again by the next writer.
  }
}

}  // namespace clew::capture

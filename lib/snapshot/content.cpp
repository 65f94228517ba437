#include "snapshot/content.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "snapshot/file_digest.h"

namespace clew::snapshot {
namespace {

git_oid to_oid(const ObjectId& id) {
  git_oid oid;
  std::ranges::copy(id, std::begin(oid.id));
  return oid;
}

ObjectId to_object_id(const git_oid& oid) {
  ObjectId id;
  std::ranges::copy(oid.id, id.begin());
  return id;
}

// What a pointer of git-lfs says (git-lfs spec, version 1): lines "oid sha256:HEX" and "size N".
struct LfsPointer {
  std::string sha256;
  std::uint64_t size = 0;
};
std::optional<LfsPointer> parse_lfs_pointer(std::string_view text) {
  LfsPointer pointer;
  if (!text.starts_with("version ")) return std::nullopt;
  for (std::string_view line : split(text, '\n')) {
    constexpr std::string_view kOid = "oid sha256:";
    constexpr std::string_view kSize = "size ";
    if (line.starts_with(kOid)) pointer.sha256 = line.substr(kOid.size());
    if (line.starts_with(kSize)) {
      pointer.size = static_cast<std::uint64_t>(parse_int(line.substr(kSize.size())).value_or(-1));
    }
  }
  if (!digest_from_hex(pointer.sha256)) return std::nullopt;
  return pointer;
}

}  // namespace

Content::Content(const WorkTree& tree, StatCache& cache)
    : tree_(tree),
      repository_(tree.repository.get()),
      cache_(cache),
      odb_(open_handle<OdbHandle>("cannot open the object database", git2().repository_odb,
                                  repository_)) {}

std::string Content::filter_of(const std::string& path) const {
  const char* value = nullptr;
  if (git2().attr_get(&value, repository_, GIT_ATTR_CHECK_FILE_THEN_INDEX, path.c_str(), "filter") <
          0 ||
      git2().attr_value(value) != GIT_ATTR_VALUE_STRING) {
    return "";
  }
  return value;
}

bool Content::is_encrypted(const std::string& path) const {
  return filter_of(path).find("crypt") != std::string::npos;
}

std::optional<std::string> Content::link_target(const std::string& path) const {
  std::string target(4096, '\0');
  const ssize_t size =
      readlinkat(tree_.directory.get(), path.c_str(), target.data(), target.size());
  if (size < 0) return std::nullopt;
  target.resize(static_cast<std::size_t>(size));
  return target;
}

bool Content::is_pointer_to(const git_oid& blob_id, const std::string& path,
                            const FileStat& stat) const {
  if (filter_of(path) != "lfs") return false;
  const Git2& git = git2();
  int result = 0;
  const auto blob = try_open<BlobHandle>(result, git.blob_lookup, repository_, &blob_id);
  constexpr git_object_size_t kLongestPointer = 1024;
  if (blob == nullptr || git.blob_rawsize(blob.get()) > kLongestPointer) return false;
  const auto pointer = parse_lfs_pointer({static_cast<const char*>(git.blob_rawcontent(blob.get())),
                                          static_cast<std::size_t>(git.blob_rawsize(blob.get()))});
  if (!pointer || pointer->size != stat.size) return false;
  const auto digest = digest_file(tree_.directory.get(), path, stat.size, [] { return false; });
  return digest && to_hex(*digest) == pointer->sha256;
}

std::optional<git_oid> Content::identify(const std::string& path, const FileStat& stat,
                                         const git_oid& expected) {
  if (const auto known = cache_.find(path, stat)) return to_oid(*known);
  git_oid id;
  if (stat.is_symlink()) {
    const auto target = link_target(path);
    if (!target) return std::nullopt;
    check(git2().odb_hash(&id, target->data(), target->size(), GIT_OBJECT_BLOB),
          "cannot compute the id of a blob");
  } else if (is_pointer_to(expected, path, stat)) {
    id = expected;
  } else if (git2().repository_hashfile(&id, repository_, (tree_.root / path).c_str(),
                                        GIT_OBJECT_BLOB, path.c_str()) < 0) {
    return std::nullopt;
  }
  cache_.put(path, stat, to_object_id(id));
  return id;
}

std::optional<git_oid> Content::create_blob(const std::string& path, const FileStat& stat) {
  const Git2& git = git2();
  git_oid id;
  if (stat.is_symlink()) {
    const auto target = link_target(path);
    if (!target) return std::nullopt;
    check(git.blob_create_from_buffer(&id, repository_, target->data(), target->size()),
          "cannot store a blob");
    return id;
  }
  if (git.blob_create_from_workdir(&id, repository_, path.c_str()) == 0) return id;
  // Converting line endings can be refused (core.safecrlf); then the content is kept as it is.
  try {
    const auto bytes = read_file(tree_.root / path, stat.size + 1);
    if (!bytes) return std::nullopt;
    check(git.blob_create_from_buffer(&id, repository_, bytes->data(), bytes->size()),
          "cannot store a blob");
    return id;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<Content::Stored> Content::store(const std::string& path, const FileStat& stat,
                                              const git_oid* known) {
  const auto is_there = [&](const git_oid& id) { return git2().odb_exists(odb_.get(), &id) == 1; };
  if (known != nullptr && is_there(*known)) return Stored{*known, stat};
  if (known == nullptr) {
    const auto cached = cache_.find(path, stat);
    if (cached && is_there(to_oid(*cached))) return Stored{to_oid(*cached), stat};
  }
  FileStat before = stat;
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    const auto id = create_blob(path, before);
    if (!id) return std::nullopt;
    const auto after = stat_at(tree_.directory.get(), path.c_str());
    const bool same = after && *after == before;
    if (same) cache_.put(path, before, to_object_id(*id));
    if (same || !after || attempt == kAttempts) return Stored{*id, before, same};
    before = *after;
  }
}

}  // namespace clew::snapshot

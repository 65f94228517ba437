#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "snapshot/scan.h"

namespace clew::snapshot {
namespace {

int stage_of(const git_index_entry& entry) {
  return (entry.flags & GIT_INDEX_ENTRY_STAGEMASK) >> GIT_INDEX_ENTRY_STAGESHIFT;
}

// Looks at files of a work tree in the order of the index, without following symbolic links in the
// directories above them: what lies behind such a link is not in the work tree.
class FileLooker {
 public:
  explicit FileLooker(int root) : root_(root) {}

  std::optional<FileStat> look(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return stat_at(root_, path.c_str());
    if (!enter(std::string_view(path).substr(0, slash + 1))) return std::nullopt;
    return stat_at(levels_.back().directory.get(), path.c_str() + slash + 1);
  }

 private:
  struct Level {
    std::string path;  ///< with a trailing '/'
    Fd directory;      ///< none when it is not there
  };

  bool enter(std::string_view directory) {
    while (!levels_.empty() && !directory.starts_with(levels_.back().path))
      levels_.pop_back();
    for (;;) {
      const std::size_t done = levels_.empty() ? 0 : levels_.back().path.size();
      if (done > 0 && !levels_.back().directory) return false;
      if (done == directory.size()) return true;
      const std::size_t end = directory.find('/', done);
      const std::string name(directory.substr(done, end - done));
      Fd opened(openat(done == 0 ? root_ : levels_.back().directory.get(), name.c_str(),
                       O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      levels_.push_back({std::string(directory.substr(0, end + 1)), std::move(opened)});
    }
  }

  int root_;
  std::vector<Level> levels_;
};

// Which file properties the repository says the file system can be trusted with.
struct Trust {
  bool executable_bit = true;
  bool symlinks = true;
};

Trust read_trust(git_repository* repository) {
  const auto config = open_handle<ConfigHandle>("cannot read git's configuration",
                                                git2().repository_config_snapshot, repository);
  const auto is_off = [&](const char* key) {
    int value = 1;
    return git2().config_get_bool(&value, config.get(), key) == 0 && value == 0;
  };
  return {.executable_bit = !is_off("core.filemode"), .symlinks = !is_off("core.symlinks")};
}

class TrackedScan {
 public:
  TrackedScan(const WorkTree& tree, const Index& index, const Bounds& bounds, Content& content,
              Findings& findings)
      : index_(index),
        bounds_(bounds),
        content_(content),
        findings_(findings),
        looker_(tree.directory.get()),
        trust_(read_trust(tree.repository.get())) {}

  void visit(const git_index_entry& entry) {
    path_.assign(entry.path);
    const bool conflicted = stage_of(entry) != 0;
    const std::optional<FileStat> stat = looker_.look(path_);
    if (!stat || !(stat->is_regular() || stat->is_symlink())) {
      const bool left_out =
          (entry.flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0 || index_.sparse;
      if (!left_out || stat) remove(conflicted);
      return;
    }
    const std::uint32_t mode = mode_of(entry, *stat);
    if (conflicted) {
      add(mode, *stat, nullptr, true);
    } else if (mode != entry.mode || !says_unchanged(entry, *stat)) {
      compare(entry, mode, *stat);
    }
  }

 private:
  [[nodiscard]] std::uint32_t mode_of(const git_index_entry& entry, const FileStat& stat) const {
    if (stat.is_regular() && entry.mode == GIT_FILEMODE_LINK && !trust_.symlinks) return entry.mode;
    const bool was_regular =
        entry.mode == GIT_FILEMODE_BLOB || entry.mode == GIT_FILEMODE_BLOB_EXECUTABLE;
    if (stat.is_regular() && was_regular && !trust_.executable_bit) return entry.mode;
    return git_mode(stat);
  }

  // Git keeps 32 bits of each number. Entries "assumed unchanged" get no special treatment: the
  // record is of what ran.
  [[nodiscard]] bool says_unchanged(const git_index_entry& entry, const FileStat& stat) const {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const auto same_time = [](const git_index_time& time, std::int64_t ns) {
      return time.seconds == static_cast<std::int32_t>(ns / kSecond) &&
             time.nanoseconds == static_cast<std::uint32_t>(ns % kSecond);
    };
    return entry.file_size == static_cast<std::uint32_t>(stat.size) &&
           entry.ino == static_cast<std::uint32_t>(stat.inode) &&
           same_time(entry.mtime, stat.mtime_ns) && same_time(entry.ctime, stat.ctime_ns) &&
           settled(stat, index_.written_ns);
  }

  void compare(const git_index_entry& entry, std::uint32_t mode, const FileStat& stat) {
    const bool large = stat.size > bounds_.file_bytes;
    // A large file of another size is surely changed, and is not worth reading.
    const bool resized =
        entry.file_size != 0 && entry.file_size != static_cast<std::uint32_t>(stat.size);
    std::optional<git_oid> id;
    if (!(large && resized)) id = content_.identify(path_, stat, entry.id);
    if (id && same_id(*id, entry.id)) {
      if (mode != entry.mode) findings_.changes.push_back({path_, false, false, mode, *id});
    } else if (content_.is_encrypted(path_)) {
      leave_out(stat, "secret", false);
    } else if (large) {
      leave_out(stat, "large", false);
    } else {
      add(mode, stat, id ? &*id : nullptr, false);
    }
  }

  void add(std::uint32_t mode, const FileStat& stat, const git_oid* id, bool conflicted) {
    if (stat.size > bounds_.file_bytes) return leave_out(stat, "large", conflicted);
    const auto stored = content_.store(path_, stat, id);
    if (!stored) return leave_out(stat, "unreadable", conflicted);
    findings_.put_in(path_, mode, *stored);
    findings_.changes.back().conflicted = conflicted;
  }

  void leave_out(const FileStat& stat, std::string_view reason, bool conflicted) {
    findings_.leave_out(path_, stat, reason);
    remove(conflicted);
  }

  void remove(bool conflicted) { findings_.changes.push_back({path_, true, conflicted, 0, {}}); }

  const Index& index_;
  const Bounds& bounds_;
  Content& content_;
  Findings& findings_;
  FileLooker looker_;
  Trust trust_;
  std::string path_;
};

}  // namespace

std::uint32_t git_mode(const FileStat& stat) {
  if (stat.is_symlink()) return GIT_FILEMODE_LINK;
  return (stat.mode & S_IXUSR) != 0 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
}

void Findings::leave_out(std::string path, const FileStat& stat, std::string_view reason) {
  unstored.push_back({.path = std::move(path),
                      .size = stat.size,
                      .mtime_ns = stat.mtime_ns,
                      .reason = std::string(reason),
                      .sha256 = ""});
  complete = false;
}

void Findings::put_in(std::string path, std::uint32_t mode, const Content::Stored& stored) {
  if (!stored.settled) unsettled.push_back(path);
  changes.push_back({std::move(path), false, false, mode, stored.id});
}

Index read_index(const WorkTree& tree, const Head& head) {
  const Git2& git = git2();
  git_repository* repository = tree.repository.get();
  const fs::path git_directory = git.repository_path(repository);
  const fs::path file = git_directory / "index";
  Index index;
  int result = 0;
  if (!tree.is_private) {
    // Looked at before it is read: when another process replaces it in between, more files count
    // as changed lately, not fewer.
    const auto stat = stat_at(AT_FDCWD, file.c_str());
    index.written_ns = stat ? stat->mtime_ns : 0;
    index.handle = try_open<IndexHandle>(result, git.index_open, file.c_str());
  }
  if (index.handle == nullptr) {
    index.written_ns = 0;
    index.handle = open_handle<IndexHandle>("cannot make an index", git.index_new);
    // Without skip-worktree bits a sparse checkout shows by its file of patterns only.
    index.sparse = !tree.is_private && fs::exists(git_directory / "info/sparse-checkout");
    if (head.commit != nullptr && !tree.is_private) {
      const auto head_tree = open_handle<TreeHandle>("cannot read the tree of HEAD",
                                                     git.commit_tree, head.commit.get());
      check(git.index_read_tree(index.handle.get(), head_tree.get()),
            "cannot read the tree of HEAD");
    }
  }
  check(git.repository_set_index(repository, index.handle.get()), "cannot use an index");
  return index;
}

TrackedPaths tracked_paths(git_index* index) {
  const Git2& git = git2();
  const std::size_t count = git.index_entrycount(index);
  TrackedPaths tracked;
  tracked.files.reserve(count);
  std::string_view last_directory;
  for (std::size_t i = 0; i < count; ++i) {
    const git_index_entry* entry = git.index_get_byindex(index, i);
    const std::string_view path = entry->path;
    (entry->mode == GIT_FILEMODE_COMMIT ? tracked.submodules : tracked.files).insert(path);
    std::string_view directory = path.substr(0, std::min(path.rfind('/'), path.size()));
    if (directory.size() == path.size() || directory == last_directory) continue;
    last_directory = directory;
    while (tracked.directories.insert(directory).second) {
      const std::size_t slash = directory.rfind('/');
      if (slash == std::string_view::npos) break;
      directory = directory.substr(0, slash);
    }
  }
  return tracked;
}

void scan_tracked(const WorkTree& tree, const Index& index, const Bounds& bounds, Content& content,
                  Findings& findings) {
  const Git2& git = git2();
  TrackedScan scan(tree, index, bounds, content, findings);
  const std::size_t count = git.index_entrycount(index.handle.get());
  std::string_view last;
  for (std::size_t i = 0; i < count; ++i) {
    const git_index_entry* entry = git.index_get_byindex(index.handle.get(), i);
    // A path in conflict has up to three entries, one after the other.
    if (entry->path == last || entry->mode == GIT_FILEMODE_COMMIT) continue;
    last = entry->path;
    scan.visit(*entry);
  }
}

}  // namespace clew::snapshot

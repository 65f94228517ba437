#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "model/run.h"

// Which code ran. Snapshots are commits in the user's object database (or, outside git, in a
// private bare repository), made without touching the user's work tree, index, HEAD or branches.
// libgit2 is loaded on first use only.

namespace clew::snapshot {

/// The bounds of what a snapshot stores.
struct Bounds {
  std::uint64_t file_bytes = 10ULL << 20;       ///< a larger file is named, not stored
  std::uint64_t untracked_files = 2000;         ///< in all
  std::uint64_t untracked_bytes = 50ULL << 20;  ///< in all
  std::int64_t untracked_microseconds = 1'000'000;
};

struct Request {
  fs::path directory;           ///< absolute; where the command is run
  fs::path private_repository;  ///< bare repository used outside git; created when needed
  fs::path home;                ///< $HOME, for git's own configuration; may be empty
  Bounds bounds;
  /// The store itself, which never becomes part of a snapshot.
  fs::path store;
  fs::path config_home;  ///< $XDG_CONFIG_HOME, empty when unset
};

struct Result {
  model::Code code;
  std::vector<std::string> warnings;  ///< a sentence each, for the user and for the record
};

/// Takes the snapshot of the work tree that `directory` lies in, or, outside git and in a bare
/// repository, of `directory` itself: tracked and untracked files, not those ignored by .gitignore
/// or .clewignore (same rules; in one directory .clewignore has the last word).
///
/// The commit depends on (tree, parent) alone: its time is the parent's. A ref
/// `refs/clew/snapshots/<commit>` keeps it; of a clean tree it is HEAD itself, without a ref. The
/// index, HEAD and the work tree are only read; what was learned by reading files is kept in
/// `clew-snapshot-cache` beside the index, so that the next snapshot is quick.
///
/// `code.unstored` names what the tree lacks, with the reason: "secret" (untracked and likely one,
/// or under an encrypting filter), "large", "bounds" (whole directories, the heaviest first; at
/// most 10,000 files are named) and "unreadable". A tracked file for which one of them holds is
/// taken out of the tree when it is changed, so that the snapshot never shows an old version as
/// what ran. Nested repositories and changes inside submodules are not stored; a warning names
/// each.
///
/// Not thread-safe. Throws Error(failed) when git refuses; the caller goes on without a snapshot.
[[nodiscard]] Result take(const Request& request);

/// Computes SHA-256 of the unstored files that are still as they were (same size and
/// mtime), in place. Reads at most `limit` bytes in all; `stop` is asked now and then.
void hash_unstored(model::Code& code, std::uint64_t limit, const std::function<bool()>& stop);

/// How one path differs between two snapshots.
struct FileChange {
  enum class Kind { added, removed, modified, renamed, type_changed };
  Kind kind = Kind::modified;
  std::string path;      ///< in the newer tree (in the older one when removed)
  std::string old_path;  ///< when renamed
  std::uint64_t lines_added = 0;
  std::uint64_t lines_removed = 0;
  bool binary = false;
};

struct CodeDifference {
  std::vector<FileChange> files;
  std::string patch;  ///< unified diff as git prints it; empty unless asked for
};

enum class WithPatch { no, yes };

/// Snapshots of one repository, opened for reading. Movable, not thread-safe.
class Repository {
 public:
  /// Opens the repository that holds the work tree around `directory`, or the private one when that
  /// lies outside git. nullopt when there is neither.
  [[nodiscard]] static std::optional<Repository> open(const fs::path& directory,
                                                      const fs::path& private_repository,
                                                      const fs::path& home);
  ~Repository();
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;

  /// Is the commit in this repository?
  [[nodiscard]] bool has(std::string_view commit) const;
  /// Drops the ref that keeps a snapshot, so that git may collect it in time; false when there was
  /// none (of a clean tree there never is). Throws Error(failed).
  bool forget(std::string_view commit) const;
  /// The file as it was in a commit, path relative to the top. nullopt when there is no such file.
  /// Throws Error(usage) when the commit is not here, Error(failed) when the path is a directory.
  [[nodiscard]] std::optional<std::string> file(std::string_view commit,
                                                std::string_view path) const;
  /// All paths of files in a commit, sorted.
  [[nodiscard]] std::vector<std::string> files(std::string_view commit) const;
  /// Writes the files of a commit into `directory` (absolute), which must be empty or not exist. In
  /// a git repository it becomes a linked work tree with HEAD detached at the commit; from the
  /// private repository it is a plain directory. No other work tree, index or ref is touched. What
  /// git's filters change on checkout (line endings) is as in any work tree. Throws Error(usage)
  /// when the commit is not here or the directory is in use, Error(failed) when writing fails.
  void check_out(std::string_view commit, const fs::path& directory) const;
  /// Removes a directory that check_out() wrote, and what the repository knows of it.
  static void discard(const fs::path& directory);
  /// The id of the tree of a commit; empty when the commit is not here.
  [[nodiscard]] std::string tree(std::string_view commit) const;
  /// The commits after `older` up to `newer`, the oldest first, along first parents. nullopt when
  /// that way does not lead from one to the other, or has more than 10,000 commits.
  [[nodiscard]] std::optional<std::vector<std::string>> commits_between(
      std::string_view older, std::string_view newer) const;
  /// Are all objects of a commit here, and do their contents match their names? The names of those
  /// that are missing or do not match, with the paths of files.
  [[nodiscard]] std::vector<std::string> damaged(std::string_view commit) const;
  /// From `before` to `after`, both commits. Throws Error(usage) when one is not here.
  [[nodiscard]] CodeDifference compare(std::string_view before, std::string_view after,
                                       WithPatch with_patch) const;

 private:
  struct State;
  explicit Repository(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace clew::snapshot

#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/run.h"
#include "snapshot/content.h"
#include "snapshot/file_stat.h"
#include "snapshot/git2.h"
#include "snapshot/snapshot.h"
#include "snapshot/work_tree.h"

// Internal to the snapshot layer: how the work tree differs from the user's index.
//
// The index is read and changed in memory only. A file whose stat is the one in the index is
// unchanged; any other is read, unless the stat cache knows it. Asking libgit2 for the difference
// of index and work tree instead would need a copy of the index with refreshed stats, hash changed
// files twice, walk untracked directories without a bound, and take missing files of a sparse
// checkout for deleted ones.

namespace clew::snapshot {

/// An entry to put into the index, or to take out of it.
struct Change {
  std::string path;
  bool removed = false;
  bool conflicted = false;  ///< the index holds several stages of it
  std::uint32_t mode = 0;   ///< git's
  git_oid id{};
};

/// What the passes over the work tree add to.
struct Findings {
  std::vector<Change> changes;
  std::vector<model::UnstoredFile> unstored;
  std::vector<std::string> warnings;
  bool complete = true;
  bool cut_short = false;  ///< untracked files were not even listed to the end

  /// Names a file that is not stored.
  void leave_out(std::string path, const FileStat& stat, std::string_view reason);
  /// Puts a stored file in.
  void put_in(std::string path, std::uint32_t mode, const Content::Stored& stored);
  /// Files that changed while they were read, for one warning in the end.
  std::vector<std::string> unsettled;
  /// Directories that could not be listed, for one warning in the end.
  std::vector<std::string> unreadable;
};

/// The user's index, or what stands for it.
struct Index {
  IndexHandle handle;
  std::int64_t written_ns = 0;  ///< when the file was written; 0: stats in it say nothing
  bool sparse = false;          ///< missing files are to be kept, though no entry says so
};
/// Reads the index of the work tree and makes it the repository's. An index that libgit2 cannot
/// read (split, sparse, without checksum) is replaced by the tree of HEAD.
[[nodiscard]] Index read_index(const WorkTree& tree, const Head& head);

/// Paths that the index holds, and the directories above them. Views into the index: gone when it
/// is changed.
struct TrackedPaths {
  std::unordered_set<std::string_view> files;
  std::unordered_set<std::string_view> submodules;
  std::unordered_set<std::string_view> directories;
};
[[nodiscard]] TrackedPaths tracked_paths(git_index* index);

/// Compares each tracked file with its entry. A file that is missing, or changed and over the
/// bound of size, is taken out.
void scan_tracked(const WorkTree& tree, const Index& index, const Bounds& bounds, Content& content,
                  Findings& findings);

/// Finds untracked files that are not ignored, and stores them up to the bounds.
void scan_untracked(const WorkTree& tree, const TrackedPaths& tracked, const Request& request,
                    Content& content, Findings& findings);

/// Git's mode of a regular file or a symbolic link.
[[nodiscard]] std::uint32_t git_mode(const FileStat& stat);

}  // namespace clew::snapshot

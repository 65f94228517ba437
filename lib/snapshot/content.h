#pragma once

#include <optional>
#include <string>

#include "snapshot/file_stat.h"
#include "snapshot/git2.h"
#include "snapshot/stat_cache.h"
#include "snapshot/work_tree.h"

// Internal to the snapshot layer: from files to blobs.
//
// Line endings and `ident` are converted as git does. Filter programs are never run: content under
// another `filter` attribute goes in as it is, except that a file of git-lfs that is what its
// pointer says counts as unchanged, and files under an encrypting filter count as secrets.

namespace clew::snapshot {

class Content {
 public:
  /// Both must outlive this. Not thread-safe.
  Content(const WorkTree& tree, StatCache& cache);

  /// The blob that the file is now, without storing it; `expected` itself when the content is what
  /// that blob stands for. nullopt when the file cannot be read.
  [[nodiscard]] std::optional<git_oid> identify(const std::string& path, const FileStat& stat,
                                                const git_oid& expected);

  struct Stored {
    git_oid id;
    FileStat stat;        ///< of what was stored
    bool settled = true;  ///< false when the file went on changing while it was read
  };
  /// Stores the file as a blob, unless it is known and there already. `known`: the blob that
  /// identify() found. nullopt when the file cannot be read.
  [[nodiscard]] std::optional<Stored> store(const std::string& path, const FileStat& stat,
                                            const git_oid* known);

  /// Is the file encrypted in the repository, and so a secret in the work tree?
  [[nodiscard]] bool is_encrypted(const std::string& path) const;

 private:
  [[nodiscard]] std::string filter_of(const std::string& path) const;
  [[nodiscard]] std::optional<std::string> link_target(const std::string& path) const;
  [[nodiscard]] bool is_pointer_to(const git_oid& blob, const std::string& path,
                                   const FileStat& stat) const;
  [[nodiscard]] std::optional<git_oid> create_blob(const std::string& path, const FileStat& stat);

  const WorkTree& tree_;
  git_repository* repository_;
  StatCache& cache_;
  OdbHandle odb_;
};

}  // namespace clew::snapshot

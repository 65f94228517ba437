#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "snapshot/git2.h"
#include "snapshot/snapshot.h"

// Internal to the snapshot layer: finding and opening repositories.

namespace clew::snapshot {

/// Where the user's own git configuration is looked for.
struct ConfigPlaces {
  fs::path home;         ///< the directory of `.gitconfig`; empty: nowhere
  fs::path config_home;  ///< $XDG_CONFIG_HOME; empty: `.config` in the home
};
/// The directory of git's files in it: `config` and `ignore`. Empty: nowhere.
[[nodiscard]] fs::path git_config_directory(const ConfigPlaces& places);

/// The repository with a work tree around `directory`, as git finds it; an empty handle when there
/// is none or it is bare. Unreadable configuration of the user is passed over with a warning.
/// Throws Error(failed) when git refuses the repository, and when `directory` lies in a bare one's
/// own files.
[[nodiscard]] RepositoryHandle find_repository(const fs::path& directory,
                                               const ConfigPlaces& config,
                                               std::vector<std::string>& warnings);

/// The private bare repository, an empty handle when there is none.
[[nodiscard]] RepositoryHandle open_private_repository(const fs::path& path);

/// A directory whose files a snapshot is made of, and the repository that takes it.
struct WorkTree {
  RepositoryHandle repository;
  bool is_private =
      false;       ///< the repository is clew's own, and git knows nothing of the directory
  fs::path root;   ///< absolute, without a trailing '/'
  Fd directory;    ///< of the root, for the functions of the *at family
  fs::path cache;  ///< where the stat cache of this work tree lies
};

/// The work tree around the request's directory, or the directory itself with the private
/// repository, which is created when needed. Throws Error(failed).
[[nodiscard]] WorkTree open_work_tree(const Request& request, std::vector<std::string>& warnings);

/// What HEAD names.
struct Head {
  std::string branch;                ///< short name, empty when detached
  std::optional<git_oid> commit_id;  ///< nullopt on an unborn branch
  CommitHandle commit;
};
[[nodiscard]] Head read_head(git_repository* repository);

/// The URL of `origin`, or of the only remote, without user information; empty when there is none.
[[nodiscard]] std::string remote_url(git_config* config);

/// The URL without a user's name and password. The user `git` of ssh addresses is part of the
/// address and names nobody, so it stays.
[[nodiscard]] std::string without_user_info(std::string_view url);

}  // namespace clew::snapshot


#include "base/error.h"
#include "base/text.h"
#include "store/layout.h"

namespace clew::store {
namespace {

// What cannot be examined counts as absent: the search goes on upward, as git's does.
bool directory_exists(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}
bool file_exists(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string_view value_of(const EnvironmentMap& env, std::string_view name) {
  const auto found = env.find(name);
  return found == env.end() ? std::string_view() : std::string_view(found->second);
}

/// An absolute path without symbolic links in the part that exists, so that every way into a
/// repository leads to one store.
fs::path resolved(const fs::path& base, std::string_view path) {
  std::error_code failure;
  const fs::path joined = base / path;
  fs::path canonical = fs::weakly_canonical(joined, failure);
  return failure ? joined.lexically_normal() : canonical;
}

/// The directory shared by all work trees of the repository whose git directory is given
/// (gitrepository-layout(5): the file `commondir`, relative to that directory).
fs::path common_directory(const fs::path& git_directory) {
  const fs::path file = git_directory / "commondir";
  const auto text = file_exists(file) ? read_file(file, 1 << 16) : std::nullopt;
  if (!text || trim(*text).empty()) return git_directory;
  return resolved(git_directory, trim(*text));
}

bool is_git_directory(const fs::path& path) {
  const fs::path common = common_directory(path);
  std::error_code ignored;
  // HEAD may also be a symbolic link to a branch that has no commit yet.
  return fs::symlink_status(path / "HEAD", ignored).type() != fs::file_type::not_found &&
         directory_exists(common / "objects") && directory_exists(common / "refs");
}

/// Follows a `.git` file, which holds the one line "gitdir: PATH".
fs::path follow_git_file(const fs::path& file) {
  constexpr std::string_view kKey = "gitdir:";
  const auto text = read_file(file, 1 << 16);
  if (!text || !text->starts_with(kKey) || trim(text->substr(kKey.size())).empty()) {
    throw Error(ErrorKind::failed, concat("cannot understand the git file '", file.string(), "'"),
                {"run 'git status' to see what git makes of it"});
  }
  fs::path directory = resolved(file.parent_path(), trim(text->substr(kKey.size())));
  if (!is_git_directory(directory)) {
    throw Error(ErrorKind::failed,
                concat("'", file.string(), "' points to '", directory.string(),
                       "', which is not a git directory"),
                {"run 'git worktree repair' where the repository is now"});
  }
  return directory;
}

std::optional<fs::path> find_git_directory(const fs::path& start) {
  for (fs::path at = start;; at = at.parent_path()) {
    const fs::path git = at / ".git";
    if (file_exists(git)) return follow_git_file(git);
    if (is_git_directory(git)) return resolved(at, ".git");
    if (is_git_directory(at)) return resolved(at, "");
    if (at == at.parent_path()) return std::nullopt;
  }
}

std::optional<fs::path> git_common_directory(const fs::path& directory, const EnvironmentMap& env) {
  std::optional<fs::path> git;
  if (const auto named = value_of(env, "GIT_DIR"); !named.empty()) {
    git = resolved(directory, named);
    if (file_exists(*git)) git = follow_git_file(*git);
  } else {
    git = find_git_directory(directory);
  }
  if (!git) return std::nullopt;
  if (const auto named = value_of(env, "GIT_COMMON_DIR"); !named.empty()) {
    return resolved(directory, named);
  }
  if (!is_git_directory(*git)) {
    throw Error(ErrorKind::failed,
                concat("GIT_DIR is '", git->string(), "', which is not a git directory"),
                {"unset GIT_DIR, or name the store with CLEW_DIR"});
  }
  return common_directory(*git);
}

fs::path nearest_plain_store(const fs::path& directory) {
  for (fs::path at = directory;; at = at.parent_path()) {
    if (file_exists(Layout{at / ".clew"}.format())) return at / ".clew";
    if (at == at.parent_path()) return directory / ".clew";
  }
}

Location at(fs::path root, bool in_git) {
  const Layout layout{std::move(root)};
  return {layout, file_exists(layout.format()), in_git};
}

}  // namespace

Location locate(const fs::path& directory, const EnvironmentMap& env) {
  fs::path start = directory.lexically_normal();
  if (!start.has_filename() && start.has_relative_path()) start = start.parent_path();
  if (const auto named = value_of(env, "CLEW_DIR"); !named.empty()) {
    return at(resolved(start, named), false);
  }
  if (const auto common = git_common_directory(start, env)) return at(*common / "clew", true);
  return at(nearest_plain_store(start), false);
}

}  // namespace clew::store

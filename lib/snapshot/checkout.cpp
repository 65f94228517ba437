#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "snapshot/repository_state.h"

namespace clew::snapshot {
namespace {

void require_empty(const fs::path& directory) {
  std::error_code ignored;
  if (!fs::exists(directory, ignored)) return;
  if (fs::is_directory(directory, ignored) && fs::is_empty(directory, ignored)) return;
  throw Error(ErrorKind::usage, concat("'", directory.string(), "' is not an empty directory"),
              {"name one that does not exist yet"});
}

/// Makes `directory` a linked work tree of a repository, as git-worktree(1) and
/// gitrepository-layout(5) describe it; libgit2's own function would make a branch.
fs::path link_work_tree(const fs::path& common, const std::string& commit,
                        const fs::path& directory) {
  const std::string name = directory.filename().string();
  fs::path admin = common / "worktrees" / name;
  for (int i = 1; fs::exists(admin); ++i)
    admin = common / "worktrees" / concat(name, i);
  make_directories(admin);
  make_directories(directory);
  replace_file(admin / "HEAD", concat(commit, '\n'));
  replace_file(admin / "commondir", "../..\n");
  replace_file(admin / "gitdir", concat((directory / ".git").string(), '\n'));
  replace_file(directory / ".git", concat("gitdir: ", admin.string(), '\n'));
  return admin;
}

void write_files(git_repository* repository, git_tree* tree, const fs::path& directory,
                 unsigned flags) {
  git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
  options.checkout_strategy = GIT_CHECKOUT_FORCE | flags;
  const std::string target = directory.string();
  if ((flags & GIT_CHECKOUT_DONT_UPDATE_INDEX) != 0) options.target_directory = target.c_str();
  check(git2().checkout_tree(repository, reinterpret_cast<const git_object*>(tree), &options),
        concat("cannot write the files of a snapshot to '", target, '\''));
}

/// Makes a linked work tree with the files of a commit. False, with nothing done, when the commit
/// is not among the repository's own objects: it was taken before `git init`, into the private one.
bool check_out_linked(git_repository* repository, std::string_view commit,
                      const fs::path& directory) {
  const Git2& git = git2();
  link_work_tree(fs::canonical(git.repository_commondir(repository)), std::string(commit),
                 directory);
  try {
    const auto linked = open_handle<RepositoryHandle>(
        concat("cannot open '", directory.string(), '\''), git.repository_open, directory.c_str());
    const git_oid id = parse_id(commit).value();
    int result = 0;
    const auto own = try_open<CommitHandle>(result, git.commit_lookup, linked.get(), &id);
    if (own == nullptr) {
      Repository::discard(directory);
      return false;
    }
    const auto tree =
        open_handle<TreeHandle>("cannot read the tree of a snapshot", git.commit_tree, own.get());
    write_files(linked.get(), tree.get(), directory, 0);
    return true;
  } catch (const Error&) {
    Repository::discard(directory);
    throw;
  }
}

/// The content of an object as it is stored must have the name that it is stored under.
bool is_whole(git_odb* odb, const git_oid& id) {
  const Git2& git = git2();
  int result = 0;
  const auto object = try_open<OdbObjectHandle>(result, git.odb_read, odb, &id);
  if (object == nullptr) return false;
  git_oid found;
  return git.odb_hash(&found, git.odb_object_data(object.get()), git.odb_object_size(object.get()),
                      git.odb_object_type(object.get())) == 0 &&
         same_id(found, id);
}

struct ObjectCheck {
  git_repository* repository;
  git_odb* odb;
  std::vector<std::string> damaged;

  void object(const git_oid& id, const std::string& what) {
    if (!is_whole(odb, id)) damaged.push_back(concat(what, " (", hex_of(id), ')'));
  }

  void tree(const git_oid& id, const std::string& path) {
    const Git2& git = git2();
    if (!is_whole(odb, id)) {
      damaged.push_back(concat("directory '", path, "' (", hex_of(id), ')'));
      return;
    }
    int result = 0;
    const auto tree_handle = try_open<TreeHandle>(result, git.tree_lookup, repository, &id);
    if (tree_handle == nullptr) return;
    for (std::size_t i = 0; i < git.tree_entrycount(tree_handle.get()); ++i) {
      const git_tree_entry* entry = git.tree_entry_byindex(tree_handle.get(), i);
      const std::string name = concat(path, git.tree_entry_name(entry));
      const git_oid& entry_id = *git.tree_entry_id(entry);
      const git_object_t type = git.tree_entry_type(entry);
      if (type == GIT_OBJECT_TREE) tree(entry_id, concat(name, '/'));
      if (type == GIT_OBJECT_BLOB) object(entry_id, concat("file '", valid_utf8(name), '\''));
    }
  }
};

}  // namespace

void Repository::check_out(std::string_view commit, const fs::path& directory) const {
  const Git2& git = git2();
  const TreeHandle tree = state_->tree_of(commit);
  require_empty(directory);
  git_repository* repository = state_->repository.get();
  if (git.repository_is_bare(repository) == 0 && check_out_linked(repository, commit, directory)) {
    return;
  }
  make_directories(directory);
  write_files(repository, tree.get(), directory, GIT_CHECKOUT_DONT_UPDATE_INDEX);
}

void Repository::discard(const fs::path& directory) {
  std::error_code ignored;
  constexpr std::string_view kPrefix = "gitdir: ";
  const auto link = fs::is_regular_file(directory / ".git", ignored) ? read_file(directory / ".git")
                                                                     : std::nullopt;
  if (link && link->starts_with(kPrefix)) {
    const fs::path admin(std::string(trim(std::string_view(*link).substr(kPrefix.size()))));
    // Never more than a linked work tree's own directory.
    if (admin.parent_path().filename() == "worktrees") fs::remove_all(admin, ignored);
  }
  fs::remove_all(directory, ignored);
}

std::string Repository::tree(std::string_view commit) const {
  const CommitHandle found = state_->find_commit(commit);
  return found == nullptr ? "" : hex_of(*git2().commit_tree_id(found.get()));
}

std::vector<std::string> Repository::damaged(std::string_view commit) const {
  const auto id = parse_id(commit);
  if (!id || !has(commit)) return {concat("commit ", commit)};
  const auto odb = open_handle<OdbHandle>("cannot open the object database", git2().repository_odb,
                                          state_->repository.get());
  ObjectCheck objects{state_->repository.get(), odb.get(), {}};
  objects.object(*id, "commit");
  const CommitHandle found = state_->find_commit(commit);
  objects.tree(*git2().commit_tree_id(found.get()), "");
  return std::move(objects.damaged);
}

}  // namespace clew::snapshot

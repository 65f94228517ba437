#include "snapshot/work_tree.h"

#include <fcntl.h>
#include <unistd.h>

#include <map>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

namespace clew::snapshot {
namespace {

// libgit2 tells these refusals apart by their messages only.
[[noreturn]] void refuse(const fs::path& directory) {
  const std::string reason = last_git_error();
  const auto mentions = [&](std::string_view word) {
    return reason.find(word) != std::string::npos;
  };
  const std::string where = directory.string();
  if (mentions("objectformat")) {
    throw Error(ErrorKind::failed, concat("cannot read the git repository around '", where,
                                          "': it names its objects by SHA-256, which ",
                                          CLEW_LIBGIT2, " does not support"));
  }
  if (mentions("safe.directory") || mentions("not owned by")) {
    throw Error(ErrorKind::failed,
                concat("cannot read the git repository around '", where,
                       "': it belongs to another user, and git does not trust it"),
                {"trust it with 'git config --global --add safe.directory DIR', where DIR is the "
                 "top of its work tree"});
  }
  throw Error(ErrorKind::failed,
              concat("cannot read the git repository around '", where, "': ", reason));
}

bool lies_in(const fs::path& path, const fs::path& directory) {
  const fs::path relative =
      fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(directory / "."));
  return !relative.empty() && *relative.begin() != "..";
}

// Outside git all state is the private repository's. It may be made by two processes at once, so it
// is made beside its place and moved there.
RepositoryHandle make_private_repository(const fs::path& path) {
  const fs::path fresh = concat(path.string(), ".", getpid());
  make_directories(path.parent_path());
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR;
  options.initial_head = "main";
  const std::string what = concat("cannot make the repository '", path.string(), '\'');
  const auto made =
      open_handle<RepositoryHandle>(what, git2().repository_init_ext, fresh.c_str(), &options);
  std::error_code failure;
  fs::rename(fresh, path, failure);
  if (failure) fs::remove_all(fresh, failure);
  RepositoryHandle repository = open_private_repository(path);
  if (repository == nullptr) throw Error(ErrorKind::failed, what);
  return repository;
}

WorkTree open_private_work_tree(const Request& request) {
  WorkTree tree;
  tree.is_private = true;
  tree.root = fs::weakly_canonical(request.directory);
  tree.repository = open_private_repository(request.private_repository);
  if (tree.repository == nullptr) {
    tree.repository = make_private_repository(request.private_repository);
  }
  check(git2().repository_set_workdir(tree.repository.get(), tree.root.c_str(), 0),
        concat("cannot use the directory '", tree.root.string(), '\''));
  // One private repository serves several directories, each with a cache of its own.
  tree.cache = request.private_repository /
               concat("clew-snapshot-cache-", to_hex(sha256(tree.root.string())).substr(0, 16));
  return tree;
}

}  // namespace

fs::path git_config_directory(const ConfigPlaces& places) {
  if (!places.config_home.empty()) return places.config_home / "git";
  return places.home.empty() ? fs::path() : places.home / ".config/git";
}

RepositoryHandle find_repository(const fs::path& directory, const ConfigPlaces& config,
                                 std::vector<std::string>& warnings) {
  const Git2& git = git2();
  set_config_paths(config.home, git_config_directory(config));
  int result = 0;
  const auto open = [&] {
    return try_open<RepositoryHandle>(result, git.repository_open_ext, directory.c_str(), 0u,
                                      nullptr);
  };
  RepositoryHandle repository = open();
  if (result < 0 && result != GIT_ENOTFOUND &&
      last_git_error().find(".gitconfig") != std::string::npos) {
    const std::string reason = last_git_error();
    set_config_paths("", "");
    repository = open();
    if (result == 0) {
      warnings.push_back(concat("git's configuration of the user is passed over: ", reason));
    }
  }
  // "Not found" is also the code for a repository that safe.directory does not list.
  const bool distrusted =
      result < 0 && last_git_error().find("safe.directory") != std::string::npos;
  if (result == GIT_ENOTFOUND && !distrusted) return nullptr;
  if (result < 0) refuse(directory);
  if (git.repository_is_bare(repository.get()) == 0) return repository;
  if (lies_in(directory, git.repository_path(repository.get()))) {
    throw Error(ErrorKind::failed, concat("cannot take a snapshot in '", directory.string(),
                                          "': it lies in a bare git repository"));
  }
  return nullptr;
}

RepositoryHandle open_private_repository(const fs::path& path) {
  if (path.empty() || !fs::exists(path / "HEAD")) return nullptr;
  return open_handle<RepositoryHandle>(concat("cannot open the repository '", path.string(), '\''),
                                       git2().repository_open_bare, path.c_str());
}

WorkTree open_work_tree(const Request& request, std::vector<std::string>& warnings) {
  const Git2& git = git2();
  WorkTree tree;
  tree.repository =
      find_repository(request.directory, {request.home, request.config_home}, warnings);
  if (tree.repository == nullptr) {
    tree = open_private_work_tree(request);
  } else {
    std::string root = git.repository_workdir(tree.repository.get());
    while (root.size() > 1 && root.ends_with('/'))
      root.pop_back();
    tree.root = root;
    // Beside the index of the work tree, so that `git worktree remove` takes it away. Not in
    // `clew/`: below the common directory that is the store.
    tree.cache = fs::path(git.repository_path(tree.repository.get())) / "clew-snapshot-cache";
  }
  tree.directory = Fd(open(tree.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!tree.directory) throw system_error(errno, "open", tree.root.string());
  return tree;
}

Head read_head(git_repository* repository) {
  const Git2& git = git2();
  Head head;
  int result = 0;
  const auto reference = try_open<ReferenceHandle>(result, git.repository_head, repository);
  if (result == GIT_EUNBORNBRANCH || result == GIT_ENOTFOUND) {
    const auto symbolic =
        try_open<ReferenceHandle>(result, git.reference_lookup, repository, "HEAD");
    const char* target =
        symbolic == nullptr ? nullptr : git.reference_symbolic_target(symbolic.get());
    constexpr std::string_view kBranches = "refs/heads/";
    if (target != nullptr && std::string_view(target).starts_with(kBranches)) {
      head.branch = target + kBranches.size();
    }
    return head;
  }
  check(result, "cannot read HEAD");
  if (git.reference_is_branch(reference.get()) == 1) {
    head.branch = git.reference_shorthand(reference.get());
  }
  git_oid id;
  check(git.reference_name_to_id(&id, repository, "HEAD"), "cannot read HEAD");
  head.commit_id = id;
  head.commit = open_handle<CommitHandle>("cannot read the commit of HEAD", git.commit_lookup,
                                          repository, &id);
  return head;
}

// Read from the configuration: git_remote_list leaks in libgit2 1.5.
std::string remote_url(git_config* config) {
  std::map<std::string, std::string, std::less<>> urls;
  const auto visit = [](const git_config_entry* entry, void* payload) {
    constexpr std::string_view kPrefix = "remote.";
    constexpr std::string_view kSuffix = ".url";
    std::string_view name = entry->name;
    const bool is_url = name.starts_with(kPrefix) && name.ends_with(kSuffix) &&
                        name.size() > kPrefix.size() + kSuffix.size();
    if (!is_url || entry->value == nullptr) return 0;
    name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
    static_cast<decltype(urls)*>(payload)->insert_or_assign(std::string(name), entry->value);
    return 0;
  };
  check(git2().config_foreach(config, visit, &urls), "cannot read git's configuration");
  if (const auto origin = urls.find("origin"); origin != urls.end()) {
    return without_user_info(origin->second);
  }
  return urls.size() == 1 ? without_user_info(urls.begin()->second) : "";
}

std::string without_user_info(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::string_view authority = url.substr(start, url.find('/', start) - start);
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos || authority.substr(0, at) == "git") return std::string(url);
  return concat(url.substr(0, start), url.substr(start + at + 1));
}

}  // namespace clew::snapshot

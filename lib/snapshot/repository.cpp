#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "snapshot/git2.h"
#include "snapshot/repository_state.h"
#include "snapshot/snapshot.h"
#include "snapshot/work_tree.h"

namespace clew::snapshot {
namespace {

struct TreeListing {
  std::vector<std::string> paths;
  static int visit(const char* root, const git_tree_entry* entry, void* listing) {
    if (git2().tree_entry_type(entry) == GIT_OBJECT_BLOB) {
      static_cast<TreeListing*>(listing)->paths.push_back(
          concat(root, git2().tree_entry_name(entry)));
    }
    return 0;
  }
};

FileChange::Kind kind_of(const git_diff_delta& delta) {
  switch (delta.status) {
    case GIT_DELTA_ADDED:
      return FileChange::Kind::added;
    case GIT_DELTA_DELETED:
      return FileChange::Kind::removed;
    case GIT_DELTA_RENAMED:
      return FileChange::Kind::renamed;
    case GIT_DELTA_TYPECHANGE:
      return FileChange::Kind::type_changed;
    default:
      return FileChange::Kind::modified;
  }
}

DiffHandle diff_trees(git_repository* repository, git_tree* before, git_tree* after,
                      std::uint32_t flags) {
  const Git2& git = git2();
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.flags = flags;
  auto diff = open_handle<DiffHandle>("cannot compare two snapshots", git.diff_tree_to_tree,
                                      repository, before, after, &options);
  git_diff_find_options renames = GIT_DIFF_FIND_OPTIONS_INIT;
  renames.flags = GIT_DIFF_FIND_RENAMES;
  check(git.diff_find_similar(diff.get(), &renames), "cannot look for renamed files");
  return diff;
}

PatchHandle patch_of(git_diff* diff, std::size_t index) {
  return open_handle<PatchHandle>("cannot compare two versions of a file", git2().patch_from_diff,
                                  diff, index);
}

// All patches one after the other. Of two for one path libgit2 puts the addition first, git the
// removal.
std::string patch_text(git_diff* diff) {
  const Git2& git = git2();
  std::string text;
  std::string addition;
  std::string added_path;
  for (std::size_t i = 0; i < git.diff_num_deltas(diff); ++i) {
    const PatchHandle patch = patch_of(diff, i);
    const git_diff_delta* delta = git.patch_get_delta(patch.get());
    Buffer part;
    check(git.patch_to_buf(&part.value, patch.get()), "cannot write a patch");
    if (delta->status == GIT_DELTA_DELETED && added_path == delta->old_file.path) {
      text += part.view();
      continue;
    }
    text += std::exchange(addition, "");
    if (delta->status == GIT_DELTA_ADDED) {
      addition = part.view();
      added_path = delta->new_file.path;
    } else {
      text += part.view();
    }
  }
  return text + addition;
}

FileChange describe(git_diff* diff, std::size_t index) {
  const Git2& git = git2();
  const PatchHandle patch = patch_of(diff, index);
  const git_diff_delta* delta = git.patch_get_delta(patch.get());
  FileChange change;
  change.kind = kind_of(*delta);
  change.path = delta->new_file.path;
  if (change.kind == FileChange::Kind::renamed) change.old_path = delta->old_file.path;
  change.binary = (delta->flags & GIT_DIFF_FLAG_BINARY) != 0;
  std::size_t added = 0;
  std::size_t removed = 0;
  check(git.patch_line_stats(nullptr, &added, &removed, patch.get()), "cannot count lines");
  change.lines_added = added;
  change.lines_removed = removed;
  return change;
}

}  // namespace

std::optional<git_oid> parse_id(std::string_view hex) {
  const bool valid = hex.size() == GIT_OID_HEXSZ &&
                     hex.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  git_oid id;
  if (!valid || git2().oid_fromstrn(&id, hex.data(), hex.size()) < 0) return std::nullopt;
  return id;
}

CommitHandle Repository::State::find_commit(std::string_view hex) const {
  const auto id = parse_id(hex);
  if (!id) return nullptr;
  int result = 0;
  return try_open<CommitHandle>(result, git2().commit_lookup, repository.get(), &*id);
}

TreeHandle Repository::State::tree_of(std::string_view hex) const {
  const CommitHandle commit = find_commit(hex);
  if (commit == nullptr) {
    throw Error(ErrorKind::usage, concat("the commit '", hex, "' is not in this repository"),
                {"run this in the repository that the snapshot was taken in"});
  }
  return open_handle<TreeHandle>(concat("cannot read the tree of '", hex, '\''), git2().commit_tree,
                                 commit.get());
}

Repository::Repository(std::unique_ptr<State> state) : state_(std::move(state)) {}
Repository::~Repository() = default;
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;

std::optional<Repository> Repository::open(const fs::path& directory,
                                           const fs::path& private_repository,
                                           const fs::path& home) {
  const Git2& git = git2();
  std::vector<std::string> warnings;
  auto state = std::make_unique<State>();
  state->repository = find_repository(directory, {home, {}}, warnings);
  if (state->repository == nullptr) {
    state->repository = open_private_repository(private_repository);
    if (state->repository == nullptr) return std::nullopt;
  } else if (fs::exists(private_repository / "objects")) {
    // What was recorded here before `git init` lies in the private repository.
    const auto odb = open_handle<OdbHandle>("cannot open the object database", git.repository_odb,
                                            state->repository.get());
    check(git.odb_add_disk_alternate(odb.get(), (private_repository / "objects").c_str()),
          concat("cannot open the repository '", private_repository.string(), '\''));
  }
  return Repository(std::move(state));
}

bool Repository::has(std::string_view commit) const {
  return state_->find_commit(commit) != nullptr;
}

bool Repository::forget(std::string_view commit) const {
  const Git2& git = git2();
  const std::string name = concat("refs/clew/snapshots/", commit);
  git_oid id;
  if (!parse_id(commit)) return false;
  if (git.reference_name_to_id(&id, state_->repository.get(), name.c_str()) < 0) return false;
  check(git.reference_remove(state_->repository.get(), name.c_str()), "cannot drop a snapshot");
  return true;
}

std::optional<std::string> Repository::file(std::string_view commit, std::string_view path) const {
  const Git2& git = git2();
  const TreeHandle tree = state_->tree_of(commit);
  const std::string name(path);
  int result = 0;
  const auto entry =
      try_open<TreeEntryHandle>(result, git.tree_entry_bypath, tree.get(), name.c_str());
  if (result == GIT_ENOTFOUND || path.empty()) return std::nullopt;
  const std::string what = concat("cannot read '", valid_utf8(path), "' of '", commit, '\'');
  check(result, what);
  if (git.tree_entry_type(entry.get()) != GIT_OBJECT_BLOB) {
    throw Error(ErrorKind::failed, concat(what, ": it is a directory"));
  }
  const auto blob = open_handle<BlobHandle>(what, git.blob_lookup, state_->repository.get(),
                                            git.tree_entry_id(entry.get()));
  return std::string(static_cast<const char*>(git.blob_rawcontent(blob.get())),
                     static_cast<std::size_t>(git.blob_rawsize(blob.get())));
}

std::vector<std::string> Repository::files(std::string_view commit) const {
  const TreeHandle tree = state_->tree_of(commit);
  TreeListing listing;
  check(git2().tree_walk(tree.get(), GIT_TREEWALK_PRE, TreeListing::visit, &listing),
        concat("cannot list the files of '", commit, '\''));
  std::ranges::sort(listing.paths);
  return std::move(listing.paths);
}

CodeDifference Repository::compare(std::string_view before, std::string_view after,
                                   WithPatch with_patch) const {
  const Git2& git = git2();
  git_repository* repository = state_->repository.get();
  const TreeHandle old_tree = state_->tree_of(before);
  const TreeHandle new_tree = state_->tree_of(after);
  CodeDifference difference;
  const DiffHandle diff =
      diff_trees(repository, old_tree.get(), new_tree.get(), GIT_DIFF_INCLUDE_TYPECHANGE);
  for (std::size_t i = 0; i < git.diff_num_deltas(diff.get()); ++i) {
    difference.files.push_back(describe(diff.get(), i));
  }
  if (with_patch == WithPatch::no) return difference;
  // In a patch git shows a change of type as a removal and an addition, which is what libgit2 gives
  // when it is not asked for such changes.
  const DiffHandle plain = diff_trees(repository, old_tree.get(), new_tree.get(), 0);
  difference.patch = patch_text(plain.get());
  return difference;
}

}  // namespace clew::snapshot

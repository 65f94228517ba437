#include <sys/time.h>

#include <algorithm>
#include <ctime>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "snapshot/content.h"
#include "snapshot/git2.h"
#include "snapshot/scan.h"
#include "snapshot/snapshot.h"
#include "snapshot/stat_cache.h"
#include "snapshot/work_tree.h"

namespace clew::snapshot {
namespace {

// The clock that file systems stamp files with.
std::int64_t file_clock_now() {
  timespec now = {};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return nanoseconds(now);
}

// Submodules stay at the commit that the index records. What differs from it is said.
void check_submodule(const WorkTree& tree, const std::string& path, const git_oid& recorded,
                     Findings& findings) {
  const Git2& git = git2();
  int result = 0;
  const auto submodule =
      try_open<RepositoryHandle>(result, git.repository_open, (tree.root / path).c_str());
  if (submodule == nullptr) return;  // not checked out
  const auto warn = [&](std::string_view what) {
    findings.complete = false;
    findings.warnings.push_back(concat("the submodule '", path, "' ", what,
                                       ", and the snapshot holds the recorded commit of it only"));
  };
  git_oid head;
  if (git.reference_name_to_id(&head, submodule.get(), "HEAD") < 0 || !same_id(head, recorded)) {
    return warn("is at another commit than recorded");
  }
  const auto commit = try_open<CommitHandle>(result, git.commit_lookup, submodule.get(), &recorded);
  if (commit == nullptr) return warn("cannot be read");
  const auto head_tree =
      open_handle<TreeHandle>("cannot read the tree of a submodule", git.commit_tree, commit.get());
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_ENABLE_FAST_UNTRACKED_DIRS;
  const auto diff = try_open<DiffHandle>(result, git.diff_tree_to_workdir_with_index,
                                         submodule.get(), head_tree.get(), &options);
  if (diff == nullptr) return warn("cannot be read");
  if (git.diff_num_deltas(diff.get()) > 0) warn("has changes of its own");
}

void check_submodules(const WorkTree& tree, git_index* index, Findings& findings) {
  const Git2& git = git2();
  for (std::size_t i = 0; i < git.index_entrycount(index); ++i) {
    const git_index_entry* entry = git.index_get_byindex(index, i);
    if (entry->mode == GIT_FILEMODE_COMMIT) {
      check_submodule(tree, entry->path, entry->id, findings);
    }
  }
}

// First what goes, then what comes, for a file may stand where a directory was.
void apply(const WorkTree& tree, git_index* index, Findings& findings) {
  const Git2& git = git2();
  std::stable_partition(findings.changes.begin(), findings.changes.end(),
                        [](const Change& change) { return change.removed; });
  for (const Change& change : findings.changes) {
    if (change.conflicted) {
      check(git.index_conflict_remove(index, change.path.c_str()), "cannot change an index");
    } else if (change.removed) {
      check(git.index_remove(index, change.path.c_str(), 0), "cannot change an index");
    }
    if (change.removed) continue;
    git_index_entry entry = {};
    entry.path = change.path.c_str();
    entry.mode = change.mode;
    entry.id = change.id;
    if (git.index_add(index, &entry) == 0) continue;
    // Git takes no path such as `dir/.GIT~1`.
    git.index_remove(index, change.path.c_str(), 0);
    const auto stat = stat_at(tree.directory.get(), change.path.c_str());
    findings.leave_out(change.path, stat.value_or(FileStat()), "unreadable");
  }
}

std::string quoted_example(std::vector<std::string> paths) {
  std::ranges::sort(paths);
  std::string text = concat('\'', valid_utf8(paths.front()), '\'');
  if (paths.size() > 1) text += concat(" and ", paths.size() - 1, " more");
  return text;
}

// One sentence about all that is over the bounds. Its list keeps the first `kNamed` files only: a
// directory of a million files would drown the record.
void report_beyond_bounds(Findings& findings) {
  constexpr std::size_t kNamed = 10'000;
  std::map<std::string, std::uint64_t> by_directory;
  std::size_t count = 0;
  std::uint64_t bytes = 0;
  for (const model::UnstoredFile& file : findings.unstored) {
    if (file.reason != "large" && file.reason != "bounds") continue;
    ++count;
    bytes += file.size;
    const std::size_t slash = file.path.rfind('/');
    by_directory[slash == std::string::npos ? "." : file.path.substr(0, slash)] += file.size;
  }
  if (count == 0 && !findings.cut_short) return;
  std::string text =
      concat(count, count == 1 ? " file" : " files", " (", format_size(bytes),
             ") over the bounds of a snapshot ", count == 1 ? "is" : "are", " not in it");
  if (!by_directory.empty()) {
    const auto largest =
        std::ranges::max_element(by_directory, {}, &decltype(by_directory)::value_type::second);
    text += concat(", the most in '", valid_utf8(largest->first), '\'');
  }
  if (findings.cut_short) text += ", and further untracked files were not looked at";
  text += "; to pass over such files, list them in .gitignore or .clewignore";
  findings.warnings.push_back(std::move(text));
  std::size_t named = 0;
  std::erase_if(findings.unstored, [&](const model::UnstoredFile& file) {
    return file.reason == "bounds" && ++named > kNamed;
  });
}

void report(Findings& findings) {
  std::ranges::sort(findings.unstored, {}, &model::UnstoredFile::path);
  report_beyond_bounds(findings);
  std::vector<std::string> unreadable = findings.unreadable;
  for (const model::UnstoredFile& file : findings.unstored) {
    if (file.reason == "unreadable") unreadable.push_back(file.path);
  }
  const auto warn = [&](const std::vector<std::string>& paths, std::string_view what) {
    if (paths.empty()) return;
    findings.complete = false;
    findings.warnings.push_back(concat(quoted_example(paths), ' ', what));
  };
  warn(unreadable, "cannot be read, so the snapshot lacks it");
  warn(findings.unsettled, "changed while the snapshot was taken, so its content may be torn");
}

// The commit's bytes depend on the tree and the parent alone: author and message are fixed, and the
// time is the parent's, so that no child is older than its parent. Zero where there is no parent.
std::string commit_bytes(git_repository* repository, const git_oid& tree_id, const Head& head) {
  const Git2& git = git2();
  const git_time_t time = head.commit == nullptr ? 0 : git.commit_time(head.commit.get());
  const auto author = open_handle<SignatureHandle>("cannot make a signature", git.signature_new,
                                                   "clew", "clew@localhost", time, 0);
  const auto tree =
      open_handle<TreeHandle>("cannot read a tree", git.tree_lookup, repository, &tree_id);
  const git_commit* parent = head.commit.get();
  Buffer bytes;
  check(
      git.commit_create_buffer(&bytes.value, repository, author.get(), author.get(), nullptr,
                               "clew snapshot\n", tree.get(), parent == nullptr ? 0u : 1u, &parent),
      "cannot make a commit");
  return std::string(bytes.view());
}

// Makes the commit and the ref that keeps it, unless they are there.
git_oid keep_commit(git_repository* repository, const std::string& bytes) {
  const Git2& git = git2();
  git_oid id;
  check(git.odb_hash(&id, bytes.data(), bytes.size(), GIT_OBJECT_COMMIT),
        "cannot compute the id of a commit");
  const std::string name = concat("refs/clew/snapshots/", hex_of(id));
  git_oid there;
  const auto is_kept = [&] {
    return git.reference_name_to_id(&there, repository, name.c_str()) == 0 && same_id(there, id);
  };
  if (is_kept()) return id;
  const auto odb =
      open_handle<OdbHandle>("cannot open the object database", git.repository_odb, repository);
  check(git.odb_write(&id, odb.get(), bytes.data(), bytes.size(), GIT_OBJECT_COMMIT),
        "cannot store a commit");
  // Another process that takes the same snapshot writes the same ref: whoever comes first, it is
  // there. While that one holds the lock, the ref is not there yet.
  constexpr int kAttempts = 50;
  for (int attempt = 1;; ++attempt) {
    git_reference* raw = nullptr;
    const int result =
        git.reference_create(&raw, repository, name.c_str(), &id, 0, "clew: snapshot");
    const ReferenceHandle reference(result < 0 ? nullptr : raw);
    if (result >= 0 || is_kept()) return id;
    if (result != GIT_ELOCKED || attempt == kAttempts) {
      throw_git_error(concat("cannot create the ref '", name, '\''));
    }
    const timespec pause = {.tv_sec = 0, .tv_nsec = 10'000'000};
    nanosleep(&pause, nullptr);
  }
}

// The ids of tree, commit and base.
void commit_tree(const WorkTree& tree, git_index* index, const Head& head, model::Code& code) {
  const Git2& git = git2();
  git_repository* repository = tree.repository.get();
  git_oid tree_id;
  check(git.index_write_tree_to(&tree_id, index, repository), "cannot store a tree");
  code.tree = hex_of(tree_id);
  if (head.commit != nullptr) {
    code.base = hex_of(*head.commit_id);
    if (same_id(tree_id, *git.commit_tree_id(head.commit.get()))) {
      code.commit = code.base;
      return;
    }
  }
  code.dirty = true;
  code.commit = hex_of(keep_commit(repository, commit_bytes(repository, tree_id, head)));
}

}  // namespace

Result take(const Request& request) {
  const Git2& git = git2();
  const std::int64_t started_ns = file_clock_now();
  Findings findings;
  const WorkTree tree = open_work_tree(request, findings.warnings);
  git_repository* repository = tree.repository.get();
  const Head head = tree.is_private ? Head() : read_head(repository);
  const Index index = read_index(tree, head);
  StatCache cache = load_stat_cache(tree.cache, started_ns);
  Content content(tree, cache);

  scan_tracked(tree, index, request.bounds, content, findings);
  scan_untracked(tree, tracked_paths(index.handle.get()), request, content, findings);
  check_submodules(tree, index.handle.get(), findings);
  apply(tree, index.handle.get(), findings);
  report(findings);

  Result result;
  model::Code& code = result.code;
  commit_tree(tree, index.handle.get(), head, code);
  if (cache.changed()) save_stat_cache(tree.cache, cache);
  code.branch = head.branch;
  code.root = tree.root.string();
  if (!tree.is_private) {
    const auto config = open_handle<ConfigHandle>("cannot read git's configuration",
                                                  git.repository_config_snapshot, repository);
    code.remote = remote_url(config.get());
  }
  code.complete = findings.complete;
  code.unstored = std::move(findings.unstored);
  result.warnings = std::move(findings.warnings);
  return result;
}

}  // namespace clew::snapshot

#pragma once

#include <git2.h>
#include <git2/sys/repository.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// Internal to the snapshot layer: its door to libgit2. The library is not linked; loading it costs
// more than most commands take, so git2() loads it by its soname on first use. What is not in the
// list below is not used.

namespace clew::snapshot {

// clang-format off
#define CLEW_GIT2_FUNCTIONS(X)                                                                \
  X(libgit2_init) X(libgit2_opts) X(error_last) X(buf_dispose)                                \
  X(repository_open_ext) X(repository_open) X(repository_open_bare) X(repository_init_ext)    \
  X(repository_free) X(repository_is_bare) X(repository_path) X(repository_commondir)         \
  X(repository_workdir) X(repository_set_workdir) X(repository_set_index) X(repository_head)  \
  X(repository_config_snapshot) X(repository_odb) X(repository_hashfile)                      \
  X(config_free) X(config_get_string) X(config_get_bool) X(config_get_path) X(config_foreach) \
  X(index_open) X(index_new) X(index_free) X(index_entrycount) X(index_get_byindex)           \
  X(index_add) X(index_remove) X(index_conflict_remove) X(index_read_tree)                    \
  X(index_write_tree_to)                                                                      \
  X(odb_read) X(odb_object_free) X(odb_object_data) X(odb_object_size) X(odb_object_type)     \
  X(odb_free) X(odb_exists) X(odb_hash) X(odb_write) X(odb_add_disk_alternate)                \
  X(attr_get) X(attr_value)                                                                   \
  X(blob_create_from_workdir) X(blob_create_from_buffer) X(blob_lookup) X(blob_rawcontent)    \
  X(blob_rawsize) X(blob_free)                                                                \
  X(reference_free) X(reference_lookup) X(reference_remove) X(reference_create) X(reference_name_to_id)           \
  X(reference_symbolic_target) X(reference_shorthand) X(reference_is_branch)                  \
  X(commit_lookup) X(commit_free) X(commit_tree) X(commit_tree_id) X(commit_time)             \
  X(commit_parentcount) X(commit_parent_id)                                                   \
  X(commit_create_buffer) X(signature_new) X(signature_free)                                  \
  X(tree_lookup) X(tree_free) X(tree_entry_bypath) X(tree_entry_free) X(tree_entry_type)      \
  X(tree_entry_id) X(tree_entry_name) X(tree_walk) X(tree_entrycount) X(tree_entry_byindex)   \
  X(diff_tree_to_tree) X(diff_tree_to_workdir_with_index) X(diff_find_similar)                \
  X(diff_num_deltas) X(diff_free)                                                             \
  X(patch_from_diff) X(patch_free) X(patch_get_delta) X(patch_line_stats) X(patch_to_buf)     \
  X(checkout_tree)                                                                            \
  X(oid_fromstrn) X(oid_tostr)
// clang-format on

/// The functions of libgit2 in use, without their prefix `git_`.
struct Git2 {
// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a member takes none.
#define CLEW_GIT2_MEMBER(name) decltype(&::git_##name) name = nullptr;
  CLEW_GIT2_FUNCTIONS(CLEW_GIT2_MEMBER)
#undef CLEW_GIT2_MEMBER
};

/// The loaded and initialised library. Thread-safe. Throws Error(failed) when it is not installed.
[[nodiscard]] const Git2& git2();

/// What libgit2 says about the last failure in this thread; never empty.
[[nodiscard]] std::string last_git_error();

/// Throws Error(failed) "WHAT: REASON" when `result` is a libgit2 error code.
[[noreturn]] void throw_git_error(std::string_view what);
inline void check(int result, std::string_view what) {
  if (result < 0) throw_git_error(what);
}

template <auto Free>
struct Closer {
  template <typename T>
  void operator()(T* object) const {
    (git2().*Free)(object);
  }
};
template <typename T, auto Free>
using Handle = std::unique_ptr<T, Closer<Free>>;

using RepositoryHandle = Handle<git_repository, &Git2::repository_free>;
using ConfigHandle = Handle<git_config, &Git2::config_free>;
using IndexHandle = Handle<git_index, &Git2::index_free>;
using OdbHandle = Handle<git_odb, &Git2::odb_free>;
using OdbObjectHandle = Handle<git_odb_object, &Git2::odb_object_free>;
using BlobHandle = Handle<git_blob, &Git2::blob_free>;
using ReferenceHandle = Handle<git_reference, &Git2::reference_free>;
using CommitHandle = Handle<git_commit, &Git2::commit_free>;
using SignatureHandle = Handle<git_signature, &Git2::signature_free>;
using TreeHandle = Handle<git_tree, &Git2::tree_free>;
using TreeEntryHandle = Handle<git_tree_entry, &Git2::tree_entry_free>;
using DiffHandle = Handle<git_diff, &Git2::diff_free>;
using PatchHandle = Handle<git_patch, &Git2::patch_free>;

/// Calls a function whose first parameter receives a new object. An empty handle, with the error
/// code in `result`, when it fails.
template <typename H, typename Function, typename... Arguments>
[[nodiscard]] H try_open(int& result, Function function, Arguments... arguments) {
  typename H::pointer object = nullptr;
  result = function(&object, arguments...);
  return H(result < 0 ? nullptr : object);
}
/// The same, but throws Error(failed) "WHAT: REASON".
template <typename H, typename Function, typename... Arguments>
[[nodiscard]] H open_handle(std::string_view what, Function function, Arguments... arguments) {
  int result = 0;
  H handle = try_open<H>(result, function, arguments...);
  check(result, what);
  return handle;
}

/// A git_buf that disposes of itself.
struct Buffer {
  Buffer() = default;
  ~Buffer() { git2().buf_dispose(&value); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  [[nodiscard]] std::string_view view() const {
    return value.ptr == nullptr ? std::string_view() : std::string_view(value.ptr, value.size);
  }
  git_buf value = {nullptr, 0, 0};
};

[[nodiscard]] std::string hex_of(const git_oid& id);
inline bool same_id(const git_oid& a, const git_oid& b) {
  return std::equal(std::begin(a.id), std::end(a.id), std::begin(b.id));
}

/// Where libgit2 looks for the user's own configuration: the directory of `.gitconfig` and the one
/// of `git/config`. An empty path means nowhere.
void set_config_paths(const std::string& home, const std::string& config_home);

}  // namespace clew::snapshot

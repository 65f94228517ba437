#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/files.h"
#include "model/run.h"
#include "query/file_view.h"

// Where files come from and what became of them, across runs.
//
// Files are followed by content: a run that read what another run wrote continues it, whatever the
// file was called on either side. Of several runs that made the same content before it was read,
// the one that made it under that name counts, then the latest. A run that read a content and left
// it under another name copied it: it made the copy, not what it read. Where content says nothing,
// since the file was empty or was not hashed (those of a live run are hashed only when it ends),
// the name decides: the run that wrote a file of that name last before it was read. Such a link is
// marked.

namespace clew::query {

/// A run in a lineage.
struct RunNode {
  model::Run run;
};

/// A content, which runs may know under several names; or what one run left under a name, without a
/// digest or as a copy of what it read.
struct FileNode {
  std::string path;  ///< as the run called it by which it was found
  std::string sha256;
  model::DigestKind digest = model::DigestKind::none;
  std::uint64_t size = 0;
  model::Role role = model::Role::input;
  std::vector<RunId> makers;  ///< runs that made this content, the one that counts first
};

/// The snapshot that a run ran.
struct CodeNode {
  std::string commit;
  std::string branch;
  bool dirty = false;
  bool complete = true;
};

/// Files that are drawn as one: see folded().
struct FilesNode {
  std::string directory;  ///< empty, or ends with '/'
  std::size_t count = 0;
  std::uint64_t size = 0;  ///< of all
};

struct LineageNode {
  std::string id;  ///< "run:ID", "file:SHA256", "file:RUN:PATH", "code:COMMIT" or "files:NUMBER"
  std::variant<RunNode, FileNode, CodeNode, FilesNode> is;
  std::size_t more_up = 0;    ///< runs that made this file and were not followed
  std::size_t more_down = 0;  ///< runs that read this file and were not followed
  bool beyond = false;        ///< it was not looked at how it goes on, because of the depth
};

/// How an effect depends on its cause, as in PROV: a run used a file or code, a file was made by a
/// run.
enum class Relation { used, made };
[[nodiscard]] std::string_view name_of(Relation relation);

struct LineageEdge {
  std::size_t effect = 0;  ///< places among the nodes
  std::size_t cause = 0;
  Relation relation = Relation::used;
  std::string path;       ///< as the run called the file; empty for code
  bool by_name = false;   ///< content said nothing, and the name decided
  std::size_t files = 0;  ///< of code: how many of its files the run was seen to read
  friend bool operator==(const LineageEdge&, const LineageEdge&) = default;
};

/// A graph of runs, files and code. May have cycles: two runs that go on at once can feed each
/// other.
struct Lineage {
  std::vector<LineageNode> nodes;
  std::vector<LineageEdge> edges;
  std::size_t root = 0;
};

/// What is asked about: a run; a file as it was to a run (with `run` and `path`); or a content
/// (with `digest`, and the name and size that it has now where these are known).
struct LineageStart {
  std::optional<RunId> run;
  std::string path;
  std::optional<Digest> digest;
  std::optional<std::uint64_t> size;
  model::DigestKind kind = model::DigestKind::whole;  ///< of `digest`
};

struct LineageLimits {
  bool up = true;                ///< to what it came from
  bool down = true;              ///< to what was made from it
  std::size_t depth = SIZE_MAX;  ///< runs on any way, not counting one that is asked about
  std::size_t runs = SIZE_MAX;   ///< followed in each direction, the nearest and newest first
};

/// Follows a start through all runs of the view. Takes time by the size of the answer. A run or
/// file that is not in the view is a graph of one node. Throws Error(damaged | failed) as the store
/// does.
[[nodiscard]] Lineage trace_lineage(const FileView& files, const LineageStart& start,
                                    const LineageLimits& limits);

/// The same with every more than `most` files of one directory that lead nowhere, beside the same
/// run, put together.
[[nodiscard]] Lineage folded(const Lineage& lineage, std::size_t most);

/// What is recorded of the content that a file has now.
struct Origin {
  enum class Kind {
    made,     ///< `run` made it
    changed,  ///< `run` made a file of this name, but with another content
    unknown,  ///< no run made it
  };
  Kind kind = Kind::unknown;
  std::optional<RunId> run;
  std::size_t readers = 0;  ///< runs that read this content
};
/// `names`: what the file may be called in the records.
[[nodiscard]] Origin origin_of(const FileView& files, const std::vector<std::string>& names,
                               const Digest& digest);

}  // namespace clew::query

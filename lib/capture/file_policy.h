#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/fs.h"
#include "capture/file_places.h"
#include "model/files.h"

// Which files of a run are worth a line of their own.

namespace clew::capture {

/// The places that decide what a path is. Absolute paths; an empty one is nowhere.
struct FilePlaces {
  fs::path root;       ///< top of the work tree: names of files below it are relative to it
  fs::path home;       ///< $HOME
  fs::path cache;      ///< $XDG_CACHE_HOME; empty: .cache in the home
  fs::path temporary;  ///< $TMPDIR; empty: /tmp
  fs::path store;      ///< whose files are nobody's data
  fs::path client;     ///< what clew itself adds to the run, likewise
};

/// What the user says about files, as patterns. A pattern is a glob as in .gitignore: '*' and '?'
/// do not cross '/', '**' does; one without '/' (but at its end) matches a name at any depth, any
/// other a path from the top of the work tree, or an absolute one where it begins with '/' or '~/'.
/// What matches a directory matches all that is in it. Of several patterns the last that matches
/// counts, and one that begins with '!' takes back what those before it said.
struct FilePatterns {
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> ignored;
  std::vector<std::string> saved;  ///< a copy of these is kept when the run has ended
};

/// Sorts the files of a run. Knows the places by their paths without symbolic links too, since
/// programs use either. Copies are independent; one must not be used by two threads at once.
class FilePolicy {
 public:
  enum class Verdict : std::uint8_t {
    listed,       ///< a file of the run
    environment,  ///< a part of the system or of an installed package, summed up with the others
    ignored,      ///< nothing that anybody asks for: caches, devices, the version control's files
  };

  FilePolicy(const FilePlaces& places, const FilePatterns& patterns);

  /// What becomes of a file that was used so. `path` is absolute, without "//", "." and "..". The
  /// user's patterns come first; of the rest all below the work tree and data elsewhere is listed.
  /// A file of the system is listed when it is written to. Quick: what a directory is is looked up
  /// once and remembered, and the file system asked only whether a directory with libraries or
  /// programs in it is a virtual environment.
  [[nodiscard]] Verdict judge(std::string_view path, model::FileModes modes);

  /// The name of a file in the record: relative to the root below it, else the path itself.
  [[nodiscard]] std::string name(std::string_view path) const;
  /// The path of a name.
  [[nodiscard]] fs::path path(std::string_view name) const;
  [[nodiscard]] const fs::path& root() const { return root_; }

  /// The role that the user's patterns give to a file; where both an input and an output pattern
  /// match, the one of what was done to it.
  [[nodiscard]] std::optional<model::Role> role(const model::File& file);
  /// Is a copy to be kept of the file of this name?
  [[nodiscard]] bool saves(std::string_view name);
  [[nodiscard]] bool saves_any() const { return !rules_[kSaved].empty(); }
  /// Do patterns declare inputs or outputs?
  [[nodiscard]] bool declares_any() const {
    return !rules_[kInputs].empty() || !rules_[kOutputs].empty();
  }
  /// The directories below which all declared inputs and outputs lie; none lies in another.
  [[nodiscard]] std::vector<fs::path> declared_places() const;

 private:
  enum List : std::uint8_t { kInputs, kOutputs, kIgnored, kSaved, kLists };
  struct Rule {
    std::string pattern;
    bool negated = false;
    bool any_depth = false;  // matches one component
    bool absolute = false;
    bool directory = false;  // matches directories only
  };
  /// What the places make of a directory.
  enum class Ground : std::uint8_t { data, system, packages, noise };
  struct Directory {
    Ground ground = Ground::data;
    Around within;                           // what stands in it is surrounded by
    int matched[kLists] = {-1, -1, -1, -1};  // the last rule of a list that matches it, or -1
  };
  struct Place {
    Ground ground = Ground::data;
    Around within;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  void add_place(const fs::path& path, const Place& place);
  void add_home(const FilePlaces& places);
  void add_rules(List list, const std::vector<std::string>& patterns, const fs::path& home);
  const Directory& directory(std::string_view path);
  [[nodiscard]] Directory examine(std::string_view path, const Directory& parent) const;
  void match(std::string_view path, bool is_directory, Directory& into) const;
  [[nodiscard]] bool matches(const Rule& rule, std::string_view path, std::string_view name,
                             bool is_directory) const;
  /// The rule of the list that decides, or nullptr where none matches or what did was taken back.
  [[nodiscard]] const Rule* decided(List list, const Directory& facts) const;
  Directory facts(std::string_view path);

  fs::path root_;
  std::vector<std::string> roots_;  // as given, and without symbolic links; end in '/'
  std::unordered_map<std::string, Place, Hash, std::equal_to<>> places_;
  std::vector<Rule> rules_[kLists];
  std::unordered_map<std::string, Directory, Hash, std::equal_to<>> directories_;
};

/// The top of the work tree around a directory: the nearest upward that holds `.git`, else the
/// directory itself.
[[nodiscard]] fs::path top_of_tree(const fs::path& directory);

/// The source of a file that Python compiled for itself (PEP 3147), "m.py" of
/// "__pycache__/m.cpython-311.pyc"; nullopt for another path.
[[nodiscard]] std::optional<std::string> source_of_compiled(std::string_view path);

/// Is it a name by which source code goes, such as "train.py" or "Makefile"?
[[nodiscard]] bool is_source_name(std::string_view name);

}  // namespace clew::capture

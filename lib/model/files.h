#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

// What a run did on its machine: its processes, and the files that they read and wrote.

namespace clew::model {

/// A process of a run. Its index is its place in RunParts::processes; index 0 is the command.
struct Process {
  std::int64_t pid = 0;
  std::optional<std::uint32_t> parent;  ///< index of the process that started it
  std::vector<std::string> argv;        ///< of its last exec, secrets masked
  std::string cwd;                      ///< at that exec
  std::string executable;               ///< absolute path
  std::string executable_sha256;        ///< hex; empty when it was not hashed
  Time started = 0;
  std::optional<Time> ended;
  std::optional<int> exit_code;
  std::optional<int> signal;  ///< that ended it
  friend bool operator==(const Process&, const Process&) = default;
};

/// What a process did with a file, as bits. The numbers are stored: never change one.
enum FileMode : std::uint8_t {
  kRead = 1,
  kWritten = 2,
  kCreated = 4,     ///< it was not there before
  kDeleted = 8,     ///< or renamed to another name
  kRenamed = 16,    ///< it came to this name by a rename or a link
  kInherited = 32,  ///< it was open when the process was executed (a shell's redirection)
  kExecuted = 64,
};
using FileModes = std::uint8_t;

/// All that one process did with one file.
struct FileUse {
  std::string path;  ///< as in FileState
  std::uint32_t process = 0;
  FileModes modes = 0;
  Time first = 0;
  Time last = 0;
  std::string from;  ///< the name before, of a file that was renamed
  friend bool operator==(const FileUse&, const FileUse&) = default;
};

/// What a file was to the run. The numbers are stored: never change one.
enum class Role : std::uint8_t { input = 0, output = 1, code = 2, temporary = 3 };
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_from_name(std::string_view name);

/// What a digest covers. The numbers are stored: never change one.
enum class DigestKind : std::uint8_t {
  none = 0,      ///< the file was not hashed
  whole = 1,     ///< SHA-256 of all bytes
  partial = 2,   ///< the file is over the limit: a fingerprint of samples
  changing = 3,  ///< it changed while it was read
};
[[nodiscard]] std::string_view name_of(DigestKind kind);

/// A file as the run left it, or as it was when the run read it.
struct FileState {
  std::string path;  ///< relative to Capture::root below it, else absolute
  Role role = Role::input;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::string sha256;  ///< hex; empty for DigestKind::none
  DigestKind digest = DigestKind::none;
  /// As it was before, of a file that the run read and then wrote; empty when not known.
  std::string before_sha256;
  std::uint64_t before_size = 0;
  bool saved = false;  ///< a copy is among the store's objects
  bool gone = false;   ///< it was not there any more when the run ended
  friend bool operator==(const FileState&, const FileState&) = default;
};

/// A file with what the processes did with it, one entry for each, by index.
struct File {
  FileState state;
  std::vector<FileUse> uses;
  /// The modes of all uses together.
  [[nodiscard]] FileModes modes() const;
  /// Was there anything else done to it than reading?
  [[nodiscard]] bool written() const;
  friend bool operator==(const File&, const File&) = default;
};

/// The role by what was done, where nobody declared another: what was written and is gone is
/// temporary, what was written is output, the rest is input.
[[nodiscard]] Role role_by_use(const File& file, bool gone);

/// How files and processes were found out, and what that cannot see.
struct Capture {
  std::string mechanism = "none";        ///< "unotify", "outer", "preload", "scan" or "none"
  std::string level = "off";             ///< "off", "outputs", "files" or "full"
  bool complete = false;                 ///< nothing in `blind` happened
  std::string root;                      ///< absolute; files below it have relative names
  std::vector<std::string> blind;        ///< what was not seen, a sentence each
  Json environment = Json::object();     ///< what was summed up: libraries, packages with versions
  std::vector<std::string> connections;  ///< addresses, at level "full"
  friend bool operator==(const Capture&, const Capture&) = default;
};

/// A rule that held, and what was done about it.
struct Firing {
  std::string rule;    ///< the expression
  std::string action;  ///< "stop", "alert", "note" or "checkpoint"
  Time time = 0;
  std::optional<std::int64_t> step;
  Json values = Json::object();  ///< the values that caused it, by name
  std::string result;            ///< what came of the action, a sentence; may be empty
  friend bool operator==(const Firing&, const Firing&) = default;
};

/// Puts uses together: one file per path sorted by path, in each one use per process. Not
/// thread-safe.
class FileTable {
 public:
  void add(const FileUse& use);
  void set(const FileState& state);
  /// The files so far. Those without a state get the role of their uses.
  [[nodiscard]] std::vector<File> files() const;
  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    File file;
    bool has_state = false;
  };
  Entry& entry(const std::string& path);

  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace clew::model

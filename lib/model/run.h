#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "model/series.h"

namespace clew::model {

/// The state of a run. The numbers are stored: never change one.
enum class State : std::uint8_t {
  running = 0,
  finished = 1,     ///< exit status 0
  failed = 2,       ///< another exit status
  killed = 3,       ///< ended by a signal
  interrupted = 4,  ///< the recorder disappeared before the end was recorded
};
[[nodiscard]] std::string_view name_of(State state);
[[nodiscard]] std::optional<State> state_from_name(std::string_view name);

/// Where a parameter's value came from, strongest first: of two values for one name the source
/// with the smaller number wins. The numbers are stored: never change one.
enum class Source : std::uint8_t { api = 0, option = 1, argv = 2, file = 3, env = 4 };
[[nodiscard]] std::string_view name_of(Source source);
[[nodiscard]] std::optional<Source> source_from_name(std::string_view name);

/// A value that lost against one from a stronger source.
struct LostValue {
  Json value;
  Source source = Source::argv;
  std::string file;  ///< the parameter file, relative as it was named; empty for other sources
  friend bool operator==(const LostValue&, const LostValue&) = default;
};

/// A hyperparameter: maps are flattened with '.', a list is one value, an empty map stays one.
struct Parameter {
  std::string name;
  Json value;
  Source source = Source::argv;
  std::string file;             ///< as in LostValue
  std::vector<LostValue> lost;  ///< strongest first
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// A later value of a parameter, set while the run went on.
struct ParamChange {
  std::string name;
  Json old;
  Json value;
  std::optional<std::int64_t> step;
  Time time = 0;
  std::string cause;  ///< free text, may be empty
  friend bool operator==(const ParamChange&, const ParamChange&) = default;
};

struct Note {
  Time time = 0;
  std::string text;
  friend bool operator==(const Note&, const Note&) = default;
};

/// A file of the work tree that the snapshot names but does not hold.
struct UnstoredFile {
  std::string path;  ///< relative to the top of the work tree
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::string reason;  ///< "large", "secret" or "bounds"
  std::string sha256;  ///< hex; empty until or unless it was hashed
  friend bool operator==(const UnstoredFile&, const UnstoredFile&) = default;
};

/// Which code ran. All ids are git's, in hex; empty where there is none.
struct Code {
  std::string commit;  ///< the snapshot: a commit made by clew, or HEAD itself when clean
  std::string tree;
  std::string base;    ///< the commit that HEAD named, empty on an unborn branch
  std::string branch;  ///< short name; empty when HEAD is detached
  bool dirty = false;
  bool complete = true;  ///< false when `unstored` is not empty or a part could not be read
  std::string remote;    ///< URL of the remote, without credentials
  std::string root;      ///< absolute path of the top of the work tree
  std::vector<UnstoredFile> unstored;
  friend bool operator==(const Code&, const Code&) = default;
};

/// Everything about a run that listings and filters need: its header row. Lists named `params` and
/// `metrics` are sorted by name (bytes), without duplicates.
struct Run {
  RunId id;
  std::string name;
  State state = State::running;
  std::optional<int> exit_code;
  std::optional<int> signal;  ///< signal number
  std::optional<RunId> parent;
  std::optional<RunId> rerun_of;  ///< the run that this one repeats
  std::string group;
  std::vector<std::string> argv;  ///< bytes as given, secrets masked
  std::string cwd;
  std::string user;
  std::string host;
  Time started = 0;
  std::optional<Time> ended;
  std::vector<Parameter> params;
  std::vector<MetricSummary> metrics;
  std::vector<std::string> tags;  ///< in the order they were added, without duplicates
  std::vector<Note> notes;
  Code code;
  std::vector<std::string> gaps;  ///< what the record lacks, a sentence each
  friend bool operator==(const Run&, const Run&) = default;

  /// Duration in microseconds up to the end, or up to `now` while there is none.
  [[nodiscard]] std::int64_t duration(Time now) const { return ended.value_or(now) - started; }
  [[nodiscard]] const Parameter* param(std::string_view param_name) const;
  [[nodiscard]] const MetricSummary* metric(std::string_view metric_name) const;
};

/// Puts a parameter into a sorted list by the rule of precedence: the stronger source wins, the
/// weaker value is kept as lost; the same source sets the value anew.
void set_parameter(std::vector<Parameter>& params, Parameter param);

/// Adds a tag unless it is there.
void add_tag(std::vector<std::string>& tags, std::string tag);

/// Flattens a JSON value under `name`: members of maps become "name.member", to any depth; lists
/// and empty maps stay values. Calls are in the order of the members.
[[nodiscard]] std::vector<std::pair<std::string, Json>> flatten(const std::string& name,
                                                                const Json& value);

/// A signal's name such as "SIGKILL"; "SIG<number>" for one without a name. And back.
[[nodiscard]] std::string signal_name(int signal);
[[nodiscard]] std::optional<int> signal_from_name(std::string_view name);

}  // namespace clew::model

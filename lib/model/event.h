#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/files.h"
#include "model/run.h"
#include "model/series.h"

// What happens during a run, in the order in which it is recorded. A spool is a sequence of these.

namespace clew::model {

/// The numbers are stored: never change one. 0 stays unused so that a zeroed block is no record.
enum class EventType : std::uint8_t {
  begin = 1,
  code = 2,
  environment = 3,
  param = 4,
  series = 5,
  points = 6,
  tag = 7,
  note = 8,
  artifact = 9,
  output = 10,
  gap = 11,
  end = 12,
  spawn = 13,
  process = 14,
  file_use = 15,
  file_state = 16,
  capture = 17,
  firing = 18,
};

/// The first record of every spool: the run as known before its command starts.
struct BeginEvent {
  Run run;
};
/// The snapshot, also again when files that it does not hold have been hashed.
struct CodeEvent {
  Code code;
};
/// The whole environment as one JSON object; a later one replaces it.
struct EnvironmentEvent {
  Json environment;
};
/// A parameter's value. With a name that is set already and a source at least as strong, it is a
/// change of the parameter.
struct ParamEvent {
  Parameter param;
  std::optional<std::int64_t> step;
  Time time = 0;
  std::string cause;
};
/// Gives a series the number by which PointsEvent refers to it: its place among all SeriesEvents
/// of the run, from 0.
struct SeriesEvent {
  std::string name;
  MetricSource source = MetricSource::api;
};
struct NumberedPoint {
  std::uint32_t series = 0;
  Point point;
  friend bool operator==(const NumberedPoint&, const NumberedPoint&) = default;
};
struct PointsEvent {
  std::vector<NumberedPoint> points;
};
struct TagEvent {
  std::string tag;
  bool remove = false;
};
struct NoteEvent {
  Note note;
};
/// A file that the run names as its own.
struct ArtifactEvent {
  std::string path;
  Time time = 0;
};
/// The streams of a command. The numbers are stored.
enum class Stream : std::uint8_t { standard_output = 1, standard_error = 2, terminal = 3 };
struct OutputEvent {
  Stream stream = Stream::standard_output;
  Time time = 0;
  std::string bytes;
};
/// Something that the record lacks, as a sentence.
struct GapEvent {
  std::string text;
};
/// The command has been started.
struct SpawnEvent {
  std::int64_t pid = 0;
  Time time = 0;
};
/// The command has ended. After it nothing is appended but annotations.
struct EndEvent {
  State state = State::finished;
  std::optional<int> exit_code;
  std::optional<int> signal;
  Time time = 0;
};

/// A process as far as it is known; a later one of its index replaces it.
struct ProcessEvent {
  std::uint32_t index = 0;
  Process process;
};
/// Uses of one path by one process add up.
struct FileUseEvent {
  FileUse use;
};
/// A later one of its path replaces it.
struct FileStateEvent {
  FileState state;
};
/// A later one replaces it.
struct CaptureEvent {
  Capture capture;
};
struct FiringEvent {
  Firing firing;
};

using Event =
    std::variant<BeginEvent, CodeEvent, EnvironmentEvent, ParamEvent, SeriesEvent, PointsEvent,
                 TagEvent, NoteEvent, ArtifactEvent, OutputEvent, GapEvent, SpawnEvent, EndEvent,
                 ProcessEvent, FileUseEvent, FileStateEvent, CaptureEvent, FiringEvent>;

}  // namespace clew::model

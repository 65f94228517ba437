#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "capture/protocol.h"
#include "capture/sink.h"

// What the readers of protocol lines share. Internal to the layer.

namespace clew::capture {

inline constexpr std::size_t kMaxName = 256;

/// What one line says about metrics, complete before anything of it reaches a sink. Names are views
/// into the line, or into whatever else the reader keeps alive.
struct MetricsLine {
  struct Value {
    std::string_view name;
    double value;
  };
  std::optional<std::int64_t> step;
  std::optional<double> epoch;
  std::optional<Time> time;
  std::vector<Value> values;

  /// Empties it and keeps the memory.
  void clear();
};

/// Hands the line to the sink. The epoch becomes the step where there is none and it is whole, else
/// a point of the series "epoch". A line without values says nothing.
void emit(const MetricsLine& line, model::MetricSource source, Time now, Sink& sink);

/// The beginning of a text, for a message.
[[nodiscard]] std::string excerpt(std::string_view text);

/// Throws the Error(usage) of a line that is wrong.
[[noreturn]] void refuse(std::string message);

/// Throws unless the name is 1 to 256 bytes of UTF-8 without control characters. `what` names its
/// kind, such as "metric".
void check_name(std::string_view what, std::string_view name);

/// The double as a step: nullopt unless it is whole and within int64.
[[nodiscard]] std::optional<std::int64_t> whole(double value);

/// Reads the usual shape of a metrics line without building a tree, in any order of its members.
/// False, with `out` in no useful state, where the line is anything else or wrong in any way: the
/// reader of trees then judges it.
[[nodiscard]] bool read_metrics_fast(std::string_view line, MetricsLine& out);

/// Reads a line that starts with '{'.
std::optional<GetRequest> read_interchange(std::string_view line, Time now, Sink& sink);

}  // namespace clew::capture

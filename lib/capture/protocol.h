#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "capture/sink.h"

// What a program says to its recorder: lines of text, documented in clew-protocol(7).

namespace clew::capture {

inline constexpr std::size_t kMaxLine = 1 << 20;

/// A question that wants an answer at once.
struct GetRequest {
  std::string name;
};

/// Reads one line (without its end) and tells the sink what it says; nothing when it is blank.
/// A line that starts with '{' is an interchange line (kinds metrics, param, tag, note, artifact,
/// stop; without "run") or {"get":NAME}. Any other is for shells:
///   name=value … [step=N] [epoch=N] [time=UNIX_SECONDS]
///   param name=value | tag word | note text | artifact path
/// Values are JSON scalars, or else strings; a metric's value must be a number (nan and inf in
/// every usual spelling are numbers). A parameter's text with white space has to stand in double
/// quotes. A map as the value of a parameter is flattened. Steps are integers; `epoch` is the step
/// when none is given and it is whole, else also a point of the series "epoch". Points without a
/// time get `now`. Names have 1 to 256 bytes of UTF-8 without control characters. Parameters get
/// Source::api and points MetricSource::api. Reads about 2 million points per second. Thread-safe,
/// as far as the sink is.
/// Throws Error(usage) with what is wrong; then nothing of the line was taken.
std::optional<GetRequest> read_line(std::string_view line, Time now, Sink& sink);

/// Reads a word such as a shell gives it: a JSON scalar if it is one, else the text itself.
[[nodiscard]] Json scalar_from_text(std::string_view text);

}  // namespace clew::capture

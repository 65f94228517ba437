#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "model/run.h"
#include "ui/output.h"
#include "ui/table.h"

// How values are shown to people. None of these texts has a line break or a control character in
// it, whatever the record holds, so that no recorded name can garble a table or a terminal.

namespace clew::ui {

/// What stands in the place of a value that is not there.
inline constexpr std::string_view kMissing = "–";

/// The text on one line: what is not UTF-8 becomes U+FFFD, control characters become "\n", "\t" or
/// "\x1b".
[[nodiscard]] std::string printable(std::string_view text);

/// A parameter's value: strings without quotes (the empty one as ""), doubles with the fewest
/// digits that read back to the same bits, lists and maps as compact JSON.
[[nodiscard]] std::string value_text(const Json& value);

/// A number with up to `digits` significant digits, but never with fewer than its integer part has:
/// 12345.6 with 4 digits is "12346". Magnitudes from 1e15 on take an exponent.
[[nodiscard]] std::string number_text(double value, int digits = 6);

/// What leads from `a` to `b`, with a sign: "+0.01", "-3", "0". The missing mark where either is
/// not finite.
[[nodiscard]] std::string difference_text(double a, double b);

/// "2026-01-02 03:04:05", in UTC.
[[nodiscard]] std::string date_time(Time time);

/// "12s ago", "3m ago", "5h ago", "9d ago"; the date for what is older than 30 days or lies in the
/// future.
[[nodiscard]] std::string relative_time(Time time, Time now);

/// The duration so far, or of all of it; the missing mark for a run that ended at an unknown time.
[[nodiscard]] std::string duration_text(const model::Run& run, Time now);

/// The state's name in its colour; a running one has a dot before it.
[[nodiscard]] Cell state_cell(model::State state);

/// The state with what it came from: "failed (exit 3)", "killed (SIGKILL)".
[[nodiscard]] Cell outcome_cell(const model::Run& run);

/// The arguments as a line for a POSIX shell.
[[nodiscard]] std::string command_text(const std::vector<std::string>& argv);

/// "did you mean 'a', 'b' or 'c'?"
[[nodiscard]] std::string did_you_mean(const std::vector<std::string>& words);

/// "1 run", "3 runs".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace clew::ui

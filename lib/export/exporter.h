#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/parts.h"

namespace clew::exporter {

/// Where text goes, piece by piece.
using Out = std::function<void(std::string_view)>;

// The formats stand in clew-json(5). Text that is not UTF-8 has U+FFFD where it is broken.

/// One run as in `clew log --json`. `now` stands for the end of a run that is going on.
[[nodiscard]] Json run_to_json(const model::Run& run, Time now);
/// One run with all its parts, as in `clew show --json`.
[[nodiscard]] Json run_to_full_json(const model::RunParts& parts, Time now);
/// {"name","steps","times","values"}: a series as in `clew show --metric NAME --json`.
[[nodiscard]] Json series_to_json(const model::Series& series);

/// Interchange lines: the run, its parameter changes, and its points, lossless. Points go by time,
/// those of a series in the order of arrival; points of one step, time and source that come next to
/// each other share a line. Holds all series of the run in memory at once. What `series` throws
/// passes through.
void write_jsonl(const model::RunParts& parts, const model::SeriesOf& series, const Out& out);

/// CSV (RFC 4180, lines end with a bare line feed) with a header line: one row per run; id, name,
/// state, started, ended, duration in seconds, then every parameter and the last value of every
/// metric but system/*, each sorted by name. A name that would head two columns is written
/// params.NAME or metrics.NAME. A missing value is an empty field.
void write_runs_csv(const std::vector<model::Run>& runs, Time now, const Out& out);
/// The same way: step,time,value of one series.
void write_series_csv(const model::Series& series, const Out& out);
/// One field of a CSV row, quoted where it must be.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace clew::exporter

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/parts.h"

namespace clew::exporter {

/// Where text goes, piece by piece.
using Out = std::function<void(std::string_view)>;

/// The contract of clew-json(5): one run as in `clew log --json`. `now` stands for the end of a run
/// that has none.
[[nodiscard]] Json run_to_json(const model::Run& run, Time now);
/// One run with all its parts, as in `clew show --json`.
[[nodiscard]] Json run_to_full_json(const model::RunParts& parts, Time now);
/// {"name","steps","times","values"}: a series as in `clew show --metric NAME --json`.
[[nodiscard]] Json series_to_json(const model::Series& series);

/// Interchange lines: the run, its parameter changes, and its points, lossless. Points of one step
/// and time that arrived next to each other share a line.
void write_jsonl(const model::RunParts& parts, const model::SeriesOf& series, const Out& out);

/// RFC 4180 with a header line: one row per run; id, name, state, times, then every parameter and
/// the last value of every metric by name. A missing value is an empty field.
void write_runs_csv(const std::vector<model::Run>& runs, Time now, const Out& out);
/// RFC 4180: step,time,value of one series.
void write_series_csv(const model::Series& series, const Out& out);
/// One field of a CSV row, quoted where it must be.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace clew::exporter

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/run.h"
#include "ui/table.h"

// Which columns the table of `clew log` has, apart from any store or terminal.

namespace clew::cmd {

/// One column: what it is called, and what it takes from a run.
struct LogColumn {
  enum class Kind { field, param, metric };
  Kind kind = Kind::field;
  std::string title;  ///< as the user named it
  std::string name;   ///< of the field ("run.state"), parameter or metric
  std::string part;   ///< of a metric: "last", "max", …
  friend bool operator==(const LogColumn&, const LogColumn&) = default;
};

/// How times are shown: "3m ago" to people, "2026-01-02 03:04:05" in what is kept.
struct LogView {
  std::size_t width = 0;  ///< columns of the terminal; 0 is no limit
  bool relative_times = false;
  Time now = 0;
};

/// The columns that say most about these runs: id, name, state, start, duration, then as many
/// parameters and metrics as fit, then tags. A name, tags, a parameter or a metric that no run has
/// gets no column. Parameters are those that differ among the runs (all of them when there is one
/// run), metrics come in the order of metric_rank(); at most eight of either.
[[nodiscard]] std::vector<LogColumn> choose_columns(const std::vector<model::Run>& runs,
                                                    const LogView& view);

/// How much a metric says about a run to someone who has seen nothing else; higher is more. Scores
/// and losses on held-out data first; counters, times and settings last.
[[nodiscard]] int metric_rank(std::string_view name);

/// The columns that `list` names, separated by commas, with names in double quotes where they have
/// a comma themselves; the id comes first unless it is among them. A name is a parameter, a metric
/// (its last value), METRIC.last|first|min|max|mean|count|argmin|argmax, a field of the run, or
/// params.NAME or metrics.NAME. Throws Error(usage) for a name that is in none of `runs`, with
/// suggestions, and for one that is both a parameter and a metric.
[[nodiscard]] std::vector<LogColumn> parse_columns(std::string_view list,
                                                   const std::vector<model::Run>& runs);

/// The value of a column for a run; null where there is none.
[[nodiscard]] Json column_value(const LogColumn& column, const model::Run& run, Time now);

/// The same as shown in a table.
[[nodiscard]] ui::Cell column_cell(const LogColumn& column, const model::Run& run,
                                   const LogView& view);

/// The runs as a table.
[[nodiscard]] ui::Table log_table(const std::vector<LogColumn>& columns,
                                  const std::vector<model::Run>& runs, const LogView& view);

}  // namespace clew::cmd

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/names.h"
#include "model/run.h"
#include "query/frame.h"
#include "ui/table.h"

// What listings of runs show: columns of values, apart from any store or terminal.

namespace clew::cmd {

/// One column: what it is called, and what it stands for where that is one name.
struct LogColumn {
  std::string title;
  std::optional<expr::Target> target;
};

/// A listing: a row of values for each run.
struct LogRows {
  std::vector<LogColumn> columns;
  std::vector<std::vector<expr::Value>> rows;
  std::shared_ptr<const void> keeper;  ///< of the texts that the values point to
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
[[nodiscard]] LogRows choose_columns(const std::vector<model::Run>& runs, const LogView& view);

/// How much a metric says about a run to someone who has seen nothing else; higher is more. Scores
/// and losses on held-out data first; counters, times and settings last.
[[nodiscard]] int metric_rank(std::string_view name);

/// Is less of it better, by its name? So it is with losses, errors, and durations.
[[nodiscard]] bool less_is_better(std::string_view name);

/// The columns that a list of names and expressions asks for; the id comes first unless it is
/// among them.
[[nodiscard]] std::vector<expr::Item> parse_columns(std::string_view list);

/// Rows of a frame as a listing: those columns of it from `first` on for which there is a title.
[[nodiscard]] LogRows rows_of(std::shared_ptr<const query::Frame> frame, std::size_t first,
                              const std::vector<std::string>& titles);

/// A value as shown in a table.
[[nodiscard]] ui::Cell value_cell(const LogColumn& column, const expr::Value& value,
                                  const LogView& view);
/// A value as a field of CSV, without quotes; "" where it is missing.
[[nodiscard]] std::string csv_value(const expr::Value& value);

/// The listing as a table.
[[nodiscard]] ui::Table log_table(const LogRows& listing, const LogView& view);

}  // namespace clew::cmd

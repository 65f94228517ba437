#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/session.h"
#include "log.h"
#include "log_columns.h"
#include "query/catalog.h"
#include "query/frame.h"

// What the forms of `clew log` share: which runs are asked for, and how rows are written out.

namespace clew::cmd {

/// The conditions of the options as a request without columns. Throws Error(usage) for one that
/// does not parse.
[[nodiscard]] query::FrameRequest conditions(const Session& session, const LogOptions& options);

/// An expression in the form of a condition, from text.
[[nodiscard]] query::FrameRequest where_request(const Session& session,
                                                const std::optional<std::string>& where);

/// The runs that are named, in this order, then those of which `where` is true; each once. Throws
/// Error(usage) for an unknown run.
[[nodiscard]] std::vector<model::Run> runs_named(const Session& session,
                                                 const query::Catalog& catalog,
                                                 const std::vector<std::string>& names,
                                                 const std::optional<std::string>& where);

/// Are the values for people, in a table? If so, floats are shown as they were meant.
[[nodiscard]] bool for_people(const Session& session, const LogOptions& options);
[[nodiscard]] expr::Exact shown_exactly(const Session& session, const LogOptions& options);

/// The number of rows asked for. Throws Error(usage) for a negative one.
[[nodiscard]] std::optional<std::size_t> count_of(const LogOptions& options);

/// How the listing is shown: fitted to a terminal, or in full.
[[nodiscard]] LogView view_of(const Session& session);

/// "no runs yet" or "no such runs", with what to do, on standard error.
void print_none(Session& session, bool none_at_all);

/// More members of a row's JSON object, before those of its columns.
using RowMembers = std::function<void(std::size_t row, Json& object)>;
/// Writes the rows as a JSON array of objects with the titles as names, one on each line.
void print_json_rows(Session& session, const LogRows& listing, const RowMembers& members = {});
/// Writes the rows as CSV with a line of titles.
void print_csv_rows(Session& session, const LogRows& listing);

}  // namespace clew::cmd

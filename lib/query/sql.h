#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "query/catalog.h"

// SQL over the runs of a store: SQLite's language over virtual tables that read the store in place.
// The tables stand in clew-sql(7).

namespace clew::query {

/// Bounds of a query; 0 is none.
struct SqlLimits {
  std::chrono::milliseconds time{0};
  std::uint64_t memory = 0;  ///< bytes that SQLite may use, of the whole process
};

/// Where an answer goes. Values are null, integers, doubles or strings; SQLite has no NaN, so that
/// a NaN is null.
struct SqlAnswer {
  std::function<void(const std::vector<std::string>& names)> columns;  ///< called once, first
  std::function<void(std::span<const Json> row)> row;
};

/// Runs one statement that only reads. `cancelled` may be set at any time by a signal handler or
/// another thread: the query then ends soon with an Error(failed) "interrupted". Throws
/// Error(usage) for a statement that SQLite refuses, showing where, or that is not only reading;
/// Error(failed) when a bound is reached; what the catalog or `answer` throw passes through.
void run_sql(const Catalog& catalog, std::string_view statement, const SqlLimits& limits,
             const std::atomic<bool>& cancelled, const SqlAnswer& answer);

/// The tables as CREATE TABLE statements, with a comment for each table and column.
[[nodiscard]] std::string sql_schema();

}  // namespace clew::query

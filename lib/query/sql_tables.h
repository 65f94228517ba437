#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.h"
#include "query/catalog.h"

// The tables that SQL sees, apart from SQLite. Internal to query.

namespace clew::query {

struct SqlColumn {
  std::string_view name;
  std::string_view type;  ///< "TEXT", "INTEGER", "REAL", or "" where it varies
  std::string_view help;
};

/// Which rows of a table are wanted. A cursor may give more than that.
struct SqlFilter {
  std::optional<std::string> run;             ///< of this run, by its whole id
  std::optional<std::string> name;            ///< with this name (column 1)
  std::optional<std::int64_t> step;           ///< of this step
  std::uint64_t columns = ~std::uint64_t{0};  ///< a bit for each column that is asked for
  [[nodiscard]] bool wants(std::size_t column) const {
    constexpr std::size_t kLast = 63;
    return (columns >> std::min(column, kLast) & 1) != 0;
  }
};

/// Goes over the rows of a table. Not thread-safe.
class SqlCursor {
 public:
  virtual ~SqlCursor() = default;
  /// Moves to the next row, at first to the first; false at the end.
  virtual bool next() = 0;
  /// A value of the row; a text in it lives until next().
  [[nodiscard]] virtual expr::Value column(std::size_t column) = 0;
};

struct SqlTable {
  std::string_view name;
  std::string_view help;
  std::vector<SqlColumn> columns;  ///< the run comes first
  bool by_name = false;            ///< a filter by name is cheap
  bool by_step = false;            ///< likewise
  std::unique_ptr<SqlCursor> (*open)(const Catalog& catalog, const SqlFilter& filter);
};

/// All tables, in the order of the manual.
[[nodiscard]] const std::vector<SqlTable>& sql_tables();

}  // namespace clew::query

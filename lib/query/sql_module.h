#pragma once

#include <exception>
#include <string>

#include "query/catalog.h"
#include "query/sql_tables.h"

struct sqlite3;

// Between SQLite's virtual tables and sql_tables.h. Internal to query.

namespace clew::query {

/// What virtual tables share with the statement that uses them.
struct SqlSession {
  const Catalog& catalog;
  std::exception_ptr failure;  ///< what a table threw; SQLite's own functions let nothing through
  bool declaring = false;      ///< a table is told to SQLite, when it is first used
};

/// Makes all tables known to a connection, which must be closed before the session ends. Throws
/// Error(failed).
void register_sql_tables(sqlite3* database, SqlSession& session);

/// The statement that declares a table, with or without its comments.
enum class Comments { no, yes };
[[nodiscard]] std::string create_statement(const SqlTable& table, Comments comments);

}  // namespace clew::query

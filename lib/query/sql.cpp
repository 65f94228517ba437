#include "query/sql.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "expr/expression.h"
#include "expr/value.h"
#include "query/sql_module.h"
#include "query/sql_tables.h"

// One of the two doors to SQLite: connection, bounds, statements.

namespace clew::query {
namespace {

using std::chrono::steady_clock;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

/// Asked by SQLite now and then whether to go on.
struct Watch {
  const std::atomic<bool>& cancelled;
  std::optional<steady_clock::time_point> deadline;
  bool late = false;

  static int stop(void* data) {
    auto& watch = *static_cast<Watch*>(data);
    watch.late = watch.deadline && steady_clock::now() > *watch.deadline;
    return watch.late || watch.cancelled.load() ? 1 : 0;
  }
};

/// Only reading is allowed: no writing, attaching, pragmas, transactions or extensions.
int authorize(void* session, int action, const char*, const char* what, const char*, const char*) {
  if (static_cast<const SqlSession*>(session)->declaring) return SQLITE_OK;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION: {
      const std::string_view name = what == nullptr ? "" : what;
      const bool reaches_out =
          name == "load_extension" || name == "readfile" || name == "writefile" || name == "edit";
      return reaches_out ? SQLITE_DENY : SQLITE_OK;
    }
    default:
      return SQLITE_DENY;
  }
}

/// Sample standard deviation in one pass (Welford 1962).
struct Deviation {
  double count;
  double mean;
  double squares;
};

void deviation_step(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_numeric_type(arguments[0]) == SQLITE_NULL) return;
  auto* state = static_cast<Deviation*>(sqlite3_aggregate_context(context, sizeof(Deviation)));
  if (state == nullptr) return sqlite3_result_error_nomem(context);
  const double value = sqlite3_value_double(arguments[0]);
  state->count += 1;
  const double before = value - state->mean;
  state->mean += before / state->count;
  state->squares += before * (value - state->mean);
}

void deviation_end(sqlite3_context* context) {
  const auto* state = static_cast<Deviation*>(sqlite3_aggregate_context(context, 0));
  if (state == nullptr || state->count < 2) return sqlite3_result_null(context);
  sqlite3_result_double(context, std::sqrt(state->squares / (state->count - 1)));
}

/// The number that a float32 was meant to be.
void meant(sqlite3_context* context, int, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_FLOAT) {
    sqlite3_result_double(context, expr::as_meant(sqlite3_value_double(arguments[0])));
  } else {
    sqlite3_result_value(context, arguments[0]);
  }
}

Database open_database(SqlSession& session) {
  sqlite3* handle = nullptr;
  const int status =
      sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, nullptr);
  Database database(handle);
  if (status != SQLITE_OK) throw Error(ErrorKind::failed, "cannot start SQLite");
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  // A name in double quotes that does not exist is a mistake, not a text.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  register_sql_tables(handle, session);
  constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function_v2(handle, "stddev", 1, kPure, nullptr, nullptr, deviation_step,
                             deviation_end, nullptr);
  sqlite3_create_function_v2(handle, "meant", 1, kPure, nullptr, meant, nullptr, nullptr, nullptr);
  // SQLite's own tables of JSON are declared when they are first named, which is not allowed later.
  sqlite3_exec(handle, "SELECT 1 FROM json_each('[]'), json_tree('[]')", nullptr, nullptr, nullptr);
  sqlite3_set_authorizer(handle, authorize, &session);
  return database;
}

std::vector<std::string> hints_for(std::string_view message) {
  constexpr std::string_view kTable = "no such table: ";
  if (message.starts_with(kTable)) {
    std::vector<std::string> names;
    for (const SqlTable& table : sql_tables())
      names.emplace_back(table.name);
    const auto similar = suggestions(message.substr(kTable.size()), names);
    if (!similar.empty()) return {concat("did you mean '", similar.front(), "'?")};
  }
  return {"'clew sql --schema' shows the tables; clew-sql(7) explains them"};
}

/// What SQLite refused, with its place in the statement.
Error refusal(sqlite3* database, std::string_view statement) {
  const std::string message = sqlite3_errmsg(database);
  if (sqlite3_errcode(database) == SQLITE_AUTH || message == "not authorized") {
    return {ErrorKind::usage,
            "the statement does more than read",
            {"clew sql takes SELECT statements; nothing can be written, attached or loaded"}};
  }
  const int offset = sqlite3_error_offset(database);
  if (offset < 0 || static_cast<std::size_t>(offset) >= statement.size()) {
    return {ErrorKind::usage, message, hints_for(message)};
  }
  const auto begin = static_cast<std::size_t>(offset);
  const std::size_t end =
      std::min(statement.find_first_of(" \t\n,;()", begin + 1), statement.size());
  return expr::fault_at(statement, begin, end, message, hints_for(message));
}

Statement prepare(sqlite3* database, std::string_view text, SqlSession& session) {
  sqlite3_stmt* handle = nullptr;
  const char* rest = nullptr;
  const int status =
      sqlite3_prepare_v2(database, text.data(), static_cast<int>(text.size()), &handle, &rest);
  Statement statement(handle);
  if (session.failure) std::rethrow_exception(session.failure);
  if (status != SQLITE_OK) throw refusal(database, text);
  if (!statement)
    throw Error(ErrorKind::usage, "the statement is empty", {"clew sql 'SELECT * FROM runs'"});
  const std::string_view behind(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (!trim(behind).empty()) {
    throw Error(ErrorKind::usage, "more than one statement is given",
                {"give one statement, or join them by UNION ALL"});
  }
  return statement;
}

Json value_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_NULL:
      return {};
    default:
      break;
  }
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  return std::string_view(bytes == nullptr ? "" : bytes,
                          static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

Error stopped(sqlite3* database, int status, const Watch& watch, const SqlLimits& limits) {
  if (status == SQLITE_INTERRUPT && watch.late) {
    return {ErrorKind::failed,
            concat("the query took longer than ", format_duration(limits.time.count() * 1000)),
            {"'clew -c sql.time-limit=SECONDS sql …' allows more; 0 is no limit"}};
  }
  if (status == SQLITE_INTERRUPT) return {ErrorKind::failed, "interrupted"};
  if (status == SQLITE_NOMEM) {
    return {ErrorKind::failed,
            concat("the query needs more than ", format_size(limits.memory), " of memory"),
            {"'clew -c sql.memory-limit=SIZE sql …' allows more; 0 is no limit"}};
  }
  return {ErrorKind::usage, sqlite3_errmsg(database)};
}

/// Sets the bound for the process, and takes it away again.
class MemoryBound {
 public:
  explicit MemoryBound(std::uint64_t bytes)
      : before_(sqlite3_hard_heap_limit64(static_cast<sqlite3_int64>(bytes))) {}
  ~MemoryBound() { sqlite3_hard_heap_limit64(before_); }
  MemoryBound(const MemoryBound&) = delete;
  MemoryBound& operator=(const MemoryBound&) = delete;

 private:
  sqlite3_int64 before_;
};

}  // namespace

void run_sql(const Catalog& catalog, std::string_view text, const SqlLimits& limits,
             const std::atomic<bool>& cancelled, const SqlAnswer& answer) {
  SqlSession session{catalog, nullptr};
  const MemoryBound bound(limits.memory);
  const Database database = open_database(session);
  Watch watch{cancelled, std::nullopt};
  if (limits.time.count() > 0) watch.deadline = steady_clock::now() + limits.time;
  constexpr int kOperations = 1000;  // between two looks
  sqlite3_progress_handler(database.get(), kOperations, Watch::stop, &watch);
  const Statement statement = prepare(database.get(), text, session);

  const int count = sqlite3_column_count(statement.get());
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    names.emplace_back(sqlite3_column_name(statement.get(), i));
  answer.columns(names);
  std::vector<Json> row(names.size());
  int status = SQLITE_ROW;
  while ((status = sqlite3_step(statement.get())) == SQLITE_ROW) {
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = value_of(statement.get(), static_cast<int>(i));
    answer.row(row);
  }
  if (session.failure) std::rethrow_exception(session.failure);
  if (status != SQLITE_DONE) throw stopped(database.get(), status, watch, limits);
}

std::string sql_schema() {
  std::string text;
  for (const SqlTable& table : sql_tables())
    text += concat(text.empty() ? "" : "\n", create_statement(table, Comments::yes), ";\n");
  return text;
}

}  // namespace clew::query

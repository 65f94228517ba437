#include "query/sql_module.h"

#include <sqlite3.h>

#include <new>

#include "base/error.h"
#include "base/text.h"

// One of the two doors to SQLite: its virtual tables (sqlite.org/vtab.html). All are read-only and
// eponymous: they are there without being created.

namespace clew::query {
namespace {

using expr::Value;

/// SQLite's structures come first in ours, as it demands.
struct Table {
  sqlite3_vtab base{};
  const SqlTable* table = nullptr;
  SqlSession* session = nullptr;
};

struct Cursor {
  sqlite3_vtab_cursor base{};
  std::unique_ptr<SqlCursor> rows;
  bool at_end = false;
  sqlite3_int64 row = 0;
};

struct Registration {
  const SqlTable* table;
  SqlSession* session;
};

Table& table_of(sqlite3_vtab* base) {
  return *reinterpret_cast<Table*>(base);
}
Cursor& cursor_of(sqlite3_vtab_cursor* base) {
  return *reinterpret_cast<Cursor*>(base);
}

/// No exception may pass through SQLite's frames: it is kept for run_sql().
template <typename Act>
int guarded(SqlSession& session, Act act) noexcept {
  try {
    act();
    return SQLITE_OK;
  } catch (...) {
    session.failure = std::current_exception();
    return SQLITE_ERROR;
  }
}

int connect(sqlite3* database, void* aux, int, const char* const*, sqlite3_vtab** made, char**) {
  const auto& registration = *static_cast<Registration*>(aux);
  return guarded(*registration.session, [&] {
    const std::string statement = create_statement(*registration.table, Comments::no);
    registration.session->declaring = true;
    const int status = sqlite3_declare_vtab(database, statement.c_str());
    registration.session->declaring = false;
    if (status != SQLITE_OK) {
      throw Error(ErrorKind::bug, concat("cannot declare a table: ", sqlite3_errmsg(database)));
    }
    auto table = std::make_unique<Table>();
    table->table = registration.table;
    table->session = registration.session;
    *made = &table.release()->base;
  });
}

int disconnect(sqlite3_vtab* base) {
  delete &table_of(base);
  return SQLITE_OK;
}

// What best_index() tells filter(): which constraints come as arguments, in this order; then, from
// bit 3 on, the columns that are used.
enum Pushed : int { kByRun = 1, kByName = 2, kByStep = 4 };

int best_index(sqlite3_vtab* base, sqlite3_index_info* info) {
  const SqlTable& table = *table_of(base).table;
  int places[3] = {-1, -1, -1};  // of the constraints on columns 0, 1 and 2
  bool never = false;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    const int column = constraint.iColumn;
    const bool wanted =
        column == 0 || (column == 1 && table.by_name) || (column == 2 && table.by_step);
    if (!wanted || column > 2) continue;
    // A join whose run is not known yet must wait: without it every row would be read each time.
    if (constraint.usable == 0) {
      never = never || column == 0;
    } else {
      places[column] = i;
    }
  }
  // Guesses; only their proportions count.
  constexpr double kRuns = 1e3;
  constexpr double kLookup = 10;
  const double each = table.by_step ? 1e4 : table.name == "runs" ? 1 : 20;
  const double parts[] = {kRuns, 10, 1e3};  // of which a constraint on a column leaves one
  double rows = kRuns * each;
  int argument = 0;
  info->idxNum = 0;
  for (int column = 0; column < 3; ++column) {
    if (places[column] < 0) continue;
    info->aConstraintUsage[places[column]].argvIndex = ++argument;
    info->idxNum |= 1 << column;
    rows /= parts[column];
  }
  if (never && places[0] < 0) rows *= kRuns;
  info->estimatedRows = static_cast<sqlite3_int64>(rows) + 1;
  info->estimatedCost = rows + kLookup;
  constexpr int kColumnsShift = 3;
  constexpr sqlite3_uint64 kColumnsKept = (1U << 28) - 1;
  info->idxNum |= static_cast<int>((info->colUsed & kColumnsKept) << kColumnsShift);
  return SQLITE_OK;
}

int open_cursor(sqlite3_vtab* base, sqlite3_vtab_cursor** made) {
  return guarded(*table_of(base).session, [&] { *made = &(new Cursor)->base; });
}

int close_cursor(sqlite3_vtab_cursor* base) {
  delete &cursor_of(base);
  return SQLITE_OK;
}

int next_row(sqlite3_vtab_cursor* base) {
  Cursor& cursor = cursor_of(base);
  return guarded(*table_of(base->pVtab).session, [&] {
    cursor.at_end = !cursor.rows->next();
    ++cursor.row;
  });
}

std::string text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text == nullptr ? std::string()
                         : std::string(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

int filter(sqlite3_vtab_cursor* base, int number, const char*, int, sqlite3_value** arguments) {
  Table& table = table_of(base->pVtab);
  Cursor& cursor = cursor_of(base);
  const int status = guarded(*table.session, [&] {
    SqlFilter wanted;
    int argument = 0;
    if ((number & kByRun) != 0) wanted.run = text_of(arguments[argument++]);
    if ((number & kByName) != 0) wanted.name = text_of(arguments[argument++]);
    if ((number & kByStep) != 0) {
      sqlite3_value* step = arguments[argument++];
      // What is no whole number is left to SQLite to compare.
      if (sqlite3_value_type(step) == SQLITE_INTEGER) wanted.step = sqlite3_value_int64(step);
    }
    wanted.columns = static_cast<unsigned>(number) >> 3;
    cursor.rows = table.table->open(table.session->catalog, wanted);
    cursor.row = 0;
  });
  return status == SQLITE_OK ? next_row(base) : status;
}

int at_end(sqlite3_vtab_cursor* base) {
  return cursor_of(base).at_end ? 1 : 0;
}

void give(sqlite3_context* context, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::missing:
      sqlite3_result_null(context);
      break;
    case Value::Kind::boolean:
    case Value::Kind::integer:
      sqlite3_result_int64(context, value.as_integer());
      break;
    case Value::Kind::real:
      sqlite3_result_double(context, value.as_real());
      break;
    case Value::Kind::text:
    case Value::Kind::any_of: {
      // SQLite's texts are UTF-8.
      const std::string_view text = value.as_text();
      if (is_valid_utf8(text)) {
        sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
      } else {
        const std::string valid = valid_utf8(text);
        sqlite3_result_text64(context, valid.data(), valid.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
      }
    }
  }
}

int column_value(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
  return guarded(*table_of(base->pVtab).session, [&] {
    give(context, cursor_of(base).rows->column(static_cast<std::size_t>(column)));
  });
}

int row_id(sqlite3_vtab_cursor* base, sqlite3_int64* row) {
  *row = cursor_of(base).row;
  return SQLITE_OK;
}

sqlite3_module make_module() {
  sqlite3_module module{};
  module.xConnect = connect;
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xDestroy = disconnect;
  module.xOpen = open_cursor;
  module.xClose = close_cursor;
  module.xFilter = filter;
  module.xNext = next_row;
  module.xEof = at_end;
  module.xColumn = column_value;
  module.xRowid = row_id;
  return module;
}

}  // namespace

std::string create_statement(const SqlTable& table, Comments comments) {
  std::string text = concat("CREATE TABLE ", table.name, " (");
  if (comments == Comments::yes && !table.help.empty()) text += concat("  -- ", table.help);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const SqlColumn& column = table.columns[i];
    std::string line = concat("  ", column.name);
    if (!column.type.empty()) line += concat(' ', column.type);
    if (i + 1 < table.columns.size()) line += ',';
    if (comments == Comments::yes && !column.help.empty()) {
      constexpr std::size_t kCommentColumn = 26;
      line.resize(std::max(line.size() + 1, kCommentColumn), ' ');
      line += concat("-- ", column.help);
    }
    text += '\n' + line;
  }
  return text + "\n)";
}

void register_sql_tables(sqlite3* database, SqlSession& session) {
  static const sqlite3_module module = make_module();
  for (const SqlTable& table : sql_tables()) {
    const std::string name(table.name);
    const int status = sqlite3_create_module_v2(
        database, name.c_str(), &module, new Registration{&table, &session},
        [](void* registration) { delete static_cast<Registration*>(registration); });
    if (status != SQLITE_OK) {
      throw Error(ErrorKind::failed,
                  concat("cannot make the table '", name, "': ", sqlite3_errmsg(database)));
    }
  }
}

}  // namespace clew::query

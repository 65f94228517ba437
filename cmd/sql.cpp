#include "sql.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "base/error.h"
#include "base/text.h"
#include "export/exporter.h"
#include "query/catalog.h"
#include "query/sql.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

std::atomic<bool> interrupted{false};

/// While it lives, ^C ends the query and not the program, so that what was found so far is printed
/// whole.
class InterruptGuard {
 public:
  InterruptGuard() {
    interrupted = false;
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = true; };
    sigaction(SIGINT, nullptr, &before_);
    if (before_.sa_handler != SIG_IGN) sigaction(SIGINT, &action, nullptr);
  }
  ~InterruptGuard() { sigaction(SIGINT, &before_, nullptr); }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction before_ {};
};

std::string read_all(int fd) {
  std::string text;
  char piece[1 << 16];
  for (;;) {
    const ssize_t count = read(fd, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(errno, "read", "standard input");
    if (count == 0) return text;
    text.append(piece, static_cast<std::size_t>(count));
  }
}

std::string csv_text(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return exporter::csv_field(value.as_string());
  const std::string text = dump_json(value);
  return text.front() == '"' ? text.substr(1, text.size() - 2) : text;
}

/// Writes rows as they come, in one of the forms that need no look ahead.
class RowWriter {
 public:
  RowWriter(Session& session, bool json) : session_(session), json_(json) {}

  void columns(const std::vector<std::string>& names) {
    names_ = names;
    if (json_) return;
    std::vector<std::string> fields;
    fields.reserve(names.size());
    for (const std::string& name : names)
      fields.push_back(exporter::csv_field(name));
    session_.out.write(join(fields, ",") + "\n");
  }
  void row(std::span<const Json> values) {
    if (!json_) {
      std::vector<std::string> fields;
      for (const Json& value : values)
        fields.push_back(csv_text(value));
      return session_.out.write(join(fields, ",") + "\n");
    }
    Json object = Json::object();
    for (std::size_t i = 0; i < values.size(); ++i)
      object[names_[i]] = values[i];
    session_.out.write(concat(rows_++ == 0 ? "[" : ",", '\n', dump_json(object)));
  }
  void finish() {
    if (json_) session_.out.line(rows_ == 0 ? "[]" : "\n]");
  }

 private:
  Session& session_;
  bool json_;
  std::vector<std::string> names_;
  std::size_t rows_ = 0;
};

/// Collects rows for a table, whose columns are as wide as their widest cell.
class TableMaker {
 public:
  void columns(const std::vector<std::string>& names) {
    names_ = names;
    numbers_.assign(names.size(), true);
  }
  void row(std::span<const Json> values) {
    auto& cells = rows_.emplace_back();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Json& value = values[i];
      if (value.is_null()) {
        cells.push_back({std::string(ui::kMissing), ui::Label::faint});
        continue;
      }
      if (!value.is_number()) numbers_[i] = false;
      cells.push_back(
          {ui::value_text(value), value.is_number() ? ui::Label::number : ui::Label::plain});
    }
  }
  void print(Session& session) {
    std::vector<ui::Column> heads;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool number = numbers_[i] && !rows_.empty();
      heads.push_back(
          {ui::printable(names_[i]), number ? ui::Align::point : ui::Align::left, !number});
    }
    ui::Table table(std::move(heads));
    for (auto& row : rows_)
      table.row(std::move(row));
    table.print(session.out);
    if (session.out.terminal()) {
      session.out.write(ui::Label::faint, ui::counted(rows_.size(), "row"));
      session.out.line();
    }
  }

 private:
  std::vector<std::string> names_;
  std::vector<bool> numbers_;
  std::vector<std::vector<ui::Cell>> rows_;
};

query::SqlLimits limits_of(const Session& session) {
  query::SqlLimits limits;
  limits.time = std::chrono::seconds(session.settings.integer("sql.time-limit"));
  limits.memory = session.settings.size("sql.memory-limit");
  return limits;
}

void query_and_print(Session& session, const SqlOptions& options, const std::string& statement) {
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const auto run = [&](auto& sink) {
    const query::SqlAnswer answer = {
        [&sink](const std::vector<std::string>& names) { sink.columns(names); },
        [&sink](std::span<const Json> row) { sink.row(row); }};
    query::run_sql(catalog, statement, limits_of(session), interrupted, answer);
  };
  if (session.global.json || options.csv) {
    RowWriter writer(session, session.global.json);
    run(writer);
    writer.finish();
  } else {
    TableMaker table;
    run(table);
    table.print(session);
  }
}

}  // namespace

void declare_sql(Declaration& declaration, SqlOptions& options) {
  declaration.positional("STATEMENT", options.statement,
                         "A SELECT statement, '-' to read it from standard input");
  declaration.flag("--schema", options.schema, "Print the tables and their columns");
  declaration.flag("--csv", options.csv, "Print comma-separated values (RFC 4180)");
  declaration.description =
      "Asks anything about the runs in SQL, in the dialect of SQLite, over the tables runs, "
      "params, "
      "param_changes, metrics (every point), summaries, tags, notes and others that clew-sql(7) "
      "describes. Runs that go on are in them with their current values. Values are exactly those "
      "that were recorded; NULL stands for what is missing, and for NaN.\n\n"
      "Nothing can be written. A statement that takes more than a minute (setting sql.time-limit, "
      "in seconds) or 1 GiB of memory (sql.memory-limit) is given up; ^C ends it at any time.";
  declaration.examples = {
      {"clew sql 'SELECT name, value FROM params WHERE run = \"...\"'", "the parameters of a run"},
      {"clew sql \"SELECT run, step, value FROM metrics WHERE name = 'loss' AND step = 10\"",
       "the loss of all runs at step 10"},
      {"clew sql --schema", "the tables"},
      {"clew sql --csv - < question.sql > answer.csv", "a longer one, from a file"},
  };
}

int run_sql(Session& session, const SqlOptions& options) {
  if (session.global.json && options.csv) {
    throw Error(ErrorKind::usage, "--json and --csv exclude each other");
  }
  if (options.schema) {
    session.out.write(query::sql_schema());
    return 0;
  }
  if (!options.statement) {
    throw Error(
        ErrorKind::usage, "no statement is given",
        {"clew sql 'SELECT id, name, state FROM runs'", "clew sql --schema shows the tables"});
  }
  const std::string statement =
      *options.statement == "-" ? read_all(session.input) : *options.statement;
  try {
    const InterruptGuard guard;
    query_and_print(session, options, statement);
  } catch (const Error&) {
    if (!interrupted) throw;
    // Whoever called sees an end by ^C, so that shell loops stop; the message says no more.
    session.out.flush();
    session.err.line("clew: interrupted");
    session.err.flush();
    raise(SIGINT);
    throw;
  }
  return 0;
}

}  // namespace clew::cmd

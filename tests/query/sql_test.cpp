#include "query/sql.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "query/samples.h"

using namespace clew;
using test::live_run;
using test::made_run;
using test::Shelf;

namespace {

const std::atomic<bool> kGoOn{false};

Shelf three() {
  Shelf shelf;
  for (const char* id : {"aaaa000000000001", "bbbb000000000002"}) {
    model::Run run = made_run(id, id[0] == 'a' ? 1'000'000 : 2'000'000, std::string(1, id[0]));
    model::Parameter lr;
    lr.name = "lr";
    lr.value = id[0] == 'a' ? Json(0.0005000000237487257) : Json(1);
    run.params = {lr};
    run.tags = {"t", std::string(1, id[0])};
    run.notes = {{7, "it's one"}};
    store::Store store = shelf.store();
    auto writer = store.write_run(run.id);
    for (std::int64_t step = 0; step < 10'000; ++step) {
      writer.add_point("loss", model::MetricSource::api,
                       {step, step, 1.0 / static_cast<double>(step + 1)});
    }
    writer.add_point("odd", model::MetricSource::api, {std::nullopt, 5, std::nan("")});
    writer.add_point("odd", model::MetricSource::api, {3, 6, HUGE_VAL});
    writer.add_change({"lr", 1, 0.5, 3, 9, "plateau"});
    writer.commit(run);
  }
  auto live = live_run(made_run("cccc000000000003", 3'000'000, "c"));
  live.series["loss"] = {"loss", model::MetricSource::api, {{0, 1, 4.0}, {10, 2, 3.0}}};
  model::MetricSummary summary{"loss", model::MetricSource::api, {}};
  for (const auto& point : live.series["loss"].points)
    summary.summary.add(point);
  live.parts.run.metrics = {summary};
  shelf.live->emplace(live.parts.run.id, live);
  return shelf;
}

/// The rows of an answer as JSON, "a|b" each.
std::string ask(Shelf& shelf, std::string_view statement, const query::SqlLimits& limits = {},
                const std::atomic<bool>& cancelled = kGoOn) {
  std::string text;
  query::SqlAnswer answer;
  answer.columns = [](const std::vector<std::string>&) {};
  answer.row = [&](std::span<const Json> row) {
    for (std::size_t i = 0; i < row.size(); ++i)
      text += (i > 0 ? "|" : "") + dump_json(row[i]);
    text += ' ';
  };
  query::run_sql(shelf.catalog(), statement, limits, cancelled, answer);
  return text;
}

Error error_of(Shelf& shelf, std::string_view statement, const query::SqlLimits& limits = {}) {
  try {
    static_cast<void>(ask(shelf, statement, limits));
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error for '" << statement << "'");
  throw std::logic_error("unreachable");
}

}  // namespace

TEST_CASE("sql: runs, sealed and live") {
  Shelf shelf = three();
  CHECK(ask(shelf, "SELECT name, state FROM runs ORDER BY name") ==
        R"("a"|"finished" "b"|"finished" "c"|"running" )");
  CHECK(ask(shelf, "SELECT count(*) FROM runs WHERE id = 'bbbb000000000002'") == "1 ");
  CHECK(ask(shelf, "SELECT count(*) FROM runs WHERE id = 'bbbb'") == "0 ");
  CHECK(ask(shelf, "SELECT started, duration FROM runs WHERE name = 'a'") ==
        R"("1970-01-01T00:00:01.000000Z"|1e-06 )");
  CHECK(ask(shelf, "SELECT ended FROM runs WHERE name = 'c'") == "null ");
}

TEST_CASE("sql: parameters, changes, tags and notes") {
  Shelf shelf = three();
  CHECK(ask(shelf, "SELECT value, type, source FROM params ORDER BY value") ==
        R"(0.0005000000237487257|"real"|"argv" 1|"integer"|"argv" )");
  CHECK(ask(shelf, "SELECT meant(value) FROM params WHERE value < 1") == "5e-04 ");
  CHECK(ask(shelf, "SELECT old, value, step, cause FROM param_changes LIMIT 1") ==
        R"(1|0.5|3|"plateau" )");
  CHECK(ask(shelf, "SELECT tag, count(*) FROM tags GROUP BY tag ORDER BY tag") ==
        R"("a"|1 "b"|1 "t"|2 )");
  CHECK(ask(shelf, "SELECT text FROM notes LIMIT 1") == R"("it's one" )");
}

TEST_CASE("sql: points of metrics") {
  Shelf shelf = three();
  CHECK(ask(shelf, "SELECT count(*), count(value) FROM metrics") == "20006|20004 ");
  CHECK(ask(shelf, "SELECT value FROM metrics WHERE name = 'loss' AND step = 9999") ==
        "1e-04 1e-04 ");
  CHECK(ask(shelf,
            "SELECT runs.name, m.value FROM runs JOIN metrics m ON m.run = runs.id WHERE m.name = "
            "'loss' AND m.step = 10 ORDER BY 1") ==
        R"("a"|0.09090909090909091 "b"|0.09090909090909091 "c"|3.0 )");
  CHECK(ask(shelf, "SELECT step, value FROM metrics WHERE name = 'odd' AND run LIKE 'a%'") ==
        R"(null|null 3|"Infinity" )");
  CHECK(ask(shelf, "SELECT count(*) FROM metrics WHERE step = 2.5") == "0 ");
  CHECK(ask(shelf, "SELECT count(*) FROM metrics WHERE step IN (1, 2) AND name = 'loss'") == "4 ");
  CHECK(ask(shelf,
            "SELECT count, argmin, last_step FROM summaries WHERE name = 'loss' ORDER BY run LIMIT "
            "1") == "10000|9999|9999 ");
}

TEST_CASE("sql: aggregates of its own") {
  Shelf shelf;
  CHECK(ask(shelf, "SELECT stddev(column1) FROM (VALUES (1), (2), (3), (NULL))") == "1.0 ");
  CHECK(ask(shelf, "SELECT stddev(column1) FROM (VALUES (1))") == "null ");
  CHECK(ask(shelf, "SELECT meant('x'), meant(NULL), meant(3)") == R"("x"|null|3 )");
}

TEST_CASE("sql: only reading is possible") {
  Shelf shelf = three();
  for (const char* statement :
       {"INSERT INTO runs (id) VALUES ('x')", "DELETE FROM runs", "UPDATE runs SET name = 'x'",
        "DROP TABLE runs", "CREATE TABLE t (x)", "CREATE TEMP TABLE t (x)", "ATTACH 'x.db' AS x",
        "PRAGMA user_version", "BEGIN", "SELECT load_extension('x')", "VACUUM",
        "VACUUM INTO 'x.db'", "SELECT * FROM pragma_database_list", "CREATE VIEW v AS SELECT 1",
        "SELECT writefile('x', 'y')"}) {
    CAPTURE(statement);
    CHECK(error_of(shelf, statement).kind() == ErrorKind::usage);
  }
}

TEST_CASE("sql: faults are shown where they are") {
  Shelf shelf = three();
  const Error column = error_of(shelf, "SELECT nam FROM runs");
  CHECK(column.message() ==
        "no such column: nam at column 8\n  SELECT nam FROM runs\n         ^^^");
  CHECK(error_of(shelf, "SELECT * FROM run").hints().front() == "did you mean 'runs'?");
  CHECK(error_of(shelf, "SELECT \"a\" FROM runs").message().starts_with("no such column"));
  CHECK(error_of(shelf, "SELECT 1; SELECT 2").message() == "more than one statement is given");
  CHECK(error_of(shelf, "  ").message() == "the statement is empty");
  CHECK(ask(shelf, "SELECT 1;") == "1 ");
}

TEST_CASE("sql: bounds, and an end from outside") {
  Shelf shelf = three();
  const char* endless =
      "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t";
  CHECK(error_of(shelf, endless, {std::chrono::milliseconds(50), 0}).message() ==
        "the query took longer than 0.05s");
  const Error memory = error_of(shelf,
                                "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t "
                                "LIMIT 10000000) SELECT group_concat(x) FROM t",
                                {std::chrono::seconds(600), 4 << 20});
  CHECK(memory.message().find("memory") != std::string::npos);
  const std::atomic<bool> cancelled{true};
  CHECK_THROWS_WITH(ask(shelf, endless, {}, cancelled), "interrupted");
}

TEST_CASE("sql: the schema has every table") {
  const std::string schema = query::sql_schema();
  for (const char* table : {"runs", "params", "param_changes", "metrics", "summaries", "tags",
                            "notes", "outputs", "processes", "files", "firings"})
    CHECK(schema.find(concat("CREATE TABLE ", table, " (")) != std::string::npos);
}

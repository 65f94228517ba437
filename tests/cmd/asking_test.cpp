#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/json.h"
#include "cmd/printed.h"
#include "cmd/stage.h"
#include "compare.h"
#include "query/catalog.h"
#include "rm.h"
#include "sql.h"
#include "tag.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

void add_runs(Stage& stage) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    model::Run run = sample_run(i);
    run.started += static_cast<Time>(i);
    run.ended = run.started + 12'300'000;
    run.name = "r" + std::to_string(i);
    run.params = {param("batch", 32), param("lr", 0.1 * static_cast<double>(i))};
    stage.add(run, {series("acc", {0.5, 0.25 * static_cast<double>(i)})});
  }
}

}  // namespace

TEST_CASE("sql, compare, rm: arguments") {
  const SqlOptions sql = parsed(declare_sql, {"SELECT 1", "--csv"});
  CHECK(sql.statement == "SELECT 1");
  CHECK(sql.csv);
  CHECK(parsed(declare_sql, {"--schema"}).schema);
  CHECK(parsed(declare_sql, {"-"}).statement == "-");
  const CompareOptions compare = parsed(declare_compare, {"a", "b", "-w", "lr = 1", "--all"});
  CHECK(compare.runs == std::vector<std::string>{"a", "b"});
  CHECK(compare.where == "lr = 1");
  CHECK(compare.all);
  const RmOptions rm = parsed(declare_rm, {"a", "--where", "x = 1", "-y", "--dry-run"});
  CHECK(rm.runs == std::vector<std::string>{"a"});
  CHECK(rm.where == "x = 1");
  CHECK(rm.yes);
  CHECK(rm.dry_run);
  CHECK(parsed(declare_tag, {"-w", "lr = 1", "good"}).where == "lr = 1");
}

TEST_CASE("sql: forms of an answer") {
  Stage stage;
  add_runs(stage);
  const auto sql = [&stage](const std::vector<std::string>& words) {
    CHECK(stage.run(declare_sql, run_sql, words) == 0);
    stage.global = {};
    return stage.out.text();
  };
  const char* statement = "SELECT name, parent, 1.5 AS x FROM runs WHERE name < 'r3' ORDER BY name";
  CHECK(sql({statement}) == "name  parent    x\nr1         –  1.5\nr2         –  1.5\n");
  CHECK(sql({statement, "--csv"}) == "name,parent,x\nr1,,1.5\nr2,,1.5\n");
  CHECK(sql({statement, "--json"}) ==
        "[\n{\"name\":\"r1\",\"parent\":null,\"x\":1.5},\n{\"name\":\"r2\",\"parent\":null,\"x\":1."
        "5}\n]\n");
  CHECK(sql({"SELECT 1 WHERE 0", "--json"}) == "[]\n");
  CHECK(sql({"--schema"}).starts_with("CREATE TABLE runs ("));
  CHECK_THROWS_AS(stage.run(declare_sql, run_sql, {}), Error);
  CHECK_THROWS_AS(stage.run(declare_sql, run_sql, {"SELECT nothing FROM runs"}), Error);
  CHECK_THROWS_AS(stage.run(declare_sql, run_sql, {"SELECT 1", "--csv", "--json"}), Error);
}

TEST_CASE("compare: what differs, and where") {
  Stage stage;
  add_runs(stage);
  const auto compare = [&stage](const std::vector<std::string>& words) {
    CHECK(stage.run(declare_compare, run_compare, words) == 0);
    stage.global = {};
    return stage.out.text();
  };
  const std::string table = compare({"r1", "r2", "r3"});
  CHECK(table.find("lr") != std::string::npos);
  CHECK(table.find("0.2 *") != std::string::npos);
  CHECK(table.find("batch") == std::string::npos);
  CHECK(compare({"r1", "r2", "--all"}).find("batch") != std::string::npos);
  CHECK(compare({"r1", "r2", "--csv"}).find("params,lr,0.1,0.2\n") != std::string::npos);
  const Json answer = parse_json(compare({"--where", "lr > 0.15", "--json"}));
  CHECK(answer.find("runs")->as_array().size() == 2);
  CHECK_THROWS_AS(stage.run(declare_compare, run_compare, {"r1"}), Error);
  CHECK_THROWS_AS(stage.run(declare_compare, run_compare, {"r1", "r1"}), Error);
}

TEST_CASE("rm: what is named and what a condition finds") {
  Stage stage;
  add_runs(stage);
  CHECK(stage.run(declare_rm, run_rm, {"--dry-run", "--where", "acc > 0.4"}) == 0);
  CHECK(stage.err.text() == "would remove 2 runs\n");
  CHECK_THROWS_AS(stage.run(declare_rm, run_rm, {}), Error);
  CHECK_THROWS_AS(stage.run(declare_rm, run_rm, {"r1"}), Error);  // nobody to ask
  CHECK(stage.run(declare_rm, run_rm, {"--yes", "--json", "r1", "--where", "lr < 0.25"}) == 0);
  stage.global = {};
  (void)stage.out.text();
  const auto left = query::Catalog::open(stage.layout).runs();
  REQUIRE(left.size() == 1);
  CHECK(left.front().name == "r3");
}

TEST_CASE("tag: the runs that a condition finds") {
  Stage stage;
  add_runs(stage);
  CHECK(stage.run(declare_tag, run_tag, {"--where", "acc >= 0.5", "good", "kept"}) == 0);
  const auto catalog = query::Catalog::open(stage.layout);
  CHECK(catalog.find("r2").tags == std::vector<std::string>{"good", "kept"});
  CHECK(catalog.find("r1").tags.empty());
  CHECK(stage.run(declare_tag, run_tag, {"--where", "lr > 0", "-d", "kept"}) == 0);
  CHECK(query::Catalog::open(stage.layout).find("r3").tags == std::vector<std::string>{"good"});
  CHECK_THROWS_AS(stage.run(declare_tag, run_tag, {}), Error);
  CHECK_THROWS_AS(stage.run(declare_tag, run_tag, {"r1"}), Error);
}

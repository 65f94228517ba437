#include "diff.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "cmd/printed.h"
#include "cmd/stage.h"
#include "diff_view.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

struct Pair {
  model::RunParts a;
  model::RunParts b;
  CodeComparison code;

  Pair() {
    a.run = sample_run(1);
    b.run = sample_run(2);
  }
  [[nodiscard]] RunDifference difference() const {
    return {a, b, query::compare(a, b, query::SystemMetrics::leave_out), code};
  }
  [[nodiscard]] std::string text(bool patch = false) const {
    return printed(0, [&](ui::Output& out) { print_difference(out, difference(), patch); });
  }
};

const std::string kHead =
    "- 00000001  finished  2026-01-02 03:04:05 UTC\n"
    "+ 00000002  finished  2026-01-02 03:04:05 UTC\n\n";

}  // namespace

TEST_CASE("diff: arguments") {
  const DiffOptions options = parsed(declare_diff, {"a", "b", "--exit-code", "-u"});
  CHECK(options.a == "a");
  CHECK(options.b == "b");
  CHECK(options.exit_code);
  CHECK(options.patch);
  CHECK(!parsed(declare_diff, {}).a);
  CHECK(parsed(declare_diff, {"--patch", "--all"}).all);
  CHECK_THROWS_AS(parsed(declare_diff, {"a", "b", "c"}), Error);
}

TEST_CASE("diff: no differences") {
  CHECK(Pair().text() == kHead + "no differences\n");
}

TEST_CASE("diff: command, parameters and metrics") {
  Pair pair;
  pair.a.run.argv = {"train", "--lr", "0.1"};
  pair.b.run.argv = {"train", "--lr", "0.01"};
  pair.a.run.params = {param("lr", 0.1), param("same", 1), param("text", "1")};
  pair.b.run.params = {param("depth", 3), param("lr", 0.01), param("same", 1), param("text", 1)};
  pair.a.run.metrics = {metric("acc", {0.5, 0.75}), metric("loss", {1}), metric("system/cpu", {1})};
  pair.b.run.metrics = {metric("acc", {0.5, 0.875}), metric("new", {2, 3})};
  CHECK(pair.text() == kHead + R"(command
  - train --lr 0.1
  + train --lr 0.01

parameters
         00000001  00000002
  depth  –         3
  lr     0.1       0.01
  text   "1"       1

metrics
           00000001  00000002  difference
  acc          0.75     0.875      +0.125
  acc.max      0.75     0.875      +0.125
  loss            1         –
  new             –         3
)");
}

TEST_CASE("diff: numbers that differ look different") {
  Pair pair;
  pair.a.run.metrics = {metric("x", {0.1})};
  pair.b.run.metrics = {metric("x", {0.1 + 1e-12})};
  const std::string text = pair.text();
  CHECK(text.find("0.100000000001") != std::string::npos);
  // Runs whose last values and extremes agree may still begin differently.
  pair.a.run.metrics = {metric("x", {0, 3, 2, 1})};
  pair.b.run.metrics = {metric("x", {3, 0, 2, 1})};
  CHECK(pair.text().find("x.first") != std::string::npos);
}

TEST_CASE("diff: files with the lines that changed") {
  Pair pair;
  pair.a.run.code.tree = "1";
  pair.b.run.code.tree = "2";
  using Kind = snapshot::FileChange::Kind;
  pair.code.stored = snapshot::CodeDifference{{{Kind::modified, "a.py", "", 3, 1, false},
                                               {Kind::added, "new.bin", "", 0, 0, true},
                                               {Kind::renamed, "y.py", "x.py", 0, 0, false}},
                                              "diff --git a/a.py b/a.py\n@@ -1 +1 @@\n-x\n+y\n"};
  CHECK(pair.text() == kHead +
                           "code\n"
                           "  a.py         +3  -1\n"
                           "  new.bin              binary added\n"
                           "  x.py → y.py\n");
  CHECK(pair.text(true) == kHead + "code\n" + pair.code.stored->patch);
  // A patch need not end with a line break.
  pair.code.stored->patch = "diff --git a b\n\\ No newline";
  CHECK(pair.text(true) == kHead + "code\n" + pair.code.stored->patch);
}

TEST_CASE("diff: a patch is coloured by its hunks") {
  Pair pair;
  pair.a.run.code.tree = "1";
  pair.code.stored =
      snapshot::CodeDifference{{{snapshot::FileChange::Kind::modified, "a", "", 1, 1, false}},
                               "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n--- x\n+y\n"};
  Paper paper(0, true);
  print_difference(paper.output, pair.difference(), true);
  const std::string text = paper.text();
  CHECK(text.find(ui::styled(ui::Label::heading, "--- a/a", true)) != std::string::npos);
  CHECK(text.find(ui::styled(ui::Label::removed, "--- x", true)) != std::string::npos);
  CHECK(text.find(ui::styled(ui::Label::added, "+y", true)) != std::string::npos);
}

TEST_CASE("diff: code that cannot be compared says why") {
  Pair pair;
  pair.a.run.code.tree = "1";
  pair.code.gap = "the run '00000002' has no snapshot";
  CHECK(pair.text() == kHead + "code\n  the run '00000002' has no snapshot\n");
}

TEST_CASE("diff: files that were not stored") {
  const std::vector<model::UnstoredFile> a = {{"gone", 1, 0, "large", ""},
                                              {"hashed", 5, 0, "large", "aa"},
                                              {"size", 5, 0, "large", ""},
                                              {"unknown", 5, 0, "large", ""}};
  const std::vector<model::UnstoredFile> b = {{"hashed", 5, 0, "large", "bb"},
                                              {"new", 2, 0, "large", ""},
                                              {"size", 6, 0, "large", ""},
                                              {"unknown", 5, 0, "large", "cc"}};
  std::vector<std::string> names;
  for (const auto& row : compare_unstored(a, b))
    names.push_back(row.name);
  CHECK(names == std::vector<std::string>{"gone", "hashed", "new", "size"});
  CHECK(compare_unstored({}, {}).empty());

  Pair pair;
  pair.a.run.code.complete = false;
  pair.code.stored.emplace();
  pair.code.unstored = compare_unstored({{"x", 1024, 0, "large", std::string(64, 'a')}}, {});
  CHECK(pair.text() == kHead + R"(code
  unknown: the stored files are the same, but not all files were stored

files that were not stored
     00000001              00000002
  x  1.0 KiB aaaaaaaaaaaa  –
)");
}

TEST_CASE("diff: as JSON") {
  Pair pair;
  CHECK(dump_json(difference_to_json(pair.difference())) ==
        R"({"a":"0000000100000000","b":"0000000200000000","equal":true,"state":null,)"
        R"("exit_code":null,"signal":null,"argv":null,"params":{},"metrics":{},"code":null,)"
        R"("environment":{},"files_recorded":{"a":false,"b":false},"inputs":{},"outputs":{},)"
        R"("packages":{}})");
  pair.b.run.state = model::State::killed;
  pair.b.run.exit_code.reset();
  pair.b.run.signal = 9;
  pair.a.run.params = {param("lr", 0.1)};
  pair.b.run.metrics = {metric("loss", {1})};
  pair.b.run.code.tree = "2";
  pair.b.environment = parse_json(R"({"os":{"name":"Debian"}})");
  const Json json = difference_to_json(pair.difference());
  CHECK(!json.find("equal")->as_bool());
  CHECK(dump_json(*json.find("state")) == R"({"a":"finished","b":"killed"})");
  CHECK(dump_json(*json.find("exit_code")) == R"({"a":0,"b":null})");
  CHECK(dump_json(*json.find("signal")) == R"({"a":null,"b":"SIGKILL"})");
  CHECK(dump_json(*json.find("params")) == R"({"lr":{"a":0.1}})");
  CHECK(json.find("metrics")->find("loss")->find("a") == nullptr);
  CHECK(json.find("metrics")->find("loss")->find("b")->find("last")->as_double() == 1);
  CHECK(json.find("code")->find("files")->is_null());
  CHECK(dump_json(*json.find("environment")) == R"({"os.name":{"b":"Debian"}})");
}

TEST_CASE("diff: which runs are compared") {
  Stage stage;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    model::Run run = sample_run(i);
    run.started += static_cast<Time>(i);
    run.params = {param("n", i == 3 ? 2 : 1)};
    stage.add(run);
  }
  const auto sides = [&stage](std::vector<std::string> words) {
    words.emplace_back("--json");
    CHECK(stage.run(declare_diff, run_diff, words) == 0);
    stage.global = {};
    const Json json = parse_json(stage.out.text());
    return json.find("a")->as_string().substr(0, 8) + json.find("b")->as_string().substr(0, 8);
  };
  CHECK(sides({}) == "0000000200000003");
  CHECK(sides({"@~2"}) == "0000000100000003");
  CHECK(sides({"@", "@~2"}) == "0000000300000001");
  CHECK(sides({"--where", "n = 1"}) == "0000000100000002");
  CHECK(sides({"@", "--where", "n = 1"}) == "0000000300000002");
  CHECK(sides({"@~1", "-w", "n < 3"}) == "0000000200000003");
  CHECK_THROWS_WITH(stage.run(declare_diff, run_diff, {"--where", "n = 2"}),
                    "only one run matches 'n = 2'");
  CHECK_THROWS_WITH(stage.run(declare_diff, run_diff, {"@", "--where", "n = 2"}),
                    "no other run matches 'n = 2'");
  CHECK_THROWS_AS(stage.run(declare_diff, run_diff, {"@~1", "@", "--where", "n = 1"}), Error);
  CHECK_THROWS_AS(stage.run(declare_diff, run_diff, {"@"}), Error);
  CHECK_THROWS_AS(stage.run(declare_diff, run_diff, {"nosuch"}), Error);
}

TEST_CASE("diff: the exit code says whether there are differences") {
  Stage stage;
  for (std::uint64_t i = 1; i <= 2; ++i) {
    model::Run run = sample_run(i);
    run.started += static_cast<Time>(i);
    stage.add(run, {series("loss", {1})});
  }
  CHECK(stage.run(declare_diff, run_diff, {"--exit-code"}) == 0);
  model::Run other = sample_run(3);
  other.started += 3;
  stage.add(other, {series("loss", {2})});
  CHECK(stage.run(declare_diff, run_diff, {"--exit-code"}) == 1);
  CHECK(stage.run(declare_diff, run_diff, {}) == 0);
}

#include <catch2/catch.hpp>

#include "base/error.h"
#include "bisect.h"
#include "cmd/printed.h"
#include "cmd/stage.h"
#include "importance.h"
#include "importance_view.h"
#include "metric_choice.h"
#include "why.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

/// Puts a run into the store that came to `y`.
void add(Stage& stage, std::uint64_t id, std::vector<model::Parameter> params, double y,
         std::vector<std::string> argv = {"python", "train.py"}) {
  model::Run run = sample_run(id);
  run.started += static_cast<Time>(id) * 1'000'000;
  run.ended = run.started + 500'000;
  run.params = std::move(params);
  run.argv = std::move(argv);
  stage.add(run, {series("y", {y})});
}

}  // namespace

TEST_CASE("importance: arguments") {
  const ImportanceOptions options =
      parsed(declare_importance, {"y", "@", "@~1", "--params", "a,b", "--trees", "10", "--forest"});
  CHECK(options.metric == "y");
  CHECK(options.runs == std::vector<std::string>{"@", "@~1"});
  CHECK(options.params == "a,b");
  CHECK(options.trees == 10);
  CHECK(options.forest);
  CHECK(!options.seeds);
  CHECK_THROWS_AS(parsed(declare_importance, {}), Error);
  CHECK(name_list(" a, b ,,c") == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("metric: a name, or what is computed") {
  Stage stage;
  add(stage, 1, {param("lr", 0.5), param("y", 7)}, 0.25);
  add(stage, 2, {param("lr", "none")}, 0.5);
  const Session session = stage.session();
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const auto value = [&](std::string_view text, std::uint64_t id) {
    return MetricChoice(session, catalog, text).of(RunId{id << 32});
  };
  CHECK(value("metrics.y", 1) == 0.25);
  CHECK(value("metrics.y.max * 2", 2) == 1);
  CHECK(value("lr", 1) == 0.5);
  CHECK(!value("lr", 2));
  CHECK(value("run.duration", 1) == 0.5);
  CHECK_THROWS_AS(value("nosuch", 1), Error);
  CHECK_THROWS_AS(value("y", 1), Error);
  CHECK(MetricChoice(session, catalog, "metrics.\"y\"").name() == "y");
  const auto holds = [&](std::string_view text) {
    return Condition(session, catalog, "metrics.y", text).holds(RunId{1ULL << 32});
  };
  CHECK(holds("> 0.2") == true);
  CHECK(holds(" <= 0.2") == false);
  CHECK(holds("!= 0.25") == false);
  CHECK(holds("lr = 0.5 and metrics.y < 1") == true);
}

TEST_CASE("importance: bars in eighths of a column") {
  CHECK(bar_text(0, 4).empty());
  CHECK(bar_text(1, 4) == "████");
  CHECK(bar_text(0.5, 3) == "█▌");
  CHECK(bar_text(2, 2) == "██");
}

TEST_CASE("importance: what people read") {
  Stage stage;
  std::uint64_t id = 0;
  for (const int a : {0, 1}) {
    for (const int b : {0, 1}) {
      for (const int seed : {0, 1}) {
        add(stage, ++id, {param("a", a), param("b", b), param("epochs", 9), param("seed", seed)},
            4 * a + 2 * b + 0.5 * seed);
      }
    }
  }
  CHECK(stage.run(declare_importance, run_importance, {"y"}) == 0);
  CHECK(stage.out.text() == R"(y over 8 runs: mean 3.25, standard deviation 2.25
exact: all 4 combinations were run, 2 runs each

                                                       share  by chance  mean
  a                        ████████████████████████  0.79012    0.00309  0: 1.25, 1: 5.25
  b                        ██████                    0.19753    0.00309  0: 2.25, 1: 4.25
  a × b                                              0.00000    0.00309
  chance, between repeats  ▍                         0.01235

the same in all runs: epochs = 9
drives chance, so that runs are repeats: seed
)");
}

TEST_CASE("importance: runs that go on wait, and faults are told") {
  Stage stage;
  add(stage, 1, {param("a", 1)}, 1);
  CHECK(stage.run(declare_importance, run_importance, {"y"}) == 0);
  CHECK(
      stage.out.text() ==
      "y over 1 run: mean 1, standard deviation 0\n\n"
      "note: too few runs to tell: 1 with a value, of at least 3\n\nthe same in all runs: a = 1\n");
  CHECK_THROWS_AS(stage.run(declare_importance, run_importance, {"nosuch"}), Error);
  CHECK_THROWS_AS(stage.run(declare_importance, run_importance, {"y", "--params", ","}), Error);
  CHECK_THROWS_AS(stage.run(declare_importance, run_importance, {"y", "--trees", "0"}), Error);
  CHECK_THROWS_AS(stage.run(declare_importance, run_importance, {"y", "--csv", "--json"}), Error);
}

TEST_CASE("why: what people read") {
  Stage stage;
  for (const std::uint64_t seed : {1, 2}) {
    add(stage, seed, {param("lr", 0.1), param("seed", static_cast<int>(seed))},
        0.9 + 0.01 * static_cast<double>(seed));
    add(stage, 10 + seed, {param("lr", 0.5), param("seed", static_cast<int>(seed))},
        0.7 + 0.01 * static_cast<double>(seed));
  }
  CHECK(stage.run(declare_why, run_why, {"00000001", "0000000c"}) == 0);
  CHECK(stage.out.text() == R"(00000001 → 0000000c
y: 0.91 → 0.72  (-0.19)
repeats differ by 0.00707 (standard deviation; 4 runs in 2 settings)

what differs, the likeliest cause first
 1. parameter lr: 0.1 → 0.5
     by itself it changed y by -0.2 in 1 setting, 4 runs: more than chance
 2. parameter seed: 1 → 2  drives chance
)");
  CHECK(stage.run(declare_why, run_why, {"00000001", "00000002"}) == 0);
  const std::string text = stage.out.text();
  CHECK(text.find("this may be chance") != std::string::npos);
  CHECK(text.find("the one thing that differs") != std::string::npos);
  CHECK_THROWS_AS(stage.run(declare_why, run_why, {"@", "@"}), Error);
  CHECK_THROWS_AS(stage.run(declare_why, run_why, {"--metric", "nosuch"}), Error);
}

TEST_CASE("why: two runs of which nothing differs") {
  Stage stage;
  add(stage, 1, {}, 0.5);
  add(stage, 2, {}, 0.5);
  CHECK(stage.run(declare_why, run_why, {}) == 0);
  CHECK(stage.out.text().find("nothing differs that was recorded") != std::string::npos);
}

TEST_CASE("bisect: which runs count, and where it turned") {
  Stage stage;
  add(stage, 1, {}, 0.95);
  add(stage, 2, {}, 0.2, {"python", "other.py"});
  add(stage, 3, {param("lr", 0.1)}, 0.94, {"python", "train.py", "--lr", "0.1"});
  add(stage, 4, {}, 0.3);
  add(stage, 5, {}, 0.96);
  add(stage, 6, {param("lr", 0.9)}, 0.4, {"python", "train.py", "--lr", "0.9"});
  add(stage, 7, {}, 0.1);
  CHECK(stage.run(declare_bisect, run_bisect, {"y", "> 0.9", "00000001", "00000007"}) == 0);
  const std::string text = stage.out.text();
  CHECK(text.find("y > 0.9 over 6 runs: 3 good, 3 bad, 0 unknown") != std::string::npos);
  CHECK(text.find("it went to and fro 3 times") != std::string::npos);
  CHECK(text.find("1 run of other commands in that time left out") != std::string::npos);
  CHECK(text.find("parameter lr: – → 0.9") != std::string::npos);
  CHECK(stage.run(declare_bisect, run_bisect, {"y", "> 0.9", "00000001", "00000007", "--all"}) ==
        0);
  CHECK(stage.out.text().find("over 7 runs") != std::string::npos);
  const auto refuses = [&stage](std::vector<std::string> words) {
    CHECK_THROWS_AS(stage.run(declare_bisect, run_bisect, words), Error);
  };
  refuses({"y", "> 0.9", "00000007", "00000001"});
  refuses({"y", "> 0.9", "00000004", "00000007"});
  refuses({"y", "> 0.9", "00000001", "00000005"});
  refuses({"y", "> ", "00000001", "00000007"});
}

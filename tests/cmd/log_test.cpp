#include "log.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cmd/printed.h"
#include "cmd/stage.h"
#include "log_columns.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

std::vector<std::string> titles(const LogRows& rows) {
  std::vector<std::string> list;
  for (const LogColumn& column : rows.columns)
    list.push_back(column.title);
  return list;
}

/// Two runs of a usual training, which differ in the learning rate.
std::vector<model::Run> trainings() {
  std::vector<model::Run> runs = {sample_run(2), sample_run(1)};
  const double rates[] = {0.1, 0.01};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].params = {param("batch", 32), param("lr", rates[i]), param("opt", "adam")};
    runs[i].metrics = {metric("epoch", {1, 2, 3}), metric("loss", {0.9, 0.51234567}),
                       metric("system/cpu", {50}), metric("val_acc", {0.5, 0.9712}),
                       metric("val_loss", {0.8, 0.6})};
  }
  return runs;
}

LogView terminal(std::size_t width) {
  return {width, true, kStart + 180'000'000};
}

}  // namespace

TEST_CASE("log: arguments") {
  CHECK(!parsed(declare_log, {}).count);
  const LogOptions options =
      parsed(declare_log, {"-n", "5", "--columns", "lr,loss", "--tag", "a", "--tag=b", "--state",
                           "failed", "--state", "killed", "--csv"});
  CHECK(options.count == 5);
  CHECK(options.columns == "lr,loss");
  CHECK(options.tags == std::vector<std::string>{"a", "b"});
  CHECK(options.states == std::vector<std::string>{"failed", "killed"});
  CHECK(options.csv);
  const LogOptions asked =
      parsed(declare_log, {"-w", "lr < 1", "-s", "-acc", "--group-by", "opt", "--best", "acc",
                           "--worst=loss", "--pareto", "a,-b", "--exact"});
  CHECK(asked.where == "lr < 1");
  CHECK(asked.sort == "-acc");
  CHECK(asked.group_by == "opt");
  CHECK(asked.best == "acc");
  CHECK(asked.worst == "loss");
  CHECK(asked.pareto == "a,-b");
  CHECK(asked.exact);
  CHECK_THROWS_AS(parsed(declare_log, {"--state", "done"}), Error);
  CHECK_THROWS_AS(parsed(declare_log, {"-n", "many"}), Error);
  CHECK_THROWS_AS(parsed(declare_log, {"a-run"}), Error);
}

TEST_CASE("log: the table has what tells the runs apart and what they came to") {
  const auto runs = trainings();
  CHECK(titles(choose_columns(runs, terminal(200))) ==
        std::vector<std::string>{"id", "state", "started", "duration", "lr", "val_acc", "val_loss",
                                 "loss", "epoch"});
  CHECK(titles(choose_columns(runs, terminal(80))) ==
        std::vector<std::string>{"id", "state", "started", "duration", "lr", "val_acc", "val_loss",
                                 "loss", "epoch"});
  CHECK(
      titles(choose_columns(runs, terminal(62))) ==
      std::vector<std::string>{"id", "state", "started", "duration", "lr", "val_acc", "val_loss"});
  CHECK(titles(choose_columns(runs, terminal(61))).back() == "val_acc");
  CHECK(titles(choose_columns(runs, terminal(20))) ==
        std::vector<std::string>{"id", "state", "started", "duration"});
  CHECK(titles(choose_columns({}, terminal(80))) ==
        std::vector<std::string>{"id", "state", "started", "duration"});
}

TEST_CASE("log: of a single run all parameters are told") {
  const auto runs = std::vector<model::Run>{trainings().front()};
  const auto shown = titles(choose_columns(runs, terminal(0)));
  CHECK(std::count(shown.begin(), shown.end(), "batch") == 1);
  CHECK(std::count(shown.begin(), shown.end(), "opt") == 1);
}

TEST_CASE("log: names and tags get a column where a run has one") {
  auto runs = trainings();
  runs[1].name = "first";
  runs[0].tags = {"baseline", "x"};
  const auto shown = titles(choose_columns(runs, terminal(120)));
  CHECK(shown[1] == "name");
  CHECK(shown.back() == "tags");
}

TEST_CASE("log: parameters that really differ come before those that only some runs have") {
  auto runs = trainings();
  runs[0].params.insert(runs[0].params.begin(), param("aaa", 1));
  runs[0].params.push_back(param("zzz", std::string(100, 'x')));
  runs[1].params.push_back(param("zzz", std::string(100, 'y')));
  const auto shown = titles(choose_columns(runs, terminal(0)));
  CHECK(std::vector<std::string>(shown.begin() + 4, shown.begin() + 7) ==
        std::vector<std::string>{"lr", "zzz", "aaa"});
}

TEST_CASE("log: at most eight parameters and eight metrics") {
  std::vector<model::Run> runs = {sample_run(1)};
  for (int i = 0; i < 50; ++i) {
    const std::string digits = concat(i / 10, i % 10);
    runs[0].params.push_back(param("p" + digits, i));
    runs[0].metrics.push_back(metric("m" + digits, {1.0}));
  }
  CHECK(choose_columns(runs, terminal(0)).columns.size() == 4 + 8 + 8);
}

TEST_CASE("log: the table fits its terminal") {
  auto runs = trainings();
  runs[0].tags = {"a-tag", "another-tag", "a-third-tag"};
  runs[0].name = "eine-ziemlich-lange-bezeichnung";
  runs[1].name = "実験の名前";
  for (std::size_t width = 60; width <= 220; width += 7) {
    CAPTURE(width);
    const LogView view = terminal(width);
    const std::string text = printed(
        width, [&](ui::Output& out) { log_table(choose_columns(runs, view), view).print(out); });
    for (const auto line : split(text, '\n'))
      CHECK(ui::display_width(line) <= width);
    CHECK((width < 80 || text.find("val_acc") != std::string::npos));
  }
}

TEST_CASE("log: the table as it looks") {
  auto runs = trainings();
  runs[0].state = model::State::running;
  runs[0].ended.reset();
  runs[1].state = model::State::failed;
  runs[1].tags = {"baseline"};
  const auto print = [&runs](const LogView& view) {
    return printed(view.width, [&](ui::Output& out) {
      log_table(choose_columns(runs, view), view).print(out);
    });
  };
  CHECK(print(terminal(80)) ==
        "id        state      started  duration    lr  val_acc  val_loss  tags\n"
        "00000002  ● running  3m ago      3m00s  0.1    0.9712       0.6  –\n"
        "00000001  failed     3m ago      12.3s  0.01   0.9712       0.6  baseline\n");
  const std::string kept = print({0, false, kStart});
  CHECK(kept.find("2026-01-02 03:04:05") != std::string::npos);
}

TEST_CASE("log: which metrics say most") {
  CHECK(metric_rank("val_acc") > metric_rank("val_loss"));
  CHECK(metric_rank("val/loss") > metric_rank("train/loss"));
  CHECK(metric_rank("Test-Accuracy") > metric_rank("accuracy"));
  CHECK(metric_rank("accuracy") > metric_rank("loss"));
  CHECK(metric_rank("loss") > metric_rank("whatever"));
  CHECK(metric_rank("whatever") > metric_rank("epoch"));
  CHECK(metric_rank("val_time") < metric_rank("whatever"));
  CHECK(metric_rank("interval") == metric_rank("whatever"));
}

TEST_CASE("log: which metrics are better when they are less") {
  for (const char* name : {"val_loss", "loss.min", "run.duration", "top1/error", "seconds"})
    CHECK(less_is_better(name));
  for (const char* name : {"acc", "val_acc.max", "lossless", "reward"})
    CHECK_FALSE(less_is_better(name));
}

namespace {

/// A stage with three runs: the settings of a small study.
void add_study(Stage& stage) {
  const double accuracies[] = {0.5, 0.9, 0.9};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    model::Run run = sample_run(i);
    run.started += static_cast<Time>(i) * 1'000'000;
    run.params = {param("lr", 0.1 * static_cast<double>(i)), param("opt", i == 2 ? "sgd" : "adam")};
    if (i == 3) run.params.push_back(param("x,y", Json()));
    if (i == 1) run.tags = {"base", "first"};
    stage.add(run, {series("acc", {0.1, accuracies[i - 1]}),
                    series("loss", {2, 1.0 / static_cast<double>(i)})});
  }
}

}  // namespace

TEST_CASE("log: conditions, orders and columns") {
  Stage stage;
  add_study(stage);
  const auto log = [&stage](const std::vector<std::string>& words) {
    CHECK(stage.run(declare_log, run_log, words) == 0);
    stage.global = {};
    return stage.out.text();
  };
  CHECK(
      log({"--csv", "--columns", "lr,acc.max as best,lr * 10,tags,\"x,y\"", "--sort", "-acc,lr"}) ==
      "id,lr,best,lr * 10,tags,\"x,y\"\n"
      "0000000200000000,0.2,0.9,2.0,,\n"
      "0000000300000000,0.30000000000000004,0.9,3.0000000000000004,,\n"
      "0000000100000000,0.1,0.5,1.0,\"base,first\",\n");
  CHECK(log({"--json", "--where", "opt = 'adam' and loss < 0.5", "--columns", "loss,tag"}) ==
        "[\n{\"id\":\"0000000300000000\",\"loss\":0.3333333333333333,\"tag\":[]}\n]\n");
  CHECK(parse_json(log({"--json", "--where", "tag = 'base'"})).as_array().size() == 1);
  CHECK(log({"--columns", "run.state,lr", "-n", "1"}).find("00000003  finished") !=
        std::string::npos);
  CHECK(log({"--where", "lr > 5"}).empty());
  CHECK(stage.err.text() == "no such runs\nhint: 'clew log' lists all runs\n");
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--where", "lrr > 5"}), Error);
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--where", "lr >"}), Error);
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--columns", ""}), Error);
  // What the runs are sorted by is shown.
  CHECK(log({"--sort", "loss.max"}).find("loss.max") != std::string::npos);
}

TEST_CASE("log: groups") {
  Stage stage;
  add_study(stage);
  const auto log = [&stage](const std::vector<std::string>& words) {
    CHECK(stage.run(declare_log, run_log, words) == 0);
    stage.global = {};
    return stage.out.text();
  };
  const std::string table = log({"--group-by", "opt", "--columns", "acc"});
  CHECK(table.find("adam     2") != std::string::npos);
  CHECK(table.find("0.7 ± 0.28") != std::string::npos);
  CHECK(log({"--group-by", "opt", "--columns", "acc", "--sort", "-acc", "--csv"}) ==
        "opt,runs,acc.n,acc.mean,acc.sd,acc.min,acc.max\n"
        "sgd,1,1,0.9,,0.9,0.9\n"
        "adam,2,2,0.7,0.282842712474619,0.5,0.9\n");
  const Json groups = parse_json(log({"--group-by", "opt", "--json"}));
  CHECK(groups.as_array()[0].find("metrics")->find("acc")->find("n")->as_int() == 2);
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--group-by", "opt", "--sort", "lr"}), Error);
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--group-by", "opt", "--best", "acc"}), Error);
}

TEST_CASE("log: the best and the worst") {
  Stage stage;
  add_study(stage);
  const auto log = [&stage](const std::vector<std::string>& words) {
    CHECK(stage.run(declare_log, run_log, words) == 0);
    stage.global = {};
    return stage.out.text();
  };
  CHECK(
      log({"--best", "acc", "--columns", "lr", "--csv"}) ==
      "rank,id,acc,lr\n=1,0000000300000000,0.9,0.30000000000000004\n=1,0000000200000000,0.9,0.2\n");
  CHECK(log({"--best", "loss", "--worst", "loss", "--columns", "opt", "--csv"}) ==
        "rank,id,loss,opt\nbest 1,0000000300000000,0.3333333333333333,adam\n"
        "worst 1,0000000100000000,1.0,adam\n");
  CHECK(log({"--best", "-acc", "--csv", "--columns", "id"}) ==
        "rank,id,acc\n1,0000000100000000,0.5\n");
  const Json best = parse_json(log({"--best", "acc", "--json"}));
  CHECK(best.as_array().size() == 2);
  CHECK(best.as_array()[0].find("tied")->as_bool());
  CHECK(log({"--pareto", "acc,-lr", "--columns", "id", "--csv"}) ==
        "id,acc,lr\n0000000200000000,0.9,0.2\n0000000100000000,0.5,0.1\n");
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--best", "acc,loss"}), Error);
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--best", "acc", "--sort", "lr"}), Error);
}

TEST_CASE("log: runs of a store") {
  Stage stage;
  const auto log = [&stage](const std::vector<std::string>& words) {
    CHECK(stage.run(declare_log, run_log, words) == 0);
    stage.global = {};
    return stage.out.text();
  };
  CHECK(log({}).empty());
  CHECK(stage.err.text() == "no runs yet\nhint: 'clew run -- COMMAND' records one\n");
  CHECK(log({"--json"}) == "[]\n");
  CHECK(log({"--columns", "lr"}).empty());
  (void)stage.err.text();

  for (std::uint64_t i = 1; i <= 30; ++i) {
    model::Run run = sample_run(i);
    run.started += static_cast<Time>(i) * 1'000'000;
    run.params = {param("lr", static_cast<double>(i) / 10)};
    if (i == 3) run.tags = {"third"};
    if (i % 2 == 0) {
      run.state = model::State::failed;
      run.exit_code = 1;
    }
    stage.add(run, {series("loss", {1, 1.0 / static_cast<double>(i)})});
  }
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  CHECK(lines(log({})) == 26);
  CHECK(lines(log({"-n", "3"})) == 4);
  CHECK(log({"-n", "3"}).find("0000001e") != std::string::npos);
  CHECK(lines(log({"--csv"})) == 31);
  CHECK(lines(log({"--csv", "-n", "2"})) == 3);
  CHECK(parse_json(log({"--json"})).as_array().size() == 30);
  CHECK(parse_json(log({"--json", "-n2"})).as_array().size() == 2);
  CHECK(parse_json(log({"--json", "--state", "failed"})).as_array().size() == 15);
  CHECK(parse_json(log({"--json", "--tag", "third"})).as_array().size() == 1);
  CHECK(log({"--csv", "--columns", "lr,loss,name,state", "--tag", "third"}) ==
        "id,lr,loss,name,state\n0000000300000000,0.3,0.3333333333333333,,finished\n");
  CHECK(log({"--json", "--columns", "lr,loss.min", "-n", "1"}) ==
        "[\n{\"id\":\"0000001e00000000\",\"lr\":3.0,\"loss.min\":0.03333333333333333}\n]\n");
  CHECK(log({"--tag", "none"}).empty());
  CHECK(stage.err.text() == "no such runs\nhint: 'clew log' lists all runs\n");
  // A name that only a run outside the listing has is no mistake.
  model::Run latest = sample_run(99);
  latest.started += 1'000'000'000;
  stage.add(latest);
  CHECK(log({"--csv", "-n", "1", "--columns", "lr"}) == "id,lr\n0000006300000000,\n");

  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"-n", "-1"}), Error);
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--columns", "nothing"}), Error);
  CHECK_THROWS_AS(stage.run(declare_log, run_log, {"--csv", "--json"}), Error);
}

TEST_CASE("log: a terminal is told that there are more runs") {
  Stage stage(80);
  stage.add(sample_run(1));
  model::Run recent = sample_run(2);
  recent.started += 1;
  stage.add(recent);
  CHECK(stage.run(declare_log, run_log, {"-n", "1"}) == 0);
  CHECK(stage.out.text() ==
        "id        state     started  duration\n"
        "00000002  finished  2m ago      12.3s\n"
        "the newest 1 run; -n NUMBER or --json shows more\n");
}

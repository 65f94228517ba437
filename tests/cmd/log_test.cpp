#include "log.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "cmd/printed.h"
#include "cmd/stage.h"
#include "log_columns.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

std::vector<std::string> titles(const std::vector<LogColumn>& columns) {
  std::vector<std::string> list;
  for (const LogColumn& column : columns)
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

Error error_of(std::string_view list, const std::vector<model::Run>& runs) {
  try {
    (void)parse_columns(list, runs);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  throw;
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
  CHECK(choose_columns(runs, terminal(0)).size() == 4 + 8 + 8);
}

TEST_CASE("log: the table fits its terminal") {
  auto runs = trainings();
  runs[0].tags = {"a-tag", "another-tag", "a-third-tag"};
  runs[0].name = "eine-ziemlich-lange-bezeichnung";
  runs[1].name = "実験の名前";
  for (std::size_t width = 60; width <= 220; width += 7) {
    CAPTURE(width);
    const LogView view = terminal(width);
    const std::string text = printed(width, [&](ui::Output& out) {
      log_table(choose_columns(runs, view), runs, view).print(out);
    });
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
      log_table(choose_columns(runs, view), runs, view).print(out);
    });
  };
  CHECK(print(terminal(80)) ==
        "id        state      started  duration    lr  val_acc  val_loss  tags\n"
        "00000002  ● running  3m ago      3m00s  0.1    0.9712       0.6\n"
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

TEST_CASE("log: columns by name") {
  const auto runs = trainings();
  const auto columns =
      parse_columns("lr, val_acc,val_acc.max,run.duration,state,params.opt,metrics.loss.min", runs);
  CHECK(titles(columns) == std::vector<std::string>{"id", "lr", "val_acc", "val_acc.max",
                                                    "run.duration", "state", "params.opt",
                                                    "metrics.loss.min"});
  const model::Run& run = runs.front();
  const Time now = kStart;
  CHECK(column_value(columns[0], run, now) == Json(run.id.hex()));
  CHECK(column_value(columns[1], run, now) == Json(0.1));
  CHECK(column_value(columns[2], run, now) == Json(0.9712));
  CHECK(column_value(columns[4], run, now) == Json(12.3));
  CHECK(column_value(columns[5], run, now) == Json("finished"));
  CHECK(column_value(columns[6], run, now) == Json("adam"));
  CHECK(column_value(columns[7], run, now) == Json(0.51234567));
}

TEST_CASE("log: the id comes first unless it is named") {
  const auto runs = trainings();
  CHECK(titles(parse_columns("lr,id", runs)) == std::vector<std::string>{"lr", "id"});
  CHECK(titles(parse_columns("run.id", runs)) == std::vector<std::string>{"run.id"});
}

TEST_CASE("log: system metrics are columns when they are named") {
  CHECK(parse_columns("system/cpu", trainings()).back().kind == LogColumn::Kind::metric);
}

TEST_CASE("log: names with commas or dots") {
  auto runs = trainings();
  runs[0].params.push_back(param("x,y", 1));
  runs[0].metrics.push_back(metric("z.max", {1, 5}));
  runs[0].params.push_back(param("state", "solid"));
  CHECK(parse_columns("\"x,y\",lr", runs)[1].name == "x,y");
  CHECK(parse_columns("\"x,y\",lr", runs).size() == 3);
  CHECK(parse_columns("z.max", runs).back().part == "last");
  CHECK(parse_columns("z.max.min", runs).back().part == "min");
  // A parameter goes before the short name of a field.
  CHECK(parse_columns("state", runs).back().kind == LogColumn::Kind::param);
  CHECK(parse_columns("run.state", runs).back().kind == LogColumn::Kind::field);
}

TEST_CASE("log: a column that no run has is refused with suggestions") {
  const Error unknown = error_of("lr,val_ac", trainings());
  CHECK(unknown.kind() == ErrorKind::usage);
  CHECK(unknown.message() == "no run has a column 'val_ac'");
  CHECK(unknown.hints().front().find("'val_acc'") != std::string::npos);
  CHECK(error_of("val_acc.maxx", trainings()).hints().front().find("'val_acc.max'") !=
        std::string::npos);
  CHECK(error_of("", trainings()).message() == "the list of columns is empty");
  CHECK(error_of(" , ", trainings()).message() == "the list of columns is empty");
  CHECK(error_of("\"lr", trainings()).kind() == ErrorKind::usage);
  CHECK(error_of("params.loss", trainings()).kind() == ErrorKind::usage);
}

TEST_CASE("log: a name of a parameter and a metric has to be told apart") {
  auto runs = trainings();
  runs[0].params.push_back(param("val_acc", 1));
  const Error ambiguous = error_of("val_acc", runs);
  CHECK(ambiguous.message() == "the column 'val_acc' is a parameter and a metric");
  CHECK(ambiguous.hints().front() == "write 'params.val_acc' or 'metrics.val_acc'");
  CHECK(parse_columns("metrics.val_acc", runs).back().kind == LogColumn::Kind::metric);
}

TEST_CASE("log: what is not there is shown as missing") {
  auto runs = trainings();
  runs[0].metrics.clear();
  runs[0].params = {param("lr", Json())};
  const auto columns = parse_columns("lr,loss,name,run.parent", runs);
  CHECK(column_cell(columns[1], runs[0], {}).text == "null");
  CHECK(column_cell(columns[2], runs[0], {}).text == "–");
  CHECK(column_cell(columns[4], runs[0], {}).text == "–");
  // A series without points has a count, but no values.
  runs[0].metrics = {metric("loss", {})};
  CHECK(column_value(parse_columns("loss.max", runs)[1], runs[0], 0).is_null());
  CHECK(column_value(parse_columns("loss.count", runs)[1], runs[0], 0) == Json(0));
  // One of NaN alone has values, but no place of the greatest.
  runs[0].metrics = {metric("loss", {std::nan("")})};
  CHECK(column_cell(parse_columns("loss.max", runs)[1], runs[0], {}).text == "nan");
  CHECK(column_value(parse_columns("loss.argmax", runs)[1], runs[0], 0).is_null());
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

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "export/full_run.h"
#include "import/collector.h"

using namespace clew;
using test::kStart;
using test::read_lines;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A line of a run with more fields, which begin with a comma.
std::string run_line(std::string_view more = "") {
  return concat(R"({"kind":"run","id":"r","state":"finished",)",
                R"("started":"2026-01-02T03:04:05.123456Z")", more, "}\n");
}

std::string message_of(std::string_view text) {
  try {
    static_cast<void>(read_lines(text));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failed);
    return error.message();
  }
  return "none";
}

}  // namespace

TEST_CASE("all fields of a run come back") {
  const auto read = read_lines(test::kFullRunLines);
  const model::RunParts whole = test::full_run();
  REQUIRE(read.runs.size() == 1);
  CHECK(read.runs[0].run == whole.run);
  CHECK(read.runs[0].foreign_id == "9f3c2a7be1d04a55");
  CHECK(read.runs[0].changes == whole.changes);
}

TEST_CASE("a truncated file is wrong or holds the whole lines that are left") {
  const std::string_view text = test::kFullRunLines;
  for (std::size_t size = 0; size < text.size(); ++size) {
    const bool whole_lines = size == 0 || text[size - 1] == '\n' || text[size] == '\n';
    if (whole_lines) {
      CHECK_NOTHROW(read_lines(text.substr(0, size)));
    } else {
      CHECK_THROWS_AS(read_lines(text.substr(0, size)), Error);
    }
  }
}

TEST_CASE("of a run only id, state and start are needed") {
  const auto read = read_lines(run_line());
  REQUIRE(read.runs.size() == 1);
  model::Run expected;
  expected.id = RunId{1};
  expected.name = "r";
  expected.state = model::State::finished;
  expected.started = kStart;
  CHECK(read.runs[0].run == expected);
  CHECK(message_of(R"({"kind":"run","state":"finished","started":"2026-01-02T03:04:05Z"})") ==
        "line 1: a run needs the field 'id'");
  CHECK(
      message_of(R"({"kind":"run","id":"","state":"finished","started":"2026-01-02T03:04:05Z"})") ==
      "line 1: the id of a run is empty");
  CHECK(message_of(R"({"kind":"run","id":"r","started":"2026-01-02T03:04:05Z"})") ==
        "line 1: a run needs the field 'state'");
  CHECK(message_of(R"({"kind":"run","id":"r","state":"failed"})") ==
        "line 1: a run needs the field 'started'");
}

TEST_CASE("a foreign id becomes the name of a run that has none") {
  CHECK(read_lines(run_line()).runs[0].run.name == "r");
  CHECK(read_lines(run_line()).runs[0].foreign_id == "r");
  CHECK(read_lines(run_line(R"(,"name":"x")")).runs[0].run.name == "x");
  CHECK(read_lines(run_line(R"(,"name":null)")).runs[0].run.name == "r");
  const auto own = read_lines(
      R"({"kind":"run","id":"00000000000000AA","state":"failed","started":"2026-01-02T03:04:05Z"})");
  CHECK(own.runs[0].run.id == RunId{0xaa});
  CHECK(own.runs[0].run.name.empty());
}

TEST_CASE("status is read as state, and a run that went on is interrupted") {
  const auto with = [](std::string_view state) {
    return concat(R"({"kind":"run","id":"r","started":"2026-01-02T03:04:05Z",)", state, "}");
  };
  CHECK(read_lines(with(R"("status":"killed")")).runs[0].run.state == model::State::killed);
  CHECK(read_lines(with(R"("state":"running")")).runs[0].run.state == model::State::interrupted);
  CHECK(message_of(with(R"("status":"DONE")")) ==
        "line 1: unknown state 'DONE' of a run: running, finished, failed, killed or interrupted");
  CHECK(message_of(with(R"("status":"failed","state":"failed")")) ==
        "line 1: a run has both 'state' and 'status'");
  CHECK(message_of(with(R"("state":1)")) == "line 1: field 'state' of a run is not a string");
}

TEST_CASE("times are ISO 8601 or seconds since the epoch") {
  const auto started = [](std::string_view time) {
    return read_lines(concat(R"({"kind":"run","id":"r","state":"failed","started":)", time, "}"))
        .runs[0]
        .run.started;
  };
  CHECK(started(R"("2026-01-02T05:04:05.1234567+02:00")") == kStart);
  CHECK(started("1767323045.5") == 1767323045500000);
  CHECK(started("1767323045") == 1767323045000000);
  CHECK_THROWS_AS(started("\"yesterday\""), Error);
  CHECK_THROWS_AS(started("true"), Error);
  CHECK(message_of(run_line(R"(,"ended":"soon")")) ==
        "line 1: field 'ended' of a run is not a time such as \"2026-01-02T03:04:05.123456Z\"");
}

TEST_CASE("maps of parameters are flattened, lists are one value") {
  const auto read = read_lines(
      run_line(R"(,"params":{"z":1,"model":{"depth":3,"none":{}},"layers":[{"n":1},{"n":2}]})"));
  const auto& params = read.runs[0].run.params;
  REQUIRE(params.size() == 4);
  CHECK(params[0].name == "layers");
  CHECK(dump_json(params[0].value) == R"([{"n":1},{"n":2}])");
  CHECK(params[0].source == model::Source::api);
  CHECK(params[1].name == "model.depth");
  CHECK(params[1].value == Json(3));
  CHECK(params[2].name == "model.none");
  CHECK(params[2].value == Json::object());
  CHECK(params[3].name == "z");
  CHECK(read_lines(run_line(R"(,"params":{})")).runs[0].run.params.empty());
}

TEST_CASE("parameters that contradict each other are refused") {
  CHECK(message_of(run_line(R"(,"params":{"a":{"b":1},"a.b":2})")) ==
        "line 1: parameter 'a.b' is given twice");
  CHECK(message_of(run_line(R"(,"params":{"a":1},"param_sources":{"b":"argv"})")) ==
        "line 1: no value for the parameter 'b'");
  CHECK(message_of(run_line(R"(,"params":{"a":1},"param_sources":{"a":"oracle"})")) ==
        "line 1: unknown source of the parameter 'a'");
  CHECK(message_of(run_line(R"(,"params":[1])")) ==
        "line 1: field 'params' of a run is not an object");
  CHECK(message_of(run_line(R"(,"params":{"a":1},"param_lost":{"a":1})")) ==
        "line 1: lost values of 'a' are not a list");
  CHECK(message_of(run_line(R"(,"params":{"a":1},"param_lost":{"a":[{"source":"argv"}]})")) ==
        "line 1: a lost value of 'a' has no value");
}

TEST_CASE("words for numbers are numbers where the line says so") {
  const auto params =
      read_lines(run_line(R"(,"params":{"a":"NaN","b":"NaN","c":["-Infinity","x"]},)"
                          R"("nonfinite":["a","c"])"))
          .runs[0]
          .run.params;
  CHECK(params[0].value == Json(std::numeric_limits<double>::quiet_NaN()));
  CHECK(params[1].value == Json("NaN"));
  CHECK(params[2].value == Json(Json::Array{-kInfinity, "x"}));
  const auto changes =
      read_lines(run_line() + R"({"kind":"param","run":"r","name":"a","value":"Infinity",)" +
                 R"("old":"NaN","nonfinite":true})")
          .runs[0]
          .changes;
  CHECK(changes[0].value == Json(kInfinity));
  CHECK(changes[0].old == Json(std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("argv_base64 holds the exact bytes of an argv") {
  const auto read =
      read_lines(run_line(",\"argv\":[\"caf\xef\xbf\xbd\"],\"argv_base64\":[\"Y2Fm6Q==\"]"));
  CHECK(read.runs[0].run.argv == std::vector<std::string>{"caf\xe9"});
  CHECK(message_of(run_line(R"(,"argv_base64":["?"])")) ==
        "line 1: field 'argv_base64' of a run is not base64");
  CHECK(message_of(run_line(R"(,"argv":["a",1])")) ==
        "line 1: field 'argv' of a run is not a list of strings");
}

TEST_CASE("a note may be a text alone, tags come once") {
  const auto run = read_lines(run_line(R"(,"notes":["n"],"tags":["a","b","a"])")).runs[0].run;
  CHECK(run.notes == std::vector<model::Note>{{kStart, "n"}});
  CHECK(run.tags == std::vector<std::string>{"a", "b"});
  CHECK(message_of(run_line(R"(,"notes":[1])")) ==
        "line 1: a note is neither a string nor an object");
  CHECK(message_of(run_line(R"(,"notes":[{"time":"2026-01-02T03:04:05Z"}])")) ==
        "line 1: a note needs the field 'text'");
}

TEST_CASE("a parent is an id of clew or a run of the same file") {
  const auto child = [](std::string_view parent) {
    return concat(R"({"kind":"run","id":"child","state":"failed","started":0,"parent":")", parent,
                  "\"}");
  };
  CHECK(read_lines(run_line() + child("r")).runs[1].run.parent == RunId{1});
  CHECK(read_lines(child("00000000000000ff")).runs[0].run.parent == RunId{0xff});
  CHECK(message_of(child("r")) == "line 1: unknown parent 'r' of a run");
}

TEST_CASE("points take the run's start where they have no time") {
  const auto read = read_lines(
      run_line() + R"({"kind":"metrics","run":"r","values":{"test":1,"n":"NaN"}})"
                   "\n"
                   R"({"kind":"metrics","run":"r","step":-3,"time":"2026-01-02T03:04:06Z",)"
                   R"("source":"output","values":{"o":-0.0}})");
  const auto& series = read.runs[0].series;
  CHECK(series.at("test").points == std::vector<model::Point>{{std::nullopt, kStart, 1.0}});
  CHECK(series.at("test").source == model::MetricSource::api);
  CHECK(std::isnan(series.at("n").points[0].value));
  CHECK(series.at("o").points == std::vector<model::Point>{{-3, 1767323046000000, -0.0}});
  CHECK(series.at("o").source == model::MetricSource::output);
}

TEST_CASE("an epoch is the step, or a series of its own beside one") {
  const auto read = read_lines(
      run_line() + R"({"kind":"metrics","run":"r","epoch":3,"values":{"a":1}})"
                   "\n"
                   R"({"kind":"metrics","run":"r","step":40,"epoch":4,"values":{"a":2}})");
  const auto& series = read.runs[0].series;
  CHECK(series.at("a").points == std::vector<model::Point>{{3, kStart, 1}, {40, kStart, 2}});
  CHECK(series.at("epoch").points == std::vector<model::Point>{{40, kStart, 4}});
}

TEST_CASE("a change of a parameter knows the value before it") {
  const auto read =
      read_lines(run_line(R"(,"params":{"lr":0.1})") +
                 R"({"kind":"param","run":"r","name":"lr","value":0.2,"step":1})"
                 "\n"
                 R"({"kind":"param","run":"r","name":"lr","value":0.2})"
                 "\n"
                 R"({"kind":"param","run":"r","name":"lr","value":0.3,"cause":"c"})"
                 "\n"
                 R"({"kind":"param","run":"r","name":"opt","value":{"a":1,"b":null}})");
  CHECK(read.runs[0].changes ==
        std::vector<model::ParamChange>{{"lr", 0.1, 0.2, 1, kStart, ""},
                                        {"lr", 0.2, 0.3, std::nullopt, kStart, "c"},
                                        {"opt.a", nullptr, 1, std::nullopt, kStart, ""}});
  CHECK(read.runs[0].run.params[0].value == Json(0.1));
}

TEST_CASE("a line that is wrong is named by its number, blank ones counted") {
  CHECK(message_of("\n  \n{") == "line 3: invalid JSON at byte 2");
  CHECK(message_of("[1]") == "line 1: not a JSON object");
  CHECK(message_of("{}") == "line 1: a line needs the field 'kind'");
  CHECK(message_of(R"({"kind":"output"})") ==
        "line 1: unknown kind 'output' of line: run, metrics or param");
  CHECK(message_of(run_line() + run_line()) == "line 2: run 'r' is there twice");
  CHECK(message_of(run_line() + R"({"kind":"metrics","run":"q","values":{}})") ==
        "line 2: no line before describes run 'q'");
  CHECK(message_of(run_line() + R"({"kind":"metrics","values":{}})") ==
        "line 2: a line of metrics needs the field 'run'");
  CHECK(message_of(run_line() + R"({"kind":"metrics","run":"r"})") ==
        "line 2: a line of metrics needs the field 'values'");
  CHECK(message_of(run_line() + R"({"kind":"metrics","run":"r","values":{"a":null}})") ==
        "line 2: the value of 'a' is not a number");
  CHECK(message_of(run_line() + R"({"kind":"metrics","run":"r","values":{"":1}})") ==
        "line 2: a metric has no name");
  CHECK(message_of(run_line() + R"({"kind":"metrics","run":"r","step":1.5,"values":{"a":1}})") ==
        "line 2: field 'step' of a line of metrics is not an integer");
  CHECK(message_of(run_line() + R"({"kind":"metrics","run":"r","stpe":1,"values":{"a":1}})") ==
        "line 2: unknown field 'stpe' in a line of metrics");
  CHECK(message_of(run_line() + R"({"kind":"metrics","run":"r","source":"x","values":{}})") ==
        "line 2: unknown source 'x' of metrics: api or output");
  CHECK(message_of(run_line() + R"({"kind":"param","run":"r","name":"a"})") ==
        "line 2: a line of a parameter needs the field 'value'");
  CHECK(message_of(run_line(R"(,"exit_code":4294967296)")) ==
        "line 1: field 'exit_code' of a run is not a small integer");
  CHECK(message_of(run_line(R"(,"signal":"SIGNAL")")) == "line 1: unknown signal 'SIGNAL'");
  CHECK(message_of(run_line(R"(,"loss":1)")) == "line 1: unknown field 'loss' in a run");
  CHECK(message_of(run_line(R"(,"code":{"complete":"yes"})")) ==
        "line 1: field 'complete' of a code is not true or false");
  CHECK(message_of(run_line(R"(,"code":{"unstored":[{"path":"a","size":-1}]})")) ==
        "line 1: the size of a file is negative");
}

TEST_CASE("ids of clew are one in either case of their digits") {
  const std::string own = R"({"kind":"run","id":"00000000000000aa","state":"failed","started":0})"
                          "\n";
  const auto read =
      read_lines(own + R"({"kind":"metrics","run":"00000000000000AA","values":{"a":1}})");
  CHECK(read.runs[0].series.size() == 1);
  CHECK(
      message_of(own + R"({"kind":"run","id":"00000000000000AA","state":"failed","started":0})") ==
      "line 2: run '00000000000000AA' is there twice");
}

TEST_CASE("what the receiver throws passes through") {
  struct Refuser : test::Collector {
    RunId begin(model::Run, const std::string&) override {
      throw Error(ErrorKind::usage, "run 'r' is here already");
    }
  } refuser;
  bool more = true;
  const auto next = [&](std::string& line) {
    line = run_line();
    return std::exchange(more, false);
  };
  CHECK_THROWS_WITH(importer::read_jsonl(next, refuser), "run 'r' is here already");
}

TEST_CASE("an empty file holds no runs") {
  CHECK(read_lines("").runs.empty());
  CHECK(read_lines("\n\n").runs.empty());
}

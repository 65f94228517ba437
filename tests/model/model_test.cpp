#include <catch2/catch.hpp>
#include <cmath>
#include <csignal>
#include <limits>

#include "base/error.h"
#include "model/encoding.h"
#include "model/event.h"
#include "model/run.h"

using namespace clew;
using namespace clew::model;

namespace {

Run full_run() {
  Run run;
  run.id = {0x9f3c2a7be1d04a55};
  run.name = "baseline";
  run.state = State::killed;
  run.signal = SIGKILL;
  run.parent = RunId{7};
  run.rerun_of = RunId{8};
  run.group = "job-1";
  run.argv = {"python", "train.py", "", "\xff\n"};
  run.cwd = "/w";
  run.user = "u";
  run.host = "h";
  run.started = 1'767'323'045'123'456;
  run.ended = run.started + 5;
  set_parameter(run.params, {"lr", Json(0.1), Source::argv, "", {}});
  set_parameter(run.params, {"lr", Json(0.2), Source::file, "c.yaml", {}});
  set_parameter(run.params, {"layers", parse_json(R"([{"a":1},null,true])"), Source::api, "", {}});
  MetricSummary metric{"val/loss", MetricSource::output, {}};
  metric.summary.add({3, run.started, NAN});
  metric.summary.add({std::nullopt, run.started + 1, 0.5});
  run.metrics = {metric};
  run.tags = {"a", "b"};
  run.notes = {{1, "text"}};
  run.code = {"c", "t", "b", "main", true, false, "r", "/w", {{"big.bin", 12, 13, "large", "ab"}}};
  run.gaps = {"something"};
  return run;
}

Process full_process() {
  Process process;
  process.pid = 4321;
  process.parent = 0;
  process.argv = {"sh", "-c", "\xff"};
  process.cwd = "/w/sub";
  process.executable = "/bin/sh";
  process.executable_sha256 = "ab";
  process.started = 5;
  process.ended = 9;
  process.signal = SIGTERM;
  return process;
}

FileState full_state() {
  FileState state;
  state.path = "data/x.csv";
  state.role = Role::output;
  state.size = 12;
  state.mtime_ns = -3;
  state.sha256 = "cd";
  state.digest = DigestKind::partial;
  state.before_sha256 = "ef";
  state.before_size = 11;
  state.saved = true;
  return state;
}

std::vector<Event> all_events() {
  return {BeginEvent{full_run()},
          CodeEvent{full_run().code},
          EnvironmentEvent{parse_json(R"({"os":{"name":"x"}})")},
          ParamEvent{{"lr", Json(1), Source::api, "", {}}, 4, 5, "because"},
          SeriesEvent{"loss", MetricSource::output},
          PointsEvent{{{0, {1, 10, 0.5}},
                       {1, {std::nullopt, 10, -0.0}},
                       {0, {INT64_MAX, INT64_MIN, NAN}},
                       {0, {INT64_MIN, INT64_MAX, INFINITY}}}},
          TagEvent{"t", true},
          NoteEvent{{9, "n"}},
          ArtifactEvent{"model.bin", 3},
          OutputEvent{Stream::terminal, 4, std::string("\0\xff", 2)},
          GapEvent{"no code"},
          EndEvent{State::failed, 3, std::nullopt, 8},
          SpawnEvent{1234, 5},
          ProcessEvent{1, full_process()},
          FileUseEvent{{"data/x.csv", 1, kRead | kWritten, 10, 12, "data/x.tmp"}},
          FileStateEvent{full_state()},
          CaptureEvent{
              {"unotify", "files", true, "/w", {"io_uring"}, parse_json(R"({"a":1})"), {"::1"}}},
          FiringEvent{{"isnan(loss)", "stop", 5, 6, parse_json(R"({"loss":"NaN"})"), "it ended"}}};
}

}  // namespace

TEST_CASE("a header row reads back as it was written") {
  const Run run = full_run();
  CHECK(decode_run(encode_run(run)) == run);
  CHECK(encode_run(decode_run(encode_run(run))) == encode_run(run));
  CHECK(decode_run(encode_run(Run{})) == Run{});
}

TEST_CASE("a header row that is cut anywhere is damage") {
  const std::string row = encode_run(full_run());
  for (std::size_t size = 0; size < row.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS(decode_run(std::string_view(row).substr(0, size)), Error);
  }
  CHECK_THROWS_AS(decode_run(row + "x"), Error);
}

TEST_CASE("a header row of an unknown version is refused") {
  std::string row = encode_run(full_run());
  row[0] = 99;
  CHECK_THROWS_WITH(decode_run(row), Catch::Contains("version 99"));
}

TEST_CASE("every event reads back as it was written, and is damage when cut") {
  for (const Event& event : all_events()) {
    std::string payload;
    const EventType type = encode_event(payload, event);
    CAPTURE(static_cast<int>(type));
    std::string again;
    CHECK(encode_event(again, decode_event(type, payload)) == type);
    CHECK(again == payload);
    const bool ends_anywhere = type == EventType::output || type == EventType::gap;
    for (std::size_t size = 0; size < payload.size() && !ends_anywhere; ++size) {
      CHECK_THROWS_AS(decode_event(type, std::string_view(payload).substr(0, size)), Error);
    }
  }
}

TEST_CASE("points keep step, time and bits at every edge") {
  const auto points = std::get<PointsEvent>(all_events()[5]).points;
  std::string payload;
  const EventType type = encode_event(payload, PointsEvent{points});
  CHECK(std::get<PointsEvent>(decode_event(type, payload)).points == points);
}

TEST_CASE("the strongest source of a parameter wins, whatever the order") {
  std::vector<Parameter> params;
  set_parameter(params, {"lr", Json(3), Source::file, "a.yaml", {}});
  set_parameter(params, {"lr", Json(1), Source::option, "", {}});
  set_parameter(params, {"lr", Json(2), Source::argv, "", {}});
  REQUIRE(params.size() == 1);
  CHECK(params[0].value == Json(1));
  CHECK(params[0].source == Source::option);
  CHECK(params[0].lost ==
        std::vector<LostValue>{{Json(2), Source::argv, ""}, {Json(3), Source::file, "a.yaml"}});
}

TEST_CASE("maps are flattened, lists and empty maps are values") {
  const auto leaves = flatten("m", parse_json(R"({"a":{"b":1,"c":{}},"d":[1,{"e":2}]})"));
  REQUIRE(leaves.size() == 3);
  CHECK(leaves[0].first == "m.a.b");
  CHECK(leaves[1].second == Json::object());
  CHECK(dump_json(leaves[2].second) == R"([1,{"e":2}])");
}

TEST_CASE("a summary goes by arrival, keeps the first of equals, and NaN never wins") {
  Summary summary;
  summary.add({10, 1, NAN});
  CHECK((summary.count == 1 && std::isnan(summary.min) && std::isnan(summary.mean())));
  summary.add({20, 2, 0.5});
  summary.add({30, 3, 0.25});
  summary.add({40, 4, 0.25});
  summary.add({50, 5, NAN});
  summary.add({std::nullopt, 6, 0.75});
  CHECK(summary.count == 6);
  CHECK(std::isnan(summary.first));
  CHECK(summary.last == 0.75);
  CHECK((summary.min == 0.25 && summary.argmin == 30));
  CHECK((summary.max == 0.75 && summary.argmax == 5));
  CHECK(summary.mean() == 1.75 / 4);
}

TEST_CASE("names of states, sources and signals read back") {
  for (const auto state :
       {State::running, State::finished, State::failed, State::killed, State::interrupted}) {
    CHECK(state_from_name(name_of(state)) == state);
  }
  CHECK_FALSE(state_from_name("done"));
  CHECK(source_from_name("argv") == Source::argv);
  CHECK(signal_name(SIGKILL) == "SIGKILL");
  CHECK(signal_from_name("SIGTERM") == SIGTERM);
  CHECK(signal_from_name(signal_name(SIGRTMIN + 1)) == SIGRTMIN + 1);
}

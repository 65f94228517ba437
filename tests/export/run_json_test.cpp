#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "export/support.h"

using namespace clew;
using test::kStart;

namespace {

std::vector<std::string> names_of(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.as_object())
    names.push_back(name);
  return names;
}

const Json& field(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  REQUIRE(found != nullptr);
  return *found;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a run in a listing has the fields of the contract, in their order") {
  test::WholeRun whole{test::full_run(), {}};
  whole.add_point("val_acc", {0, kStart, 0.5});
  whole.add_point("val_acc", {1, kStart, 1.0});
  whole.add_point("system/cpu", {0, kStart, 50.0});
  CHECK(dump_json(exporter::run_to_json(whole.finished().run, kStart)) ==
        R"({"id":"9f3c2a7be1d04a55","name":"first","state":"killed","exit_code":137,)"
        R"("signal":"SIGKILL","parent":"00000000000000ff","group":"job-7",)"
        R"("argv":["python","train.py","--lr","0.01"],"cwd":"/work/tree","user":"ada",)"
        R"("host":"node1","started":"2026-01-02T03:04:05.123456Z",)"
        R"("ended":"2026-01-02T03:04:17.423456Z","duration":12.3,)"
        R"("params":{"lr":0.01,"model.depth":3,"none":null,"shape":[1,2.0,"x"],"void":{}},)"
        R"("param_sources":{"lr":"argv","model.depth":"file:conf.yaml","none":"env",)"
        R"("shape":"api","void":"option"},)"
        R"("param_lost":{"lr":[{"value":0.1,"source":"file:conf.yaml"}]},)"
        R"("metrics":{"val_acc":{"count":2,"first":0.5,"last":1.0,"min":0.5,"max":1.0,)"
        R"("mean":0.75,"argmin":0,"argmax":1}},)"
        R"("tags":["baseline","b"],)"
        R"("notes":[{"time":"2026-01-02T03:04:05.123457Z","text":"a note"}],)"
        R"("code":{"commit":"c0ffee","tree":"7ee","base":"ba5e","branch":"main","dirty":true,)"
        R"("complete":false,"remote":"https://example.org/r.git"}})");
}

TEST_CASE("what is not known of a run is null, lists and maps are empty") {
  model::Run run;
  run.id = *RunId::parse("0000000000000001");
  run.started = kStart;
  CHECK(dump_json(exporter::run_to_json(run, kStart + 1'500'000)) ==
        R"({"id":"0000000000000001","name":null,"state":"running","exit_code":null,)"
        R"("signal":null,"parent":null,"group":null,"argv":[],"cwd":null,"user":null,)"
        R"("host":null,"started":"2026-01-02T03:04:05.123456Z","ended":null,"duration":1.5,)"
        R"("params":{},"param_sources":{},"metrics":{},"tags":[],"notes":[],"code":null})");
}

TEST_CASE("a run that ended at an unknown time has no duration") {
  model::Run run;
  run.state = model::State::interrupted;
  CHECK(field(exporter::run_to_json(run, kStart), "duration").is_null());
}

TEST_CASE("code without a branch or a commit has nulls") {
  model::Run run;
  run.code.tree = "7ee";
  CHECK(dump_json(field(exporter::run_to_json(run, 0), "code")) ==
        R"({"commit":null,"tree":"7ee","base":null,"branch":null,"dirty":false,)"
        R"("complete":true,"remote":null})");
}

TEST_CASE("show adds the parts of a run") {
  test::WholeRun whole{test::full_run(), {}};
  whole.add_point("system/cpu", {0, kStart, 50.0});
  const Json json = exporter::run_to_full_json(whole.finished(), kStart);
  CHECK(names_of(json) ==
        std::vector<std::string>{
            "id",    "name",     "state",   "exit_code",     "signal",      "parent",
            "group", "argv",     "cwd",     "user",          "host",        "started",
            "ended", "duration", "params",  "param_sources", "param_lost",  "metrics",
            "tags",  "notes",    "code",    "param_changes", "environment", "processes",
            "files", "capture",  "firings", "rerun_of",      "artifacts",   "gaps",
            "digest"});
  CHECK(dump_json(field(json, "param_changes")) ==
        R"([{"name":"lr","value":0.001,"old":0.01,"step":19,)"
        R"("time":"2026-01-02T03:04:10.123456Z","cause":"plateau"},)"
        R"({"name":"lr","value":0.002,"old":0.001,"step":null,)"
        R"("time":"2026-01-02T03:04:11.123456Z","cause":null}])");
  CHECK(field(field(json, "metrics"), "system/cpu").is_object());
  CHECK(dump_json(field(json, "environment")) == R"({"os":{"name":"linux"},"cpus":2})");
  CHECK(
      dump_json(field(json, "processes")) ==
      R"([{"index":0,"pid":7,"parent":null,"argv":["python"],"cwd":"/w","executable":"/bin/python",)"
      R"("executable_sha256":null,"started":"2026-01-02T03:04:05.123456Z",)"
      R"("ended":"2026-01-02T03:04:05.123457Z","exit_code":0,"signal":null}])");
  CHECK(dump_json(field(json, "files")) ==
        R"([{"path":"m.bin","role":"output","read":true,"written":true,"created":false,)"
        R"("deleted":false,"renamed_from":"m.tmp","gone":false,"sha256":"cd","digest":"whole",)"
        R"("size":5,"saved":true,"before":{"sha256":"ef","size":4},)"
        R"("first":"2026-01-02T03:04:05.123456Z","last":"2026-01-02T03:04:05.123458Z",)"
        R"("processes":[0]}])");
  CHECK(dump_json(field(json, "capture")) ==
        R"({"mechanism":"unotify","level":"files","complete":true,"root":"/w","blind":[],)"
        R"("environment":{},"connections":[]})");
  CHECK(dump_json(field(json, "firings")) ==
        R"([{"rule":"loss < 1","action":"note","time":"2026-01-02T03:04:05.123457Z","step":3,)"
        R"("values":{"loss":0.5},"result":null}])");
  CHECK(field(json, "rerun_of").is_null());
  CHECK(dump_json(field(json, "artifacts")) ==
        R"([{"path":"out/model.bin","time":"2026-01-02T03:04:05.123463Z"}])");
  CHECK(dump_json(field(json, "gaps")) == R"(["output was not kept"])");
  CHECK(field(json, "digest").as_string() == "ab" + std::string(62, '0'));
  const Json& code = field(json, "code");
  CHECK(field(code, "root").as_string() == "/work/tree");
  CHECK(dump_json(field(code, "unstored")) ==
        R"([{"path":"big.bin","size":20000000,"mtime_ns":1234567890123456789,)"
        R"("reason":"large","sha256":"ab12"},)"
        R"({"path":".env","size":10,"mtime_ns":-1,"reason":"secret","sha256":null}])");
}

TEST_CASE("a live run has no digest") {
  CHECK(field(exporter::run_to_full_json({}, 0), "digest").is_null());
  CHECK(dump_json(field(exporter::run_to_full_json({}, 0), "environment")) == "{}");
}

TEST_CASE("numbers that are not finite are strings") {
  test::WholeRun whole;
  whole.parts.run.params = {{"a", kInfinity, model::Source::api, "", {}}};
  whole.add_point("bad", {std::nullopt, 0, std::nan("")});
  whole.add_point("up", {3, 0, -kInfinity});
  whole.add_point("up", {4, 0, kInfinity});
  const Json json = exporter::run_to_json(whole.finished().run, 0);
  CHECK(dump_json(field(json, "params")) == R"({"a":"Infinity"})");
  CHECK(dump_json(field(json, "metrics")) ==
        R"({"bad":{"count":1,"first":"NaN","last":"NaN","min":"NaN","max":"NaN","mean":"NaN",)"
        R"("argmin":null,"argmax":null},)"
        R"("up":{"count":2,"first":"-Infinity","last":"Infinity","min":"-Infinity",)"
        R"("max":"Infinity","mean":"NaN","argmin":3,"argmax":4}})");
}

TEST_CASE("a metric without points has no values") {
  model::Run run;
  run.metrics = {{"empty", model::MetricSource::api, {}}};
  CHECK(dump_json(field(exporter::run_to_json(run, 0), "metrics")) ==
        R"({"empty":{"count":0,"first":null,"last":null,"min":null,"max":null,"mean":null,)"
        R"("argmin":null,"argmax":null}})");
}

TEST_CASE("only an argv that is not UTF-8 comes in base64 as well") {
  model::Run run;
  run.argv = {"cat", "caf\xc3\xa9"};
  CHECK(exporter::run_to_json(run, 0).find("argv_base64") == nullptr);
  run.argv = {"cat", "caf\xe9"};
  const std::string text = dump_json(exporter::run_to_json(run, 0));
  CHECK(
      text.find("\"argv\":[\"cat\",\"caf\xef\xbf\xbd\"],\"argv_base64\":[\"Y2F0\",\"Y2Fm6Q==\"]") !=
      std::string::npos);
}

TEST_CASE("a series comes as three arrays of one length") {
  const model::Series series{"loss",
                             model::MetricSource::api,
                             {{3, kStart, 0.1}, {std::nullopt, kStart + 1, std::nan("")}}};
  CHECK(dump_json(exporter::series_to_json(series)) ==
        R"({"name":"loss","steps":[3,null],"times":[1767323045123456,1767323045123457],)"
        R"("values":[0.1,"NaN"]})");
  CHECK(dump_json(exporter::series_to_json({"none", {}, {}})) ==
        R"({"name":"none","steps":[],"times":[],"values":[]})");
}

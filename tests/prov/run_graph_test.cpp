#include "prov/run_graph.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "base/hash.h"
#include "prov/lint.h"
#include "prov/run_template.h"
#include "prov/samples.h"
#include "prov/vocabulary.h"

using namespace clew;
using namespace clew::prov;
using samples::second;
using samples::start;

namespace {

const GraphOptions options = {false, "0.1.0"};

/// The graph as parsed PROV-JSON, after the linter found nothing in it.
Json sound(const std::vector<RunRecord>& runs, const GraphOptions& how = options) {
  auto json = parse_json(to_prov_json(run_graph(runs, how)));
  for (const auto& finding : lint(json)) {
    FAIL_CHECK(finding.where << ": " << finding.what << " [" << finding.constraint << "]");
  }
  return json;
}

const Json& at(const Json& json, const std::vector<std::string>& path) {
  const Json* found = &json;
  for (const auto& key : path) {
    found = found->find(key);
    INFO(key << " in " << dump_json(json));
    REQUIRE(found != nullptr);
  }
  return *found;
}

bool has(const Json& json, const std::vector<std::string>& path) {
  const Json* found = &json;
  for (const auto& key : path) {
    found = found->find(key);
    if (found == nullptr) return false;
  }
  return true;
}

/// Relations of a kind whose attribute has the value.
std::vector<Json> relations(const Json& json, const std::string& kind, const std::string& name,
                            const std::string& value) {
  std::vector<Json> found;
  const auto* all = json.find(kind);
  if (all == nullptr) return found;
  for (const auto& [id, body] : all->as_object()) {
    const auto* attribute = body.find(name);
    if (attribute != nullptr && *attribute == Json(value)) found.push_back(body);
  }
  return found;
}

std::string text_of(const Json& json, const std::vector<std::string>& path) {
  return at(json, path).as_string();
}

std::string typed(const std::string& text, const std::string& type) {
  return R"({"$":")" + text + R"(","type":")" + type + R"("})";
}

void compare_with_golden(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "golden" / name;
  if (std::getenv("CLEW_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  std::ostringstream golden;
  golden << in.rdbuf();
  CHECK(text == golden.str());
}

RunRecord run_with_series(std::size_t count) {
  auto record = samples::bare_run();
  model::Series series{"loss", model::MetricSource::api, {}};
  for (std::size_t i = 0; i < count; ++i) {
    series.points.push_back(
        {static_cast<std::int64_t>(i), start, 1.0 / static_cast<double>(i + 1)});
  }
  record.parts.run.metrics = {samples::summary_of(series)};
  record.series = [series](const std::string&) { return series; };
  return record;
}

}  // namespace

TEST_CASE("the graphs of the sample runs are as they were") {
  compare_with_golden("bare.json", to_prov_json(run_graph({samples::bare_run()}, options)));
  compare_with_golden("small.json", to_prov_json(run_graph({samples::small_run()}, options)));
  compare_with_golden("full.json", to_prov_json(run_graph({samples::full_run()}, options)));
  compare_with_golden("odd.json", to_prov_json(run_graph({samples::odd_run()}, options)));
  compare_with_golden("several.json", to_prov_json(run_graph(
                                          {samples::full_run(), samples::killed_run()}, options)));
}

TEST_CASE("clew-prov(7) has every term of the vocabulary") {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  std::ifstream in(root / "man" / "clew-prov.7", std::ios::binary);
  REQUIRE(in);
  std::ostringstream page;
  page << in.rdbuf();
  const auto text = to_prov_json(
      run_graph({samples::full_run(), samples::killed_run(), samples::odd_run()}, options));
  for (auto at = text.find("\"clew:"); at != std::string::npos; at = text.find("\"clew:", at + 1)) {
    const auto term = text.substr(at + 1, text.find('"', at + 1) - at - 1);
    INFO(term);
    CHECK(page.str().find("\n.B " + term + "\n") != std::string::npos);
  }
}

TEST_CASE("the same runs give the same bytes, in whatever order they come") {
  const auto a = samples::full_run();
  const auto b = samples::killed_run();
  const auto c = samples::bare_run();
  const auto text = to_prov_json(run_graph({a, b, c}, options));
  CHECK(to_prov_json(run_graph({a, b, c}, options)) == text);
  CHECK(to_prov_json(run_graph({c, b, a}, options)) == text);
  CHECK(to_prov_json(run_graph({a, b, a, c, c}, options)) == text);
}

TEST_CASE("no runs make a sound, empty graph") {
  const auto json = sound({});
  CHECK(json.as_object().size() == 1);
  CHECK(text_of(json, {"prefix", "clew"}) == "https://w3id.org/clew/ns#");
}

TEST_CASE("a run that goes on has no end") {
  const auto json = sound({samples::bare_run()});
  CHECK(text_of(json, {"prefix", "run"}) == "urn:clew:run:0123456789abcdef#");
  const auto& run = at(json, {"activity", "run:run"});
  CHECK(text_of(run, {"prov:startTime"}) == "2026-01-02T03:04:05.000000Z");
  CHECK(run.find("prov:endTime") == nullptr);
  CHECK(text_of(run, {"clew:state"}) == "running");
  CHECK(text_of(run, {"prov:label"}) == "run 01234567");
  CHECK_FALSE(has(json, {"entity", "run:config"}));
  CHECK_FALSE(has(json, {"entity", "run:environment"}));
  CHECK_FALSE(has(json, {"wasStartedBy"}));
}

TEST_CASE("the command line is the plan, with or without a user") {
  auto record = samples::bare_run();
  record.parts.run.argv = {"sh", "-c", "echo \"a b\""};
  auto json = sound({record});
  CHECK(text_of(json, {"entity", "run:plan", "clew:argv"}) == R"(["sh","-c","echo \"a b\""])");
  CHECK(relations(json, "wasAssociatedWith", "prov:plan", "run:plan").size() == 1);
  CHECK_FALSE(has(json, {"actedOnBehalfOf"}));

  record.parts.run.user = "ada";
  json = sound({record});
  const auto plans = relations(json, "wasAssociatedWith", "prov:plan", "run:plan");
  REQUIRE(plans.size() == 1);
  CHECK(plans[0].find("prov:agent") != nullptr);
  CHECK(at(json, {"actedOnBehalfOf"}).as_object().size() == 1);

  record.parts.run.argv.clear();
  json = sound({record});
  CHECK_FALSE(has(json, {"entity"}));
}

TEST_CASE("a command line that is not UTF-8 is kept in Base64 too") {
  auto record = samples::bare_run();
  record.parts.run.argv = {"cat", "\xff"};
  const auto json = sound({record});
  CHECK(text_of(json, {"entity", "run:plan", "clew:argv"}) == "[\"cat\",\"\xef\xbf\xbd\"]");
  CHECK(text_of(json, {"entity", "run:plan", "clew:argvBase64"}) == R"(["Y2F0","/w=="])");
}

TEST_CASE("the user is one person for a name and host") {
  auto a = samples::bare_run();
  auto b = samples::killed_run();
  a.parts.run.user = b.parts.run.user = "ada";
  a.parts.run.host = b.parts.run.host = "lab1";
  CHECK(at(sound({a, b}), {"agent"}).as_object().size() == 3);
  b.parts.run.host = "lab2";
  const auto json = sound({a, b});
  CHECK(at(json, {"agent"}).as_object().size() == 4);
  for (const auto& [id, agent] : at(json, {"agent"}).as_object()) {
    CHECK(id.find("ada") == std::string::npos);
    CHECK(dump_json(agent).find("lab1") == std::string::npos);
  }
}

TEST_CASE("the exit is told by status or signal") {
  const auto json = sound({samples::killed_run()});
  const auto& run = at(json, {"activity", "run:run"});
  CHECK(text_of(run, {"clew:signal"}) == "SIGKILL");
  CHECK(run.find("clew:exitStatus") == nullptr);
  CHECK(dump_json(at(sound({samples::full_run()}), {"activity", "run:run", "clew:exitStatus"})) ==
        typed("0", "xsd:int"));
}

TEST_CASE("an end before the start is told apart from the activity's times") {
  auto record = samples::full_run();
  record.parts.run.ended = start - second;
  const auto json = sound({record});
  CHECK_FALSE(has(json, {"activity", "run:run", "prov:endTime"}));
  CHECK(dump_json(at(json, {"activity", "run:run", "clew:ended"})) ==
        typed("2026-01-02T03:04:04.000000Z", "xsd:dateTime"));
}

TEST_CASE("a dirty snapshot is derived from its base, a clean one from nothing") {
  const std::string snapshot = "git:commit-1111111111111111111111111111111111111111";
  const std::string base = "git:commit-3333333333333333333333333333333333333333";
  auto record = samples::full_run();
  auto json = sound({record});
  CHECK(relations(json, "wasDerivedFrom", "prov:usedEntity", base).size() == 1);
  const auto usage = relations(json, "used", "prov:entity", snapshot);
  REQUIRE(usage.size() == 1);
  CHECK(at(usage[0], {"clew:dirty"}) == Json(true));
  CHECK(text_of(usage[0], {"clew:branch"}) == "main");
  CHECK(text_of(usage[0], {"clew:unstored"}).find(R"("path":"data/digits.csv")") !=
        std::string::npos);
  CHECK_FALSE(has(json, {"entity", snapshot, "clew:branch"}));

  auto& code = record.parts.run.code;
  code.dirty = false;
  code.base = code.commit;
  code.unstored.clear();
  json = sound({record});
  CHECK(relations(json, "wasDerivedFrom", "prov:generatedEntity", snapshot).empty());
  CHECK_FALSE(has(json, {"entity", base}));

  code.dirty = true;  // never from itself, whatever the record says
  json = sound({record});
  CHECK(relations(json, "wasDerivedFrom", "prov:generatedEntity", snapshot).empty());

  code = {};
  json = sound({record});
  for (const auto& [id, entity] : at(json, {"entity"}).as_object()) {
    CHECK(id.rfind("git:", 0) == std::string::npos);
  }
}

TEST_CASE("runs of one snapshot share its entity, also as the base of one and code of another") {
  auto a = samples::full_run();
  auto b = samples::killed_run();
  auto json = sound({a, b});
  const std::string snapshot = "git:commit-1111111111111111111111111111111111111111";
  CHECK(relations(json, "used", "prov:entity", snapshot).size() == 2);
  CHECK(relations(json, "wasDerivedFrom", "prov:generatedEntity", snapshot).size() == 1);

  auto& code = b.parts.run.code;
  code.commit = code.base;
  code.tree = "4444444444444444444444444444444444444444";
  code.dirty = false;
  json = sound({a, b});
  const auto& base = at(json, {"entity", "git:commit-3333333333333333333333333333333333333333"});
  CHECK(at(base, {"prov:type"}).as_array().size() == 2);
  CHECK(text_of(base, {"clew:tree"}) == code.tree);
  CHECK(at(base, {"prov:label"}).is_string());
}

TEST_CASE("each parameter is a member of the configuration with its typed value") {
  auto record = samples::full_run();
  record.parts.changes.clear();
  const auto json = sound({record});
  CHECK(at(json, {"hadMember"}).as_object().size() == 7);
  const auto value = [&](const std::string& local) {
    return dump_json(at(json, {"entity", "run:" + local, "prov:value"}));
  };
  const auto type = [&](const std::string& local) {
    return text_of(json, {"entity", "run:" + local, "clew:valueType"});
  };
  CHECK(value("param.batch") == typed("32", "xsd:int"));
  CHECK(value("param.layers") == R"("[64,32]")");
  CHECK(type("param.layers") == "list");
  CHECK(value("param.lr") == typed("0.01", "xsd:double"));
  CHECK(value("param.seed") == typed("12345678901", "xsd:long"));
  CHECK(value("param.shuffle") == "true");
  CHECK(value("param.warmup") == R"("null")");
  CHECK(type("param.warmup") == "null");
  const auto odd = local_name("param", "optimizer/name");
  CHECK(value(odd) == R"("adam")");
  CHECK(text_of(json, {"entity", "run:" + odd, "clew:name"}) == "optimizer/name");
  CHECK(text_of(json, {"entity", "run:param.lr", "clew:lost"}) ==
        R"([{"value":0.1,"source":"file","file":"conf/base.yaml"}])");
  CHECK(text_of(json, {"entity", "run:param.batch", "clew:file"}) == "conf/base.yaml");
}

TEST_CASE("values that XSD has no place for keep their JSON") {
  auto record = samples::bare_run();
  record.parts.run.params = {
      {"empty", Json::object(), model::Source::file, "a.yaml", {}},
      {"esc", "\x1b[0m", model::Source::argv, "", {}},
      {"inf", std::numeric_limits<double>::infinity(), model::Source::argv, "", {}},
      {"nan", std::numeric_limits<double>::quiet_NaN(), model::Source::argv, "", {}},
  };
  const auto json = sound({record});
  CHECK(text_of(json, {"entity", "run:param.empty", "prov:value"}) == "{}");
  CHECK(text_of(json, {"entity", "run:param.empty", "clew:valueType"}) == "map");
  CHECK(text_of(json, {"entity", "run:param.esc", "clew:json"}) == R"("\u001b[0m")");
  CHECK(dump_json(at(json, {"entity", "run:param.inf", "prov:value"})) ==
        typed("INF", "xsd:double"));
  CHECK(dump_json(at(json, {"entity", "run:param.nan", "prov:value"})) ==
        typed("NaN", "xsd:double"));
}

TEST_CASE("a changed parameter is a revision of its value before") {
  auto record = samples::full_run();
  record.parts.run.params[2].value = 0.0001;  // as it is in the end
  const auto json = sound({record});
  CHECK(dump_json(at(json, {"entity", "run:param.lr", "prov:value"})) ==
        typed("0.01", "xsd:double"));
  const auto& change = at(json, {"entity", "run:change.1.lr"});
  CHECK(dump_json(at(change, {"prov:value"})) == typed("0.001", "xsd:double"));
  CHECK(text_of(change, {"clew:old"}) == "0.01");
  CHECK(text_of(change, {"clew:cause"}) == "plateau");
  CHECK(dump_json(at(change, {"clew:step"})) == typed("2", "xsd:int"));
  const auto first = relations(json, "wasDerivedFrom", "prov:generatedEntity", "run:change.1.lr");
  REQUIRE(first.size() == 1);
  CHECK(text_of(first[0], {"prov:usedEntity"}) == "run:param.lr");
  const auto later = relations(json, "wasDerivedFrom", "prov:generatedEntity", "run:change.2.lr");
  REQUIRE(later.size() == 1);
  CHECK(text_of(later[0], {"prov:usedEntity"}) == "run:change.1.lr");
  const auto made = relations(json, "wasGeneratedBy", "prov:entity", "run:change.1.lr");
  REQUIRE(made.size() == 1);
  CHECK(text_of(made[0], {"prov:time"}) == "2026-01-02T03:04:08.000000Z");
}

TEST_CASE("changes whose times make no sense are sound all the same") {
  auto record = samples::full_run();
  record.parts.changes = {
      {"lr", 0.01, 0.1, 1, start - second, ""},               // before the start
      {"lr", 0.1, 0.2, 2, start + 5 * second, ""},            //
      {"lr", 0.2, 0.3, 3, start + 4 * second, ""},            // back in time
      {"lr", 0.3, 0.4, 4, start + 60 * second, ""},           // after the end
      {"late", nullptr, 1, std::nullopt, start + second, ""}  // was no parameter at the start
  };
  const auto json = sound({record});
  const auto timed = [&](const std::string& entity) {
    const auto made = relations(json, "wasGeneratedBy", "prov:entity", entity);
    REQUIRE(made.size() == 1);
    return made[0].find("prov:time") != nullptr;
  };
  CHECK_FALSE(timed("run:change.1.lr"));
  CHECK(timed("run:change.2.lr"));
  CHECK_FALSE(timed("run:change.3.lr"));
  CHECK_FALSE(timed("run:change.4.lr"));
  CHECK(timed("run:change.5.late"));
  CHECK(relations(json, "wasDerivedFrom", "prov:generatedEntity", "run:change.5.late").empty());
}

TEST_CASE("a series is told by its summary, its digest and its points") {
  const auto json = sound({samples::full_run()});
  const auto& loss = at(json, {"entity", "run:metric.loss"});
  const auto text = text_of(loss, {"clew:points"});
  CHECK(text == R"({"steps":[0,1,2],"times":[1767323046000000,1767323047000000,)"
                R"(1767323048000000],"values":[0.75,0.5,0.25]})");
  CHECK(text_of(loss, {"clew:sha256"}) == to_hex(sha256(text)));
  CHECK(dump_json(at(loss, {"clew:count"})) == typed("3", "xsd:int"));
  CHECK(dump_json(at(loss, {"clew:min"})) == typed("0.25", "xsd:double"));
  CHECK(dump_json(at(loss, {"clew:argmin"})) == typed("2", "xsd:int"));
  CHECK(dump_json(at(loss, {"clew:mean"})) == typed("0.5", "xsd:double"));
  const auto other = "run:" + local_name("metric", "val/acc");
  CHECK(text_of(json, {"entity", other, "clew:source"}) == "output");
  CHECK(text_of(json, {"entity", other, "clew:points"}) ==
        R"({"steps":[null],"times":[1767323047000000],"values":[0.75]})");
  const auto made = relations(json, "wasGeneratedBy", "prov:entity", "run:metric.loss");
  REQUIRE(made.size() == 1);
  CHECK(text_of(made[0], {"prov:time"}) == "2026-01-02T03:04:08.000000Z");
}

TEST_CASE("long series are told without points unless they are asked for") {
  const std::vector<std::string> points = {"entity", "run:metric.loss", "clew:points"};
  const std::vector<std::string> digest = {"entity", "run:metric.loss", "clew:sha256"};
  CHECK(has(sound({run_with_series(10'000)}), points));
  const auto longer = run_with_series(10'001);
  const auto without = sound({longer});
  CHECK_FALSE(has(without, points));
  const auto with = sound({longer}, {true, "0.1.0"});
  REQUIRE(has(with, points));
  CHECK(at(with, digest) == at(without, digest));
  CHECK(to_hex(sha256(text_of(with, points))) == text_of(without, digest));
}

TEST_CASE("series of nothing, of NaN and of unknown points are sound") {
  auto record = samples::bare_run();
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const model::Series nothing{"nothing", model::MetricSource::api, {}};
  const model::Series bad{"bad", model::MetricSource::api, {{1, start, nan}}};
  record.parts.run.metrics = {samples::summary_of(bad), samples::summary_of(nothing)};
  record.series = [&](const std::string& name) { return name == "bad" ? bad : nothing; };
  auto json = sound({record});
  CHECK(dump_json(at(json, {"entity", "run:metric.nothing", "clew:count"})) ==
        typed("0", "xsd:int"));
  CHECK_FALSE(has(json, {"entity", "run:metric.nothing", "clew:last"}));
  CHECK(dump_json(at(json, {"entity", "run:metric.bad", "clew:min"})) ==
        typed("NaN", "xsd:double"));
  CHECK_FALSE(has(json, {"entity", "run:metric.bad", "clew:argmin"}));
  CHECK(text_of(json, {"entity", "run:metric.bad", "clew:points"}).find(R"(["NaN"])") !=
        std::string::npos);

  record.series = nullptr;
  json = sound({record});
  CHECK_FALSE(has(json, {"entity", "run:metric.bad", "clew:points"}));
  CHECK(has(json, {"entity", "run:metric.bad", "clew:count"}));
}

TEST_CASE("a series that grew since the header was read is told as it is now") {
  auto record = samples::full_run();
  auto& metric = record.parts.run.metrics[0];
  metric.summary = {};
  metric.summary.add(samples::loss_series().points[0]);
  const auto json = sound({record});
  CHECK(dump_json(at(json, {"entity", "run:metric.loss", "clew:count"})) == typed("3", "xsd:int"));
}

TEST_CASE("each named file is generated once") {
  auto record = samples::full_run();
  record.parts.artifacts.push_back({"report.txt", start + 60 * second});
  record.parts.artifacts.push_back({"dir/a b.txt", start});
  const auto json = sound({record});
  CHECK(relations(json, "wasGeneratedBy", "prov:entity", "run:file.report.txt").size() == 1);
  CHECK(text_of(json, {"entity", "run:file.report.txt", "prov:location"}) == "report.txt");
  const auto odd = "run:" + local_name("file", "dir/a b.txt");
  CHECK(text_of(json, {"entity", odd, "prov:location"}) == "dir/a b.txt");
}

TEST_CASE("the output is a log") {
  auto record = samples::bare_run();
  CHECK_FALSE(has(sound({record}), {"entity", "run:log"}));
  record.has_output = true;
  CHECK(has(sound({record}), {"entity", "run:log"}));
}

TEST_CASE("the environment has what is known of it, and all of it as JSON") {
  auto record = samples::full_run();
  auto json = sound({record});
  const auto& environment = at(json, {"entity", "run:environment"});
  CHECK(text_of(environment, {"clew:os"}) == "Debian GNU/Linux 12");
  CHECK(dump_json(at(environment, {"clew:memory"})) == typed("68719476736", "xsd:long"));
  CHECK(text_of(environment, {"clew:gpu"}) == "H200");
  CHECK(parse_json(text_of(environment, {"clew:json"})) == samples::environment());

  // Of another shape than expected: nothing is lost, nothing fails.
  record.parts.environment = parse_json(R"({"os":"x","cpu":[1],"gpus":"none","memory":null})");
  json = sound({record});
  CHECK(parse_json(text_of(json, {"entity", "run:environment", "clew:json"})) ==
        record.parts.environment);
  record.parts.environment = Json(3);
  CHECK(text_of(sound({record}), {"entity", "run:environment", "clew:host"}) == "lab1");
}

TEST_CASE("the parent run started the run, declared by a stub or by its own record") {
  auto json = sound({samples::full_run()});
  CHECK(text_of(json, {"prefix", "r00c0ffee"}) == "urn:clew:run:00c0ffee00c0ffee#");
  CHECK(has(json, {"activity", "r00c0ffee:run"}));
  auto started = relations(json, "wasStartedBy", "prov:starter", "r00c0ffee:run");
  REQUIRE(started.size() == 1);
  CHECK(started[0].as_object().size() == 2);

  json = sound({samples::killed_run(), samples::full_run()});
  CHECK(text_of(json, {"activity", "r9f3c2a7b:run", "clew:name"}) == "first light");
  CHECK(text_of(json, {"activity", "r9f3c2a7b:run", "prov:startTime"}) ==
        "2026-01-02T03:04:05.000000Z");
  CHECK(relations(json, "wasStartedBy", "prov:starter", "r9f3c2a7b:run").size() == 1);

  auto own = samples::bare_run();
  own.parts.run.parent = own.parts.run.id;
  CHECK_FALSE(has(sound({own}), {"wasStartedBy"}));
}

TEST_CASE("prefixes of runs stay apart when their short ids are equal") {
  auto a = samples::bare_run();
  auto b = samples::bare_run();
  b.parts.run.id.bits += 1;
  const auto json = sound({a, b});
  CHECK(has(json, {"activity", "r0123456789abcdef:run"}));
  CHECK(has(json, {"activity", "r0123456789abcdf0:run"}));
}

TEST_CASE("names and texts of any bytes leave the graph sound") {
  const auto json = sound({samples::odd_run()}, {false, "0.1.0+\xff\x01"});
  CHECK(text_of(json, {"prefix", "run"}) == "urn:clew:run:9f3c2a7be1d04a55#");
}

TEST_CASE("an empty series has an empty text") {
  CHECK(series_text({}) == R"({"steps":[],"times":[],"values":[]})");
}

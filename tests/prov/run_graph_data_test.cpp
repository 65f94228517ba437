#include <catch2/catch.hpp>
#include <limits>

#include "base/hash.h"
#include "prov/graph_helpers.h"
#include "prov/run_template.h"
#include "prov/samples.h"
#include "prov/vocabulary.h"

// What went into a run and came out of it, in its graph.

using namespace clew;
using namespace clew::prov;
using samples::second;
using samples::start;

namespace {

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

TEST_CASE("an empty series has an empty text") {
  CHECK(series_text({}) == R"({"steps":[],"times":[],"values":[]})");
}

#include "prov/run_graph.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "prov/graph_helpers.h"
#include "prov/samples.h"
#include "prov/vocabulary.h"

using namespace clew;
using namespace clew::prov;
using samples::second;
using samples::start;

namespace {

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

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "prov/lint_helpers.h"
#include "prov/read.h"
#include "prov/run_graph.h"
#include "prov/samples.h"
#include "prov/writers.h"

using namespace clew;
using namespace clew::prov;

namespace {

const Prefixes example = {{"ex", "http://example.org/"}};

Document with(std::vector<Record> records) {
  return {example, std::move(records), {}};
}

/// A record of every kind, with and without what may be absent.
Document every_kind() {
  const auto t = "2026-01-02T03:04:05Z";
  Document document = with({
      {Kind::entity, "ex:e1", {}, {{"prov:label", text_value("one \"quoted\"\nline \\ \t")}}},
      {Kind::entity,
       "ex:e2",
       {},
       {{"prov:type", name_value("ex:T")}, {"prov:value", int_value(7)}}},
      {Kind::activity, "ex:a1", {{"prov:startTime", t}}, {{"ex:x", real_value(0.5)}}},
      {Kind::activity, "ex:a2", {}, {{"ex:on", bool_value(true)}}},
      {Kind::agent, "ex:ag1", {}, {{"prov:type", name_value("prov:Person")}}},
      {Kind::agent, "ex:ag2", {}, {}},
      {Kind::was_generated_by, "", {{"prov:entity", "ex:e2"}, {"prov:activity", "ex:a1"}}, {}},
      {Kind::was_generated_by,
       "ex:g1",
       {{"prov:entity", "ex:e1"}, {"prov:activity", "ex:a2"}, {"prov:time", t}},
       {}},
      {Kind::used, "ex:u1", {{"prov:activity", "ex:a2"}, {"prov:entity", "ex:e2"}}, {}},
      {Kind::used,
       "",
       {{"prov:activity", "ex:a1"}, {"prov:entity", "ex:e2"}},
       {{"prov:role", name_value("ex:r")}}},
      {Kind::was_informed_by, "", {{"prov:informed", "ex:a2"}, {"prov:informant", "ex:a1"}}, {}},
      {Kind::was_started_by, "", {{"prov:activity", "ex:a2"}, {"prov:starter", "ex:a1"}}, {}},
      {Kind::was_ended_by, "", {{"prov:activity", "ex:a2"}, {"prov:trigger", "ex:e2"}}, {}},
      {Kind::was_invalidated_by, "", {{"prov:entity", "ex:e1"}, {"prov:activity", "ex:a1"}}, {}},
      {Kind::was_derived_from,
       "",
       {{"prov:generatedEntity", "ex:e1"},
        {"prov:usedEntity", "ex:e2"},
        {"prov:activity", "ex:a2"},
        {"prov:generation", "ex:g1"},
        {"prov:usage", "ex:u1"}},
       {}},
      {Kind::was_derived_from,
       "",
       {{"prov:generatedEntity", "ex:e1"}, {"prov:usedEntity", "ex:e2"}},
       {{"prov:type", name_value("prov:Revision")}}},
      {Kind::was_attributed_to, "", {{"prov:entity", "ex:e1"}, {"prov:agent", "ex:ag1"}}, {}},
      {Kind::was_associated_with,
       "",
       {{"prov:activity", "ex:a1"}, {"prov:agent", "ex:ag1"}, {"prov:plan", "ex:e2"}},
       {}},
      {Kind::acted_on_behalf_of,
       "",
       {{"prov:delegate", "ex:ag2"}, {"prov:responsible", "ex:ag1"}, {"prov:activity", "ex:a1"}},
       {}},
      {Kind::was_influenced_by,
       "",
       {{"prov:influencee", "ex:a2"}, {"prov:influencer", "ex:a1"}},
       {}},
      {Kind::specialization_of,
       "",
       {{"prov:specificEntity", "ex:e1"}, {"prov:generalEntity", "ex:e2"}},
       {}},
      {Kind::alternate_of, "", {{"prov:alternate1", "ex:e1"}, {"prov:alternate2", "ex:e2"}}, {}},
      {Kind::had_member, "", {{"prov:collection", "ex:e2"}, {"prov:entity", "ex:e1"}}, {}},
  });
  document.bundles.push_back(
      {"ex:b", {{"in", "urn:in:"}}, {{Kind::entity, "in:e", {}, {{"in:a", text_value("x")}}}}});
  return document;
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

Document reversed(Document document) {
  std::reverse(document.records.begin(), document.records.end());
  std::reverse(document.prefixes.begin(), document.prefixes.end());
  for (auto& record : document.records) {
    std::reverse(record.formal.begin(), record.formal.end());
    std::reverse(record.attributes.begin(), record.attributes.end());
  }
  return document;
}

}  // namespace

TEST_CASE("a document of every kind has its form in every serialization") {
  const auto document = every_kind();
  check_findings(parse_json(to_prov_json(document)), {});
  compare_with_golden("kinds.json", to_prov_json(document));
  compare_with_golden("kinds.provn", to_prov_n(document));
  compare_with_golden("kinds.trig", to_trig(document));
  compare_with_golden("kinds.jsonld", to_prov_jsonld(document));
  auto plain = document;
  plain.bundles.clear();
  compare_with_golden("kinds.ttl", to_turtle(plain));
}

TEST_CASE("a run in every serialization is as it was") {
  const auto document = run_graph({samples::small_run()}, {false, "0.1.0"});
  compare_with_golden("small.provn", to_prov_n(document));
  compare_with_golden("small.ttl", to_turtle(document));
  compare_with_golden("small.jsonld", to_prov_jsonld(document));
  const auto odd = run_graph({samples::odd_run()}, {false, "0.1.0"});
  compare_with_golden("odd.provn", to_prov_n(odd));
  compare_with_golden("odd.ttl", to_turtle(odd));
  compare_with_golden("odd.jsonld", to_prov_jsonld(odd));
}

TEST_CASE("the order of records leaves no trace in any serialization") {
  const auto document = every_kind();
  const auto other = reversed(document);
  CHECK(to_prov_n(other) == to_prov_n(document));
  CHECK(to_trig(other) == to_trig(document));
  CHECK(to_prov_jsonld(other) == to_prov_jsonld(document));
}

TEST_CASE("PROV-N gives optional arguments all or none") {
  const auto line = [](Record record) {
    const auto text = to_prov_n(with({std::move(record)}));
    const auto begin = text.find('\n', text.find("prefix")) + 3;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  CHECK(line({Kind::used, "", {{"prov:activity", "ex:a"}}, {}}) == "used(ex:a)");
  CHECK(line({Kind::used, "_:u", {{"prov:activity", "ex:a"}, {"prov:entity", "ex:e"}}, {}}) ==
        "used(ex:a, ex:e, -)");
  CHECK(line({Kind::used, "ex:u", {{"prov:activity", "ex:a"}}, {}}) == "used(ex:u; ex:a)");
  CHECK(
      line({Kind::was_started_by, "", {{"prov:activity", "ex:a"}, {"prov:starter", "ex:b"}}, {}}) ==
      "wasStartedBy(ex:a, -, ex:b, -)");
  CHECK(line({Kind::activity, "ex:a", {{"prov:endTime", "2026-01-01T00:00:00Z"}}, {}}) ==
        "activity(ex:a, -, 2026-01-01T00:00:00Z)");
  CHECK(line({Kind::entity, "ex:a(b)=c.", {}, {}}) == "entity(ex:a\\(b\\)\\=c\\.)");
  CHECK(line({Kind::entity, "ex:e", {}, {{"ex:q", name_value("ex:x,y")}}}) ==
        "entity(ex:e, [ex:q='ex:x\\,y'])");
}

TEST_CASE("names that Turtle cannot shorten stand as IRIs") {
  Document document = {{{"1x", "urn:one:"}, {"ex", "http://example.org/"}},
                       {{Kind::entity, "1x:a", {}, {}}, {Kind::entity, "ex:a/b", {}, {}}},
                       {}};
  const auto text = to_turtle(document);
  CHECK(text.find("<urn:one:a> a prov:Entity .") != std::string::npos);
  CHECK(text.find("<http://example.org/a/b> a prov:Entity .") != std::string::npos);
  CHECK(text.find("@prefix 1x") == std::string::npos);
}

TEST_CASE("a prefix that a bundle gives another meaning is not written there") {
  Document document = with({{Kind::entity, "ex:e", {}, {}}});
  document.bundles.push_back({"ex:b", {{"ex", "urn:other:"}}, {{Kind::entity, "ex:e", {}, {}}}});
  CHECK(to_trig(document).find("<urn:other:e> a prov:Entity") != std::string::npos);
}

TEST_CASE("Turtle refuses bundles, and all refuse what has no name") {
  CHECK_THROWS_AS(to_turtle(every_kind()), Error);
  for (const auto write : {to_prov_n, to_turtle, to_trig, to_prov_jsonld}) {
    CHECK_THROWS_AS(write(with({{Kind::entity, "", {}, {}}})), Error);
    CHECK_THROWS_AS(write(with({{Kind::entity, "ex:e", {}, {}},
                                {Kind::entity, "ex:e", {}, {{"ex:a", text_value("x")}}}})),
                    Error);
  }
}

TEST_CASE("what is read from PROV-JSON is written as it was") {
  for (const auto& document :
       {every_kind(), run_graph({samples::full_run(), samples::odd_run()}, {false, "0.1.0"})}) {
    const auto text = to_prov_json(document);
    CHECK(to_prov_json(read_prov_json(parse_json(text))) == text);
    CHECK(to_prov_n(read_prov_json(parse_json(text))) == to_prov_n(document));
  }
}

TEST_CASE("values of other people's documents are read for what they are") {
  const auto written = [](std::string_view value) {
    const auto json = parse_json(concat(
        R"({"prefix":{"ex":"http://example.org/"},"entity":{"ex:e":{"ex:a":)", value, "}}}"));
    const auto out = parse_json(to_prov_json(read_prov_json(json)));
    return dump_json(*out.find("entity")->find("ex:e")->find("ex:a"));
  };
  CHECK(written("3") == R"({"$":"3","type":"xsd:int"})");
  CHECK(written("1.5") == R"({"$":"1.5","type":"xsd:double"})");
  CHECK(written("true") == "true");
  CHECK(written(R"({"$":"x","lang":"en"})") == R"({"$":"x","lang":"en"})");
  CHECK(written(R"({"$":"x"})") == R"("x")");
  CHECK(written(R"({"$":"x","type":"xsd:string"})") == R"("x")");
  CHECK(written(R"({"$":"7","type":"xsd:long"})") == R"({"$":"7","type":"xsd:long"})");
  CHECK(written(R"({"$":"1","type":"xsd:boolean"})") == R"({"$":"1","type":"xsd:boolean"})");
  CHECK(written(R"({"$":"ex:q","type":"xsd:QName"})") ==
        R"({"$":"ex:q","type":"prov:QUALIFIED_NAME"})");
  CHECK(written(R"(["b","a"])") == R"(["a","b"])");
}

TEST_CASE("what has no place in a graph is refused with its place") {
  for (const auto* text : {"[]", R"({"entity":[]})", R"({"entity":{"ex:e":[]}})", R"({"odd":{}})",
                           R"({"used":{"_:u":{"prov:entity":1}}})", R"({"prefix":{"ex":1}})",
                           R"({"entity":{"ex:e":{"ex:a":null}}})", R"({"bundle":[]})"}) {
    INFO(text);
    CHECK_THROWS_AS(read_prov_json(parse_json(text)), Error);
  }
}

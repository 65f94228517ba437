#include <array>

#include "prov/lint_helpers.h"

using namespace clew;
using namespace clew::prov;

namespace {

/// A document whose one more entity has these attributes.
std::string entity(std::string_view attributes) {
  return concat(R"("entity":{"ex:e":{)", attributes, "}}");
}

void finds_in(std::string_view members, const std::string& expected) {
  check_findings(only(members), {expected});
}

void sound_in(std::string_view members) {
  check_findings(only(members), {});
}

}  // namespace

TEST_CASE("documents without fault have no findings") {
  check_findings(Json::object(), {});
  sound("");
  sound_in(entity(R"("ex:a":"text","ex:b":1,"ex:c":1.5,"ex:d":true,"prov:label":"x")"));
  sound_in(entity(R"("ex:a":["b",1,{"$":"c","lang":"en-GB"}],"ex:b":[])"));
  sound_in(entity(R"("prov:type":{"$":"ex:T","type":"prov:QUALIFIED_NAME"})"));
  sound_in(entity(R"("prov:location":{"$":"x","type":"ex:mine"},"prov:value":{"$":"x"})"));
}

TEST_CASE("what is no object has one finding") {
  for (const auto* text : {"null", "1", "true", "\"x\"", "[]", "[{\"entity\":{}}]"}) {
    check_findings(parse_json(text), {"document: is not a JSON object"});
  }
  finds_in(R"("entity":[])", "entity: is not a JSON object");
  finds_in(R"("used":null)", "used: is not a JSON object");
  finds_in(R"("entity":{"ex:e":"x"})", "entity/ex:e: is not a JSON object");
  finds_in(R"("entity":{"ex:e":null})", "entity/ex:e: is not a JSON object");
  finds_in(R"("entity":{"ex:e":[{},{}]})",
           "entity/ex:e: is a list of records under one identifier");
  check_findings(parse_json(R"({"prefix":[]})"), {"prefix: is not a JSON object"});
  check_findings(parse_json(R"({"bundle":7})"), {"bundle: is not a JSON object"});
}

TEST_CASE("unknown keys are found") {
  finds(R"("entities":{})", "entities: is no kind of record");
  finds(R"("wasEndedby":{})", "wasEndedby: is no kind of record");
  finds(R"("mentionOf":{})", "mentionOf: is no kind of record");
  finds_in(entity(R"("prov:lable":"x")"),
           "entity/ex:e: 'prov:lable' is no attribute of this kind of record");
  finds_in(entity(R"("prov:time":"2026-01-01T00:00:00Z")"),
           "entity/ex:e: 'prov:time' is no attribute of this kind of record");
  finds_in(entity(R"("ex:a":{"$":"x","tpye":"xsd:int"})"),
           "entity/ex:e: 'ex:a' has an unknown member 'tpye'");
}

TEST_CASE("values of the wrong form are found") {
  finds_in(entity(R"("ex:a":null)"), "entity/ex:e: 'ex:a' is null");
  finds_in(entity(R"("ex:a":["x",null])"), "entity/ex:e: 'ex:a' is null");
  finds_in(entity(R"("ex:a":["x",["y"]])"), "entity/ex:e: 'ex:a' has a list inside its list");
  finds_in(entity(R"("ex:a":{"type":"xsd:int"})"), "entity/ex:e: 'ex:a' lacks '$'");
  finds_in(entity(R"("ex:a":{})"), "entity/ex:e: 'ex:a' lacks '$'");
  finds_in(entity(R"("ex:a":{"$":3,"type":"xsd:int"})"),
           "entity/ex:e: '$' of 'ex:a' is not a string");
  finds_in(entity(R"("ex:a":{"$":null})"), "entity/ex:e: '$' of 'ex:a' is not a string");
  finds_in(entity(R"("ex:a":{"$":"x","type":1})"), "entity/ex:e: 'type' of 'ex:a' is not a string");
  finds_in(entity(R"("ex:a":{"$":"x","lang":"not a tag"})"),
           "entity/ex:e: 'lang' of 'ex:a' is no language tag: 'not a tag'");
  finds_in(entity(R"("ex:a":{"$":"x","lang":""})"),
           "entity/ex:e: 'lang' of 'ex:a' is no language tag: ''");
}

TEST_CASE("literals that are not of their type are found") {
  const auto literal = [](std::string_view text, std::string_view type) {
    return entity(concat(R"("ex:a":{"$":")", text, R"(","type":")", type, "\"}"));
  };
  for (const auto* type : {"xsd:int", "xsd:long", "xsd:integer", "xsd:double", "xsd:boolean"}) {
    sound_in(literal("1", type));
    finds_in(literal("one", type), concat("entity/ex:e: 'ex:a' is no ", type, ": 'one'"));
    finds_in(literal("", type), concat("entity/ex:e: 'ex:a' is no ", type, ": ''"));
  }
  sound_in(literal("-9223372036854775808", "xsd:long"));
  sound_in(literal("+7", "xsd:int"));
  sound_in(literal("123456789012345678901234567890", "xsd:integer"));
  finds_in(literal("2147483648", "xsd:int"), "entity/ex:e: 'ex:a' is no xsd:int: '2147483648'");
  for (const auto* text : {"NaN", "INF", "-INF", "1.", ".5", "-1.5e-05", "1E+9"}) {
    sound_in(literal(text, "xsd:double"));
  }
  for (const auto* text : {"nan", "inf", "Infinity", ".", "1e", "1e5.", "0x1p3", "1 "}) {
    finds_in(literal(text, "xsd:double"),
             concat("entity/ex:e: 'ex:a' is no xsd:double: '", text, '\''));
  }
  finds_in(literal("yesterday", "xsd:dateTime"),
           "entity/ex:e: 'ex:a' is no xsd:dateTime: 'yesterday'");
  sound_in(literal("anything", "xsd:string"));
}

TEST_CASE("formal attributes that are no plain strings are found") {
  finds(R"("used":{"_:u":{"prov:activity":"ex:a1","prov:entity":["ex:e1"]}})",
        "used/_:u: 'prov:entity' is not a plain string");
  finds(
      R"("used":{"_:u":{"prov:activity":{"$":"ex:a1","type":"xsd:QName"},"prov:entity":"ex:e1"}})",
      "used/_:u: 'prov:activity' is not a plain string");
  finds(R"("used":{"_:u":{"prov:activity":"ex:a1","prov:entity":null}})",
        "used/_:u: 'prov:entity' is not a plain string");
  finds_in(
      R"("activity":{"ex:a":{"prov:startTime":{"$":"2026-01-01T00:00:00Z","type":"xsd:dateTime"}}})",
      "activity/ex:a: 'prov:startTime' is not a plain string");
}

TEST_CASE("formal attributes that must be there are missed") {
  const std::vector<std::pair<std::string, std::string>> mandatory = {
      {"wasGeneratedBy", "prov:entity"},   {"used", "prov:activity"},
      {"wasStartedBy", "prov:activity"},   {"wasEndedBy", "prov:activity"},
      {"wasInvalidatedBy", "prov:entity"}, {"wasAssociatedWith", "prov:activity"},
  };
  for (const auto& [kind, name] : mandatory) {
    finds(concat('"', kind, R"(":{"_:r":{}})"), concat(kind, "/_:r: lacks '", name, '\''));
  }
  const std::vector<std::array<std::string, 4>> pairs = {
      {"wasInformedBy", "prov:informed", "prov:informant", "ex:a1"},
      {"wasDerivedFrom", "prov:generatedEntity", "prov:usedEntity", "ex:e1"},
      {"wasAttributedTo", "prov:entity", "prov:agent", "ex:e1"},
      {"actedOnBehalfOf", "prov:delegate", "prov:responsible", "ex:ag"},
      {"wasInfluencedBy", "prov:influencee", "prov:influencer", "ex:e1"},
      {"specializationOf", "prov:specificEntity", "prov:generalEntity", "ex:e1"},
      {"alternateOf", "prov:alternate1", "prov:alternate2", "ex:e1"},
      {"hadMember", "prov:collection", "prov:entity", "ex:e1"},
  };
  for (const auto& [kind, first, other, value] : pairs) {
    finds(concat('"', kind, R"(":{"_:r":{")", first, "\":\"", value, "\"}}"),
          concat(kind, "/_:r: lacks '", other, '\''));
  }
}

TEST_CASE("relations that have no identifier or attributes have none") {
  const std::string members = R"("prov:collection":"ex:e1","prov:entity":"ex:e2")";
  sound(concat(R"("hadMember":{"_:m":{)", members, "}}"));
  finds(concat(R"("hadMember":{"ex:m":{)", members, "}}"),
        "hadMember/ex:m: has an identifier, which this kind of relation cannot have");
  finds(concat(R"("hadMember":{"_:m":{"ex:a":1,)", members, "}}"),
        "hadMember/_:m: has the attribute 'ex:a', but this kind of relation has none");
}

TEST_CASE("names that are none are found") {
  finds_in(R"("entity":{"_:e":{}})",
           "entity/_:e: has a blank identifier, which only relations may have");
  finds_in(R"("entity":{"":{}})", "entity/: '' is no qualified name");
  finds_in(R"("entity":{"ex:a b":{}})", "entity/ex:a b: 'ex:a b' is no qualified name");
  finds_in(R"("entity":{":e":{}})", "entity/:e: ':e' is no qualified name");
  finds_in(R"("entity":{"<http://example.org/e>":{}})",
           "entity/<http://example.org/e>: '<http://example.org/e>' is no qualified name");
  finds_in(entity(R"("a b":1)"), "entity/ex:e: 'a b' is no qualified name");
  finds_in(entity(R"("_:b":1)"), "entity/ex:e: '_:b' is no name of an attribute");
  finds(R"("used":{"_:":{"prov:activity":"ex:a1"}})", "used/_:: '_:' is no qualified name");
  finds(R"("used":{"_:u":{"prov:activity":"_:a"}})",
        "used/_:u: 'prov:activity' is blank, but elements have names");
  sound_in(R"("entity":{"ex:dir/ä.txt":{}})");
}

TEST_CASE("prefixes that are not declared are found, each once") {
  finds_in(R"("entity":{"no:e":{},"no:f":{"no:a":1}})",
           "entity/no:e: the prefix 'no' is not declared");
  finds_in(R"("entity":{"http://example.org/e":{}})",
           "entity/http://example.org/e: the prefix 'http' is not declared");
  finds_in(entity(R"("no:a":1)"), "entity/ex:e: the prefix 'no' is not declared");
  finds_in(entity(R"("ex:a":{"$":"x","type":"no:t"})"),
           "entity/ex:e: the prefix 'no' is not declared");
  finds_in(entity(R"("ex:a":{"$":"no:x","type":"prov:QUALIFIED_NAME"})"),
           "entity/ex:e: the prefix 'no' is not declared");
  finds_in(entity(R"("ex:a":{"$":"no:x","type":"xsd:QName"})"),
           "entity/ex:e: the prefix 'no' is not declared");
  finds_in(R"("entity":{"bare":{}})",
           "entity/bare: 'bare' has no prefix, and there is no default namespace");
  check_findings(parse_json(R"({"prefix":{"default":"urn:x:"},"entity":{"bare":{}}})"), {});
  // Once for the document: of the reference that then leads nowhere, too.
  check_findings(document(R"("used":{"_:u":{"prov:activity":"no:a","prov:entity":"ex:e1"}})"),
                 {"used/_:u: the prefix 'no' is not declared",
                  "used/_:u: 'prov:activity' refers to 'no:a', which is not there"});
}

TEST_CASE("prefixes that are none are found") {
  const auto finds_prefix = [](std::string_view prefixes, const std::string& expected) {
    check_findings(parse_json(concat(R"({"prefix":{)", prefixes, "}}")), {expected});
  };
  const std::string rule = "is no prefix: letters, digits, '_' and '-' may stand in one";
  finds_prefix(R"("a.b":"urn:x:")", "prefix/a.b: " + rule);
  finds_prefix(R"("":"urn:x:")", "prefix/: " + rule);
  finds_prefix(R"("_":"urn:x:")", "prefix/_: " + rule);
  finds_prefix(R"("ä":"urn:x:")", "prefix/ä: " + rule);
  finds_prefix(R"("ex":1)", "prefix/ex: is not a string");
  finds_prefix(R"("ex":"")", "prefix/ex: '' is no absolute IRI");
  finds_prefix(R"("ex":"no scheme")", "prefix/ex: 'no scheme' is no absolute IRI");
  finds_prefix(R"("ex":"http://a b/")", "prefix/ex: 'http://a b/' is no absolute IRI");
  finds_prefix(R"("xsd":"http://www.w3.org/2000/10/XMLSchema#")",
               "prefix/xsd: names 'http://www.w3.org/2000/10/XMLSchema#' with a reserved prefix");
  check_findings(parse_json(R"({"prefix":{"a-b_C9":"urn:x:","prov":"http://www.w3.org/ns/prov#",
    "xsd":"http://www.w3.org/2001/XMLSchema#"}})"),
                 {});
}

TEST_CASE("bundles are checked each by itself") {
  const auto in_bundle = [](std::string_view members) {
    return document(concat(R"("bundle":{"ex:b":{)", members, "}}"));
  };
  check_findings(in_bundle(R"("entity":{"ex:e":{}})"), {});
  check_findings(in_bundle(R"("prefix":{"in":"urn:in:"},"entity":{"in:e":{}})"), {});
  check_findings(in_bundle(R"("entity":{"ex:a1":{}})"), {});  // an activity outside
  check_findings(
      in_bundle(R"("wasAttributedTo":{"_:r":{"prov:entity":"ex:e1","prov:agent":"ex:x"}})"),
      {"bundle/ex:b/wasAttributedTo/_:r: 'prov:entity' refers to 'ex:e1', which is not there",
       "bundle/ex:b/wasAttributedTo/_:r: 'prov:agent' refers to 'ex:x', which is not there"});
  check_findings(in_bundle(R"("entity":{"no:e":{}})"),
                 {"bundle/ex:b/entity/no:e: the prefix 'no' is not declared"});
  check_findings(in_bundle(R"("bundle":{})"), {"bundle/ex:b/bundle: is a bundle inside a bundle"});
  check_findings(document(R"("bundle":{"ex:b":[]})"), {"bundle/ex:b: is not a JSON object"});
  check_findings(document(R"("bundle":{"_:b":{}})"), {"bundle/_:b: '_:b' is no qualified name"});
  check_findings(document(R"("bundle":{"no:b":{}})"),
                 {"bundle/no:b: the prefix 'no' is not declared"});
  // A prefix of one bundle is not known in another, nor in the document.
  check_findings(
      document(R"("bundle":{"ex:b":{"prefix":{"in":"urn:in:"}},"ex:c":{"entity":{"in:e":{}}}})"),
      {"bundle/ex:c/entity/in:e: the prefix 'in' is not declared"});
}

TEST_CASE("no JSON value in any place breaks the checks") {
  const std::vector<Json> values = {nullptr,
                                    true,
                                    1,
                                    1.5,
                                    "",
                                    "x",
                                    "_:",
                                    "_:x",
                                    ":",
                                    "ex:e1",
                                    "prov:type",
                                    Json::array(),
                                    Json::object(),
                                    Json(Json::Array{Json::array(), nullptr, Json::object()}),
                                    parse_json(R"({"$":{"$":[]},"type":{},"lang":[]})"),
                                    parse_json(R"({"ex:e1":{"ex:e1":[]}})")};
  const std::vector<std::string> keys = {
      "prefix", "bundle", "entity", "activity", "used", "wasDerivedFrom", "hadMember", "odd", ""};
  for (const auto& key : keys) {
    for (const auto& value : values) {
      auto json = document("");
      json[key] = value;
      (void)lint(json);
      for (const auto* id : {"ex:x", "_:x", "", "default", "_"}) {
        auto inner = Json::object();
        inner[id] = value;
        json[key] = inner;
        (void)lint(json);
        for (const auto* name : {"prov:type", "prov:entity", "prov:activity", "prov:time",
                                 "prov:usedEntity", "prov:startTime", "prefix", "entity", ""}) {
          auto record = Json::object();
          record[name] = value;
          json[key][id] = record;
          (void)lint(json);
        }
      }
    }
  }
  SUCCEED();
}

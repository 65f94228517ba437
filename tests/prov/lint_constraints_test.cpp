#include "prov/lint_helpers.h"

using namespace clew;
using namespace clew::prov;

TEST_CASE("every kind of relation can be sound") {
  sound(R"("wasGeneratedBy":{"_:1":{"prov:entity":"ex:e1","prov:activity":"ex:a1",
    "prov:time":"2026-01-01T00:00:00Z","prov:role":"x"},"ex:g":{"prov:entity":"ex:e2"}})");
  sound(R"("used":{"_:1":{"prov:activity":"ex:a1","prov:entity":"ex:e1"},
    "_:2":{"prov:activity":"ex:a1","prov:entity":"ex:e1"},"_:3":{"prov:activity":"ex:a1"}})");
  sound(R"("wasInformedBy":{"_:1":{"prov:informed":"ex:a2","prov:informant":"ex:a1"}})");
  sound(R"("wasStartedBy":{"_:1":{"prov:activity":"ex:a2","prov:starter":"ex:a1"},
    "_:2":{"prov:activity":"ex:a2","prov:trigger":"ex:e1"}})");
  sound(R"("wasEndedBy":{"_:1":{"prov:activity":"ex:a2","prov:ender":"ex:a1",
    "prov:trigger":"ex:e1"}})");
  sound(R"("wasInvalidatedBy":{"_:1":{"prov:entity":"ex:e1","prov:activity":"ex:a1"}})");
  sound(R"("wasGeneratedBy":{"ex:g":{"prov:entity":"ex:e2","prov:activity":"ex:a1"}},
    "used":{"_:u":{"prov:activity":"ex:a1","prov:entity":"ex:e1"}},
    "wasDerivedFrom":{"_:1":{"prov:generatedEntity":"ex:e2","prov:usedEntity":"ex:e1",
    "prov:activity":"ex:a1","prov:generation":"ex:g","prov:usage":"_:u"}})");
  sound(R"("wasAttributedTo":{"ex:r":{"prov:entity":"ex:e1","prov:agent":"ex:ag","ex:x":1}})");
  sound(R"("wasAssociatedWith":{"_:1":{"prov:activity":"ex:a1","prov:plan":"ex:e1"},
    "_:2":{"prov:activity":"ex:a1","prov:agent":"ex:ag"}})");
  sound(R"("actedOnBehalfOf":{"_:1":{"prov:delegate":"ex:ag","prov:responsible":"ex:ag",
    "prov:activity":"ex:a1"}})");
  sound(R"("wasInfluencedBy":{"_:1":{"prov:influencee":"ex:a1","prov:influencer":"ex:ag"}})");
  sound(R"("specializationOf":{"_:1":{"prov:specificEntity":"ex:e1","prov:generalEntity":"ex:e2"}},
    "alternateOf":{"_:1":{"prov:alternate1":"ex:e1","prov:alternate2":"ex:e1"}},
    "hadMember":{"_:1":{"prov:collection":"ex:e1","prov:entity":"ex:e2"}})");
}

TEST_CASE("references to what is not there are found") {
  finds(R"("used":{"_:u":{"prov:activity":"ex:a1","prov:entity":"ex:gone"}})",
        "used/_:u: 'prov:entity' refers to 'ex:gone', which is not there");
  finds(R"("wasAssociatedWith":{"_:r":{"prov:activity":"ex:a1","prov:plan":"ex:gone"}})",
        "wasAssociatedWith/_:r: 'prov:plan' refers to 'ex:gone', which is not there");
  finds(R"("wasDerivedFrom":{"_:d":{"prov:generatedEntity":"ex:e2","prov:usedEntity":"ex:e1",
    "prov:activity":"ex:a1","prov:generation":"_:gone"}})",
        "wasDerivedFrom/_:d: 'prov:generation' refers to '_:gone', which is not there");
  finds(R"("wasInfluencedBy":{"_:1":{"prov:influencee":"ex:a1","prov:influencer":"ex:gone"}})",
        "wasInfluencedBy/_:1: 'prov:influencer' refers to 'ex:gone', which is not there");
}

TEST_CASE("constraint 50: what stands in the place of an entity is one") {
  finds(R"("used":{"_:u":{"prov:activity":"ex:a1","prov:entity":"ex:a2"}})",
        "used/_:u: 'prov:entity' refers to 'ex:a2', which is declared, but not as an entity [50]");
  finds(R"("used":{"_:u":{"prov:activity":"ex:e1","prov:entity":"ex:e2"}})",
        "used/_:u: 'prov:activity' refers to 'ex:e1', which is declared, but not as an activity "
        "[50]");
  finds(R"("wasStartedBy":{"_:s":{"prov:activity":"ex:a1","prov:trigger":"ex:a2"}})",
        "wasStartedBy/_:s: 'prov:trigger' refers to 'ex:a2', which is declared, but not as an "
        "entity [50]");
  finds(R"("wasStartedBy":{"_:s":{"prov:activity":"ex:a1","prov:starter":"ex:ag"}})",
        "wasStartedBy/_:s: 'prov:starter' refers to 'ex:ag', which is declared, but not as an "
        "activity [50]");
  finds(R"("wasAttributedTo":{"_:r":{"prov:entity":"ex:e1","prov:agent":"ex:e2"}})",
        "wasAttributedTo/_:r: 'prov:agent' refers to 'ex:e2', which is declared, but not as an "
        "agent");
  finds(R"("used":{"_:u":{"prov:activity":"ex:a1","prov:entity":"ex:e1"}},
    "wasDerivedFrom":{"_:d":{"prov:generatedEntity":"ex:e2","prov:usedEntity":"ex:e1",
    "prov:activity":"ex:a1","prov:generation":"_:u"}})",
        "wasDerivedFrom/_:d: 'prov:generation' refers to '_:u', which is declared, but not as a "
        "generation [50]");
}

TEST_CASE("constraints 53 to 55: kinds that are disjoint") {
  check_findings(only(R"("entity":{"ex:x":{}},"activity":{"ex:x":{}})"),
                 {"activity/ex:x: is also declared as an entity [55]"});
  check_findings(only(R"("entity":{"ex:x":{}},"agent":{"ex:x":{}})"), {});
  check_findings(only(R"("activity":{"ex:x":{}},"agent":{"ex:x":{}})"), {});
  finds(R"("used":{"ex:e1":{"prov:activity":"ex:a1","prov:entity":"ex:e2"}})",
        "used/ex:e1: is also the identifier of an entity, activity or agent [54]");
  finds(R"("used":{"ex:r":{"prov:activity":"ex:a1"}},
    "wasGeneratedBy":{"ex:r":{"prov:entity":"ex:e1"}})",
        "used/ex:r: is also the identifier of another kind of relation [53]");
  finds(R"("used":{"_:1":{"prov:activity":"ex:a1"}},
    "wasGeneratedBy":{"_:1":{"prov:entity":"ex:e1"}})",
        "used/_:1: is also the identifier of another kind of relation [53]");
  sound(R"("used":{"ex:r":{"prov:activity":"ex:a1","prov:entity":"ex:e1"}},
    "wasInfluencedBy":{"ex:r":{"prov:influencee":"ex:a1","prov:influencer":"ex:e1"}})");
}

TEST_CASE("names are the same when their IRIs are") {
  const std::string prefixes =
      R"({"prefix":{"a":"http://example.org/","b":"http://example.org/x","default":"urn:d:"},)";
  check_findings(parse_json(prefixes + R"("entity":{"a:xy":{}},"activity":{"b:y":{}}})"),
                 {"activity/b:y: is also declared as an entity [55]"});
  check_findings(parse_json(prefixes + R"("entity":{"a:xy":{}},"activity":{"xy":{}},
    "used":{"_:1":{"prov:activity":"xy","prov:entity":"b:y"}}})"),
                 {});
}

TEST_CASE("constraints 22 and 23: one identifier, one record") {
  const std::string prefixes = R"({"prefix":{"a":"urn:x:","b":"urn:x:"},)";
  check_findings(parse_json(prefixes + R"("entity":{"a:e":{"a:x":1},"b:e":{"a:x":2}}})"), {});
  check_findings(parse_json(prefixes + R"("activity":{
    "a:a":{"prov:startTime":"2026-01-01T00:00:00Z"},
    "b:a":{"prov:startTime":"2026-01-01T00:00:01Z"}}})"),
                 {"activity/b:a: contradicts 'activity/a:a', which is the same record [22]"});
  check_findings(
      parse_json(prefixes + R"("activity":{"a:a":{}},"entity":{"a:e":{},"a:f":{}},"used":{
    "a:u":{"prov:activity":"a:a","prov:entity":"a:e"},
    "b:u":{"prov:activity":"a:a","prov:entity":"a:f"}}})"),
      {"used/b:u: contradicts 'used/a:u', which is the same record [23]"});
  finds(R"("wasGeneratedBy":{"_:g":{"prov:entity":"ex:e1","prov:activity":"ex:a1"}},
    "wasDerivedFrom":{"_:d":{"prov:generatedEntity":"ex:e2","prov:usedEntity":"ex:e1",
    "prov:activity":"ex:a1","prov:generation":"_:g"}})",
        "wasDerivedFrom/_:d: its generation 'wasGeneratedBy/_:g' is of another entity or activity "
        "[23]");
  finds(R"("used":{"_:u":{"prov:entity":"ex:e1","prov:activity":"ex:a2"}},
    "wasDerivedFrom":{"_:d":{"prov:generatedEntity":"ex:e2","prov:usedEntity":"ex:e1",
    "prov:activity":"ex:a1","prov:usage":"_:u"}})",
        "wasDerivedFrom/_:d: its usage 'used/_:u' is of another entity or activity [23]");
}

TEST_CASE("constraints 24 to 27: events that are told twice") {
  const auto twice = [](std::string_view kind, std::string_view body, std::string_view number) {
    finds(concat('"', kind, R"(":{"_:1":{)", body, R"(},"_:2":{)", body, "}}"),
          concat(kind, "/_:2: tells the same event as '", kind, "/_:1' [", number, "]"));
  };
  twice("wasGeneratedBy", R"("prov:entity":"ex:e1","prov:activity":"ex:a1")", "24");
  twice("wasInvalidatedBy", R"("prov:entity":"ex:e1","prov:activity":"ex:a1")", "25");
  twice("wasStartedBy", R"("prov:activity":"ex:a1","prov:starter":"ex:a2")", "26");
  twice("wasEndedBy", R"("prov:activity":"ex:a1","prov:ender":"ex:a2")", "27");
}

TEST_CASE("constraints 28 and 29: start and end events are at the activity's times") {
  const auto started = [](std::string_view kind, std::string_view time) {
    return timed(concat('"', kind, R"(":{"_:1":{"prov:activity":"ex:a","prov:time":"2026-01-01T)",
                        time, "\"}}"));
  };
  check_findings(started("wasStartedBy", "10:00:00Z"), {});
  check_findings(started("wasStartedBy", "10:00:00.000Z"), {});
  check_findings(started("wasStartedBy", "12:00:00+02:00"), {});
  check_findings(started("wasStartedBy", "10:00:00"), {});  // no zone: cannot be compared
  check_findings(started("wasStartedBy", "10:00:01Z"),
                 {"wasStartedBy/_:1: its time is not the start of 'ex:a' [28]"});
  check_findings(started("wasStartedBy", "10:00:00.000000001Z"),
                 {"wasStartedBy/_:1: its time is not the start of 'ex:a' [28]"});
  check_findings(started("wasEndedBy", "11:00:00Z"), {});
  check_findings(started("wasEndedBy", "10:59:59Z"),
                 {"wasEndedBy/_:1: its time is not the end of 'ex:a' [29]"});
}

TEST_CASE("constraint 30: an activity starts before it ends") {
  const auto activity = [](std::string_view start, std::string_view end) {
    return only(concat(R"("activity":{"ex:a":{"prov:startTime":")", start, R"(","prov:endTime":")",
                       end, "\"}}"));
  };
  check_findings(activity("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), {});
  check_findings(activity("2026-01-01T01:00:00+02:00", "2026-01-01T00:00:00Z"), {});
  check_findings(activity("2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z"),
                 {"activity/ex:a: ends before it starts [30]"});
}

TEST_CASE("constraints 33 and 34: events lie within their activity") {
  const auto used = [](std::string_view time) {
    return timed(concat(R"("used":{)", event("_:1", "ex:a", "ex:e", time), "}"));
  };
  check_findings(used("10:00:00Z"), {});
  check_findings(used("11:00:00Z"), {});
  check_findings(used("09:59:59Z"), {"used/_:1: its usage is before the start of 'ex:a' [33]"});
  check_findings(used("11:00:00.5Z"), {"used/_:1: its usage is after the end of 'ex:a' [33]"});
  check_findings(
      timed(concat(R"("wasGeneratedBy":{)", event("_:1", "ex:a", "ex:e", "12:00:00Z"), "}")),
      {"wasGeneratedBy/_:1: its generation is after the end of 'ex:a' [34]"});
}

TEST_CASE("constraints 36 to 38: an entity is generated, used, invalidated") {
  const auto life = [](std::string_view made, std::string_view used, std::string_view gone) {
    return timed(concat(R"("wasGeneratedBy":{)", event("_:g", "ex:b", "ex:e", made),
                        R"(},"used":{)", event("_:u", "ex:b", "ex:e", used),
                        R"(},"wasInvalidatedBy":{)", event("_:i", "ex:b", "ex:e", gone), "}"));
  };
  check_findings(life("01:00:00Z", "02:00:00Z", "03:00:00Z"), {});
  check_findings(life("01:00:00Z", "01:00:00Z", "01:00:00Z"), {});
  check_findings(life("02:00:00Z", "01:00:00Z", "03:00:00Z"),
                 {"used/_:u: is before the generation of 'ex:e' [37]"});
  check_findings(life("01:00:00Z", "03:00:00Z", "02:00:00Z"),
                 {"used/_:u: is after the invalidation of 'ex:e' [38]"});
  check_findings(life("02:00:00Z", "02:00:00Z", "01:00:00Z"),
                 {"used/_:u: is after the invalidation of 'ex:e' [38]",
                  "wasInvalidatedBy/_:i: is before the generation of 'ex:e' [36]"});
}

TEST_CASE("constraints 39 and 40: generations of one entity are simultaneous") {
  const auto twice = [](std::string_view kind, std::string_view other) {
    return timed(concat('"', kind, R"(":{)", event("_:1", "ex:a", "ex:e", "10:30:00Z"), ",",
                        event("_:2", "ex:b", "ex:e", other), "}"));
  };
  check_findings(twice("wasGeneratedBy", "10:30:00Z"), {});
  check_findings(twice("wasGeneratedBy", "10:30:01Z"),
                 {"wasGeneratedBy/_:2: is at another time than 'wasGeneratedBy/_:1' [39]"});
  check_findings(twice("wasInvalidatedBy", "10:30:01Z"),
                 {"wasInvalidatedBy/_:2: is at another time than 'wasInvalidatedBy/_:1' [40]"});
}

TEST_CASE("constraint 42: nothing is derived from itself or from what is younger") {
  finds(concat(R"("wasDerivedFrom":{)", derived("_:1", "ex:e1", "ex:e1"), "}"),
        "wasDerivedFrom/_:1: 'ex:e1' is derived from itself [42]");
  finds(concat(R"("wasDerivedFrom":{)", derived("_:1", "ex:e1", "ex:e2"), ",",
               derived("_:2", "ex:e2", "ex:e1"), "}"),
        "wasDerivedFrom/_:2: 'ex:e2' is derived from itself [42]");
  // A diamond is no circle.
  check_findings(
      only(concat(R"("entity":{"ex:1":{},"ex:2":{},"ex:3":{},"ex:4":{}},)", R"("wasDerivedFrom":{)",
                  derived("_:1", "ex:1", "ex:2"), ",", derived("_:2", "ex:1", "ex:3"), ",",
                  derived("_:3", "ex:2", "ex:4"), ",", derived("_:4", "ex:3", "ex:4"), "}")),
      {});
  check_findings(timed(concat(R"("wasGeneratedBy":{)", event("_:1", "ex:b", "ex:e", "01:00:00Z"),
                              ",", event("_:2", "ex:b", "ex:f", "02:00:00Z"),
                              R"(},"wasDerivedFrom":{)", derived("_:d", "ex:e", "ex:f"), "}")),
                 {"wasDerivedFrom/_:d: 'ex:e' was generated before 'ex:f' [42]"});
}

TEST_CASE("a long chain of derivations does not exhaust the stack") {
  auto json = document("");
  auto entities = Json::Object{};
  auto derivations = Json::Object{};
  constexpr int count = 50'000;
  for (int i = 0; i < count; ++i) {
    entities.emplace_back(concat("ex:c", i), Json::object());
    auto body = Json::object();
    body["prov:generatedEntity"] = concat("ex:c", i);
    body["prov:usedEntity"] = concat("ex:c", (i + 1) % count);
    derivations.emplace_back(concat("_:d", i), std::move(body));
  }
  json["entity"] = Json(std::move(entities));
  json["wasDerivedFrom"] = Json(std::move(derivations));
  CHECK(findings(json) == std::vector<std::string>{
                              "wasDerivedFrom/_:d49999: 'ex:c49999' is derived from itself [42]"});
}

TEST_CASE("constraint 51: a derivation by a generation or usage has an activity") {
  finds(R"("used":{"_:u":{"prov:activity":"ex:a1","prov:entity":"ex:e1"}},
    "wasDerivedFrom":{"_:d":{"prov:generatedEntity":"ex:e2","prov:usedEntity":"ex:e1",
    "prov:usage":"_:u"}})",
        "wasDerivedFrom/_:d: has a generation or usage, but no activity [51]");
}

TEST_CASE("constraint 52: nothing is a specialization of itself") {
  finds(
      R"("specializationOf":{"_:1":{"prov:specificEntity":"ex:e1","prov:generalEntity":"ex:e1"}})",
      "specializationOf/_:1: 'ex:e1' is a specialization of itself [52]");
}

TEST_CASE("constraint 56: an empty collection has no members") {
  const std::string empty = R"({"$":"prov:EmptyCollection","type":"prov:QUALIFIED_NAME"})";
  const auto with = [&](std::string_view type) {
    return only(concat(R"("entity":{"ex:c":{"prov:type":)", type, R"(},"ex:m":{}},)",
                       R"("hadMember":{"_:1":{"prov:collection":"ex:c","prov:entity":"ex:m"}})"));
  };
  const std::vector<std::string> expected = {"hadMember/_:1: 'ex:c' is an empty collection [56]"};
  check_findings(with(empty), expected);
  check_findings(with(concat(R"(["x",)", empty, "]")), expected);
  check_findings(with(R"({"$":"prov:EmptyCollection","type":"xsd:QName"})"), expected);
  check_findings(with(R"("prov:EmptyCollection")"), {});  // a string, and so no type
  check_findings(with(R"({"$":"prov:Collection","type":"prov:QUALIFIED_NAME"})"), {});
}

TEST_CASE("times are xsd:dateTime") {
  const auto at = [](std::string_view time) {
    return only(concat(R"("activity":{"ex:a":{"prov:startTime":")", time, "\"}}"));
  };
  for (const auto* time :
       {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05", "2026-01-02T03:04:05.123456789012Z",
        "2024-02-29T00:00:00+14:00", "2026-12-31T24:00:00Z", "-0044-03-15T12:00:00Z",
        "12026-01-01T00:00:00-05:30", "2000-02-29T23:59:59.0Z"}) {
    check_findings(at(time), {});
  }
  for (const auto* time : {"",
                           "2026",
                           "2026-01-02",
                           "2026-01-02 03:04:05",
                           "2026-1-2T03:04:05Z",
                           "2026-01-02T03:04Z",
                           "2026-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-01-02T24:00:01Z",
                           "2026-01-02T25:00:00Z",
                           "2026-01-02T03:60:05Z",
                           "2026-01-02T03:04:60Z",
                           "2026-01-02T03:04:05.Z",
                           "2026-01-02T03:04:05z",
                           "2026-01-02T03:04:05+0200",
                           "2026-01-02T03:04:05+14:01",
                           "2026-01-02T03:04:05+15:00",
                           "2026-01-02T03:04:05Z ",
                           " 2026-01-02T03:04:05Z",
                           "02026-01-02T03:04:05Z",
                           "226-01-02T03:04:05Z",
                           "tomorrow",
                           "2026-01-02T03:04:05ZZ"}) {
    check_findings(at(time),
                   {concat("activity/ex:a: 'prov:startTime' is no xsd:dateTime: '", time, '\'')});
  }
}

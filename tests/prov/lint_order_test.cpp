#include "prov/lint_helpers.h"

// The constraints on the order of events that no single record tells.

using namespace clew;
using namespace clew::prov;

TEST_CASE("constraints 31 and 32: an activity starts once and ends once") {
  const auto twice = [](std::string_view kind, std::string_view other) {
    return document(concat('"', kind,
                           R"(":{"_:1":{"prov:activity":"ex:a1","prov:trigger":"ex:e1",)",
                           R"("prov:time":"2026-01-01T10:00:00Z"},"_:2":{"prov:activity":"ex:a1",)",
                           R"("prov:trigger":"ex:e2","prov:time":"2026-01-01T)", other, "\"}}"));
  };
  check_findings(twice("wasStartedBy", "10:00:00Z"), {});
  check_findings(twice("wasStartedBy", "10:00:01Z"),
                 {"wasStartedBy/_:2: is at another time than 'wasStartedBy/_:1' [31]"});
  check_findings(twice("wasEndedBy", "10:00:01Z"),
                 {"wasEndedBy/_:2: is at another time than 'wasEndedBy/_:1' [32]"});
}

TEST_CASE("constraint 35: who informs another has started before that one ends") {
  const auto informed = [](std::string_view start) {
    return only(concat(R"("activity":{"ex:a":{"prov:endTime":"2026-01-01T10:00:00Z"},)",
                       R"("ex:b":{"prov:startTime":"2026-01-01T)", start,
                       R"("}},"wasInformedBy":{"_:1":{"prov:informed":"ex:a",)",
                       R"("prov:informant":"ex:b"}})"));
  };
  check_findings(informed("09:00:00Z"), {});
  check_findings(informed("10:00:01Z"),
                 {"wasInformedBy/_:1: 'ex:b' starts after the end of 'ex:a' [35]"});
}

TEST_CASE("constraint 41: what a derivation used, it used before it generated") {
  const auto derivation = [](std::string_view used, std::string_view made) {
    return timed(concat(R"("used":{)", event("_:u", "ex:b", "ex:e", used),
                        R"(},"wasGeneratedBy":{)", event("_:g", "ex:b", "ex:f", made),
                        R"(},"wasDerivedFrom":{"_:d":{"prov:generatedEntity":"ex:f",)",
                        R"("prov:usedEntity":"ex:e","prov:activity":"ex:b",)",
                        R"("prov:generation":"_:g","prov:usage":"_:u"}})"));
  };
  check_findings(derivation("01:00:00Z", "02:00:00Z"), {});
  check_findings(derivation("02:00:00Z", "01:00:00Z"),
                 {"wasDerivedFrom/_:d: its generation is before its usage [41]"});
}

TEST_CASE("constraints 43 and 44: a trigger is there when it starts or ends an activity") {
  const auto triggered = [](std::string_view kind, std::string_view at, std::string_view made,
                            std::string_view gone) {
    return timed(concat(R"("wasGeneratedBy":{)", event("_:g", "ex:b", "ex:e", made),
                        R"(},"wasInvalidatedBy":{)", event("_:i", "ex:b", "ex:e", gone), "},\"",
                        kind, R"(":{"_:s":{"prov:activity":"ex:b","prov:trigger":"ex:e",)",
                        R"("prov:time":"2026-01-01T)", at, "\"}}"));
  };
  check_findings(triggered("wasStartedBy", "02:00:00Z", "01:00:00Z", "03:00:00Z"), {});
  check_findings(triggered("wasStartedBy", "00:30:00Z", "01:00:00Z", "03:00:00Z"),
                 {"wasStartedBy/_:s: is before the generation of its trigger 'ex:e' [43]"});
  check_findings(triggered("wasEndedBy", "04:00:00Z", "01:00:00Z", "03:00:00Z"),
                 {"wasEndedBy/_:s: is after the invalidation of its trigger 'ex:e' [44]"});
  // The time of the activity counts where the event has none.
  check_findings(timed(concat(R"("wasGeneratedBy":{)", event("_:g", "ex:b", "ex:e", "10:30:00Z"),
                              R"(},"wasStartedBy":{"_:s":{"prov:activity":"ex:a",)",
                              R"("prov:trigger":"ex:e"}})")),
                 {"wasStartedBy/_:s: is before the generation of its trigger 'ex:e' [43]"});
}

TEST_CASE("constraints 45 and 46: a specialization lives within what it specializes") {
  const auto lives = [](std::string_view kind, std::string_view specific,
                        std::string_view general) {
    return timed(concat('"', kind, R"(":{)", event("_:1", "ex:b", "ex:e", specific), ",",
                        event("_:2", "ex:b", "ex:f", general),
                        R"(},"specializationOf":{"_:s":{"prov:specificEntity":"ex:e",)",
                        R"("prov:generalEntity":"ex:f"}})"));
  };
  check_findings(lives("wasGeneratedBy", "02:00:00Z", "01:00:00Z"), {});
  check_findings(lives("wasGeneratedBy", "01:00:00Z", "02:00:00Z"),
                 {"specializationOf/_:s: 'ex:e' was generated before 'ex:f' [45]"});
  check_findings(lives("wasInvalidatedBy", "01:00:00Z", "02:00:00Z"), {});
  check_findings(lives("wasInvalidatedBy", "02:00:00Z", "01:00:00Z"),
                 {"specializationOf/_:s: 'ex:f' was invalidated before 'ex:e' [46]"});
}

TEST_CASE("constraints 47 to 49: an agent is there for what it answers for") {
  const auto agent = [](std::string_view made, std::string_view gone, std::string_view relation) {
    return only(concat(
        R"("activity":{"ex:a":{"prov:startTime":"2026-01-01T10:00:00Z",)",
        R"("prov:endTime":"2026-01-01T11:00:00Z"},"ex:b":{}},"agent":{"ex:e":{},"ex:f":{}},)",
        R"("entity":{"ex:e":{},"ex:f":{},"ex:g":{}},"wasGeneratedBy":{)",
        event("_:g", "ex:b", "ex:e", made), ",", event("_:h", "ex:b", "ex:g", "05:00:00Z"),
        R"(},"wasInvalidatedBy":{)", event("_:i", "ex:b", "ex:e", gone), ",",
        event("_:j", "ex:b", "ex:f", "04:00:00Z"), "},", relation));
  };
  const auto* association =
      R"("wasAssociatedWith":{"_:r":{"prov:activity":"ex:a","prov:agent":"ex:e"}})";
  check_findings(agent("09:00:00Z", "12:00:00Z", association), {});
  check_findings(agent("11:30:00Z", "12:00:00Z", association),
                 {"wasAssociatedWith/_:r: 'ex:a' ended before 'ex:e' [47]"});
  check_findings(agent("08:00:00Z", "09:00:00Z", association),
                 {"wasAssociatedWith/_:r: 'ex:e' was gone before 'ex:a' [47]"});
  const auto* attribution =
      R"("wasAttributedTo":{"_:r":{"prov:entity":"ex:g","prov:agent":"ex:e"}})";
  check_findings(agent("04:00:00Z", "12:00:00Z", attribution), {});
  check_findings(agent("06:00:00Z", "12:00:00Z", attribution),
                 {"wasAttributedTo/_:r: 'ex:g' was generated before 'ex:e' [48]"});
  const auto* delegation =
      R"("actedOnBehalfOf":{"_:r":{"prov:delegate":"ex:f","prov:responsible":"ex:e"}})";
  check_findings(agent("03:00:00Z", "12:00:00Z", delegation), {});
  check_findings(agent("06:00:00Z", "12:00:00Z", delegation),
                 {"actedOnBehalfOf/_:r: 'ex:f' was gone before 'ex:e' [49]"});
}

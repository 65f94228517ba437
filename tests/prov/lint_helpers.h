#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "prov/lint.h"

namespace clew::prov {

/// A document of these members, with the prefix ex and two entities, two activities and an agent.
inline Json document(std::string_view members) {
  return parse_json(concat(R"({"prefix":{"ex":"http://example.org/"},"agent":{"ex:ag":{}},)",
                           R"("entity":{"ex:e1":{},"ex:e2":{}},"activity":{"ex:a1":{},"ex:a2":{}})",
                           members.empty() ? "" : ",", members, "}"));
}

/// A document of these members alone, with the prefix ex.
inline Json only(std::string_view members) {
  return parse_json(concat(R"({"prefix":{"ex":"http://example.org/"},)", members, "}"));
}

/// Activity ex:a from 10:00 to 11:00, entities ex:e and ex:f, and what `members` adds.
inline Json timed(std::string_view members) {
  return only(concat(R"("activity":{"ex:a":{"prov:startTime":"2026-01-01T10:00:00Z",)",
                     R"("prov:endTime":"2026-01-01T11:00:00Z"},"ex:b":{}},)",
                     R"("entity":{"ex:e":{},"ex:f":{}},)", members));
}

inline std::string event(std::string_view id, std::string_view activity, std::string_view entity,
                         std::string_view time) {
  return concat('"', id, R"(":{"prov:activity":")", activity, R"(","prov:entity":")", entity,
                R"(","prov:time":"2026-01-01T)", time, "\"}");
}

inline std::string derived(std::string_view id, std::string_view newer, std::string_view older) {
  return concat('"', id, R"(":{"prov:generatedEntity":")", newer, R"(","prov:usedEntity":")", older,
                "\"}");
}

/// "where: what [constraint]" of each finding.
inline std::vector<std::string> findings(const Json& json) {
  std::vector<std::string> lines;
  for (const auto& finding : lint(json)) {
    lines.push_back(concat(finding.where, ": ", finding.what,
                           finding.constraint.empty() ? "" : " [" + finding.constraint + "]"));
  }
  return lines;
}

inline void check_findings(const Json& json, const std::vector<std::string>& expected) {
  INFO(dump_json(json));
  CHECK(findings(json) == expected);
}

/// The members give a document with exactly this finding.
inline void finds(std::string_view members, const std::string& expected) {
  check_findings(document(members), {expected});
}

inline void sound(std::string_view members) {
  check_findings(document(members), {});
}

}  // namespace clew::prov

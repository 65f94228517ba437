#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "prov/lint.h"
#include "prov/run_graph.h"

// Looking into the graph of runs.

namespace clew::prov {

inline const GraphOptions options = {false, "0.1.0"};

/// The graph as parsed PROV-JSON, after the linter found nothing in it.
inline Json sound(const std::vector<RunRecord>& runs, const GraphOptions& how = options) {
  const auto document = run_graph(runs, how);
  auto json = parse_json(to_prov_json(document));
  for (const Finding& finding : lint(document))
    UNSCOPED_INFO(finding.where << ": " << finding.what << ' ' << finding.constraint);
  CHECK(lint(document).empty());
  for (const auto& finding : lint(json)) {
    FAIL_CHECK(finding.where << ": " << finding.what << " [" << finding.constraint << "]");
  }
  return json;
}

inline const Json& at(const Json& json, const std::vector<std::string>& path) {
  const Json* found = &json;
  for (const auto& key : path) {
    found = found->find(key);
    INFO(key << " in " << dump_json(json));
    REQUIRE(found != nullptr);
  }
  return *found;
}

inline bool has(const Json& json, const std::vector<std::string>& path) {
  const Json* found = &json;
  for (const auto& key : path) {
    found = found->find(key);
    if (found == nullptr) return false;
  }
  return true;
}

/// Relations of a kind whose attribute has the value.
inline std::vector<Json> relations(const Json& json, const std::string& kind,
                                   const std::string& name, const std::string& value) {
  std::vector<Json> found;
  const auto* all = json.find(kind);
  if (all == nullptr) return found;
  for (const auto& [id, body] : all->as_object()) {
    const auto* attribute = body.find(name);
    if (attribute != nullptr && *attribute == Json(value)) found.push_back(body);
  }
  return found;
}

inline std::string text_of(const Json& json, const std::vector<std::string>& path) {
  return at(json, path).as_string();
}

inline std::string typed(const std::string& text, const std::string& type) {
  return R"({"$":")" + text + R"(","type":")" + type + R"("})";
}

}  // namespace clew::prov

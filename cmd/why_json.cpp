#include "why_view.h"

namespace clew::cmd {

namespace {

using analysis::CodeFile;
using analysis::Difference;

Json number(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json truth(const std::optional<bool>& value) {
  return value ? Json(*value) : Json();
}

Json file_to_json(const CodeFile& file) {
  Json object = Json::object();
  object["path"] = file.change.path;
  object["old_path"] = file.change.old_path.empty() ? Json() : Json(file.change.old_path);
  object["used"] = name_of(file.used);
  object["binary"] = file.change.binary;
  Json hunks = Json::array();
  for (const analysis::Hunk& hunk : file.change.hunks) {
    Json item = Json::object();
    item["header"] = hunk.header;
    item["added"] = hunk.added;
    item["removed"] = hunk.removed;
    item["comments_only"] = hunk.comments_only;
    Json lines = Json::array();
    for (const std::string& line : hunk.lines)
      lines.push(line);
    item["lines"] = std::move(lines);
    hunks.push(std::move(item));
  }
  object["hunks"] = std::move(hunks);
  return object;
}

Json evidence_to_json(const analysis::Evidence& evidence) {
  Json object = Json::object();
  object["change"] = evidence.change;
  object["least"] = evidence.least;
  object["most"] = evidence.most;
  object["here"] = number(evidence.here);
  object["settings"] = static_cast<std::int64_t>(evidence.settings);
  object["runs"] = static_cast<std::int64_t>(evidence.runs);
  object["same_values"] = evidence.same_values;
  object["matters"] = truth(evidence.matters);
  return object;
}

Json difference_to_json(const Difference& difference) {
  Json object = Json::object();
  object["kind"] = name_of(difference.facet.kind);
  object["name"] = difference.facet.name.empty() ? Json() : Json(difference.facet.name);
  object["a"] = difference.a.value_or(Json());
  object["b"] = difference.b.value_or(Json());
  object["used"] = name_of(difference.used);
  object["chance"] = difference.chance;
  object["label"] = difference.label;
  object["alias"] = difference.alias.empty() ? Json() : Json(difference.alias);
  object["comments_only"] = difference.comments_only;
  Json files = Json::array();
  for (const CodeFile& file : difference.files)
    files.push(file_to_json(file));
  object["files"] = std::move(files);
  object["evidence"] = difference.evidence ? evidence_to_json(*difference.evidence) : Json();
  return object;
}

Json differences_to_json(const std::vector<Difference>& differences) {
  Json list = Json::array();
  for (const Difference& difference : differences)
    list.push(difference_to_json(difference));
  return list;
}

}  // namespace

Json why_to_json(const WhyReport& report) {
  const analysis::Causes& causes = report.causes;
  Json object = Json::object();
  object["a"] = report.a.run.id.hex();
  object["b"] = report.b.run.id.hex();
  object["metric"] = report.metric ? Json(*report.metric) : Json();
  Json values = Json::object();
  values["a"] = number(report.value_a);
  values["b"] = number(report.value_b);
  object["values"] = std::move(values);
  Json spread;
  if (causes.spread) {
    spread = Json::object();
    spread["sd"] = causes.spread->deviation;
    spread["settings"] = static_cast<std::int64_t>(causes.spread->settings);
    spread["runs"] = static_cast<std::int64_t>(causes.spread->runs);
  }
  object["spread"] = std::move(spread);
  object["within_chance"] = truth(causes.within_chance);
  object["considered"] = static_cast<std::int64_t>(report.considered);
  object["code_gap"] = report.code_gap.empty() ? Json() : Json(report.code_gap);
  object["differences"] = differences_to_json(causes.differences);
  object["unused"] = differences_to_json(causes.unused);
  return object;
}

}  // namespace clew::cmd

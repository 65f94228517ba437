#include <algorithm>
#include <map>

#include "diff_view.h"
#include "export/exporter.h"

namespace clew::cmd {

namespace {

using model::Run;

/// {"a":…,"b":…}, the side left out that has none.
Json sides(std::optional<Json> a, std::optional<Json> b) {
  Json object = Json::object();
  if (a) object["a"] = std::move(*a);
  if (b) object["b"] = std::move(*b);
  return object;
}

Json values_to_json(const std::vector<query::Row<Json>>& rows) {
  Json object = Json::object();
  for (const auto& row : rows)
    object[row.name] = sides(row.a, row.b);
  return object;
}

Json metrics_to_json(const RunDifference& runs) {
  // The summaries are spelt as in every other JSON of a run.
  const auto metrics_of = [](const model::RunParts& parts) {
    const Json json = exporter::run_to_full_json(parts, parts.run.started);
    const Json* metrics = json.find("metrics");
    return metrics != nullptr ? *metrics : Json::object();
  };
  const Json a = metrics_of(runs.a);
  const Json b = metrics_of(runs.b);
  const auto member = [](const Json& metrics, const std::string& name) {
    const Json* found = metrics.find(name);
    return found != nullptr ? std::optional(*found) : std::nullopt;
  };
  Json object = Json::object();
  for (const auto& row : runs.comparison.metrics) {
    object[row.name] = sides(member(a, row.name), member(b, row.name));
  }
  return object;
}

Json content_to_json(const query::FileContent& content) {
  return Json::Object{{"sha256", content.sha256.empty() ? Json() : Json(content.sha256)},
                      {"digest", model::name_of(content.digest)},
                      {"size", content.size}};
}

Json contents_to_json(const std::vector<query::Row<query::FileContent>>& rows) {
  const auto side = [](const std::optional<query::FileContent>& content) {
    return content ? std::optional(content_to_json(*content)) : std::nullopt;
  };
  Json object = Json::object();
  for (const auto& row : rows)
    object[row.name] = sides(side(row.a), side(row.b));
  return object;
}

Json file_to_json(const RunDifference& runs, const snapshot::FileChange& file) {
  const auto told = [](std::optional<bool> read) { return read ? Json(*read) : Json(); };
  Json object = Json::object();
  object["path"] = file.path;
  object["change"] = name_of(file.kind);
  if (!file.old_path.empty() && file.old_path != file.path) object["old_path"] = file.old_path;
  object["added"] = file.lines_added;
  object["removed"] = file.lines_removed;
  object["binary"] = file.binary;
  const auto read = code_reading(runs, file);
  object["read"] = sides(told(read[0]), told(read[1]));
  return object;
}

Json unstored_to_json(const model::UnstoredFile& file) {
  Json object = Json::object();
  object["size"] = file.size;
  object["sha256"] = file.sha256.empty() ? Json() : Json(file.sha256);
  return object;
}

Json code_to_json(const RunDifference& runs) {
  const auto commit = [](const Run& run) -> std::optional<Json> {
    if (run.code.commit.empty()) return std::nullopt;
    return Json(run.code.commit);
  };
  Json object = Json::object();
  object["differs"] = runs.comparison.code_differs ? Json(true) : Json();
  object["commits"] = sides(commit(runs.a.run), commit(runs.b.run));
  if (runs.code.stored) {
    Json files = Json::array();
    for (const auto& file : runs.code.stored->files)
      files.push(file_to_json(runs, file));
    object["files"] = std::move(files);
    if (!runs.code.stored->patch.empty()) object["patch"] = runs.code.stored->patch;
  } else {
    object["files"] = nullptr;
  }
  Json unstored = Json::object();
  for (const auto& row : runs.code.unstored) {
    const auto side = [](const std::optional<model::UnstoredFile>& file) {
      return file ? std::optional(unstored_to_json(*file)) : std::nullopt;
    };
    unstored[row.name] = sides(side(row.a), side(row.b));
  }
  object["unstored"] = std::move(unstored);
  return object;
}

}  // namespace

std::string_view name_of(snapshot::FileChange::Kind kind) {
  using Kind = snapshot::FileChange::Kind;
  switch (kind) {
    case Kind::added:
      return "added";
    case Kind::removed:
      return "removed";
    case Kind::renamed:
      return "renamed";
    case Kind::type_changed:
      return "type_changed";
    case Kind::modified:
      break;
  }
  return "modified";
}

std::array<std::optional<bool>, 2> code_reading(const RunDifference& runs,
                                                const snapshot::FileChange& file) {
  using Kind = snapshot::FileChange::Kind;
  const std::string& before = file.old_path.empty() ? file.path : file.old_path;
  // A run cannot have read what its snapshot does not have.
  const auto a = file.kind == Kind::added ? false : query::was_read(runs.a, before);
  const auto b = file.kind == Kind::removed ? false : query::was_read(runs.b, file.path);
  return {a, b};
}

std::vector<query::Row<model::UnstoredFile>> compare_unstored(
    const std::vector<model::UnstoredFile>& a, const std::vector<model::UnstoredFile>& b) {
  std::map<std::string, query::Row<model::UnstoredFile>> rows;
  for (const auto& file : a)
    rows[file.path] = {file.path, file, std::nullopt};
  for (const auto& file : b) {
    auto& row = rows[file.path];
    row.name = file.path;
    row.b = file;
  }
  std::vector<query::Row<model::UnstoredFile>> different;
  for (auto& [path, row] : rows) {
    // Without both hashes the same size is no difference that is known of.
    const bool same =
        row.a && row.b && row.a->size == row.b->size &&
        (row.a->sha256.empty() || row.b->sha256.empty() || row.a->sha256 == row.b->sha256);
    if (!same) different.push_back(std::move(row));
  }
  return different;
}

Json difference_to_json(const RunDifference& difference) {
  const Run& a = difference.a.run;
  const Run& b = difference.b.run;
  const auto words = [](const Run& run) {
    Json::Array list;
    for (const std::string& word : run.argv)
      list.emplace_back(word);
    return Json(std::move(list));
  };
  const query::Comparison& comparison = difference.comparison;
  Json object = Json::object();
  object["a"] = a.id.hex();
  object["b"] = b.id.hex();
  object["equal"] = comparison.equal();
  const auto number = [](const std::optional<int>& value) { return value ? Json(*value) : Json(); };
  const auto signal = [](const Run& run) {
    return run.signal ? Json(model::signal_name(*run.signal)) : Json();
  };
  const auto differing = [](Json of_a, Json of_b) {
    return of_a == of_b ? Json() : sides(std::move(of_a), std::move(of_b));
  };
  object["state"] = differing(model::name_of(a.state), model::name_of(b.state));
  object["exit_code"] = differing(number(a.exit_code), number(b.exit_code));
  object["signal"] = differing(signal(a), signal(b));
  object["argv"] = comparison.command_differs ? sides(words(a), words(b)) : Json();
  object["params"] = values_to_json(comparison.params);
  object["metrics"] = metrics_to_json(difference);
  const bool code = comparison.code_differs || comparison.code_unknown;
  object["code"] = code ? code_to_json(difference) : Json();
  object["environment"] = values_to_json(comparison.environment);
  const query::FileComparison& files = comparison.files;
  object["files_recorded"] =
      sides(query::files_recorded(difference.a), query::files_recorded(difference.b));
  object["inputs"] = contents_to_json(files.inputs);
  object["outputs"] = contents_to_json(files.outputs);
  object["packages"] = values_to_json(files.packages);
  return object;
}

}  // namespace clew::cmd

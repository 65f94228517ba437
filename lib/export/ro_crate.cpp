#include "export/ro_crate.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "export/fields.h"
#include "prov/vocabulary.h"

namespace clew::exporter {
namespace {

constexpr std::string_view kProfile = "https://w3id.org/ro/wfrun/process/0.5";
constexpr std::string_view kCrate = "https://w3id.org/ro/crate/1.1";

Json reference(std::string_view id) {
  return Json::Object{{"@id", id}};
}

/// A path as the relative reference that names it (RFC 3986).
std::string encoded(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::string media_type(std::string_view path) {
  static const std::map<std::string_view, std::string_view> known = {
      {".csv", "text/csv"},          {".html", "text/html"},     {".jpg", "image/jpeg"},
      {".json", "application/json"}, {".md", "text/markdown"},   {".png", "image/png"},
      {".py", "text/x-python"},      {".svg", "image/svg+xml"},  {".txt", "text/plain"},
      {".yaml", "application/yaml"}, {".zip", "application/zip"}};
  const auto dot = path.rfind('.');
  const auto found = dot == std::string_view::npos ? known.end() : known.find(path.substr(dot));
  return found == known.end() ? "application/octet-stream" : std::string(found->second);
}

Time end_of(const model::Run& run) {
  return run.ended.value_or(run.started);
}

/// The crate's metadata as it grows. Entities keep the order in which they were added.
class Crate {
 public:
  Crate(const CrateContent& content, Package& package) : content_(content), package_(package) {}

  void write() {
    for (const auto& parts : content_.runs)
      add_run(parts);
    add_data("prov.json", content_.prov_json, "The provenance graph of the runs, W3C PROV-JSON");
    add_data("runs.jsonl", content_.interchange,
             "The runs with all points of their metrics, interchange lines of clew");
    Json graph = Json::array();
    graph.push(descriptor());
    graph.push(root());
    graph.push(Json::Object{{"@id", kProfile},
                            {"@type", "CreativeWork"},
                            {"name", "Process Run Crate"},
                            {"version", "0.5"}});
    graph.push(
        Json::Object{{"@id", "#license"},
                     {"@type", "CreativeWork"},
                     {"name", "No license stated"},
                     {"description", "Nothing was recorded about the license of the files"}});
    for (auto& entity : entities_)
      graph.push(std::move(entity));
    const Json document = Json::Object{
        {"@context", Json::Array{Json(concat(kCrate, "/context")),
                                 Json("https://w3id.org/ro/terms/workflow-run/context")}},
        {"@graph", std::move(graph)}};
    package_.add("ro-crate-metadata.json", dump_json(document, JsonLayout::pretty) + '\n');
  }

 private:
  [[nodiscard]] static Json descriptor() {
    return Json::Object{{"@id", "ro-crate-metadata.json"},
                        {"@type", "CreativeWork"},
                        {"about", reference("./")},
                        {"conformsTo", reference(kCrate)}};
  }

  [[nodiscard]] Json root() const {
    Time published = 0;
    std::vector<std::string> names;
    for (const auto& parts : content_.runs) {
      published = std::max(published, end_of(parts.run));
      names.push_back(title(parts.run));
    }
    return Json::Object{
        {"@id", "./"},
        {"@type", "Dataset"},
        {"conformsTo", Json::Array{reference(kProfile)}},
        {"name", names.size() == 1 ? names[0] : concat(names.size(), " runs")},
        {"description", concat("Recorded by clew ", content_.version, ": ", join(names, ", "))},
        {"datePublished", format_time(published)},
        {"license", reference("#license")},
        {"hasPart", parts_},
        {"mentions", mentions_}};
  }

  static std::string title(const model::Run& run) {
    return run.name.empty() ? concat("run ", run.id.short_hex()) : valid_utf8(run.name);
  }

  /// Adds an entity unless it is there.
  void add(const std::string& id, Json entity) {
    if (known_.insert(id).second) entities_.push_back(std::move(entity));
  }

  void add_data(const std::string& name, const std::string& bytes, std::string_view description) {
    if (bytes.empty()) return;
    package_.add(name, bytes);
    add(name, Json::Object{{"@id", name},
                           {"@type", "File"},
                           {"name", name},
                           {"description", description},
                           {"encodingFormat",
                            name.ends_with(".jsonl") ? "application/jsonl" : "application/json"},
                           {"contentSize", std::to_string(bytes.size())},
                           {"sha256", to_hex(sha256(bytes))}});
    parts_.push(reference(name));
  }

  void add_run(const model::RunParts& parts) {
    const auto& run = parts.run;
    const auto id = concat("#run-", run.id.hex());
    std::vector<std::string> words;
    for (const auto& word : run.argv)
      words.push_back(shell_quote(valid_utf8(word)));
    Json::Object action{{"@id", id},
                        {"@type", "CreateAction"},
                        {"name", title(run)},
                        {"description", words.empty() ? title(run) : join(words, " ")},
                        {"instrument", reference(add_instrument(run))},
                        {"startTime", format_time(run.started)}};
    if (run.ended) action.emplace_back("endTime", format_time(*run.ended));
    if (!run.user.empty()) action.emplace_back("agent", reference(add_person(run)));
    add_status(run, action);
    Json objects = Json::array();
    Json results = Json::array();
    for (const auto& param : run.params)
      objects.push(reference(add_value(run, "param", param.name, param.value)));
    for (const auto& file : parts.files) {
      if (file.state.role == model::Role::temporary) continue;
      const auto name = reference(add_file(run, file.state));
      (file.written() ? results : objects).push(name);
    }
    for (const auto& metric : run.metrics) {
      if (metric.summary.count == 0 || model::is_system_metric(metric.name)) continue;
      results.push(reference(add_value(run, "metric", metric.name, metric.summary.last)));
    }
    action.emplace_back("object", std::move(objects));
    action.emplace_back("result", std::move(results));
    if (Json variables = environment(parts); !variables.as_array().empty()) {
      action.emplace_back("environment", std::move(variables));
    }
    add(id, std::move(action));
    mentions_.push(reference(id));
  }

  static void add_status(const model::Run& run, Json::Object& action) {
    if (run.state == model::State::running) return;
    const bool finished = run.state == model::State::finished;
    action.emplace_back("actionStatus",
                        reference(finished ? "http://schema.org/CompletedActionStatus"
                                           : "http://schema.org/FailedActionStatus"));
    if (finished) return;
    std::string error(model::name_of(run.state));
    if (run.exit_code) error += concat(", exit status ", *run.exit_code);
    if (run.signal) error += concat(", ", model::signal_name(*run.signal));
    action.emplace_back("error", std::move(error));
  }

  /// The code that ran; the program by its name, where no code is known.
  std::string add_instrument(const model::Run& run) {
    if (run.code.commit.empty()) {
      const auto program = run.argv.empty() ? std::string("unknown") : valid_utf8(run.argv[0]);
      auto id = concat("#program-", to_hex(sha256(program)).substr(0, 16));
      add(id, Json::Object{{"@id", id}, {"@type", "SoftwareApplication"}, {"name", program}});
      return id;
    }
    auto id = concat(prov::git_iri, "commit-", run.code.commit);
    Json::Object code{{"@id", id},
                      {"@type", "SoftwareSourceCode"},
                      {"name", concat("code at commit ", run.code.commit.substr(0, 12))},
                      {"version", run.code.commit}};
    if (!run.code.remote.empty()) code.emplace_back("codeRepository", run.code.remote);
    add(id, std::move(code));
    return id;
  }

  std::string add_person(const model::Run& run) {
    auto id = concat("#user-", to_hex(sha256(concat(run.user, '@', run.host))).substr(0, 16));
    add(id, Json::Object{{"@id", id}, {"@type", "Person"}, {"name", valid_utf8(run.user)}});
    return id;
  }

  std::string add_value(const model::Run& run, std::string_view kind, const std::string& name,
                        const Json& value) {
    auto id = concat('#', run.id.hex(), '-', prov::local_name(kind, name));
    // A property has one value: what is no number or text stands as JSON.
    const bool plain = value.is_string() || value.is_number() || value.is_bool();
    add(id, Json::Object{{"@id", id},
                         {"@type", "PropertyValue"},
                         {"name", valid_utf8(name)},
                         {"value", plain ? value : Json(dump_json(value))}});
    return id;
  }

  [[nodiscard]] Json environment(const model::RunParts& parts) {
    Json list = Json::array();
    const auto* variables = parts.environment.find("variables");
    if (variables == nullptr || !variables->is_object()) return list;
    for (const auto& [name, value] : variables->as_object())
      list.push(reference(add_value(parts.run, "env", name, value)));
    return list;
  }

  std::string add_file(const model::Run& run, const model::FileState& state) {
    // What one run left and another one read is one file.
    const auto content = std::pair(state.path, state.sha256);
    if (!state.sha256.empty()) {
      if (const auto found = files_.find(content); found != files_.end()) return found->second;
    }
    const bool whole = state.digest == model::DigestKind::whole;
    const auto source = whole && content_.kept ? content_.kept(state.sha256) : std::nullopt;
    const auto name = name_in_crate(run, state.path);
    auto id = source ? encoded(name)
                     : concat(prov::run_iri_start, run.id.hex(), '#',
                              prov::local_name("file", state.path));
    Json::Object entity{
        {"@id", id}, {"@type", source ? "File" : "CreativeWork"}, {"name", valid_utf8(state.path)}};
    if (state.digest != model::DigestKind::none) {
      entity.emplace_back("contentSize", std::to_string(state.size));
    }
    if (whole) entity.emplace_back("sha256", state.sha256);
    if (state.mtime_ns != 0) {
      entity.emplace_back("dateModified", format_time(state.mtime_ns / 1000));
    }
    if (source) {
      entity.emplace_back("encodingFormat", media_type(state.path));
      copy(name, *source, state.sha256);
      parts_.push(reference(id));
    } else {
      entity.emplace_back("description", "A file that is not part of the crate");
    }
    add(id, std::move(entity));
    if (!state.sha256.empty()) files_.emplace(content, id);
    return id;
  }

  [[nodiscard]] std::string name_in_crate(const model::Run& run, const std::string& path) const {
    const auto start = content_.runs.size() > 1 ? concat("files/", run.id.short_hex(), '/')
                                                : std::string("files/");
    return start + (path.starts_with('/') ? concat("outside", path) : path);
  }

  void copy(const std::string& name, const fs::path& source, const std::string& sha256) {
    if (package_.add_file(name, source) == sha256) return;
    throw Error(ErrorKind::damaged, concat("the kept file '", source.string(), "' is damaged"),
                {"'clew verify' lists what is damaged"});
  }

  const CrateContent& content_;
  Package& package_;
  std::vector<Json> entities_;
  std::set<std::string> known_;
  std::map<std::pair<std::string, std::string>, std::string> files_;  // to their entities
  Json parts_ = Json::array();
  Json mentions_ = Json::array();
};

}  // namespace

void write_ro_crate(const CrateContent& content, Package& package) {
  Crate(content, package).write();
}

}  // namespace clew::exporter

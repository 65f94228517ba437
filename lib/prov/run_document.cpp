#include "prov/run_document.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "prov/arrange.h"
#include "prov/document_files.h"
#include "prov/lookup.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

/// A parameter's value back from prov:value.
Json value_of(const Record& entity) {
  const auto type = Lookup::text(entity, "clew:valueType");
  if (type == "string") {
    const auto exact = Lookup::json(entity, "clew:json");
    return exact.is_string() ? exact : Json(Lookup::text(entity, "prov:value"));
  }
  if (type == "boolean") return Lookup::boolean(entity, "prov:value", false);
  if (type == "integer") return Lookup::integer(entity, "prov:value").value_or(0);
  if (type == "double") return Lookup::real(entity, "prov:value").value_or(0);
  return Lookup::json(entity, "prov:value");
}

std::vector<std::string> argv_of(const Record& record) {
  std::vector<std::string> argv;
  const auto encoded = Lookup::json(record, "clew:argvBase64");
  const auto plain = Lookup::json(record, "clew:argv");
  const auto& words = encoded.is_array() ? encoded : plain;
  if (!words.is_array()) return argv;
  for (const auto& word : words.as_array()) {
    if (!word.is_string()) refuse(record, "a word of the command line is no text");
    auto text = encoded.is_array() ? from_base64(word.as_string()) : word.as_string();
    if (!text) refuse(record, "'clew:argvBase64' is no Base64");
    argv.push_back(std::move(*text));
  }
  return argv;
}

std::string member(const Json& object, std::string_view name) {
  const auto* found = object.find(name);
  return found != nullptr && found->is_string() ? found->as_string() : std::string{};
}

std::vector<model::LostValue> lost_of(const Record& entity) {
  std::vector<model::LostValue> lost;
  const auto list = Lookup::json(entity, "clew:lost");
  if (!list.is_array()) return lost;
  for (const auto& item : list.as_array()) {
    const auto* value = item.find("value");
    const auto source = model::source_from_name(member(item, "source"));
    if (value == nullptr || !source) refuse(entity, "'clew:lost' has another form");
    lost.push_back({*value, *source, member(item, "file")});
  }
  return lost;
}

/// Reads one run out of a document or bundle.
class RunReader {
 public:
  RunReader(const Lookup& lookup, const Record& activity) : lookup_(lookup), activity_(activity) {
    run_.prefix = parts_of(activity.id).first;
  }

  DescribedRun read() {
    read_recorder();
    read_run();
    read_relatives();
    read_plan();
    read_code();
    read_environment();
    read_capture();
    read_params();
    read_changes();
    read_results();
    read_firings();
    read_document_files(lookup_, activity_, run_.parts);
    return std::move(run_);
  }

 private:
  [[nodiscard]] std::string own(std::string_view local) const {
    return concat(run_.prefix, ':', local);
  }
  [[nodiscard]] model::Run& run() { return run_.parts.run; }

  void read_recorder() {
    const auto* recorder = lookup_.element(own("clew"));
    if (recorder == nullptr) return;
    if (Lookup::integer(*recorder, "clew:template").value_or(1) > template_version) {
      refuse(*recorder, "it was written by a newer template");
    }
    run_.version = Lookup::text(*recorder, "clew:version");
    run_.options = Lookup::texts(*recorder, "clew:option");
  }

  void read_run() {
    const auto id = RunId::parse(Lookup::text(activity_, "clew:id"));
    const auto state = model::state_from_name(Lookup::text(activity_, "clew:state"));
    const auto started = Lookup::event_time(activity_, "prov:startTime");
    if (!id) refuse(activity_, "'clew:id' is no id of a run");
    if (!state) refuse(activity_, "'clew:state' is no state of a run");
    if (!started) refuse(activity_, "it has no start");
    run().id = *id;
    run().state = *state;
    run().started = *started;
    run().ended = Lookup::event_time(activity_, "prov:endTime");
    if (!run().ended) run().ended = Lookup::time(activity_, "clew:ended");
    run().name = Lookup::text(activity_, "clew:name");
    run().group = Lookup::text(activity_, "clew:group");
    run().cwd = Lookup::text(activity_, "clew:cwd");
    run_.cwd_in_tree = Lookup::text(activity_, "clew:cwdInTree");
    run().tags = Lookup::texts(activity_, "clew:tag");
    run().gaps = Lookup::texts(activity_, "clew:gap");
    if (const auto status = Lookup::integer(activity_, "clew:exitStatus")) {
      run().exit_code = static_cast<int>(*status);
    }
    if (const auto name = Lookup::text(activity_, "clew:signal"); !name.empty()) {
      run().signal = model::signal_from_name(name);
    }
    if (const auto text = Lookup::text(activity_, "clew:digest"); !text.empty()) {
      run_.parts.digest = digest_from_hex(text);
      if (!run_.parts.digest) refuse(activity_, "'clew:digest' is no digest");
    }
    const auto notes = Lookup::json(activity_, "clew:notes");
    if (!notes.is_array()) return;
    for (const auto& note : notes.as_array())
      run().notes.push_back({parse_time(member(note, "time")).value_or(0), member(note, "text")});
  }

  std::optional<RunId> id_of(std::string_view element) const {
    const auto* record = lookup_.element(element);
    if (record == nullptr || !Lookup::has_type(*record, "clew:Run")) return std::nullopt;
    return RunId::parse(Lookup::text(*record, "clew:id"));
  }

  void read_relatives() {
    for (const auto* start : lookup_.relations(Kind::was_started_by, activity_.id)) {
      if (const auto id = id_of(formal_of(*start, "prov:starter"))) run().parent = id;
    }
    for (const auto* influence : lookup_.relations(Kind::was_influenced_by, activity_.id)) {
      if (!Lookup::has_type(*influence, "clew:RerunOf")) continue;
      run().rerun_of = id_of(formal_of(*influence, "prov:influencer"));
    }
    for (const auto* association : lookup_.relations(Kind::was_associated_with, activity_.id)) {
      if (!Lookup::has_role(*association, "clew:operator")) continue;
      const auto* user = lookup_.element(formal_of(*association, "prov:agent"));
      if (user != nullptr) run().user = Lookup::text(*user, "prov:label");
    }
  }

  void read_plan() {
    if (const auto* plan = lookup_.element(own("plan"))) run().argv = argv_of(*plan);
  }

  void read_code() {
    for (const auto* usage : lookup_.relations(Kind::used, activity_.id)) {
      const auto* commit = lookup_.element(formal_of(*usage, "prov:entity"));
      if (!Lookup::has_role(*usage, "clew:code") || commit == nullptr ||
          !Lookup::has_type(*commit, "clew:CodeSnapshot")) {
        continue;
      }
      auto& code = run().code;
      code.commit = Lookup::text(*commit, "clew:commit");
      code.tree = Lookup::text(*commit, "clew:tree");
      code.dirty = Lookup::boolean(*usage, "clew:dirty", false);
      code.complete = Lookup::boolean(*usage, "clew:complete", true);
      code.base = Lookup::text(*usage, "clew:base");
      code.branch = Lookup::text(*usage, "clew:branch");
      code.remote = Lookup::text(*usage, "clew:remote");
      code.root = Lookup::text(*usage, "clew:root");
      const auto unstored = Lookup::json(*usage, "clew:unstored");
      if (!unstored.is_array()) return;
      for (const auto& file : unstored.as_array()) {
        const auto* size = file.find("size");
        code.unstored.push_back(
            {member(file, "path"),
             size != nullptr && size->is_int() ? static_cast<std::uint64_t>(size->as_int()) : 0, 0,
             member(file, "reason"), member(file, "sha256")});
      }
    }
  }

  void read_environment() {
    const auto* entity = lookup_.element(own("environment"));
    if (entity == nullptr) return;
    run().host = Lookup::text(*entity, "clew:host");
    if (auto all = Lookup::json(*entity, "clew:json"); all.is_object()) {
      run_.parts.environment = std::move(all);
    }
    if (auto packages = Lookup::json(*entity, "clew:packages"); packages.is_object()) {
      run_.parts.capture.environment = std::move(packages);
    }
  }

  void read_capture() {
    auto& capture = run_.parts.capture;
    const auto mechanism = Lookup::text(activity_, "clew:captureMechanism");
    if (mechanism.empty()) return;
    capture.mechanism = mechanism;
    capture.level = Lookup::text(activity_, "clew:captureLevel");
    capture.complete = Lookup::boolean(activity_, "clew:captureComplete", false);
    capture.root = Lookup::text(activity_, "clew:fileRoot");
    capture.blind = Lookup::texts(activity_, "clew:captureGap");
    capture.connections = Lookup::texts(activity_, "clew:connection");
  }

  void read_params() {
    for (const auto* membership : lookup_.relations(Kind::had_member, own("config"))) {
      const auto* entity = lookup_.element(formal_of(*membership, "prov:entity"));
      if (entity == nullptr || !Lookup::has_type(*entity, "clew:Parameter")) continue;
      const auto source = model::source_from_name(Lookup::text(*entity, "clew:source"));
      if (!source) refuse(*entity, "'clew:source' is no source of a parameter");
      run().params.push_back({Lookup::text(*entity, "clew:name"), value_of(*entity), *source,
                              Lookup::text(*entity, "clew:file"), lost_of(*entity)});
    }
    std::sort(run().params.begin(), run().params.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
  }

  /// What the run generated, by role.
  std::vector<const Record*> generated(std::string_view role) const {
    std::vector<const Record*> found;
    for (const auto& [entity, events] : lookup_.generations()) {
      for (const auto* event : events) {
        const auto* record = lookup_.element(entity);
        if (record == nullptr || formal_of(*event, "prov:activity") != activity_.id ||
            !Lookup::has_role(*event, role)) {
          continue;
        }
        found.push_back(record);
      }
    }
    return found;
  }

  void read_changes() {
    struct Numbered {
      std::int64_t number;
      const Record* entity;
    };
    std::vector<Numbered> changes;
    for (const auto* entity : generated("clew:change")) {
      const auto local = parts_of(entity->id).second.substr(std::string_view("change.").size());
      changes.push_back({parse_int(local.substr(0, local.find('.'))).value_or(0), entity});
    }
    std::sort(changes.begin(), changes.end(),
              [](const Numbered& a, const Numbered& b) { return a.number < b.number; });
    for (const auto& [number, entity] : changes) {
      run_.parts.changes.push_back(
          {Lookup::text(*entity, "clew:name"), Lookup::json(*entity, "clew:old"), value_of(*entity),
           Lookup::integer(*entity, "clew:step"), Lookup::time(*entity, "clew:time").value_or(0),
           Lookup::text(*entity, "clew:cause")});
    }
    // A parameter holds its value at the end of the run.
    for (const auto& change : run_.parts.changes) {
      for (auto& param : run().params) {
        if (param.name == change.name) param.value = change.value;
      }
    }
  }

  void read_results() {
    for (const auto* entity : generated("clew:metric"))
      read_metric(*entity);
    const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
    std::sort(run().metrics.begin(), run().metrics.end(), by_name);
    std::sort(run_.series.begin(), run_.series.end(), by_name);
    run_.has_output = !generated("clew:log").empty();
  }

  void read_metric(const Record& entity) {
    model::MetricSummary metric;
    metric.name = Lookup::text(entity, "clew:name");
    if (Lookup::text(entity, "clew:source") == name_of(model::MetricSource::output)) {
      metric.source = model::MetricSource::output;
    }
    auto& summary = metric.summary;
    const auto number = [&entity](std::string_view name) {
      return Lookup::real(entity, name).value_or(0);
    };
    summary.count = static_cast<std::uint64_t>(Lookup::integer(entity, "clew:count").value_or(0));
    summary.first = number("clew:first");
    summary.last = number("clew:last");
    summary.min = number("clew:min");
    summary.max = number("clew:max");
    if (const auto argmin = Lookup::integer(entity, "clew:argmin")) {
      summary.argmin = *argmin;
      summary.argmax = Lookup::integer(entity, "clew:argmax").value_or(0);
      summary.numbers = summary.count;
      summary.sum = number("clew:mean") * static_cast<double>(summary.count);
    }
    run_.series.push_back({metric.name, summary.count, Lookup::text(entity, "clew:sha256"),
                           Lookup::text(entity, "clew:points")});
    run().metrics.push_back(std::move(metric));
  }

  void read_firings() {
    for (std::size_t number = 1;; ++number) {
      const auto* firing = lookup_.element(own(concat("firing.", number)));
      if (firing == nullptr) return;
      auto values = Lookup::json(*firing, "clew:values");
      run_.parts.firings.push_back({Lookup::text(*firing, "clew:rule"),
                                    Lookup::text(*firing, "clew:action"),
                                    Lookup::event_time(*firing, "prov:startTime").value_or(0),
                                    Lookup::integer(*firing, "clew:step"),
                                    values.is_object() ? std::move(values) : Json::object(),
                                    Lookup::text(*firing, "clew:result")});
    }
  }

  const Lookup& lookup_;
  const Record& activity_;
  DescribedRun run_;
};

void read_records(const std::vector<Record>& records, std::vector<DescribedRun>& runs) {
  const Lookup lookup(records);
  for (const auto& record : records) {
    if (record.kind != Kind::activity || !Lookup::has_type(record, "clew:Run") ||
        Lookup::value(record, "clew:state") == nullptr) {
      continue;
    }
    runs.push_back(RunReader(lookup, record).read());
  }
}

}  // namespace

bool DescribedRun::has_option(std::string_view name) const {
  return std::find(options.begin(), options.end(), name) != options.end();
}

std::vector<DescribedRun> runs_of(const Document& document) {
  std::vector<DescribedRun> runs;
  read_records(document.records, runs);
  for (const auto& bundle : document.bundles)
    read_records(bundle.records, runs);
  std::sort(runs.begin(), runs.end(), [](const DescribedRun& a, const DescribedRun& b) {
    return a.parts.run.id < b.parts.run.id;
  });
  return runs;
}

}  // namespace clew::prov

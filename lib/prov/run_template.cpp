#include "prov/run_template.h"

#include "base/hash.h"
#include "base/text.h"
#include "prov/seal.h"
#include "prov/texts.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

void add_member(Attributes& attributes, std::string name, const Json* value) {
  if (value == nullptr) return;
  if (value->is_string())
    add_text(attributes, std::move(name), value->as_string());
  else if (value->is_int())
    attributes.emplace_back(std::move(name), int_value(value->as_int()));
}

const Json* find(const Json& object, std::string_view member, std::string_view inner) {
  const auto* found = object.find(member);
  return found == nullptr ? nullptr : found->find(inner);
}

std::string text_of(const Json* value) {
  return value != nullptr && value->is_string() ? value->as_string() : std::string{};
}

Json unstored_json(const std::vector<model::UnstoredFile>& files) {
  auto list = Json::array();
  for (const auto& file : files) {
    auto item = Json::object();
    item["path"] = file.path;
    item["size"] = file.size;
    item["reason"] = file.reason;
    if (!file.sha256.empty()) item["sha256"] = file.sha256;
    list.push(std::move(item));
  }
  return list;
}

std::string commit_name(const std::string& commit) {
  return qualified("git", concat("commit-", commit));
}

}  // namespace

RunTemplate::RunTemplate(Builder& out, const RunRecord& record, const GraphOptions& options,
                         RunNames names)
    : out_(out),
      record_(record),
      run_(record.parts.run),
      options_(options),
      names_(std::move(names)),
      activity_(qualified(names_.run, "run")) {}

void RunTemplate::write() {
  write_run();
  write_agents();
  write_plan();
  write_code();
  write_environment();
  write_parent();
  write_repeated();
  write_group();
  write_capture();
  write_configuration();
  write_changes();
  write_metrics();
  write_log();
  write_firings();
  FileTemplate(out_, record_, options_, names_.run, names_.shared).write();
}

std::string RunTemplate::own(std::string_view local) const {
  return qualified(names_.run, local);
}

// A clock that was set back can end a run before its start; PROV has no place for such an end.
bool RunTemplate::has_end() const {
  return run_.ended.has_value() && *run_.ended >= run_.started;
}

bool RunTemplate::within_run(Time time) const {
  return time >= run_.started && (!run_.ended || (has_end() && time <= *run_.ended));
}

void RunTemplate::used(const std::string& entity, Attributes attributes) {
  out_.relation(Kind::used, {{"prov:activity", activity_}, {"prov:entity", entity}},
                std::move(attributes));
}

void RunTemplate::generated(const std::string& entity, std::string_view role,
                            std::optional<Time> time) {
  Formals formal = {{"prov:entity", entity}, {"prov:activity", activity_}};
  if (time && within_run(*time)) formal.emplace_back("prov:time", format_time(*time));
  out_.relation(Kind::was_generated_by, std::move(formal),
                {{"prov:role", name_value(qualified("clew", role))}});
}

void RunTemplate::write_run() {
  Formals formal = {{"prov:startTime", format_time(run_.started)}};
  if (has_end()) formal.emplace_back("prov:endTime", format_time(*run_.ended));

  Attributes about = {type_of("clew:Run"),
                      type_of("mls:Run"),
                      label_of(run_.name.empty() ? concat("run ", run_.id.short_hex()) : run_.name),
                      {"clew:id", text_value(run_.id.hex())},
                      {"clew:state", text_value(std::string(model::name_of(run_.state)))}};
  add_text(about, "clew:name", run_.name);
  add_text(about, "clew:group", run_.group);
  add_text(about, "clew:cwd", run_.cwd);
  const auto& root =
      record_.parts.capture.root.empty() ? run_.code.root : record_.parts.capture.root;
  // Without names of directories it is relative already.
  const bool absolute = run_.cwd.starts_with('/');
  const auto below = absolute ? below_root(run_.cwd, root) : std::optional(run_.cwd);
  if (below) add_text(about, "clew:cwdInTree", *below);
  if (run_.ended && !has_end()) about.emplace_back("clew:ended", time_value(*run_.ended));
  if (run_.exit_code) about.emplace_back("clew:exitStatus", int_value(*run_.exit_code));
  if (run_.signal) about.emplace_back("clew:signal", text_value(model::signal_name(*run_.signal)));
  for (const auto& tag : run_.tags)
    about.emplace_back("clew:tag", text_value(tag));
  for (const auto& gap : run_.gaps)
    about.emplace_back("clew:gap", text_value(gap));
  if (!run_.notes.empty()) {
    auto notes = Json::array();
    for (const auto& note : run_.notes) {
      auto item = Json::object();
      item["time"] = format_time(note.time);
      item["text"] = note.text;
      notes.push(std::move(item));
    }
    about.emplace_back("clew:notes", text_value(dump_json(notes)));
  }
  if (record_.parts.digest) {
    about.emplace_back("clew:digest", text_value(to_hex(*record_.parts.digest)));
  }
  out_.element(Kind::activity, activity_, std::move(about), std::move(formal));
}

// The agent is the clew that recorded this run, on behalf of this run's user.
void RunTemplate::write_agents() {
  const auto clew = own("clew");
  Attributes about = {type_of("prov:SoftwareAgent"),
                      label_of(concat("clew ", options_.version)),
                      {"clew:version", text_value(options_.version)},
                      {"clew:template", int_value(template_version)},
                      {std::string(seal_attribute), text_value(std::string(blank_seal))}};
  const std::pair<bool, std::string_view> options[] = {
      {options_.anonymous, "anonymous"},
      {options_.bundles, "bundles"},
      {options_.infer_derivations, "infer-derivations"},
      {options_.processes, "processes"},
      {options_.with_series, "with-series"}};
  for (const auto& [chosen, name] : options) {
    if (chosen) about.emplace_back("clew:option", text_value(std::string(name)));
  }
  out_.element(Kind::agent, clew, std::move(about));
  out_.relation(Kind::was_associated_with, {{"prov:activity", activity_}, {"prov:agent", clew}},
                {{"prov:role", name_value("clew:recorder")}});
  if (run_.user.empty()) return;

  // The host takes part in the identifier only, so that equal names on two hosts stay two people.
  const auto hash = to_hex(sha256(concat(run_.user, '@', run_.host))).substr(0, 16);
  const auto user = qualified("agent", concat("user-", hash));
  out_.element(Kind::agent, user, {type_of("prov:Person"), label_of(run_.user)});
  Formals association = {{"prov:activity", activity_}, {"prov:agent", user}};
  if (!run_.argv.empty()) association.emplace_back("prov:plan", own("plan"));
  out_.relation(Kind::was_associated_with, std::move(association),
                {{"prov:role", name_value("clew:operator")}});
  out_.relation(
      Kind::acted_on_behalf_of,
      {{"prov:delegate", clew}, {"prov:responsible", user}, {"prov:activity", activity_}});
}

void RunTemplate::write_plan() {
  if (run_.argv.empty()) return;
  std::vector<std::string> words;
  for (const auto& word : run_.argv)
    words.push_back(shell_quote(word));
  Attributes about = {type_of("prov:Plan"), type_of("clew:CommandLine"),
                      label_of(join(words, " "))};
  add_argv(about, run_.argv);
  out_.element(Kind::entity, own("plan"), std::move(about));
  if (run_.user.empty()) {
    out_.relation(Kind::was_associated_with,
                  {{"prov:activity", activity_}, {"prov:plan", own("plan")}});
  }
}

// The entity has only what the commit itself says, so that all runs of one snapshot agree on it.
// What depends on the work tree stands on the usage.
void RunTemplate::write_code() {
  const auto& code = run_.code;
  if (code.commit.empty()) return;
  const auto snapshot = commit_name(code.commit);
  Attributes about = {type_of("clew:Commit"),
                      type_of("clew:CodeSnapshot"),
                      label_of(concat("commit ", code.commit.substr(0, 12))),
                      {"clew:commit", text_value(code.commit)}};
  add_text(about, "clew:tree", code.tree);
  out_.element(Kind::entity, snapshot, std::move(about));

  Attributes usage = {{"prov:role", name_value("clew:code")},
                      {"clew:dirty", bool_value(code.dirty)},
                      {"clew:complete", bool_value(code.complete)}};
  add_text(usage, "clew:branch", code.branch);
  add_text(usage, "clew:remote", code.remote);
  add_text(usage, "clew:root", code.root);
  add_text(usage, "clew:base", code.base);
  if (!code.unstored.empty()) {
    usage.emplace_back("clew:unstored", text_value(dump_json(unstored_json(code.unstored))));
  }
  used(snapshot, std::move(usage));

  if (!code.dirty || code.base.empty() || code.base == code.commit) return;
  const auto base = commit_name(code.base);
  out_.element(Kind::entity, base,
               {type_of("clew:Commit"),
                label_of(concat("commit ", code.base.substr(0, 12))),
                {"clew:commit", text_value(code.base)}});
  out_.relation(Kind::was_derived_from,
                {{"prov:generatedEntity", snapshot}, {"prov:usedEntity", base}},
                {type_of("prov:Revision")});
}

void RunTemplate::write_environment() {
  const auto& all = record_.parts.environment;
  const bool known = all.is_object() && !all.as_object().empty();
  if (!known && run_.host.empty()) return;

  Attributes about = {type_of("clew:Environment"), label_of("environment")};
  add_text(about, "clew:host", run_.host);
  auto os = text_of(find(all, "os", "name"));
  const auto version = text_of(find(all, "os", "version"));
  if (!os.empty() && !version.empty()) os += " " + version;
  add_text(about, "clew:os", os);
  add_member(about, "clew:kernel", find(all, "os", "kernel"));
  add_member(about, "clew:machine", find(all, "os", "machine"));
  add_member(about, "clew:cpu", find(all, "cpu", "model"));
  add_member(about, "clew:cpuCount", find(all, "cpu", "count"));
  add_member(about, "clew:memory", all.find("memory"));
  add_member(about, "clew:interpreter", find(all, "interpreter", "path"));
  add_member(about, "clew:interpreterVersion", find(all, "interpreter", "version"));
  if (const auto* gpus = all.find("gpus"); gpus != nullptr && gpus->is_array()) {
    for (const auto& gpu : gpus->as_array())
      add_member(about, "clew:gpu", &gpu);
  }
  if (known) about.emplace_back("clew:json", text_value(dump_json(all)));
  const auto& summed_up = record_.parts.capture.environment;
  if (summed_up.is_object() && !summed_up.as_object().empty()) {
    about.emplace_back("clew:packages", text_value(dump_json(summed_up)));
  }
  out_.element(Kind::entity, own("environment"), std::move(about));
  used(own("environment"), {{"prov:role", name_value("clew:environment")}});
}

}  // namespace clew::prov

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "prov/run_files.h"
#include "prov/texts.h"
#include "prov/vocabulary.h"

// The processes of a run, the files that it named, and what was derived from what.

namespace clew::prov {
namespace {

/// More pairs of read and written files than this say nothing of a process any more.
constexpr std::size_t most_pairs = 100'000;

}  // namespace

void FileTemplate::write_processes() {
  for (std::size_t i = 0; i < parts_.processes.size(); ++i)
    write_process(i);
}

void FileTemplate::write_process(std::size_t index) {
  const auto& process = parts_.processes[index];
  const auto activity = own(concat("process.", index));
  Formals formal;
  if (process.started != 0) {
    formal.emplace_back("prov:startTime", format_time(process.started));
    if (process.ended && *process.ended >= process.started) {
      formal.emplace_back("prov:endTime", format_time(*process.ended));
    }
  }
  Attributes about = {type_of("clew:Process"),
                      label_of(command_label(process.argv)),
                      {"clew:index", int_value(static_cast<std::int64_t>(index))},
                      {"clew:pid", int_value(process.pid)}};
  add_argv(about, process.argv);
  add_text(about, "clew:cwd", process.cwd);
  add_text(about, "clew:executable", process.executable);
  add_text(about, "clew:executableSha256", process.executable_sha256);
  if (process.exit_code) about.emplace_back("clew:exitStatus", int_value(*process.exit_code));
  if (process.signal) {
    about.emplace_back("clew:signal", text_value(model::signal_name(*process.signal)));
  }
  out_.element(Kind::activity, activity, std::move(about), std::move(formal));
  // Without a trigger: with one, PROV would conclude that the starter generated it.
  const bool has_parent =
      process.parent && *process.parent < parts_.processes.size() && *process.parent != index;
  const auto starter = has_parent ? own(concat("process.", *process.parent)) : own("run");
  out_.relation(Kind::was_started_by, {{"prov:activity", activity}, {"prov:starter", starter}});
}

std::optional<std::size_t> FileTemplate::place_of(const std::string& path) const {
  const auto& files = parts_.files;
  const auto found = std::lower_bound(
      files.begin(), files.end(), path,
      [](const model::File& file, const std::string& wanted) { return file.state.path < wanted; });
  if (found == files.end() || found->state.path != path) return std::nullopt;
  return static_cast<std::size_t>(found - files.begin());
}

bool FileTemplate::has_entity(std::optional<std::size_t> index) const {
  return index && (parts_.files[*index].state.role != model::Role::temporary || options_.processes);
}

/// Files that the run named as its own. When a file was
/// named is no time of its generation, so it stands on the file.
void FileTemplate::write_named() {
  const auto& run = parts_.run;
  const auto& root = parts_.capture.root.empty() ? run.code.root : parts_.capture.root;
  std::map<std::string_view, Time> named;
  for (const auto& artifact : parts_.artifacts) {
    auto& time = named.try_emplace(artifact.path, artifact.time).first->second;
    time = std::max(time, artifact.time);
  }
  for (const auto& [word, time] : named) {
    const auto path = from_root(std::string(word), run.cwd, root);
    const bool known = has_entity(place_of(path));
    auto about = known ? Attributes{}
                       : Attributes{type_of("clew:File"),
                                    label_of(std::string(word)),
                                    {"prov:location", text_value(std::string(word))}};
    about.emplace_back("clew:time", time_value(time));
    const auto entity = file_name(prefix_, known ? path : std::string(word));
    out_.element(Kind::entity, entity, std::move(about));
    if (known) continue;
    out_.relation(Kind::was_generated_by, {{"prov:entity", entity}, {"prov:activity", own("run")}},
                  {{"prov:role", name_value("clew:output")}});
  }
}

/// Which of the run's entities stands for the file as the run found it.
std::string FileTemplate::found_entity(std::size_t index) const {
  if (index < shared_.size() && shared_[index]) return shared_[index]->entity;
  const auto& path = parts_.files[index].state.path;
  const bool versions = found_and_read(parts_.files[index]) && writes_to(parts_.files[index]);
  return versions ? own(local_name("before", path)) : file_name(prefix_, path);
}

void FileTemplate::write_parameter_files() {
  const auto& run = parts_.run;
  const auto& root = parts_.capture.root.empty() ? run.code.root : parts_.capture.root;
  std::set<std::string_view> done;
  for (const auto& param : run.params) {
    if (param.file.empty() || !done.insert(param.file).second) continue;
    const auto path = from_root(param.file, run.cwd, root);
    const auto index = place_of(path);
    const bool known = has_entity(index);
    const auto entity = known ? found_entity(*index) : file_name(prefix_, path);
    Attributes about = {type_of("clew:ParameterFile"), type_of("clew:File")};
    if (!known) {
      about.push_back(label_of(path));
      about.emplace_back("prov:location", text_value(path));
      out_.relation(Kind::used, {{"prov:activity", own("run")}, {"prov:entity", entity}},
                    {{"prov:role", name_value("clew:configuration")}});
    }
    out_.element(Kind::entity, entity, std::move(about));
    out_.relation(Kind::was_derived_from,
                  {{"prov:generatedEntity", own("config")}, {"prov:usedEntity", entity}});
  }
}

/// A process that wrote a file after it had opened others made the one from the others, as far as
/// one can tell from outside.
void FileTemplate::write_derivations() {
  std::map<std::string_view, Time> made;
  std::map<std::uint32_t, std::vector<const Event*>> read;
  std::map<std::uint32_t, std::vector<const Event*>> written;
  for (const auto& event : used_)
    read[event.process].push_back(&event);
  for (const auto& event : generated_) {
    written[event.process].push_back(&event);
    auto& time = made.try_emplace(event.entity, event.time).first->second;
    time = std::max(time, event.time);
  }
  for (const auto& [process, results] : written) {
    const auto sources = read.find(process);
    if (sources == read.end()) continue;
    if (results.size() * sources->second.size() > most_pairs) {
      const auto text = concat("derivations of process ", process, " are not inferred: it read ",
                               sources->second.size(), " files and wrote ", results.size());
      out_.element(Kind::activity, own("run"), {{"clew:gap", text_value(text)}});
      continue;
    }
    for (const auto* result : results) {
      for (const auto* source : sources->second)
        infer(*result, *source, made);
    }
  }
}

void FileTemplate::infer(const Event& result, const Event& source,
                         const std::map<std::string_view, Time>& made) {
  // What was read was complete, and what was written was written later: so each derivation leads
  // to an entity that was made earlier, and there are no circles.
  const auto source_made = made.find(source.entity);
  if (source.entity == result.entity || source.time >= result.time ||
      (source_made != made.end() && source_made->second > source.time)) {
    return;
  }
  Formals formal = {{"prov:generatedEntity", result.entity}, {"prov:usedEntity", source.entity}};
  if (!source.relation.empty()) {
    formal.emplace_back("prov:activity", result.activity);
    formal.emplace_back("prov:generation", result.relation);
    formal.emplace_back("prov:usage", source.relation);
  }
  out_.relation(Kind::was_derived_from, std::move(formal), {type_of("clew:Inferred")});
}

}  // namespace clew::prov

#include "prov/run_files.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "prov/vocabulary.h"

namespace clew::prov {
namespace {

using model::File;
using model::FileUse;

bool reads(const FileUse& use) {
  return (use.modes & (model::kRead | model::kExecuted)) != 0;
}

bool writes(const FileUse& use) {
  return (use.modes & (model::kWritten | model::kCreated | model::kRenamed)) != 0;
}

void find_uses(const File& file, bool (*what)(const FileUse&), std::vector<const FileUse*>& found) {
  found.clear();
  for (const auto& use : file.uses) {
    if (what(use)) found.push_back(&use);
  }
}

std::vector<const FileUse*> uses_that(const File& file, bool (*what)(const FileUse&)) {
  std::vector<const FileUse*> found;
  find_uses(file, what, found);
  return found;
}

/// What is known of the bytes of a file.
void add_content(Attributes& about, const std::string& sha256, std::uint64_t size,
                 model::DigestKind kind) {
  about.emplace_back("clew:size", int_value(static_cast<std::int64_t>(size)));
  if (!sha256.empty()) about.emplace_back("clew:sha256", text_value(sha256));
  if (kind != model::DigestKind::whole && kind != model::DigestKind::none) {
    about.emplace_back("clew:digestKind", text_value(std::string(model::name_of(kind))));
  }
}

Attributes file_attributes(const std::string& path) {
  constexpr std::size_t usual = 6;  // with size, digest and time
  Attributes about;
  about.reserve(usual);
  about.push_back(type_of("clew:File"));
  about.push_back(label_of(path));
  about.emplace_back("prov:location", text_value(path));
  return about;
}

/// Two formal attributes, with room for a time.
Formals formals(const char* name, std::string id, const char* other_name, std::string other) {
  Formals formal;
  formal.reserve(3);
  formal.emplace_back(name, std::move(id));
  formal.emplace_back(other_name, std::move(other));
  return formal;
}

/// How a process came to a file, where there is more to say than that it read or wrote it.
void add_manner(Attributes& about, model::FileModes modes) {
  constexpr std::pair<model::FileMode, std::string_view> names[] = {
      {model::kCreated, "created"},
      {model::kRenamed, "renamed"},
      {model::kInherited, "inherited"},
      {model::kExecuted, "executed"}};
  for (const auto& [mode, name] : names) {
    if ((modes & mode) != 0) about.emplace_back("clew:how", text_value(std::string(name)));
  }
}

std::string_view role_of_use(const File& file, model::FileModes modes) {
  if (file.state.role == model::Role::code || (modes & model::kExecuted) != 0) return "code";
  return "input";
}

Time first_of(const std::vector<const FileUse*>& uses) {
  Time time = uses.front()->first;
  for (const auto* use : uses)
    time = std::min(time, use->first);
  return time;
}

Time last_of(const std::vector<const FileUse*>& uses) {
  Time time = uses.front()->last;
  for (const auto* use : uses)
    time = std::max(time, use->last);
  return time;
}

/// Was the file there, and read, before the run wrote it first?
bool found_before(const File& file, const std::vector<const FileUse*>& readers,
                  const std::vector<const FileUse*>& writers) {
  if (!file.state.before_sha256.empty()) return true;
  if ((file.modes() & model::kCreated) != 0 || readers.empty()) return false;
  return first_of(readers) < first_of(writers);
}

}  // namespace

bool found_and_read(const File& file) {
  if (std::none_of(file.uses.begin(), file.uses.end(), reads)) return false;
  const auto readers = uses_that(file, reads);
  const auto writers = uses_that(file, writes);
  return writers.empty() || found_before(file, readers, writers);
}

bool writes_to(const File& file) {
  return std::any_of(file.uses.begin(), file.uses.end(), writes);
}

const std::string& found_digest(const File& file) {
  return !writes_to(file) ? file.state.sha256 : file.state.before_sha256;
}

std::string file_name(std::string_view prefix, std::string_view path) {
  return qualified(prefix, local_name("file", path));
}

FileTemplate::FileTemplate(Builder& out, const RunRecord& record, const GraphOptions& options,
                           std::string prefix, const SharedFiles& shared)
    : out_(out),
      parts_(record.parts),
      options_(options),
      prefix_(std::move(prefix)),
      shared_(shared) {}

void FileTemplate::write() {
  if (options_.processes) write_processes();
  for (std::size_t i = 0; i < parts_.files.size(); ++i)
    write_file(i);
  write_named();
  write_parameter_files();
  if (options_.infer_derivations) write_derivations();
  if (temporary_ > 0) {
    out_.element(Kind::activity, own("run"), {{"clew:temporaryFiles", int_value(temporary_)}});
  }
}

std::string FileTemplate::own(std::string_view local) const {
  return qualified(prefix_, local);
}

std::string FileTemplate::activity_of(std::uint32_t process) const {
  const bool known = options_.processes && process < parts_.processes.size();
  return own(known ? concat("process.", process) : "run");
}

std::string FileTemplate::relation_id(std::string_view kind, std::uint32_t process,
                                      std::string_view path) const {
  if (!options_.infer_derivations) return {};
  return own(local_name(options_.processes ? concat(kind, '.', process) : std::string(kind), path));
}

/// Does the time lie within what the graph says of the activity's start and end?
bool FileTemplate::within(std::uint32_t process, Time time) const {
  const auto inside = [time](Time start, const std::optional<Time>& end) {
    if (end && *end < start) return false;
    return time >= start && (!end || time <= *end);
  };
  if (options_.processes && process < parts_.processes.size()) {
    return inside(parts_.processes[process].started, parts_.processes[process].ended);
  }
  return inside(parts_.run.started, parts_.run.ended);
}

void FileTemplate::write_file(std::size_t index) {
  const auto& file = parts_.files[index];
  // Between processes a temporary file is what carries the data; for the run as a whole it is not
  // there before nor after.
  if (file.state.role == model::Role::temporary && !options_.processes) {
    ++temporary_;
    return;
  }
  find_uses(file, reads, readers_);
  find_uses(file, writes, writers_);
  if (writers_.empty())
    write_read_only(file, index);
  else
    write_versions(file, index);
}

void FileTemplate::write_read_only(const File& file, std::size_t index) {
  const auto& state = file.state;
  const auto& shared = index < shared_.size() ? shared_[index] : std::nullopt;
  auto entity = file_name(prefix_, state.path);
  if (shared) {
    entity = shared->entity;
    share(*shared, file, state.sha256, state.size);
  } else {
    auto about = file_attributes(state.path);
    add_content(about, state.sha256, state.size, state.digest);
    if (state.mtime_ns != 0) about.emplace_back("clew:modified", time_value(state.mtime_ns / 1000));
    if (state.saved) about.emplace_back("clew:saved", bool_value(true));
    out_.element(Kind::entity, entity, std::move(about));
  }
  use(file, entity, readers_);
  if ((file.modes() & model::kDeleted) != 0) write_removal(file, entity);
}

/// The entity of another run is declared with what this run saw of it, and tied to the run that
/// made it, where that run does not tell so itself.
void FileTemplate::share(const SharedFile& shared, const File& file, const std::string& sha256,
                         std::uint64_t size) {
  auto about = file_attributes(file.state.path);
  add_content(about, sha256, size, model::DigestKind::whole);
  out_.element(Kind::entity, shared.entity, std::move(about));
  if (shared.activity.empty()) return;
  out_.element(Kind::activity, shared.activity,
               {type_of("clew:Run"), {"clew:id", text_value(shared.run.hex())}});
  out_.relation(Kind::was_generated_by,
                {{"prov:entity", shared.entity}, {"prov:activity", shared.activity}});
}

void FileTemplate::write_versions(const File& file, std::size_t index) {
  const auto& state = file.state;
  const auto entity = file_name(prefix_, state.path);
  auto about = file_attributes(state.path);
  if (!state.gone || !state.sha256.empty()) {
    add_content(about, state.sha256, state.size, state.digest);
  }
  if (state.mtime_ns != 0) about.emplace_back("clew:modified", time_value(state.mtime_ns / 1000));
  if (state.saved) about.emplace_back("clew:saved", bool_value(true));
  if (state.gone) about.emplace_back("clew:gone", bool_value(true));
  out_.element(Kind::entity, entity, std::move(about));

  const auto found =
      found_before(file, readers_, writers_) ? write_found(file, index) : std::string{};
  if (options_.processes) {
    write_chain(file, found);
  } else {
    generate(file, entity, writers_);
    if (!found.empty()) {
      use(file, found, readers_);
      revise(entity, found);
    } else if (options_.infer_derivations) {
      // What one process of the run wrote and another one read is no input of the run.
      for (const auto* reader : readers_)
        used_.push_back({entity, {}, {}, reader->process, reader->first});
    }
  }
  if (state.gone) write_removal(file, entity);
}

/// The file as it was before the run wrote it.
std::string FileTemplate::write_found(const File& file, std::size_t index) {
  const auto& state = file.state;
  const auto& shared = index < shared_.size() ? shared_[index] : std::nullopt;
  if (shared) {
    share(*shared, file, state.before_sha256, state.before_size);
    return shared->entity;
  }
  auto entity = own(local_name("before", state.path));
  auto about = file_attributes(state.path);
  if (!state.before_sha256.empty()) {
    add_content(about, state.before_sha256, state.before_size, model::DigestKind::whole);
  }
  out_.element(Kind::entity, entity, std::move(about));
  return entity;
}

/// With processes, each of them that wrote the file made a version of it; what another one read is
/// the version that was there when it opened the file.
void FileTemplate::write_chain(const File& file, const std::string& found) {
  auto makers = writers_;
  std::sort(makers.begin(), makers.end(), [](const FileUse* a, const FileUse* b) {
    return std::pair(a->first, a->process) < std::pair(b->first, b->process);
  });
  std::vector<std::string> versions;
  std::optional<Time> latest;
  for (std::size_t i = 0; i < makers.size(); ++i) {
    const bool last = i + 1 == makers.size();
    versions.push_back(last ? file_name(prefix_, file.state.path)
                            : own(local_name(concat("version.", i + 1), file.state.path)));
    if (!last) out_.element(Kind::entity, versions.back(), file_attributes(file.state.path));
    generate(file, versions.back(), {makers[i]}, latest);
    latest = std::max(latest.value_or(0), makers[i]->last);
  }
  const auto version_before = [&](std::size_t count) {
    return count > 0 ? versions[count - 1] : found;
  };
  for (const auto* reader : readers_) {
    std::size_t count = 0;
    std::optional<std::size_t> own_version;
    for (std::size_t i = 0; i < makers.size(); ++i) {
      if (makers[i] == reader) own_version = i;
      if (makers[i]->first <= reader->first) count = i + 1;
    }
    const auto entity = version_before(own_version.value_or(count));
    // What it read of its own making is no input.
    if (entity.empty()) continue;
    use(file, entity, {reader});
    if (own_version) revise(versions[*own_version], entity);
  }
}

void FileTemplate::use(const File& file, const std::string& entity, const Uses& readers) {
  std::set<std::string> done;
  for (const auto* reader : readers) {
    const auto activity = activity_of(reader->process);
    const auto relation = relation_id("use", reader->process, file.state.path);
    if (options_.infer_derivations) {
      used_.push_back({entity, activity, relation, reader->process, reader->first});
    }
    if (!done.insert(activity).second) continue;
    model::FileModes modes = 0;
    Time first = reader->first;
    for (const auto* other : readers) {
      if (activity_of(other->process) != activity) continue;
      modes |= other->modes;
      first = std::min(first, other->first);
    }
    Formals formal = formals("prov:activity", activity, "prov:entity", entity);
    if (first != 0 && within(reader->process, first)) {
      formal.emplace_back("prov:time", format_time(first));
    }
    Attributes about;
    about.reserve(2);
    about.emplace_back("prov:role", name_value(qualified("clew", role_of_use(file, modes))));
    add_manner(about, modes & (model::kInherited | model::kExecuted));
    out_.named_relation(Kind::used, relation, std::move(formal), std::move(about));
  }
}

/// One generation by the one activity of all these uses. `not_before` is the time of the version
/// before, which this one cannot be older than.
void FileTemplate::generate(const File& file, const std::string& entity, const Uses& writers,
                            std::optional<Time> not_before) {
  const auto process = writers.front()->process;
  const auto activity = activity_of(process);
  const auto relation = relation_id("gen", process, file.state.path);
  model::FileModes modes = 0;
  std::string from;
  for (const auto* writer : writers) {
    modes |= writer->modes;
    if (!writer->from.empty()) from = writer->from;
    if (options_.infer_derivations) {
      generated_.push_back({entity, activity, relation, writer->process, writer->last});
    }
  }
  const auto time = last_of(writers);
  Formals formal = formals("prov:entity", entity, "prov:activity", activity);
  if (time != 0 && within(process, time) && (!not_before || time >= *not_before)) {
    formal.emplace_back("prov:time", format_time(time));
  }
  Attributes about;
  about.reserve(2);
  about.emplace_back("prov:role", name_value("clew:output"));
  add_manner(about, modes & (model::kCreated | model::kRenamed | model::kInherited));
  if (!from.empty()) about.emplace_back("clew:from", text_value(from));
  out_.named_relation(Kind::was_generated_by, relation, std::move(formal), std::move(about));
}

void FileTemplate::revise(const std::string& newer, const std::string& older) {
  if (newer == older) return;
  out_.relation(Kind::was_derived_from,
                {{"prov:generatedEntity", newer}, {"prov:usedEntity", older}},
                {type_of("prov:Revision")});
}

void FileTemplate::write_removal(const File& file, const std::string& entity) {
  const auto removers =
      uses_that(file, [](const FileUse& use) { return (use.modes & model::kDeleted) != 0; });
  if (removers.empty()) return;
  const auto* last =
      *std::max_element(removers.begin(), removers.end(),
                        [](const FileUse* a, const FileUse* b) { return a->last < b->last; });
  Formals formal = {{"prov:entity", entity}, {"prov:activity", activity_of(last->process)}};
  // Only after all that is known to have been done with it.
  Time latest = 0;
  for (const auto& use : file.uses)
    latest = std::max({latest, use.first, use.last});
  if (last->last != 0 && last->last >= latest && within(last->process, last->last)) {
    formal.emplace_back("prov:time", format_time(last->last));
  }
  out_.relation(Kind::was_invalidated_by, std::move(formal));
}

}  // namespace clew::prov

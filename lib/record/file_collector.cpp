#include "record/file_collector.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "record/recorder.h"
#include "store/objects.h"

namespace clew::record {
namespace {

/// How much later than a use of it a file may have been changed and still count as unchanged: the
/// clock of file systems ticks every 10 ms at least, and is read at another moment.
constexpr std::int64_t kTick = 20'000;  // microseconds

bool is_there(const fs::path& path) {
  struct stat st {};
  return lstat(path.c_str(), &st) == 0;
}

bool begins_with_hash_bang(const fs::path& path) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  char begin[2] = {};
  return fd && read(fd.get(), begin, sizeof begin) == ssize_t{sizeof begin} && begin[0] == '#' &&
         begin[1] == '!';
}

class Collector {
 public:
  Collector(FileTask task, const model::RunParts& parts)
      : task_(std::move(task)),
        parts_(parts),
        hasher_(digest_cache(task_.layout), task_.request.hash_limit),
        objects_(task_.layout.objects()) {}

  std::vector<model::Event> run() {
    std::vector<model::File> files = parts_.files;
    add_artifacts(files);
    for (const model::File& file : files)
      look_at(file);
    hash_programs();
    hasher_.save();
    name_unsaved();
    return std::move(events_);
  }

 private:
  /// What the command named as its results are its outputs, whatever was seen of them.
  void add_artifacts(std::vector<model::File>& files) {
    for (const model::ArtifactEvent& artifact : parts_.artifacts) {
      const std::string& name = artifact.path;
      artifacts_.insert(name);
      const auto known = std::find_if(files.begin(), files.end(),
                                      [&](const auto& file) { return file.state.path == name; });
      if (known != files.end()) continue;
      add_command();
      model::File file;
      file.state.path = name;
      file.uses.push_back({name, 0, model::kWritten, artifact.time, artifact.time, ""});
      events_.emplace_back(model::FileUseEvent{file.uses.front()});
      files.push_back(std::move(file));
    }
  }

  /// Uses belong to processes; where none was traced there is the command at least.
  void add_command() {
    if (!parts_.processes.empty() || command_added_) return;
    command_added_ = true;
    model::Process command;
    command.argv = parts_.run.argv;
    command.cwd = parts_.run.cwd;
    command.started = parts_.run.started;
    command.ended = parts_.run.ended;
    command.exit_code = parts_.run.exit_code;
    command.signal = parts_.run.signal;
    events_.emplace_back(model::ProcessEvent{0, std::move(command)});
  }

  void look_at(const model::File& file) {
    model::FileState state;
    state.path = file.state.path;
    const fs::path path = task_.policy.path(state.path);
    const auto reading = task_.readings.find(state.path);
    const InputHasher::Reading* const early =
        reading != task_.readings.end() && reading->second.is_of_that_time() ? &reading->second
                                                                             : nullptr;
    const bool save = task_.policy.saves(state.path);
    const auto now = hash(path, early, save);
    state.gone = !now && !is_there(path);
    if (file.written()) {
      if (now) describe(state, *now);
      if (now && parts_.run.ended && changed_since(*now, *parts_.run.ended)) {
        state.digest = model::DigestKind::changing;
      }
      if (early != nullptr) {
        state.before_sha256 = early->hash.sha256;
        state.before_size = early->hash.identity.size;
      }
    } else if (now && (early == nullptr || now->identity == early->hash.identity)) {
      describe(state, *now);
      if (changed_since(*now, first_use(file))) state.digest = model::DigestKind::changing;
    } else if (early != nullptr) {
      // Somebody else has changed or removed it since: what counts is what was read.
      describe(state, early->hash);
    }
    state.role = role_of(file, state, path);
    if (save && now) state.saved = keep(path, state, now->identity.size);
    events_.emplace_back(model::FileStateEvent{std::move(state)});
  }

  [[nodiscard]] std::optional<capture::FileHash> hash(const fs::path& path,
                                                      const InputHasher::Reading* early,
                                                      bool whole) {
    if (early != nullptr && capture::identify(path) == early->hash.identity &&
        (!whole || early->hash.kind == model::DigestKind::whole)) {
      return early->hash;
    }
    const bool fits = whole && size_of(path) <= task_.request.save_limit;
    return hasher_.hash(
        path, [] { return false; },
        fits ? capture::FileHasher::Extent::whole : capture::FileHasher::Extent::by_limit);
  }

  static std::uint64_t size_of(const fs::path& path) {
    const auto identity = capture::identify(path);
    return identity ? identity->size : 0;
  }

  static void describe(model::FileState& state, const capture::FileHash& hash) {
    state.size = hash.identity.size;
    state.mtime_ns = hash.identity.mtime_ns;
    state.sha256 = hash.sha256;
    state.digest = hash.kind;
  }

  static Time first_use(const model::File& file) {
    Time first = INT64_MAX;
    for (const model::FileUse& use : file.uses)
      first = std::min(first, use.first);
    return first;
  }

  /// A time of change that is still to come was set, or is by another clock: it says nothing.
  static bool changed_since(const capture::FileHash& hash, Time time) {
    const Time changed = hash.identity.mtime_ns / 1000;
    return time < INT64_MAX - kTick && changed > time + kTick && changed <= system_clock().now();
  }

  model::Role role_of(const model::File& file, const model::FileState& state,
                      const fs::path& path) {
    if (const auto declared = task_.policy.role(file)) return *declared;
    if (artifacts_.contains(state.path)) return model::Role::output;
    if (!file.written()) {
      const std::string_view name = std::string_view(state.path).substr(state.path.rfind('/') + 1);
      if (capture::is_source_name(name) && task_.in_snapshot(state.path)) return model::Role::code;
      if ((file.modes() & model::kExecuted) != 0 && begins_with_hash_bang(path)) {
        return model::Role::code;
      }
    }
    return model::role_by_use(file, state.gone);
  }

  bool keep(const fs::path& path, const model::FileState& state, std::uint64_t size) {
    if (state.digest != model::DigestKind::whole || size > task_.request.save_limit - saved_) {
      unsaved_.emplace_back(size, state.path);
      too_large_ = too_large_ || size > task_.request.save_limit - saved_;
      return false;
    }
    try {
      if (objects_.keep(path, state.sha256)) {
        saved_ += size;
        return true;
      }
      unsaved_.emplace_back(size, state.path);
    } catch (const Error& error) {
      events_.emplace_back(
          model::GapEvent{concat("the copy of '", state.path, "': ", error.message())});
    }
    return false;
  }

  void name_unsaved() {
    if (unsaved_.empty()) return;
    const auto largest = *std::max_element(unsaved_.begin(), unsaved_.end());
    std::string text = concat(unsaved_.size(), unsaved_.size() == 1 ? " file" : " files",
                              " to save: no copy is kept; the largest is '", largest.second,
                              "' with ", format_size(largest.first));
    text += too_large_ ? concat("; the limit of a run, files.save-limit, is ",
                                format_size(task_.request.save_limit))
                       : std::string("; it changed while it was read");
    events_.emplace_back(model::GapEvent{std::move(text)});
  }

  void hash_programs() {
    std::map<std::string, std::string> digests;
    for (std::size_t index = 0; index < parts_.processes.size(); ++index) {
      model::Process process = parts_.processes[index];
      if (process.executable.empty() || !process.executable_sha256.empty()) continue;
      const auto [place, added] = digests.try_emplace(process.executable);
      if (added) {
        const auto found = hasher_.hash(process.executable, [] { return false; });
        if (found && found->kind == model::DigestKind::whole) place->second = found->sha256;
      }
      if (place->second.empty()) continue;
      process.executable_sha256 = place->second;
      events_.emplace_back(
          model::ProcessEvent{static_cast<std::uint32_t>(index), std::move(process)});
    }
  }

  FileTask task_;
  const model::RunParts& parts_;
  capture::FileHasher hasher_;
  store::Objects objects_;
  std::set<std::string> artifacts_;
  std::vector<model::Event> events_;
  std::uint64_t saved_ = 0;
  std::vector<std::pair<std::uint64_t, std::string>> unsaved_;
  bool too_large_ = false;
  bool command_added_ = false;
};

}  // namespace

std::vector<model::Event> collect_files(FileTask task, const model::RunParts& parts) {
  return Collector(std::move(task), parts).run();
}

}  // namespace clew::record

#include "capture/trace_book.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>

#include "base/fs.h"
#include "base/text.h"
#include "capture/parameters.h"

namespace clew::capture {
namespace {

using Kind = TraceItem::Kind;

/// How long a call that was let go on may take until its effect is looked for.
constexpr Time kSoon = 10'000;
/// An open for reading of a file that is not there has failed, unless it is removed in this time.
constexpr Time kReadPatience = 2'000'000;

model::FileModes modes_of(const OpenWish& wish) {
  return static_cast<model::FileModes>((wish.read ? model::kRead : 0) |
                                       (wish.write ? model::kWritten : 0));
}

std::string without_deleted(std::string path) {
  constexpr std::string_view kDeletedMark = " (deleted)";
  if (path.ends_with(kDeletedMark)) path.resize(path.size() - kDeletedMark.size());
  return path;
}

bool gains_privileges(const std::string& program) {
  struct stat found {};
  if (stat(program.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return false;
  if ((found.st_mode & (S_ISUID | S_ISGID)) != 0) return true;
  return getxattr(program.c_str(), "security.capability", nullptr, 0) > 0;
}

}  // namespace

std::string clean_path(std::string_view path) {
  std::string clean;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      std::error_code failure;
      const fs::path real = fs::canonical(clean.empty() ? "/" : clean, failure);
      if (!failure) clean = real == "/" ? "" : real.string();
      clean.resize(clean.empty() ? 0 : clean.rfind('/'));
    } else {
      clean += '/';
      clean += part;
    }
  }
  return clean.empty() ? "/" : clean;
}

TraceBook::TraceBook(Listed listed, bool no_new_privileges)
    : listed_(std::move(listed)), no_new_privileges_(no_new_privileges) {
  runs_.push_back(std::make_unique<Run>());
}

void TraceBook::take(TraceItem item) {
  if (item.kind == Kind::began) return take_process(item);
  if (item.process >= members_.size()) return;
  const Member member = members_[item.process];
  Run& run = *runs_[member.shelf];
  if (run.closed) return;
  switch (item.kind) {
    case Kind::executed:
      return take_exec(item);
    case Kind::exits:
    case Kind::gone:
      return take_end(item);
    case Kind::connected:
      if (run.told.insert(item.path).second) run.found.connections.push_back(item.path);
      return;
    case Kind::opened:
    case Kind::inherited:
      return take_open(item);
    case Kind::renamed:
    case Kind::exchanged:
    case Kind::linked:
      return take_rename(item);
    case Kind::removed: {
      if (!item.source_exists) return;
      const auto path = intern(clean_path(item.path) + (item.directory ? "/" : ""));
      confirm(path, item.born);
      add(item.process, path, model::kDeleted, item.time);
      paths_[path].exists = false;
      return;
    }
    case Kind::made:
    case Kind::made_link:
      if (item.source_exists) return;
      add(item.process, intern(clean_path(item.path) + (item.directory ? "/" : "")),
          model::kCreated, item.time);
      return;
    case Kind::began:
      return;
  }
}

void TraceBook::take_process(TraceItem& item) {
  const ProcessFacts& facts = *item.facts;
  Member member;
  const Member* parent = nullptr;
  if (facts.parent && *facts.parent < members_.size()) parent = &members_[*facts.parent];
  if (const auto within = recorders_.find(facts.parent_pid); within != recorders_.end()) {
    member.shelf = within->second;
    parent = nullptr;
  } else if (parent != nullptr) {
    member.shelf = parent->shelf;
  }
  member.recorder = recorders_.contains(facts.pid);
  Run& run = *runs_[member.shelf];
  member.index = static_cast<std::uint32_t>(run.processes.size());

  model::Process process;
  if (parent != nullptr) {
    // Forked: until it executes something it is what its parent was.
    process = run.processes[parent->index];
    process.ended.reset();
    process.exit_code.reset();
    process.signal.reset();
    process.parent = parent->index;
    process.started = std::max(facts.started, run.processes[parent->index].started);
  } else {
    process.argv = mask_argv(facts.argv);
    process.cwd = facts.cwd;
    process.executable = without_deleted(facts.executable);
    process.started = facts.started;
  }
  process.pid = facts.pid;
  run.processes.push_back(std::move(process));
  run.changed.insert(member.index);
  if (members_.size() <= item.process) members_.resize(item.process + 1);
  members_[item.process] = member;
}

void TraceBook::take_exec(TraceItem& item) {
  const Member& member = members_[item.process];
  Run& run = *runs_[member.shelf];
  model::Process& process = run.processes[member.index];
  const std::string program = without_deleted(item.facts->executable);
  process.argv = mask_argv(item.facts->argv);
  process.cwd = item.facts->cwd;
  process.executable = program;
  run.changed.insert(member.index);
  if (program.empty()) return;
  const std::uint32_t path = intern(program);
  paths_[path].exists = true;
  add(item.process, path, model::kExecuted, item.time);
  if (no_new_privileges_) warn_of_privileges(run, program);
  if (item.path.empty()) return;
  // A script is executed by another program than the one that was named.
  std::error_code failure;
  const fs::path named = fs::canonical(item.path, failure);
  if (failure || named == program) return;
  const std::uint32_t script = intern(clean_path(item.path));
  paths_[script].exists = true;
  add(item.process, script, model::kExecuted, item.time);
}

void TraceBook::warn_of_privileges(Run& run, const std::string& program) {
  if (!gains_privileges(program) || !run.told.insert(program).second) return;
  run.found.notices.push_back(
      concat('\'', program,
             "' runs without the privileges that its file would give it, since the "
             "files of this run are traced: use --trace=off where it needs them"));
}

void TraceBook::take_end(const TraceItem& item) {
  const Member& member = members_[item.process];
  Run& run = *runs_[member.shelf];
  model::Process& process = run.processes[member.index];
  if (item.kind == Kind::exits) {
    process.exit_code = item.code;
  } else if (item.code >= 0 && WIFSIGNALED(item.code)) {
    process.exit_code.reset();
    process.signal = WTERMSIG(item.code);
  } else if (item.code >= 0) {
    process.exit_code = WEXITSTATUS(item.code);
  }
  process.ended = std::max(item.time, process.started);
  if (item.kind == Kind::gone) recorders_.erase(static_cast<pid_t>(process.pid));
  run.changed.insert(member.index);
}

void TraceBook::take_open(const TraceItem& item) {
  const Member& member = members_[item.process];
  if (member.recorder) return;
  const std::uint32_t number = intern(clean_path(item.path));
  Path& path = paths_[number];
  if (!listed(member.shelf, path)) return;
  model::FileModes modes = modes_of(item.wish);
  if (item.kind == Kind::inherited) {
    const std::uint64_t key = (std::uint64_t{member.index} << 32) | number;
    const auto known = runs_[member.shelf]->uses.find(key);
    if (known != runs_[member.shelf]->uses.end() && (known->second.modes & modes) == modes) return;
    modes |= model::kInherited;
  }
  if (item.sure) path.exists = true;
  if (path.exists) return add(item.process, number, modes, item.time);
  Time born = 0;
  const Sight sight = look(number, born);
  if (sight == Sight::other) return;
  if (sight == Sight::file) {
    const bool created = item.wish.create && born >= item.time;
    path.exists = true;
    return add(item.process, number,
               static_cast<model::FileModes>(modes | (created ? model::kCreated : 0)), item.time);
  }
  auto& waiting = waiting_[number];
  const auto same = std::find_if(waiting.begin(), waiting.end(), [&](const Waiting& other) {
    return other.process == item.process && other.modes == modes;
  });
  if (same != waiting.end()) {
    same->looks = 0;
    if (item.wish.create) return;
    // The first creates a file; of those who only use it the last is the likeliest to have had it.
    same->time = item.time;
    std::rotate(same, same + 1, waiting.end());
    return;
  }
  waiting.push_back({item.process, modes, item.wish.create, item.time, 0});
}

/// A path that was awaited is there, or was: who opened it did so.
void TraceBook::confirm(std::uint32_t path, Time born) {
  paths_[path].exists = true;
  auto node = waiting_.extract(path);
  if (node.empty()) return;
  bool made = false;
  for (const Waiting& open : node.mapped()) {
    const bool created = !made && open.create && (born == 0 || born >= open.time);
    made = made || created;
    // A reader that came before the file was made has failed. Times do not tell of one that came
    // directly after: that of the open is coarser than that of the file.
    if (!open.create && !made && born > open.time) continue;
    add(open.process, path,
        static_cast<model::FileModes>(open.modes | (created ? model::kCreated : 0)), open.time);
  }
}

void TraceBook::take_rename(const TraceItem& item) {
  if (!item.source_exists || item.to.empty()) return;
  const std::string from = clean_path(item.path);
  const std::string to = clean_path(item.to);
  if (from == to) return;
  if (item.kind == Kind::linked) {
    const std::uint32_t target = intern(to);
    confirm(intern(from), item.born);
    paths_[target].exists = true;
    return add(item.process, target, model::kCreated | model::kRenamed, item.time, from);
  }
  if (!item.directory) {
    move_file(item, from, to);
    if (item.kind == Kind::exchanged) move_file(item, to, from);
    return;
  }
  // All files of the directory that are known have moved with it.
  const std::string prefix = from + '/';
  std::vector<std::string> inside;
  for (const Path& path : paths_) {
    if ((path.exists || waiting_.contains(path_numbers_[path.text])) &&
        path.text.starts_with(prefix) && !path.text.ends_with('/')) {
      inside.push_back(path.text);
    }
  }
  for (const std::string& path : inside)
    move_file(item, path, concat(to, '/', path.substr(prefix.size())));
}

void TraceBook::move_file(const TraceItem& item, const std::string& from, const std::string& to) {
  const std::uint32_t source = intern(from);
  const std::uint32_t target = intern(to);
  confirm(source, item.born);
  if (item.kind == Kind::renamed) {
    add(item.process, source, model::kDeleted, item.time);
    paths_[source].exists = false;
  }
  waiting_.erase(target);
  paths_[target].exists = true;
  add(item.process, target, model::kRenamed, item.time, from);
}

void TraceBook::add(TraceProcess process, std::uint32_t number, model::FileModes modes, Time time,
                    const std::string& from) {
  const Member& member = members_[process];
  Path& path = paths_[number];
  Run& run = *runs_[member.shelf];
  if (run.closed || member.recorder || !listed(member.shelf, path)) return;
  Use& use = run.uses[(std::uint64_t{member.index} << 32) | number];
  use.last = std::max(use.last, time);
  if ((use.modes | modes) == use.modes && from.empty()) return;
  use.modes |= modes;
  use.told = time;
  run.found.uses.push_back({{path.text, member.index, modes, time, time, from}});
}

/// What is there now? Of a file `born` becomes the time of its creation, 0 where that is not known.
TraceBook::Sight TraceBook::look(std::uint32_t number, Time& born) const {
  struct statx found {};
  if (statx(AT_FDCWD, paths_[number].text.c_str(), 0, STATX_TYPE | STATX_BTIME, &found) != 0) {
    return Sight::nothing;
  }
  if (!S_ISREG(found.stx_mode)) return Sight::other;
  if ((found.stx_mask & STATX_BTIME) != 0) {
    born = found.stx_btime.tv_sec * 1'000'000 + found.stx_btime.tv_nsec / 1000;
  }
  return Sight::file;
}

void TraceBook::look_again(Time now) {
  std::vector<std::pair<std::uint32_t, Time>> found;
  for (auto& [path, opens] : waiting_) {
    const bool due = std::any_of(opens.begin(), opens.end(), [&](const Waiting& open) {
      return open.looks == 0 && now - open.time >= kSoon;
    });
    Time born = 0;
    if (due && look(path, born) == Sight::file) found.emplace_back(path, born);
    for (Waiting& open : opens) {
      if (now - open.time >= kSoon) ++open.looks;
    }
    std::erase_if(opens, [&](const Waiting& open) {
      return !open.create && now - open.time > kReadPatience;
    });
  }
  for (const auto& [path, born] : found)
    confirm(path, born);
  std::erase_if(waiting_, [](const auto& entry) { return entry.second.empty(); });
}

void TraceBook::finish(Shelf shelf, Time now) {
  for (auto& [path, opens] : waiting_) {
    for (Waiting& open : opens)
      open.looks = 0;
  }
  look_again(now + kSoon);
  for (auto& [path, opens] : waiting_) {
    std::erase_if(opens,
                  [&](const Waiting& open) { return members_[open.process].shelf == shelf; });
  }
  std::erase_if(waiting_, [](const auto& entry) { return entry.second.empty(); });
  Run& run = *runs_[shelf];
  for (const auto& [key, use] : run.uses) {
    if (use.last <= use.told) continue;
    run.found.uses.push_back(
        {{paths_[static_cast<std::uint32_t>(key)].text, static_cast<std::uint32_t>(key >> 32),
          use.modes, use.last, use.last, ""}});
  }
  run.closed = true;
}

std::optional<TraceBook::Shelf> TraceBook::open_shelf(pid_t recorder) {
  bool known = false;
  for (Member& member : members_) {
    const model::Process& process = runs_[member.shelf]->processes[member.index];
    if (process.pid == recorder && !process.ended) known = member.recorder = true;
  }
  if (!known) return std::nullopt;
  runs_.push_back(std::make_unique<Run>());
  recorders_[recorder] = runs_.size() - 1;
  return runs_.size() - 1;
}

bool TraceBook::has_news() const {
  return std::any_of(runs_.begin(), runs_.end(), [](const auto& run) {
    return !run->closed && (!run->changed.empty() || !run->found.empty());
  });
}

TraceFindings TraceBook::findings(Shelf shelf) {
  Run& run = *runs_[shelf];
  for (const std::uint32_t index : run.changed)
    run.found.processes.push_back({index, run.processes[index]});
  run.changed.clear();
  TraceFindings found;
  std::swap(found, run.found);
  return found;
}

std::vector<std::int64_t> TraceBook::living() const {
  std::vector<std::int64_t> living;
  for (const model::Process& process : runs_[0]->processes) {
    if (!process.ended) living.push_back(process.pid);
  }
  return living;
}

bool TraceBook::listed(Shelf shelf, Path& path) const {
  if (shelf != 0) return !is_pseudo_file(path.text);
  if (!path.judged) {
    path.judged = true;
    path.listed = listed_(path.text);
  }
  return path.listed;
}

std::uint32_t TraceBook::intern(std::string_view text) {
  const auto [place, added] =
      path_numbers_.emplace(text, static_cast<std::uint32_t>(paths_.size()));
  if (added) paths_.push_back({std::string(text)});
  return place->second;
}

}  // namespace clew::capture

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "snapshot/ignore.h"
#include "snapshot/scan.h"
#include "snapshot/secrets.h"

namespace clew::snapshot {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Candidate {
  std::string path;
  FileStat stat;
};

std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

/// The time that untracked content may take, in listing as in storing.
class TimeBudget {
 public:
  explicit TimeBudget(std::int64_t microseconds) : left_(microseconds) {}
  void start() { end_ = SteadyClock::now() + left_; }
  void stop() { left_ = std::chrono::duration_cast<Duration>(end_ - SteadyClock::now()); }
  [[nodiscard]] bool is_over() const { return SteadyClock::now() >= end_; }

 private:
  using Duration = std::chrono::microseconds;
  Duration left_;
  SteadyClock::time_point end_;
};

/// Lists the untracked files that no rule ignores, directory by directory in the order of names.
class UntrackedWalk {
 public:
  UntrackedWalk(const WorkTree& tree, const TrackedPaths& tracked, const Request& request,
                TimeBudget& budget, Findings& findings)
      : tree_(tree), tracked_(tracked), budget_(budget), findings_(findings) {
    add_user_rules(git_config_directory({request.home, request.config_home}));
    for (const fs::path& path : {request.store, request.private_repository}) {
      if (path.empty()) continue;
      const fs::path relative = fs::weakly_canonical(path).lexically_relative(tree.root);
      if (!relative.empty() && *relative.begin() != "..") left_alone_.push_back(relative.string());
    }
  }

  std::vector<Candidate> run() {
    if (tree_.is_private) budget_.start();
    Fd root(openat(tree_.directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    list(std::move(root), "", !tree_.is_private);
    if (tree_.is_private) budget_.stop();
    return std::move(found_);
  }

  /// Was the time over before all was listed?
  [[nodiscard]] bool cut_short() const { return cut_short_; }

 private:
  struct Name {
    std::string name;
    unsigned char type;
  };

  // Rules that lie outside the work tree, the weaker ones first.
  void add_user_rules(const fs::path& git_config) {
    const Git2& git = git2();
    IgnoreRules rules("");
    const auto config = open_handle<ConfigHandle>(
        "cannot read git's configuration", git.repository_config_snapshot, tree_.repository.get());
    Buffer excludes;
    if (git.config_get_path(&excludes.value, config.get(), "core.excludesfile") == 0) {
      add_file(rules, excludes.view());
    } else if (!git_config.empty()) {
      add_file(rules, git_config / "ignore");
    }
    if (!tree_.is_private) {
      add_file(rules, fs::path(git.repository_commondir(tree_.repository.get())) / "info/exclude");
    }
    rules_.push_back(std::move(rules));
  }

  void add_file(IgnoreRules& rules, const fs::path& path) {
    constexpr std::uint64_t kLimit = 16 << 20;
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return;
    try {
      if (const auto text = read_file(path, kLimit)) rules.add(*text);
    } catch (const Error& failure) {
      findings_.warnings.push_back(
          concat(failure.message(), ", so what it would ignore is in the snapshot"));
    }
  }

  // The rules of a directory. As git does, a rule file that is a symbolic link is not followed.
  void add_directory_rules(const std::string& prefix, bool has_gitignore, bool has_clewignore) {
    IgnoreRules rules(prefix);
    if (has_gitignore) add_file(rules, tree_.root / (prefix + ".gitignore"));
    if (has_clewignore) add_file(rules, tree_.root / (prefix + ".clewignore"));
    rules_.push_back(std::move(rules));
  }

  [[nodiscard]] bool is_ignored(std::string_view path, IgnoreRules::Kind kind) const {
    for (auto rules = rules_.rbegin(); rules != rules_.rend(); ++rules) {
      const auto verdict = rules->judge(path, kind);
      if (verdict != IgnoreRules::Verdict::none) return verdict == IgnoreRules::Verdict::ignored;
    }
    return false;
  }

  static std::vector<Name> read_names(Fd directory) {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(directory.get()), closedir);
    std::vector<Name> names;
    if (stream == nullptr) return names;
    static_cast<void>(directory.release());  // the stream owns it now
    while (const dirent* entry = readdir(stream.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != ".." && name != ".git") {
        names.push_back({std::string(name), entry->d_type});
      }
    }
    std::ranges::sort(names, {}, &Name::name);
    return names;
  }

  // `prefix` is the path of the directory with a trailing '/', empty for the top.
  void list(Fd directory, const std::string& prefix, bool holds_tracked) {
    const int fd = directory.get();
    // The stream reads through a descriptor of its own, so that `fd` serves to look at the files.
    Fd for_stream(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    const std::vector<Name> names = read_names(std::move(for_stream));
    const auto has_file = [&](std::string_view wanted) {
      const auto found = std::ranges::lower_bound(names, wanted, {}, &Name::name);
      return found != names.end() && found->name == wanted && found->type != DT_LNK;
    };
    add_directory_rules(prefix, has_file(".gitignore"), has_file(".clewignore"));
    for (const Name& entry : names) {
      if (!holds_tracked && budget_.is_over()) {
        cut_short_ = true;
        break;
      }
      visit(fd, entry, prefix, holds_tracked);
    }
    rules_.pop_back();
  }

  void visit(int directory, const Name& entry, const std::string& prefix, bool holds_tracked) {
    std::string path = prefix + entry.name;
    unsigned char type = entry.type;
    std::optional<FileStat> stat;
    if (type == DT_UNKNOWN) {
      stat = stat_at(directory, entry.name.c_str());
      if (!stat) return;
      type = static_cast<unsigned char>(IFTODT(stat->mode));
    }
    if (type == DT_DIR) {
      if (!tracked_.submodules.contains(path) && !is_ignored(path, IgnoreRules::Kind::directory)) {
        enter(directory, entry.name, path, holds_tracked && tracked_.directories.contains(path));
      }
    } else if (type == DT_REG || type == DT_LNK) {
      if (tracked_.files.contains(path) || is_ignored(path, IgnoreRules::Kind::file)) return;
      if (!stat) stat = stat_at(directory, entry.name.c_str());
      if (stat) found_.push_back({std::move(path), *stat});
    }
  }

  void enter(int parent, const std::string& name, const std::string& path, bool holds_tracked) {
    if (std::ranges::find(left_alone_, path) != left_alone_.end()) return;
    Fd directory(openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory) {
      if (errno != ENOENT) findings_.unreadable.push_back(path);
      return;
    }
    if (!holds_tracked && is_repository(directory.get())) {
      findings_.complete = false;
      findings_.warnings.push_back(
          concat("'", path, "/' is a git repository of its own, so it is not in the snapshot"));
      return;
    }
    const bool top_of_untracked = !holds_tracked && !tree_.is_private && !inside_untracked_;
    if (top_of_untracked) {
      budget_.start();
      inside_untracked_ = true;
    }
    list(std::move(directory), path + '/', holds_tracked);
    if (top_of_untracked) {
      inside_untracked_ = false;
      budget_.stop();
    }
  }

  // Another repository's top: `.git` is a file that names one, or a directory with a HEAD.
  static bool is_repository(int directory) {
    const auto git = stat_at(directory, ".git");
    return git && (git->is_regular() || stat_at(directory, ".git/HEAD"));
  }

  const WorkTree& tree_;
  const TrackedPaths& tracked_;
  TimeBudget& budget_;
  Findings& findings_;
  std::vector<std::string> left_alone_;
  std::vector<IgnoreRules> rules_;
  std::vector<Candidate> found_;
  bool inside_untracked_ = false;
  bool cut_short_ = false;
};

/// Untracked files of one directory.
struct Group {
  std::vector<Candidate> files;
  std::uint64_t bytes = 0;
  double weight = 0;  ///< its part of what the bounds allow
};

std::vector<Group> group_by_directory(std::vector<Candidate> files, const Bounds& bounds) {
  std::map<std::string, Group, std::less<>> by_directory;
  for (Candidate& file : files) {
    Group& group = by_directory[std::string(directory_of(file.path))];
    group.bytes += file.stat.size;
    group.files.push_back(std::move(file));
  }
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(whole, 1));
  };
  std::vector<Group> groups;
  for (auto& [directory, group] : by_directory) {
    group.weight = share(group.files.size(), bounds.untracked_files) +
                   share(group.bytes, bounds.untracked_bytes);
    groups.push_back(std::move(group));
  }
  std::ranges::stable_sort(groups, {}, &Group::weight);
  return groups;
}

// Whole directories are left out, the heaviest first, so that a heap of data does not crowd out the
// new source files beside it.
std::vector<Group> heaviest_beyond(std::vector<Group>& groups, const Bounds& bounds) {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  for (const Group& group : groups) {
    files += group.files.size();
    bytes += group.bytes;
  }
  std::vector<Group> beyond;
  while (files > bounds.untracked_files || bytes > bounds.untracked_bytes) {
    files -= groups.back().files.size();
    bytes -= groups.back().bytes;
    beyond.push_back(std::move(groups.back()));
    groups.pop_back();
  }
  return beyond;
}

// Takes out what is not stored whatever the bounds in all are.
std::vector<Candidate> storable(std::vector<Candidate> found, const Bounds& bounds,
                                const Content& content, Findings& findings) {
  std::vector<Candidate> rest;
  for (Candidate& file : found) {
    if (is_likely_secret(file.path) || content.is_encrypted(file.path)) {
      findings.leave_out(std::move(file.path), file.stat, "secret");
    } else if (file.stat.size > bounds.file_bytes) {
      findings.leave_out(std::move(file.path), file.stat, "large");
    } else {
      rest.push_back(std::move(file));
    }
  }
  return rest;
}

}  // namespace

void scan_untracked(const WorkTree& tree, const TrackedPaths& tracked, const Request& request,
                    Content& content, Findings& findings) {
  TimeBudget budget(request.bounds.untracked_microseconds);
  UntrackedWalk walk(tree, tracked, request, budget, findings);
  std::vector<Candidate> found = walk.run();
  findings.cut_short = walk.cut_short();
  if (walk.cut_short()) findings.complete = false;
  std::vector<Group> groups = group_by_directory(
      storable(std::move(found), request.bounds, content, findings), request.bounds);
  for (Group& group : heaviest_beyond(groups, request.bounds)) {
    for (Candidate& file : group.files) {
      findings.leave_out(std::move(file.path), file.stat, "bounds");
    }
  }
  budget.start();
  for (Group& group : groups) {
    for (Candidate& file : group.files) {
      if (budget.is_over()) {
        findings.leave_out(std::move(file.path), file.stat, "bounds");
      } else if (const auto stored = content.store(file.path, file.stat, nullptr)) {
        findings.put_in(std::move(file.path), git_mode(stored->stat), *stored);
      } else {
        findings.leave_out(std::move(file.path), file.stat, "unreadable");
      }
    }
  }
}

}  // namespace clew::snapshot

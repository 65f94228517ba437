#include "capture/trace_scan.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <functional>

namespace clew::capture {
namespace {

constexpr std::size_t kMaxEntries = 1'000'000;
constexpr auto kPatience = std::chrono::seconds(2);

Time time_of(const statx_timestamp& stamp) {
  return stamp.tv_sec * 1'000'000 + stamp.tv_nsec / 1000;
}

struct Stamps {
  Time written = 0;
  Time created = 0;  // 0: not known
  [[nodiscard]] bool is_new(Time from) const { return created != 0 && created >= from; }
  [[nodiscard]] bool is_changed(Time from, Time until) const {
    return (written >= from || is_new(from)) && written <= until + 1'000'000;
  }
};

/// Calls `visit` for each regular file below `root` but those of git and clew.
void each_file(const fs::path& root,
               const std::function<void(const fs::path&, const Stamps&)>& visit) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::error_code failure;
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                         failure);
  std::size_t seen = 0;
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    if (++seen > kMaxEntries || std::chrono::steady_clock::now() > deadline) break;
    const fs::path& path = entry->path();
    if (path.filename() == ".git" || path.filename() == ".clew") {
      entry.disable_recursion_pending();
      continue;
    }
    struct statx stat {};
    if (statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_MTIME | STATX_BTIME,
              &stat) != 0 ||
        !S_ISREG(stat.stx_mode)) {
      continue;
    }
    const bool knows_birth = (stat.stx_mask & STATX_BTIME) != 0;
    visit(path, {time_of(stat.stx_mtime), knows_birth ? time_of(stat.stx_btime) : 0});
  }
}

}  // namespace

std::vector<TraceItem> scan_written(const fs::path& root, Time from, Time until) {
  std::vector<TraceItem> found;
  each_file(root, [&](const fs::path& path, const Stamps& stamps) {
    if (!stamps.is_changed(from, until)) return;
    TraceItem item;
    item.kind = TraceItem::Kind::opened;
    item.path = path.string();
    item.time = stamps.is_new(from) ? stamps.created : stamps.written;
    item.wish.write = true;
    item.wish.create = stamps.is_new(from);
    found.push_back(std::move(item));
  });
  return found;
}

std::vector<model::FileUse> scan_declared(FilePolicy& policy, Time from, Time until) {
  std::vector<model::FileUse> found;
  for (const fs::path& place : policy.declared_places()) {
    each_file(place, [&](const fs::path& path, const Stamps& stamps) {
      model::FileUse use{path.string(), 0, model::kRead, from, from, ""};
      if (stamps.is_changed(from, until)) {
        use.modes = model::kWritten;
        if (stamps.is_new(from)) use.modes |= model::kCreated;
        use.first = use.last = stamps.is_new(from) ? stamps.created : stamps.written;
      }
      model::File file;
      file.state.path = policy.name(use.path);
      file.uses = {use};
      const auto role = policy.role(file);
      if (!role) return;
      // What lay among the outputs before was not made by this run, and what it changed among the
      // inputs was not found so.
      const bool changed = (use.modes & model::kWritten) != 0;
      if ((*role == model::Role::output) == changed) found.push_back(std::move(use));
    });
  }
  return found;
}

}  // namespace clew::capture

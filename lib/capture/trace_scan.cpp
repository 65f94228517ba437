#include "capture/trace_scan.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>

namespace clew::capture {
namespace {

constexpr std::size_t kMaxEntries = 1'000'000;
constexpr auto kPatience = std::chrono::seconds(2);

Time time_of(const statx_timestamp& stamp) {
  return stamp.tv_sec * 1'000'000 + stamp.tv_nsec / 1000;
}

}  // namespace

std::vector<TraceItem> scan_written(const fs::path& root, Time from, Time until) {
  std::vector<TraceItem> found;
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
    const Time written = time_of(stat.stx_mtime);
    const bool created = (stat.stx_mask & STATX_BTIME) != 0 && time_of(stat.stx_btime) >= from;
    if ((written < from && !created) || written > until + 1'000'000) continue;
    TraceItem item;
    item.kind = TraceItem::Kind::opened;
    item.path = path.string();
    item.time = created ? time_of(stat.stx_btime) : written;
    item.wish.write = true;
    item.wish.create = created;
    found.push_back(std::move(item));
  }
  return found;
}

}  // namespace clew::capture

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "capture/trace_item.h"
#include "model/event.h"

namespace clew::capture {

/// What a book has found out about one run since it was last asked.
struct TraceFindings {
  std::vector<model::ProcessEvent> processes;
  std::vector<model::FileUseEvent> uses;
  std::vector<std::string> connections;  ///< addresses, each once in a run
  std::vector<std::string> notices;      ///< for the user, at once, each once in a run
  [[nodiscard]] bool empty() const {
    return processes.empty() && uses.empty() && connections.empty() && notices.empty();
  }
};

/// Makes the record of processes and files out of what the supervisor saw: which attempts
/// succeeded, which process used which file how, each once. Looks at the file system, so it must
/// not be called by the thread that answers the kernel. Not thread-safe.
///
/// A run within the run (clew inside clew) gets a shelf of its own: what its processes do belongs
/// to it alone. Shelf 0 is the run that traces.
class TraceBook {
 public:
  using Shelf = std::size_t;
  /// Does a file of this path belong into the record of shelf 0?
  using Listed = std::function<bool(std::string_view path)>;

  /// `no_new_privileges`: programs that are setuid cannot gain their privileges.
  TraceBook(Listed listed, bool no_new_privileges);

  void take(TraceItem item);
  /// Looks again for files that were to be created by calls that may not have been carried out yet
  /// when they were told of. To be called now and then while anything is awaited().
  void look_again(Time now);
  [[nodiscard]] bool awaited() const { return !waiting_.empty(); }
  /// Decides what is still open about a shelf, and tells of later uses of files that are known. To
  /// be called once, after its last item: what comes later is no longer told.
  void finish(Shelf shelf, Time now);

  /// Descendants of `recorder` that appear from now on belong to a run of their own. What that
  /// process itself does to files is the record's, and nobody's data. nullopt when it is no process
  /// of this book.
  [[nodiscard]] std::optional<Shelf> open_shelf(pid_t recorder);
  /// What has been found for a shelf since the last call.
  [[nodiscard]] TraceFindings findings(Shelf shelf = 0);
  /// Is there anything to be had from findings() of any shelf?
  [[nodiscard]] bool has_news() const;
  /// The process ids of shelf 0 that have not been seen to end.
  [[nodiscard]] std::vector<std::int64_t> living() const;

 private:
  struct Member {
    Shelf shelf = 0;
    std::uint32_t index = 0;
    bool recorder = false;  // of a run within
  };
  struct Path {
    std::string text;
    bool exists = false;  // by all that is known
    bool judged = false;  // `listed` is known
    bool listed = true;
  };
  struct Use {
    model::FileModes modes = 0;
    Time last = 0;
    Time told = 0;
  };
  struct Run {
    std::vector<model::Process> processes;
    std::set<std::uint32_t> changed;
    std::unordered_map<std::uint64_t, Use> uses;  // by index of process and of path
    std::set<std::string> told;                   // connections and notices
    TraceFindings found;
    bool closed = false;  // finish() was called
  };
  /// An open that was told of, of a file that was not there.
  struct Waiting {
    TraceProcess process;
    model::FileModes modes;
    bool create;
    Time time;
    int looks = 0;
  };

  void take_process(TraceItem& item);
  void take_exec(TraceItem& item);
  void take_open(const TraceItem& item);
  void take_rename(const TraceItem& item);
  void take_end(const TraceItem& item);
  void move_file(const TraceItem& item, const std::string& from, const std::string& to);
  void confirm(std::uint32_t path, Time born);
  void add(TraceProcess process, std::uint32_t path, model::FileModes modes, Time time,
           const std::string& from = {});
  enum class Sight { file, other, nothing };
  Sight look(std::uint32_t path, Time& born) const;
  [[nodiscard]] bool listed(Shelf shelf, Path& path) const;
  std::uint32_t intern(std::string_view text);
  void warn_of_privileges(Run& run, const std::string& program);

  Listed listed_;
  bool no_new_privileges_;
  std::vector<std::unique_ptr<Run>> runs_;
  std::vector<Member> members_;  // by TraceProcess
  std::unordered_map<pid_t, Shelf> recorders_;
  std::vector<Path> paths_;
  std::unordered_map<std::string, std::uint32_t> path_numbers_;
  std::unordered_map<std::uint32_t, std::vector<Waiting>> waiting_;  // by path
};

/// The path without "//" and "/./"; ".." is followed as the kernel does, through symbolic links.
[[nodiscard]] std::string clean_path(std::string_view path);

}  // namespace clew::capture

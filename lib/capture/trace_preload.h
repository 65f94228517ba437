#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/fs.h"
#include "capture/trace_calls.h"
#include "capture/trace_item.h"

namespace clew::capture {

/// The log of the preload library (hooks/preload): the library appends to it what it sees in each
/// process of the run, and this reads it as it grows. Each record is written in one piece, so that
/// those of several processes do not mix:
///
///   record = KIND ' ' PID ' ' PARENT ' ' TIME ' ' NUMBER ' ' SIZE '\n' bytes '\n'
///
/// where the bytes are SIZE many, strings separated by NUL, and KIND is one of
///   x  a program begins: executable, cwd, arguments      o  open: path; NUMBER are its flags
///   f  the process was forked                             q  exit; NUMBER is the status
///   r  rename: path, new path       l  link: path, new path       s  symbolic link: path
///   u  unlink: path
/// All paths are absolute, times in microseconds; only calls that succeeded are told.
class PreloadLog {
 public:
  /// Creates the file, which must not exist. Throws Error(failed).
  PreloadLog(fs::path path, TraceLevel level);

  /// Sets the variables that make programs load the library and the library find the log.
  void equip(EnvironmentMap& environment, const fs::path& library) const;
  /// The command's process is known already, as process 0.
  void know(pid_t command);
  /// Queues what came since the last time.
  void read_into(TraceQueue& queue);

 private:
  struct Record;
  void take(const Record& record, TraceQueue& queue);
  TraceProcess process(const Record& record, TraceQueue& queue);
  TraceProcess meet(const Record& record, TraceQueue& queue);

  fs::path path_;
  TraceLevel level_;
  Fd fd_;
  std::string rest_;  // of a record that is not whole yet
  TraceProcess next_ = 0;
  std::unordered_map<pid_t, TraceProcess> processes_;
};

/// Can LD_PRELOAD name this file? Not one whose path has a character that separates names there or
/// begins a variable; nor none.
[[nodiscard]] bool can_be_preloaded(const fs::path& library);

/// Would a program that is found as execvp(3) does from `directory` load a preload library? False
/// for one that is linked statically, is set-user-ID, or is not there.
[[nodiscard]] bool takes_preload(const std::string& program, const fs::path& directory,
                                 const EnvironmentMap& environment);

}  // namespace clew::capture

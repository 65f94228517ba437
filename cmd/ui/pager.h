#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/fs.h"
#include "ui/output.h"

namespace clew::ui {

/// The command line of the pager: $CLEW_PAGER, else `setting`, else $PAGER, else "less -FRX". Empty
/// (or "cat") where none is wanted.
[[nodiscard]] std::string pager_command(const EnvironmentMap& environment,
                                        const std::string& setting);

/// Sends an output through a pager while it lives. Its destructor waits until the user leaves.
class Pager {
 public:
  explicit Pager(Output& out) : out_(out) {}
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  /// Starts the pager by the shell; where that fails, or `command` is empty, the output goes on to
  /// the terminal itself. Call it once, from a process with one thread.
  void start(const std::string& command, const EnvironmentMap& environment);

 private:
  Output& out_;
  Fd pipe_;
  pid_t child_ = -1;
};

}  // namespace clew::ui

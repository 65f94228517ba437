#pragma once

#include <termios.h>

#include <optional>

#include "base/fs.h"

namespace clew::capture {

/// A pseudo-terminal that stands in for the user's.
struct Pty {
  Fd master;
  Fd slave;
};

/// Opens one with the settings and size of the terminal `like`. Both ends are close-on-exec.
/// nullopt, with errno set, when the system has none left.
[[nodiscard]] std::optional<Pty> open_pty(int like);

/// Gives the pty the size of the terminal `like`.
void copy_window_size(int like, int master);

/// Puts the user's terminal into raw mode, so that every key goes through to the command, and back.
/// Does nothing while this process is in the background. Not thread-safe.
class RawMode {
 public:
  /// `terminal` stays the caller's. `output_too`: all of what is shown comes through a pty, which
  /// has done the terminal's processing of output already.
  RawMode(int terminal, bool output_too) : terminal_(terminal), output_too_(output_too) {}
  ~RawMode() { leave(); }
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;

  void enter();
  /// Restores what was there, unless someone else has changed it since.
  void leave();
  [[nodiscard]] bool active() const { return saved_.has_value(); }

 private:
  int terminal_;
  bool output_too_;
  std::optional<termios> saved_;
  termios set_{};
};

/// Is this process in the foreground of the terminal?
[[nodiscard]] bool in_foreground(int terminal);

/// The character for VSUSP, VINTR or VQUIT of the pty, if its line discipline acts on it at the
/// moment.
[[nodiscard]] std::optional<char> signal_character(int master, int which);

}  // namespace clew::capture

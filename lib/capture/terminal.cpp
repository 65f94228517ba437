#include "capture/terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace clew::capture {
namespace {

/// tcsetattr from the background would stop this process; the caller has checked, but may lose a
/// race against the shell.
void set_attributes(int terminal, const termios& attributes) {
  sigset_t block;
  sigset_t before;
  sigemptyset(&block);
  sigaddset(&block, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &block, &before);
  tcsetattr(terminal, TCSADRAIN, &attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

std::optional<Pty> open_pty(int like) {
  termios attributes{};
  winsize size{};
  const bool known = tcgetattr(like, &attributes) == 0;
  const bool sized = ioctl(like, TIOCGWINSZ, &size) == 0;
  Pty pty{Fd(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)), Fd()};
  if (!pty.master || grantpt(pty.master.get()) != 0 || unlockpt(pty.master.get()) != 0) {
    return std::nullopt;
  }
  pty.slave.reset(ioctl(pty.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!pty.slave) return std::nullopt;
  if (known) tcsetattr(pty.slave.get(), TCSANOW, &attributes);
  if (sized) ioctl(pty.slave.get(), TIOCSWINSZ, &size);
  return pty;
}

void copy_window_size(int like, int master) {
  winsize size{};
  if (ioctl(like, TIOCGWINSZ, &size) == 0) ioctl(master, TIOCSWINSZ, &size);
}

bool in_foreground(int terminal) {
  return tcgetpgrp(terminal) == getpgrp();
}

void RawMode::enter() {
  termios now{};
  if (saved_ || !in_foreground(terminal_) || tcgetattr(terminal_, &now) != 0) return;
  termios raw = now;
  cfmakeraw(&raw);
  if (!output_too_) raw.c_oflag = now.c_oflag;
  set_attributes(terminal_, raw);
  tcgetattr(terminal_, &set_);
  saved_ = now;
}

void RawMode::leave() {
  if (!saved_) return;
  termios now{};
  const bool ours = tcgetattr(terminal_, &now) == 0 && now.c_lflag == set_.c_lflag &&
                    now.c_iflag == set_.c_iflag && now.c_oflag == set_.c_oflag;
  if (ours) set_attributes(terminal_, *saved_);
  saved_.reset();
}

std::optional<char> signal_character(int master, int which) {
  termios attributes{};
  if (tcgetattr(master, &attributes) != 0 || (attributes.c_lflag & ISIG) == 0) return std::nullopt;
  if (attributes.c_cc[which] == _POSIX_VDISABLE) return std::nullopt;
  return static_cast<char>(attributes.c_cc[which]);
}

}  // namespace clew::capture

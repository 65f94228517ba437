#include "ui/screen.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace clew::ui {

namespace {

// DEC private modes of xterm (ctlseqs): 1049 the alternate screen, 25 the cursor, 2026 updates that
// appear at once, which terminals that do not know it ignore.
constexpr const char* kEnter = "\x1b[?1049h\x1b[?25l";
constexpr const char* kLeave = "\x1b[?25h\x1b[?1049l";
constexpr const char* kBegin = "\x1b[?2026h\x1b[H";
constexpr const char* kEnd = "\x1b[?2026l";
// Erasing behind a line as wide as the terminal would take its last character.
constexpr const char* kEraseLine = "\x1b[2K";
constexpr const char* kEraseBelow = "\r\n\x1b[J";

}  // namespace

Screen::Screen(int input, int output) : input_(input), output_(output) {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH})
    sigaddset(&wanted, signal);
  sigprocmask(SIG_BLOCK, &wanted, &mask_);
  signals_.reset(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  enter();
}

Screen::~Screen() {
  leave();
  sigprocmask(SIG_SETMASK, &mask_, nullptr);
}

void Screen::enter() {
  if (entered_) return;
  entered_ = true;
  termios settings{};
  if (tcgetattr(input_, &settings) == 0) {
    found_ = settings;
    settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    tcsetattr(input_, TCSADRAIN, &settings);
  }
  write(kEnter);
}

void Screen::leave() {
  if (!entered_) return;
  entered_ = false;
  // First the keys: whoever sees the screen go finds the terminal as it was.
  if (found_) tcsetattr(input_, TCSADRAIN, &*found_);
  write(kLeave);
}

Screen::Size Screen::size() const {
  Size size;
  winsize found{};
  if (ioctl(output_, TIOCGWINSZ, &found) == 0 && found.ws_col > 0 && found.ws_row > 0) {
    size.columns = found.ws_col;
    size.rows = found.ws_row;
  }
  return size;
}

void Screen::draw(const std::vector<std::string>& lines) {
  std::string text = kBegin;
  const std::size_t shown = std::min(lines.size(), size().rows);
  for (std::size_t i = 0; i < shown; ++i) {
    text += kEraseLine;
    text += lines[i];
    // A line break behind the last row would scroll.
    if (i + 1 < shown) text += "\r\n";
  }
  if (shown < size().rows) text += kEraseBelow;
  write(text + kEnd);
}

Screen::Event Screen::wait(std::chrono::milliseconds most) {
  pollfd waiting[] = {{signals_.get(), POLLIN, 0}, {input_, POLLIN, 0}};
  const nfds_t count = found_ ? 2 : 1;
  const int ready = poll(waiting, count, static_cast<int>(most.count()));
  if (ready <= 0) return Event::time_over;
  signalfd_siginfo info{};
  if (waiting[0].revents != 0 && read(signals_.get(), &info, sizeof info) == sizeof info) {
    signal_ = static_cast<int>(info.ssi_signo);
    if (signal_ == SIGWINCH) return Event::resized;
    if (signal_ != SIGTSTP) return Event::stop;
    leave();
    kill(getpid(), SIGSTOP);
    enter();
    return Event::resized;
  }
  if (count == 2 && waiting[1].revents != 0) {
    const ssize_t got = read(input_, &key_, 1);
    if (got == 1) return Event::key;
    if (got == 0 || (errno != EINTR && errno != EAGAIN)) found_.reset();
  }
  return Event::time_over;
}

void Screen::write(const std::string& text) const {
  // A terminal that is gone is noticed by SIGHUP.
  static_cast<void>(write_all(output_, text));
}

}  // namespace clew::ui

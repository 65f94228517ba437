#include "ui/output.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"

namespace clew::ui {

namespace {

constexpr std::size_t kBuffer = 64 * 1024;

/// Keeps SIGPIPE from this thread while it lives, and takes away one that a write in between
/// raised. The way in which the process treats the signal is not touched.
class SigpipeHeldBack {
 public:
  SigpipeHeldBack() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~SigpipeHeldBack() {
    if (!was_pending_) {
      const timespec at_once{};
      while (sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeHeldBack(const SigpipeHeldBack&) = delete;
  SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

/// The parameters of the SGR sequence (ECMA-48, 8.3.117) for a label. Only the eight basic colours,
/// which every theme sets to something legible.
std::string_view sequence_of(Label label) {
  switch (label) {
    case Label::plain:
      return "";
    case Label::heading:
    case Label::name:
      return "1";
    case Label::id:
      return "33";
    case Label::number:
    case Label::running:
    case Label::hint:
      return "36";
    case Label::good:
    case Label::added:
      return "32";
    case Label::bad:
    case Label::removed:
      return "31";
    case Label::warning:
      return "1;33";
    case Label::faint:
      return "2";
    case Label::tag:
    case Label::curve_3:
      return "35";
    case Label::curve_1:
    case Label::shade_2:
      return "36";
    case Label::curve_2:
    case Label::shade_4:
      return "33";
    case Label::curve_4:
    case Label::shade_3:
      return "32";
    case Label::curve_5:
    case Label::shade_1:
      return "34";
    case Label::curve_6:
    case Label::shade_5:
      return "31";
  }
  return "";
}

}  // namespace

Output::~Output() {
  write_out();
}

void Output::write(std::string_view text) {
  if (silent_ || broken_) return;
  buffer_.append(text);
  if (fd_ >= 0 && buffer_.size() >= kBuffer) flush();
}

void Output::write(Label label, std::string_view text) {
  write(styled(label, text, color_));
}

void Output::line(std::string_view text) {
  write(text);
  write("\n");
}

int Output::write_out() {
  if (broken_ || buffer_.empty() || fd_ < 0) return 0;
  int code = 0;
  {
    const SigpipeHeldBack held;
    code = write_all(fd_, buffer_);
  }
  buffer_.clear();
  broken_ = code != 0;
  return code;
}

void Output::flush() {
  const int code = write_out();
  if (code == 0 || on_failure_ == OnFailure::ignore) return;
  if (code == EPIPE) throw ReaderGone{};
  throw Error(ErrorKind::failed, concat("cannot write to ", name_, ": ", std::strerror(code)));
}

std::string styled(Label label, std::string_view text, bool color) {
  const std::string_view sequence = sequence_of(label);
  if (!color || sequence.empty() || text.empty()) return std::string(text);
  return concat("\x1b[", sequence, "m", text, "\x1b[0m");
}

}  // namespace clew::ui

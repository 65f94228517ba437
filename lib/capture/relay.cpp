#include "capture/relay.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace clew::capture {
namespace {

constexpr std::size_t kPiece = 1 << 16;

bool is_ready(const std::vector<pollfd>& ready, int fd, short events) {
  for (const pollfd& entry : ready) {
    if (entry.fd == fd && (entry.revents & events) != 0) return true;
  }
  return false;
}

}  // namespace

Relay::Relay(Fd source, int destination, Tap tap)
    : source_(std::move(source)), destination_(destination), tap_(std::move(tap)) {
  struct stat status {};
  regular_ = destination_ >= 0 && fstat(destination_, &status) == 0 && S_ISREG(status.st_mode);
  // The file description is ours alone: clew made the pipe or terminal.
  if (source_) fcntl(source_.get(), F_SETFL, fcntl(source_.get(), F_GETFL) | O_NONBLOCK);
}

void Relay::await(std::vector<pollfd>& waiting) const {
  if (!pending_.empty()) {
    waiting.push_back({destination_, POLLOUT, 0});
  } else if (source_) {
    waiting.push_back({source_.get(), POLLIN, 0});
  }
}

void Relay::act(const std::vector<pollfd>& ready) {
  if (!pending_.empty()) {
    if (is_ready(ready, destination_, POLLOUT | POLLERR | POLLHUP | POLLNVAL)) write_some();
  } else if (source_ && is_ready(ready, source_.get(), POLLIN | POLLHUP | POLLERR)) {
    // Most destinations take the bytes at once: asking first would cost a second round.
    if (read_some() && regular_) write_some();
  }
}

bool Relay::read_some() {
  char buffer[kPiece];
  const ssize_t got = read(source_.get(), buffer, sizeof buffer);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (got <= 0) {  // the end; of a terminal also EIO
    source_.reset();
    return false;
  }
  const std::string_view bytes(buffer, static_cast<std::size_t>(got));
  if (tap_) tap_(bytes);
  if (destination_ >= 0) pending_ = bytes;
  return true;
}

void Relay::write_some() {
  // poll() promises room for PIPE_BUF bytes; more could block.
  const std::size_t size =
      regular_ ? pending_.size() : std::min<std::size_t>(pending_.size(), PIPE_BUF);
  const ssize_t written = write(destination_, pending_.data(), size);
  if (written >= 0) {
    pending_.erase(0, static_cast<std::size_t>(written));
  } else if (errno != EAGAIN && errno != EINTR) {
    refused_ = true;
    close();
  }
}

void Relay::drain() {
  for (std::size_t left = 1 << 20; left > 0 && (source_ || !pending_.empty());) {
    if (!pending_.empty()) {
      pollfd room{destination_, POLLOUT, 0};
      if (poll(&room, 1, -1) < 0 && errno != EINTR) return;
      write_some();
    } else {
      if (!read_some()) return;
      left -= std::min(left, kPiece / 16);  // a terminal gives little at a time
    }
  }
}

}  // namespace clew::capture

#include "record/channel.h"

#include <sys/socket.h>

#include <cerrno>

#include "base/error.h"

namespace clew::record {
namespace {

constexpr std::size_t kMaxMessage = 1 << 17;

}  // namespace

std::pair<Channel, Channel> Channel::make() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    throw system_error(errno, "create", "socket pair");
  }
  return {Channel(Fd(ends[0])), Channel(Fd(ends[1]))};
}

void Channel::send(Message kind, std::string_view payload) {
  std::string message(1, static_cast<char>(kind));
  message += payload.substr(0, kMaxMessage - 1);
  queued_ += message.size();
  queue_.push_back(std::move(message));
  flush();
}

void Channel::flush() {
  while (fd_ && !queue_.empty()) {
    const std::string& next = queue_.front();
    if (::send(fd_.get(), next.data(), next.size(), MSG_NOSIGNAL) < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == ENOBUFS) return;
      // The other end takes no more. What it said before may still be here to be heard.
      deaf_ = true;
    }
    if (deaf_) break;
    queued_ -= next.size();
    queue_.pop_front();
  }
  if (!fd_ || deaf_) {
    queue_.clear();
    queued_ = 0;
  }
}

std::optional<std::pair<Message, std::string>> Channel::receive() {
  if (!fd_) return std::nullopt;
  std::string message(kMaxMessage, '\0');
  ssize_t got = recv(fd_.get(), message.data(), message.size(), 0);
  // An end that was closed with messages unread is told first, and once; what it sent comes after.
  if (got < 0 && errno == ECONNRESET) got = recv(fd_.get(), message.data(), message.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (got <= 0) {
    fd_.reset();
    return std::nullopt;
  }
  message.resize(static_cast<std::size_t>(got));
  const auto kind = static_cast<Message>(message.front());
  return std::pair(kind, message.substr(1));
}

}  // namespace clew::record

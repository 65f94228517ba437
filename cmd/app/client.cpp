#include "app/client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/json.h"

namespace clew::cmd {

namespace {

constexpr timeval kAnswerTime{10, 0};
constexpr std::size_t kLongestAnswer = 1 << 20;

Client::Answer answer_of(std::string_view text) {
  Client::Answer answer;
  try {
    const Json json = parse_json(text);
    if (const Json* ok = json.find("ok")) answer.taken = static_cast<std::uint64_t>(ok->as_int());
    if (const Json* error = json.find("error")) answer.error = error->as_string();
    if (const Json* line = json.find("line"))
      answer.line = static_cast<std::uint64_t>(line->as_int());
    if (json.find("ok") == nullptr && answer.error.empty()) answer.lost = "it answered nothing";
  } catch (const Error&) {
    answer.lost = text.empty() ? "it went away" : "it answered something else";
  }
  return answer;
}

}  // namespace

Client::Client(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    lost_ = "the path of its socket is too long";
    return;
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  fd_.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd_) {
    setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &kAnswerTime, sizeof kAnswerTime);
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerTime, sizeof kAnswerTime);
  }
  if (!fd_ ||
      connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    lost_ = std::strerror(errno);
  }
}

void Client::send(std::string_view lines) {
  while (lost_.empty() && !lines.empty()) {
    const ssize_t count = ::send(fd_.get(), lines.data(), lines.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      lines.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      // The recorder may have said why before it hung up.
      if (errno == EPIPE || errno == ECONNRESET) return;
      lost_ = std::strerror(errno);
    }
  }
}

Client::Answer Client::finish() {
  std::string text;
  if (lost_.empty()) shutdown(fd_.get(), SHUT_WR);
  std::array<char, 4096> block{};
  while (lost_.empty() && text.size() < kLongestAnswer) {
    const ssize_t count = recv(fd_.get(), block.data(), block.size(), 0);
    if (count > 0) {
      text.append(block.data(), static_cast<std::size_t>(count));
    } else if (count == 0) {
      break;
    } else if (errno != EINTR) {
      lost_ = std::strerror(errno);
    }
  }
  if (!lost_.empty()) return {0, {}, 0, lost_};
  // Answers to questions among the lines stand before the last line.
  while (text.ends_with('\n'))
    text.pop_back();
  const std::size_t last = text.rfind('\n');
  return answer_of(last == std::string::npos ? text : text.substr(last + 1));
}

}  // namespace clew::cmd

#include "record/client_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "capture/protocol.h"

namespace clew::record {
namespace {

constexpr std::size_t kPiece = 1 << 18;

bool same_user(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == geteuid() || peer.uid == 0;
}

Fd listen_at(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path) {
    throw system_error(ENAMETOOLONG, "create socket", text);
  }
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd || bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(text.c_str(), 0600) != 0 || listen(fd.get(), SOMAXCONN) != 0) {
    throw system_error(errno, "create socket", text);
  }
  return fd;
}

}  // namespace

ClientSocket::ClientSocket(const fs::path& parent, Clock& clock) : clock_(clock) {
  std::string directory = (parent / "clew-XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) {
    throw system_error(errno, "create directory", directory);
  }
  path_ = fs::path(directory) / "socket";
  try {
    listener_ = listen_at(path_);
  } catch (const Error&) {
    remove();
    throw;
  }
}

ClientSocket::~ClientSocket() {
  remove();
}

void ClientSocket::remove() {
  if (path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_.parent_path(), ignored);
  path_.clear();
}

void ClientSocket::await(std::vector<pollfd>& waiting) const {
  waiting.push_back({listener_.get(), POLLIN, 0});
  for (const Client& client : clients_) {
    const int events = (client.at_end ? 0 : POLLIN) | (client.output.empty() ? 0 : POLLOUT);
    waiting.push_back({client.fd.get(), static_cast<short>(events), 0});
  }
}

void ClientSocket::act(const std::vector<pollfd>& ready, Journal& journal) {
  for (const pollfd& entry : ready) {
    if (entry.revents == 0) continue;
    if (entry.fd == listener_.get()) accept_all();
    for (Client& client : clients_) {
      if (client.fd.get() != entry.fd) continue;
      if (!client.at_end && (entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        read_from(client, journal);
      }
      answer(client, journal);
    }
  }
  clients_.remove_if([](const Client& client) { return !client.fd; });
}

void ClientSocket::drain(Journal& journal) {
  // A client can send faster than it is read; what has come after as many rounds came too late.
  for (int round = 0; round < 1000; ++round) {
    accept_all();
    bool more = false;
    for (Client& client : clients_) {
      while (!client.at_end && read_from(client, journal))
        more = true;
      answer(client, journal);
    }
    clients_.remove_if([](const Client& client) { return !client.fd; });
    if (!more) break;
  }
  // Who has not said yet that this was all learns what became of it, too: a 'clew stop' may have
  // ended the run before it got that far.
  for (Client& client : clients_) {
    if (client.lines == 0 || !client.input.empty()) continue;
    client.at_end = true;
    answer(client, journal);
  }
}

void ClientSocket::accept_all() {
  while (true) {
    Fd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd && errno != ECONNABORTED && errno != EINTR) return;
    if (fd && same_user(fd.get())) clients_.push_back({std::move(fd), {}, {}, 0, 0, {}, false});
  }
}

/// Reads once; true when there may be more.
bool ClientSocket::read_from(Client& client, Journal& journal) {
  const std::size_t old = client.input.size();
  client.input.resize(old + kPiece);
  const ssize_t got = recv(client.fd.get(), client.input.data() + old, kPiece, 0);
  client.input.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  client.at_end = got <= 0;
  read_lines(client, journal);
  return !client.at_end;
}

void ClientSocket::read_lines(Client& client, Journal& journal) {
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = client.input.find('\n', begin);
    if (end == std::string::npos) break;
    read_one(client, std::string_view(client.input).substr(begin, end - begin), journal);
    begin = end + 1;
  }
  client.input.erase(0, begin);
  if (client.at_end && !client.input.empty()) {
    read_one(client, client.input, journal);
    client.input.clear();
  }
  if (client.input.size() > capture::kMaxLine) {
    ++client.lines;
    fail(client, concat("a line is longer than ", format_size(capture::kMaxLine)));
    client.input.clear();
    client.at_end = true;
  }
}

void ClientSocket::read_one(Client& client, std::string_view line, Journal& journal) {
  ++client.lines;
  try {
    const auto question = capture::read_line(line, clock_.now(), journal);
    if (!question) return;
    const Json* value = journal.fold().current_value(question->name);
    Json reply = Json::object();
    if (value != nullptr) reply[question->name] = *value;
    client.output += dump_json(reply) + '\n';
  } catch (const Error& error) {
    fail(client, error.message());
  }
}

void ClientSocket::fail(Client& client, const std::string& message) {
  ++bad_lines_;
  if (first_error_.empty()) first_error_ = message;
  if (client.error_line != 0) return;
  client.error_line = client.lines;
  client.error = message;
}

/// Sends what is to be sent; at the end of a client first what became of its lines.
void ClientSocket::answer(Client& client, Journal& journal) {
  if (!client.fd) return;
  if (client.at_end && client.lines != UINT64_MAX) {
    journal.flush();
    Json reply = Json::object();
    if (client.error_line != 0) {
      reply["error"] = client.error;
      reply["line"] = client.error_line;
    } else if (journal.failure() != 0) {
      reply["error"] = "the run is no longer recorded";
    } else {
      reply["ok"] = client.lines;
    }
    client.output += dump_json(reply) + '\n';
    client.lines = UINT64_MAX;  // told
  }
  while (!client.output.empty()) {
    const ssize_t sent =
        send(client.fd.get(), client.output.data(), client.output.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0 && errno != EINTR) {
      client.at_end = true;
      break;
    }
    if (sent > 0) client.output.erase(0, static_cast<std::size_t>(sent));
  }
  if (client.at_end) client.fd.reset();
}

}  // namespace clew::record

#include "record/trace_link.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/error.h"
#include "model/encoding.h"

namespace clew::record {
namespace {

using std::chrono::steady_clock;

constexpr std::string_view kVersion = "1";
constexpr auto kJoinPatience = std::chrono::seconds(2);
constexpr auto kFinishPatience = std::chrono::seconds(5);

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Fd make_socket() {
  return Fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

void send_event(Channel& channel, const model::Event& event) {
  std::string payload(1, '\0');
  payload[0] = static_cast<char>(model::encode_event(payload, event));
  channel.send(Message::event, payload);
}

/// Waits until a message may be there; false when the time is up.
bool wait_for(const Channel& channel, steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd waiting = channel.waits_for();
  return poll(&waiting, 1, static_cast<int>(left.count())) >= 0 || errno == EINTR;
}

}  // namespace

TraceHost::TraceHost(const fs::path& path) : listener_(make_socket()) {
  const auto address = address_of(path.string());
  if (!address) throw system_error(ENAMETOOLONG, "create socket", path.string());
  if (!listener_ ||
      bind(listener_.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || listen(listener_.get(), SOMAXCONN) != 0) {
    throw system_error(errno, "create socket", path.string());
  }
}

void TraceHost::await(std::vector<pollfd>& waiting) const {
  waiting.push_back({listener_.get(), POLLIN, 0});
  for (const Guest& guest : guests_)
    waiting.push_back(guest.channel.waits_for());
}

void TraceHost::act(const std::vector<pollfd>& ready, TraceClerk* clerk,
                    capture::TraceLevel level) {
  const bool called = std::any_of(ready.begin(), ready.end(), [this](const pollfd& entry) {
    return entry.fd == listener_.get() && entry.revents != 0;
  });
  if (called) accept_all();
  for (Guest& guest : guests_) {
    guest.channel.flush();
    hear(guest, clerk, level);
    if (guest.shelf && clerk != nullptr) tell(guest, *clerk);
  }
  guests_.remove_if([](const Guest& guest) { return !guest.channel.alive(); });
}

void TraceHost::accept_all() {
  while (true) {
    Fd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd && errno != ECONNABORTED && errno != EINTR) return;
    ucred peer{};
    socklen_t size = sizeof peer;
    if (!fd || getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) continue;
    guests_.push_back({Channel(std::move(fd)), peer.pid, std::nullopt});
  }
}

void TraceHost::hear(Guest& guest, TraceClerk* clerk, capture::TraceLevel level) {
  while (const auto message = guest.channel.receive()) {
    const auto& [kind, payload] = *message;
    if (kind == Message::join) {
      if (payload == kVersion && clerk != nullptr) guest.shelf = clerk->open_shelf(guest.recorder);
      guest.channel.send(Message::joined, guest.shelf ? capture::name_of(level) : "");
    } else if (kind == Message::finish && guest.shelf && clerk != nullptr) {
      const bool whole = clerk->finish(*guest.shelf);
      tell(guest, *clerk);
      guest.shelf.reset();
      if (whole) guest.channel.send(Message::done);
    }
  }
}

void TraceHost::tell(Guest& guest, TraceClerk& clerk) {
  const capture::TraceFindings found = clerk.take(*guest.shelf);
  for (const auto& event : found.processes)
    send_event(guest.channel, event);
  for (const auto& event : found.uses)
    send_event(guest.channel, event);
  for (const auto& address : found.connections)
    guest.channel.send(Message::address, address);
  for (const auto& notice : found.notices)
    guest.channel.send(Message::notice, notice);
}

std::optional<TraceGuest> TraceGuest::join(const std::string& path) {
  const auto address = address_of(path);
  Fd fd = make_socket();
  if (!address || !fd ||
      connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return std::nullopt;
  }
  Channel channel(std::move(fd));
  channel.send(Message::join, kVersion);
  const auto deadline = steady_clock::now() + kJoinPatience;
  while (channel.alive() && wait_for(channel, deadline)) {
    channel.flush();
    const auto message = channel.receive();
    if (!message) continue;
    const auto level = capture::trace_level_from_name(message->second);
    if (message->first != Message::joined || !level) return std::nullopt;
    return TraceGuest(std::move(channel), *level);
  }
  return std::nullopt;
}

void TraceGuest::hear() {
  channel_.flush();
  while (const auto message = channel_.receive()) {
    const auto& [kind, payload] = *message;
    if (kind == Message::event && !payload.empty()) {
      const model::Event event = model::decode_event(static_cast<model::EventType>(payload[0]),
                                                     std::string_view(payload).substr(1));
      if (const auto* process = std::get_if<model::ProcessEvent>(&event)) {
        found_.processes.push_back(*process);
      } else if (const auto* use = std::get_if<model::FileUseEvent>(&event)) {
        found_.uses.push_back(*use);
      }
    } else if (kind == Message::address) {
      found_.connections.push_back(payload);
    } else if (kind == Message::notice) {
      found_.notices.push_back(payload);
    } else if (kind == Message::done) {
      done_ = true;
    }
  }
}

capture::TraceFindings TraceGuest::take() {
  hear();
  capture::TraceFindings found;
  std::swap(found, found_);
  return found;
}

void TraceGuest::finish() {
  channel_.send(Message::finish);
  const auto deadline = steady_clock::now() + kFinishPatience;
  while (!done_ && channel_.alive() && wait_for(channel_, deadline))
    hear();
}

}  // namespace clew::record
